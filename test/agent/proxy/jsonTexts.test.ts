/** JSON that stands in texts, through the proxy over real sockets: numbers in it are masked, and whoever reads it there still can. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages'
import { JsonOutputParser } from '@langchain/core/output_parsers'
import { ChatOpenAI } from '@langchain/openai'
import { openProxy, type Proxy } from '../../../src/agent/proxy/server.ts'
import { createOpenAi } from '../../../src/core/provider/openai/openai.ts'
import { CALLER, fakeWorld, streamed, whole } from '../../fakes/exchange.ts'

const POLICY = `version: 1
default: allow
upstreams:
  openai: { url: http://127.0.0.1:9/v1, outside: true }
mask:
  prompt: { CREDIT_CARD: pseudonym, US_SSN: redact, PHONE: pseudonym }
  answer: { CREDIT_CARD: partial, US_SSN: redact }
rules: []
`
const ANSWER = '{"card": 5500005555555559, "ssn": 457555462, "was": [4111111111111111, 17], "ok": true}'
const READ = { card: '··5559', ssn: '[US_SSN]', was: ['··1111', 17], ok: true }

let server: Server
let proxy: Proxy
let said = ''
let received = ''

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  received = ''
  for await (const chunk of request.setEncoding('utf8')) received += String(chunk)
  const { stream } = JSON.parse(received) as { stream?: boolean }
  const { headers, body } = stream ? streamed(said.match(/[^]{1,3}/g) ?? []) : whole(said)
  response.writeHead(200, headers)
  for await (const chunk of body) response.write(chunk)
  response.end()
}

before(async () => {
  server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const world = fakeWorld(POLICY)
  proxy = await openProxy({
    ports: [0], bodyLimit: () => 1 << 20, fallback: createOpenAi(), log: () => undefined, uid: undefined, peerUid: () => Promise.resolve(undefined), authenticate: () => CALLER,
    routes: [{ prefix: '/openai/v1', provider: createOpenAi(), upstream: 'openai' }],
    exchange: {
      ...world.ports,
      upstream: {
        async send(clearance, request, signal) {
          clearance.spend(request.digest)
          const reply = await fetch(request.url.replace('http://127.0.0.1:9', url), { method: 'POST', headers: request.headers, body: Buffer.from(request.body), signal })
          return { status: reply.status, headers: Object.fromEntries(reply.headers), body: reply.body as unknown as AsyncIterable<Uint8Array> }
        },
      },
    },
  })
})
after(async () => {
  await proxy.close()
  server.close()
})

const chat = (): ChatOpenAI => new ChatOpenAI({ model: 'gpt-4o', apiKey: 'cs_key', maxRetries: 0, configuration: { baseURL: `${proxy.url}/openai/v1` } })

describe('JSON in the text of an answer', () => {
  for (const [how, text] of [['plain', ANSWER], ['fenced', `\`\`\`json\n${ANSWER}\n\`\`\``]] as const)
    test(`is read by LangChain's parser when it is masked: ${how}`, async () => {
      said = text
      const chain = chat().pipe(new JsonOutputParser())
      assert.deepEqual(await chain.invoke('Which card?'), READ)
      let last: unknown
      for await (const value of await chain.stream('Which card?')) last = value
      assert.deepEqual(last, READ)
    })
})

test('JSON in a string of JSON that a tool gave back is read on both levels upstream, and values come back', async () => {
  said = 'So {"phone": "[PHONE_1]"}.'
  const result = JSON.stringify({ content: [{ type: 'text', text: JSON.stringify({ card: 4111111111111111, ssn: 219099998, phone: 4155552671, n: 17 }) }] })
  const messages = [new HumanMessage('Whose?'), new AIMessage({ content: '', tool_calls: [{ id: 'call_1', name: 'look', args: {} }] }), new ToolMessage({ content: result, tool_call_id: 'call_1' })]
  assert.equal((await chat().invoke(messages)).text, 'So {"phone": "4155552671"}.')
  const sent = JSON.parse(received) as { messages: { content: string }[] }
  const { content } = JSON.parse(sent.messages.at(-1)?.content ?? '') as { content: { text: string }[] }
  assert.deepEqual(JSON.parse(content[0]?.text ?? ''), { card: '[CREDIT_CARD_1]', ssn: '[US_SSN]', phone: '[PHONE_1]', n: 17 })
})

/** Real LangChain classes through the proxy, the exchange and the codecs, to the simulated model. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ChatAnthropic } from '@langchain/anthropic'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { openProxy, type Proxy } from '../../../src/agent/proxy/server.ts'
import { createAnthropic } from '../../../src/core/provider/anthropic/anthropic.ts'
import { createOpenAi } from '../../../src/core/provider/openai/openai.ts'
import { startSimulatedModel, type SimulatedModel } from '../../../src/sandbox/simulatedModel.ts'
import { CALLER, fakeWorld, type FakeWorld } from '../../fakes/exchange.ts'

const RECORDS = 'Whom do we call?\n\nid,name,email,phone\n1,Mira Castellanos,mira.castellanos@northfield.example,+1 415 555 0132'
const SECRET = 'sk-proj-9fJk2LmN8pQrS4tUvWxYz1234567890abcdefGHIJ'
const TOOL = { type: 'function', function: { name: 'send_mail', description: 'sends', parameters: { type: 'object', properties: { email: { type: 'string' } }, required: ['email'] } } } as const

let model: SimulatedModel
let world: FakeWorld
let proxy: Proxy

before(async () => {
  model = await startSimulatedModel({ key: 'right' })
  world = fakeWorld()
  const routes = [
    { prefix: '/openai/v1', provider: createOpenAi(), upstream: 'openai' },
    { prefix: '/anthropic', provider: createAnthropic(), upstream: 'anthropic' },
  ]
  const upstream: FakeWorld['ports']['upstream'] = {
    async send(clearance, request, signal) {
      clearance.spend(request.digest)
      const url = request.url.replace('http://127.0.0.1:9', model.url).replace('https://api.anthropic.com', model.url)
      const reply = await fetch(url, { method: request.method, headers: { ...request.headers, 'x-api-key': 'right' }, signal, ...(request.method === 'POST' ? { body: Buffer.from(request.body) } : {}) })
      return { status: reply.status, headers: Object.fromEntries(reply.headers), body: reply.body as unknown as AsyncIterable<Uint8Array> }
    },
  }
  proxy = await openProxy({
    ports: [0], exchange: { ...world.ports, upstream }, bodyLimit: () => 1 << 20, fallback: createOpenAi(), log: () => undefined,
    uid: undefined, peerUid: () => Promise.resolve(undefined), authenticate: () => CALLER, routes,
  })
})
after(async () => {
  await proxy.close()
  await model.close()
})

const openAi = (name = 'simulated-1', more: object = {}): ChatOpenAI => new ChatOpenAI({ model: name, apiKey: 'cs_key', maxRetries: 0, configuration: { baseURL: `${proxy.url}/openai/v1` }, ...more })
const anthropic = (name = 'simulated-1', more: object = {}): ChatAnthropic => new ChatAnthropic({ model: name, apiKey: 'cs_key', maxRetries: 0, anthropicApiUrl: `${proxy.url}/anthropic`, ...more })

async function streamed(chat: ChatOpenAI | ChatAnthropic, prompt: string): Promise<{ text: string; chunks: number }> {
  let text = ''
  let chunks = 0
  for await (const chunk of await chat.stream(prompt)) {
    text += chunk.text
    chunks++
  }
  return { text, chunks }
}

const CLASSES = { ChatOpenAI: openAi, 'ChatOpenAI over Responses': (name = 'simulated-1') => openAi(name, { useResponsesApi: true }), ChatAnthropic: anthropic }

for (const [name, make] of Object.entries(CLASSES))
  describe(`${name} through the proxy`, () => {
    test('is answered whole and masked', async () => {
      const { text } = await make().invoke(RECORDS)
      assert.match(text, /I am a simulated model.*email \[EMAIL\], phone \[PHONE\]/s)
      assert.doesNotMatch(text, /castellanos@|0132/)
    })

    test('is answered in a stream, masked, in pieces, whatever the upstream cuts', async () => {
      const { text } = await make().invoke(RECORDS)
      for (const model_ of ['simulated-1', 'simulated-cut-1', 'simulated-cut-7']) {
        const said = await streamed(make(model_), RECORDS)
        assert.equal(said.text, text)
        assert.ok(said.chunks > 10, `${said.chunks} chunks`)
      }
    })

    test('calls tools with masked arguments, streamed and not', async () => {
      const bound = make('simulated-tools').bindTools([TOOL])
      const { tool_calls } = await bound.invoke(RECORDS)
      assert.deepEqual(tool_calls?.map(({ name: tool, args }) => [tool, args]), [['send_mail', { email: '[EMAIL]' }]])
      let whole
      for await (const chunk of await bound.stream(RECORDS)) whole = whole === undefined ? chunk : whole.concat(chunk)
      assert.deepEqual(whole?.tool_calls?.map(({ args }) => args), [{ email: '[EMAIL]' }])
    })

    test('sends no secret, and keeps everything else', async () => {
      await make('simulated-echo').invoke(`deploy with ${SECRET} please`)
      const sent = model.received.at(-1)?.body.toString() ?? ''
      assert.doesNotMatch(sent, /sk-proj/)
      assert.match(sent, /deploy with \[/)
    })

    test('learns in words why it was refused', async () => {
      await assert.rejects(make().invoke('card 4111 1111 1111 1111'), /Countersign: .*cards-and-ssn-need-a-second-person.*Nothing was sent\. Run it again when somebody who may decide is signed in\. \[ex_/)
      await assert.rejects(make('other-7').invoke('hi'), /Countersign: .*other-7/)
    })

    test('learns of an upstream that breaks off, and never takes half an answer for a whole one', async () => {
      for (const how of ['simulated-truncate', 'simulated-break']) await assert.rejects(streamed(make(how), RECORDS), how)
      await assert.rejects(make('simulated-nonsense').invoke(RECORDS), /cannot be inspected/)
    })
  })

describe('what else LangChain asks', () => {
  test('structured answers arrive in their shape', async () => {
    const schema = { title: 'Person', type: 'object', properties: { name: { type: 'string' }, email: { type: 'string' } }, required: ['name', 'email'] }
    assert.deepEqual(await openAi().withStructuredOutput(schema).invoke(RECORDS), { name: 'Mira Castellanos', email: '[EMAIL]' })
    assert.deepEqual(await anthropic().withStructuredOutput(schema).invoke(RECORDS), { name: 'Mira Castellanos', email: '[EMAIL]' })
  })

  test('usage of a stream is recorded though the client did not ask for it, and does not reach it', async () => {
    await streamed(openAi('simulated-1', { streamUsage: false }), 'hi')
    assert.match(model.received.at(-1)?.body.toString() ?? '', /"include_usage":true/)
    const ended = world.records.at(-1)?.event as { answer?: { usage: { inputTokens?: number } } }
    assert.ok((ended.answer?.usage.inputTokens ?? 0) > 0)
  })

  test('thinking is masked for the client and goes back as it was signed', async () => {
    const chat = anthropic('simulated-thinking', { maxTokens: 2048 })
    const first = await chat.invoke(RECORDS)
    assert.doesNotMatch(JSON.stringify(first.content), /castellanos@/)
    await chat.invoke([['human', RECORDS], first, ['human', 'and then?']])
    assert.match(model.received.at(-1)?.body.toString() ?? '', /"thinking":"I look at what I was given\.[^"]*mira\.castellanos@northfield\.example/)
  })

  test('embeddings leave without secrets', async () => {
    const embeddings = new OpenAIEmbeddings({ model: 'simulated-embedding', apiKey: 'cs_key', configuration: { baseURL: `${proxy.url}/openai/v1` } })
    const vectors = await embeddings.embedDocuments(['hello', `key ${SECRET}`])
    assert.deepEqual(vectors.map((vector) => vector.length), [8, 8])
    assert.doesNotMatch(model.received.at(-1)?.body.toString() ?? '', /sk-proj/)
  })
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2, { type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2'
import net from 'node:net'
import { after, before, describe, test } from 'node:test'
import { openProxy, type Proxy } from '../../../src/agent/proxy/server.ts'
import { createOpenAi } from '../../../src/core/provider/openai/openai.ts'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { CALLER, fakeWorld, whole, type FakeWorld } from '../../fakes/exchange.ts'

const KEY = 'cs_right'
const BODY = JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'hi' }] })

let world: FakeWorld
let proxy: Proxy
let session: ClientHttp2Session
before(() => openHere())
after(async () => {
  session.close()
  await proxy.close()
})

async function openHere(): Promise<void> {
  world = fakeWorld()
  const provider = createOpenAi()
  proxy = await openProxy({
    ports: [0],
    exchange: world.ports,
    bodyLimit: () => 64 * 1024,
    fallback: provider,
    log: () => undefined,
    uid: process.getuid?.(),
    peerUid: (request) => Promise.resolve(request.socket.remotePort === undefined ? -1 : process.getuid?.()),
    authenticate(key) {
      if (key !== KEY) throw new CountersignError('CS_SESSION_KEY_UNKNOWN', 'unknown key.')
      return CALLER
    },
    routes: [{ prefix: '/openai/v1', provider, upstream: 'openai' }],
  })
  session = http2.connect(`http://127.0.0.1:${proxy.port}`)
}

async function call(headers: OutgoingHttpHeaders = {}, body = BODY): Promise<{ status: number; text: string }> {
  const stream = session.request({ ':method': 'POST', ':path': '/openai/v1/chat/completions', authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers })
  stream.setEncoding('utf8')
  let text = ''
  stream.on('data', (chunk: string) => { text += chunk })
  stream.end(body)
  const [answered] = (await once(stream, 'response')) as [{ ':status'?: number }]
  await once(stream, 'end')
  return { status: answered[':status'] ?? 0, text }
}

const lastCode = (): unknown => (world.records.at(-1)?.event as { code?: string } | undefined)?.code

describe('HTTP/2 on the same port', () => {
  test('takes a call as HTTP/1.1 does, and the next on the same connection', async () => {
    for (const word of ['one', 'two']) {
      world.answerWith(whole(word))
      const { status, text } = await call()
      assert.equal(status, 200)
      assert.match(text, new RegExp(`"${word}"`))
      assert.equal(world.records.at(-1)?.event.type, 'exchange.completed')
    }
  })

  test('asks for the same key, Host and origin, and records what it refuses', async () => {
    assert.equal((await call({ authorization: 'Bearer cs_wrong' })).status, 401)
    assert.equal(lastCode(), 'CS_SESSION_KEY_UNKNOWN')
    assert.equal((await call({ ':authority': 'evil.example' })).status, 403)
    assert.equal(lastCode(), 'CS_HOST_REFUSED')
    assert.equal((await call({ host: 'evil.example' })).status, 403)
    assert.equal(lastCode(), 'CS_HOST_REFUSED')
    assert.equal((await call({ origin: 'https://evil.example' })).status, 403)
    assert.equal(lastCode(), 'CS_BROWSER_REFUSED')
  })

  test('holds a body to the limit, and the connection lives on', async () => {
    assert.equal((await call({}, JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(70_000) }] }))).status, 413)
    world.answerWith(whole('ok'))
    assert.equal((await call()).status, 200)
  })

  test('tells HTTP/1.1 apart also when its first bytes come one at a time', async () => {
    world.answerWith(whole('ok'))
    const socket = net.connect(proxy.port, '127.0.0.1')
    socket.setEncoding('utf8').setNoDelay(true)
    let text = ''
    socket.on('data', (chunk: string) => { text += chunk })
    const request = `POST /openai/v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`
    for (const byte of request.slice(0, 6)) {
      socket.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.end(request.slice(6))
    await once(socket, 'close')
    assert.match(text, /^HTTP\/1\.1 200/)
  })

  test('ends with the agent', async () => {
    const closed = once(session, 'close')
    await proxy.close()
    await closed
    await openHere()
  })
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
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
let peer: number | undefined = process.getuid?.()

before(async () => {
  world = fakeWorld()
  const provider = createOpenAi()
  proxy = await openProxy({
    ports: [0],
    exchange: world.ports,
    bodyLimit: () => 64 * 1024,
    fallback: provider,
    log: () => undefined,
    uid: process.getuid?.(),
    peerUid: () => Promise.resolve(peer),
    authenticate(key) {
      if (key === undefined) throw new CountersignError('CS_SESSION_KEY_MISSING', 'no key.')
      if (key !== KEY) throw new CountersignError('CS_SESSION_KEY_UNKNOWN', 'unknown key.')
      return CALLER
    },
    routes: [{ prefix: '/openai/v1', provider, upstream: 'openai' }],
  })
})
after(() => proxy.close())

/** Sends exactly these bytes and returns all that comes back until the server ends. Our side stays open: a client that ends it may have gone, and gets no answer. */
async function raw(request: string): Promise<string> {
  const socket = net.connect(proxy.port, '127.0.0.1')
  socket.setEncoding('utf8')
  let text = ''
  socket.on('data', (chunk: string) => { text += chunk })
  socket.write(request)
  await once(socket, 'close')
  return text
}

function request(headers: string, options: { method?: string; path?: string; body?: string } = {}): string {
  const { method = 'POST', path = '/openai/v1/chat/completions', body = BODY } = options
  return `${method} ${path} HTTP/1.1\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
}

const host = (): string => `Host: 127.0.0.1:${proxy.port}\r\n`
const key = `Authorization: Bearer ${KEY}\r\n`
const json = 'Content-Type: application/json\r\n'
const statusOf = (text: string): number => Number(text.split(' ')[1])
const lastCode = (): unknown => (world.records.at(-1)?.event as { code?: string } | undefined)?.code

describe('the proxy, before a byte of a body is read', () => {
  test('refuses in words what would reach a model past every policy', async () => {
    for (const [path, words] of [['/chatgpt/backend-api/codex/responses', /ChatGPT login.*Use ChatOpenAI/], ['/langsmith-gateway/openai/v1/chat/completions', /LangSmith's gateway.*past your organisation's policy/]] as const) {
      const answer = await raw(request(host() + key + json, { path }))
      assert.equal(statusOf(answer), 403)
      assert.match(answer, words)
      assert.equal(lastCode(), 'CS_OPERATION_DENIED')
    }
  })

  test('repeats nothing of a path that may be a key or a value: not to the client, not in the record', async () => {
    const session = 'cs_Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9_abcdef'
    for (const path of [`/t/${session}`, `/t/x/t/${session}/openai/v1/chat/completions`, `//t/${session}/openai`, `/${session}`, '/openai/v1/mira.castellanos@northfield.example', '/openai/v1/mira.castellanos%40northfield.example', '/openai/v1/models/4111111111111111', '/openai/v1/sk-proj-abcdefghijkl']) {
      const answer = await raw(request(host() + key + json, { path }))
      const record = JSON.stringify(world.records.at(-1))
      for (const text of [answer, record]) assert.doesNotMatch(text, /cs_Zm9v|castellanos|41111111|abcdefghijkl/, path)
      assert.ok(statusOf(answer) >= 400)
    }
  })

  test('S33 listens on 127.0.0.1 only', async () => {
    const elsewhere = net.connect(proxy.port, '127.0.0.2')
    const refused = new Promise((resolve) => { elsewhere.once('error', (error: NodeJS.ErrnoException) => { resolve(error.code) }).once('connect', () => { resolve('it connected') }) })
    assert.equal(await refused, 'ECONNREFUSED')
    elsewhere.destroy()
  })

  test('S33 takes the next port when the first is taken', async () => {
    const second = await openProxy({ ...({} as object), ports: [proxy.port, 0], exchange: world.ports, bodyLimit: () => 1, fallback: createOpenAi(), log: () => undefined, uid: undefined, peerUid: () => Promise.resolve(undefined), authenticate: () => CALLER, routes: [] })
    assert.notEqual(second.port, proxy.port)
    await second.close()
  })

  test('S34 asks every path for the key, also unknown ones', async () => {
    for (const path of ['/openai/v1/chat/completions', '/openai/v1/models', '/', '/control', '/openai/v1/../x']) {
      assert.equal(statusOf(await raw(request(host() + json, { path }))), 401, path)
      assert.equal(lastCode(), 'CS_SESSION_KEY_MISSING')
    }
    assert.equal(statusOf(await raw(request(`${host()}${json}Authorization: Bearer cs_wrong\r\n`))), 401)
  })

  test('S34 takes the key from the path for clients that send none', async () => {
    world.answerWith(whole('ok'))
    assert.equal(statusOf(await raw(request(host() + json, { path: `/t/${KEY}/openai/v1/chat/completions` }))), 200)
  })

  test('S35 refuses every Host but its own, and two of them', async () => {
    const wrong = ['', 'Host: evil.example\r\n', `Host: 127.0.0.1:${proxy.port}.\r\n`, `Host: 127.0.0.1:${proxy.port + 1}\r\n`, 'Host: 127.0.0.1\r\n', `Host: LOCALHOST:${proxy.port}\r\n`, `${host()}Host: evil.example\r\n`, `Host: evil.example\r\n${host()}`]
    for (const headers of wrong) {
      const answer = await raw(request(headers + key + json))
      assert.ok([400, 403].includes(statusOf(answer)), `${headers} got ${answer.split('\r\n')[0] ?? ''}`)
    }
    assert.equal(world.sent.length, 1, 'only the call of the test before was sent')
  })

  test('S36 refuses what a browser sends for a page: Origin, cross-site fetch, preflight, WebSocket', async () => {
    for (const headers of ['Origin: https://evil.example\r\n', 'Origin: null\r\n', 'Sec-Fetch-Site: cross-site\r\n', 'Sec-Fetch-Site: same-site\r\n']) {
      assert.equal(statusOf(await raw(request(host() + key + json + headers))), 403, headers)
      assert.equal(lastCode(), 'CS_BROWSER_REFUSED')
    }
    const preflight = await raw(request(`${host()}Access-Control-Request-Method: POST\r\n`, { method: 'OPTIONS', body: '' }))
    assert.equal(statusOf(preflight), 403)
    assert.doesNotMatch(preflight, /access-control-allow/i)
    const socket = await raw(`GET /openai/v1/realtime HTTP/1.1\r\n${host()}${key}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    assert.equal(statusOf(socket), 403)
  })

  test('S37 refuses a call from another user of the machine', async () => {
    peer = (process.getuid?.() ?? 0) + 1
    assert.equal(statusOf(await raw(request(host() + key + json))), 403)
    assert.equal(lastCode(), 'CS_PEER_REFUSED')
    peer = process.getuid?.()
  })

  test('names unknown routes and refuses operations that cannot be inspected', async () => {
    const unknown = await raw(request(host() + key + json, { path: '/openai/v1/nonsense' }))
    assert.equal(statusOf(unknown), 404)
    assert.match(unknown, /\/openai\/v1\/nonsense/)
    const files = await raw(request(host() + key + json, { path: '/openai/v1/files' }))
    assert.equal(statusOf(files), 403)
    assert.match(files, /cannot be inspected/)
    assert.equal(lastCode(), 'CS_OPERATION_DENIED')
  })

  test('S44 gives the same answer however a path is spelled', async () => {
    for (const path of ['/openai/v1/%63hat/completions', '/openai/v1//chat/completions', '/openai/v1/x/../chat/completions', '/openai/v1/chat/completions/', '/openai/v1/chat/completions;x', '/openai/v1/CHAT/completions', 'http://127.0.0.1/openai/v1/chat/completions']) {
      const sent = world.sent.length
      const status = statusOf(await raw(request(host() + key + json, { path })))
      assert.ok(status >= 400 && status < 500, `${path} got ${status}`)
      assert.equal(world.sent.length, sent, path)
    }
  })

  test('refuses compressed bodies and bodies that are not JSON', async () => {
    assert.equal(statusOf(await raw(request(`${host()}${key}${json}Content-Encoding: gzip\r\n`))), 415)
    assert.equal(statusOf(await raw(request(`${host()}${key}Content-Type: text/plain\r\n`))), 415)
  })

  test('takes no more than so many large bodies at once, and more when they are gone', async () => {
    const large = JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'word '.repeat(12_500) }] })
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => { release = resolve })
    world.answerWith(async () => {
      await gate
      return whole('ok')
    })
    const sent = world.sent.length
    const send = (): Promise<number> =>
      fetch(`${proxy.url}/openai/v1/chat/completions`, { method: 'POST', headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }, body: large }).then(async (reply) => {
        await reply.text()
        return reply.status
      }, () => NaN)
    const waiting = Array.from({ length: 8 }, send)
    while (world.sent.length < sent + 8) await new Promise(setImmediate)
    // A client that still writes may see its connection end before it reads the answer.
    assert.ok([503, NaN].includes(await send()))
    assert.equal(lastCode(), 'CS_BUSY')
    assert.equal(world.sent.length, sent + 8)
    release()
    assert.deepEqual([...new Set(await Promise.all(waiting))], [200])
    world.answerWith(() => Promise.resolve(whole('ok')))
    assert.equal(await send(), 200)
  })

  test('S45 refuses a body over the limit, declared or not, and a header over the limit', async () => {
    assert.equal(statusOf(await raw(`POST /openai/v1/chat/completions HTTP/1.1\r\n${host()}${key}${json}content-length: 70000\r\n\r\n`)), 413)
    const chunk = 'x'.repeat(40_000)
    const chunked = `POST /openai/v1/chat/completions HTTP/1.1\r\n${host()}${key}${json}transfer-encoding: chunked\r\n\r\n9c40\r\n${chunk}\r\n9c40\r\n${chunk}\r\n0\r\n\r\n`
    assert.equal(statusOf(await raw(chunked)), 413)
    assert.equal(statusOf(await raw(request(`${host()}${key}${json}x-large: ${'y'.repeat(20_000)}\r\n`))), 431)
  })

  test('S42 refuses requests that two parsers could read differently', async () => {
    const smuggled = [
      `POST /openai/v1/chat/completions HTTP/1.1\r\n${host()}${key}${json}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `POST /openai/v1/chat/completions HTTP/1.1\r\n${host()}${key}${json}content-length: 4\r\ncontent-length: 5\r\n\r\nabcde`,
      `POST /openai/v1/chat/completions HTTP/1.1\r\n${host()}${key}${json}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
    ]
    for (const bytes of smuggled) assert.equal(statusOf(await raw(bytes)), 400)
  })

  test('S55 leaves one record for each refused call, with neither key nor query in it', async () => {
    const before = world.records.length
    await raw(request(host() + json, { path: '/t/cs_stolen/openai/v1/models?api_key=sk-verysecret' }))
    // The record of a call that broke off before may come in between.
    assert.equal(world.records.slice(before).filter(({ event }) => event.type === 'call.refused' && event.code === 'CS_SESSION_KEY_UNKNOWN').length, 1)
    assert.doesNotMatch(JSON.stringify(world.records.at(-1)), /cs_stolen|verysecret/)
  })
})

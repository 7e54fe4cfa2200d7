import assert from 'node:assert/strict'
import { get } from 'node:http'
import { after, before, describe, test } from 'node:test'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { eventsOf, startTrial, until } from '../fakes/trial.ts'

const POLICY = `version: 1
default: deny
upstreams:
  openai: { url: https://x.example/v1, outside: false, headers: { X-Team: data }, key: { header: Api-Key, prefix: "" }, uninspected: ["POST /files", "GET /files/*"] }
  anthropic: { url: https://x.example, outside: true }
mask: { prompt: { EMAIL: redact }, answer: { EMAIL: redact } }
rules:
  - { id: no-stored-context, when: { prompt: { has: [stored_context] } }, effect: deny, message: What the provider keeps was never seen here. }
  - { id: uploads, when: { upstream: [openai], operation: [uninspected] }, effect: allow }
  - { id: models, when: { model: ["simulated-*"] }, effect: allow }
`

let trial: Sandbox
before(async () => { trial = await startTrial({ policy: POLICY }) })
after(() => trial.close())

function send(path: string, init: { readonly method?: string; readonly type?: string; readonly body?: string } = {}): Promise<Response> {
  return fetch(trial.line.agent + path, { method: init.method ?? 'POST', headers: { authorization: `Bearer ${trial.line.key}`, 'content-type': init.type ?? 'application/json' }, ...(init.body === undefined ? {} : { body: init.body }) })
}

describe('an upstream that is the organisation\'s own gateway', () => {
  test('gets its key where it takes it, and the headers that policy gives it', async () => {
    const reply = await send('/openai/v1/chat/completions', { body: JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'hi' }] }) })
    assert.equal(reply.status, 200)
    await reply.text()
    const { headers } = trial.model.received.at(-1) ?? {}
    assert.deepEqual([headers?.['api-key'], headers?.['x-team'], headers?.authorization], [trial.model.key, 'data', undefined])
  })
})

describe('what cannot be inspected', () => {
  const form = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nmira.castellanos@example.com\r\n--b--\r\n'

  test('is refused with the line of policy that would let it through', async () => {
    for (const [path, line] of [
      ['/openai/v1/batches/batch_abc123/cancel', 'uninspected: ["POST /batches/*/cancel"] under upstreams.openai, and a rule that allows the operation "uninspected"'],
      ['/anthropic/v1/files', 'uninspected: ["POST /v1/files"] under upstreams.anthropic'],
    ] as const) {
      const reply = await send(path, { body: '{}' })
      const text = await reply.text()
      assert.equal(reply.status, 403)
      assert.ok(text.replaceAll('\\"', '"').includes(line), text)
    }
    assert.equal(eventsOf(trial.home, 'call.refused').at(-1)?.code, 'CS_OPERATION_DENIED')
  })

  test('goes through unread where policy has that line and a rule for it, and the record says that nobody read it', async () => {
    const reply = await send('/openai/v1/files', { type: 'multipart/form-data; boundary=b', body: form })
    // The simulated model keeps no files, and says so; the words are its own.
    assert.equal(reply.status, 404)
    assert.match(await reply.text(), /simulated model has no POST \/v1\/files/)
    const received = trial.model.received.at(-1)
    assert.deepEqual([received?.body.toString(), received?.headers['content-type']], [form, 'multipart/form-data; boundary=b'])
    const decided = eventsOf(trial.home, 'exchange.decided').at(-1)
    assert.deepEqual([decided?.decision.rule, decided?.inspection.opaque, decided?.endpoint.operation], ['uploads', ['uninspected'], 'uninspected'])
    const ended = await until(() => eventsOf(trial.home, 'exchange.completed').find(({ ex }) => ex === decided?.ex), 'the upload ends')
    assert.deepEqual(ended.answer?.opaque, ['uninspected'])
  })

  test('goes through by that path only: another spelling of it is another path', async () => {
    const before = trial.model.received.length
    for (const path of ['/openai/v1/files/..%2fchat', '/openai/v1/files/x/../../chat', '/openai/v1/files%2Fx']) assert.notEqual((await send(path, { method: 'GET' })).status, 200, path)
    assert.ok(trial.model.received.slice(before).every(({ path }) => path.startsWith('/v1/files/') || path === '/v1/chat'), 'fetch itself resolves dots')
    assert.ok(trial.model.received.slice(before).every(({ path }) => !path.includes('%')))
  })

  test('has an address that goes on record, so nothing may be found in it; and dots in it are not let through', async () => {
    const before = trial.model.received.length
    for (const address of ['/openai/v1/files/a?owner=mira.castellanos%40example.com', '/openai/v1/files/mira.castellanos@example.com']) {
      const reply = await send(address, { method: 'GET' })
      assert.ok(reply.status >= 400, address)
      assert.doesNotMatch(await reply.text(), /castellanos/)
    }
    const { hostname, port } = new URL(trial.line.agent)
    for (const address of ['/openai/v1/files/./a', '/openai/v1/files/a/', '/openai/v1/files/../files/a']) {
      const status = await new Promise<number | undefined>((resolve, reject) => { get({ hostname, port, path: address, headers: { authorization: `Bearer ${trial.line.key}` } }, (reply) => { reply.resume(); resolve(reply.statusCode) }).on('error', reject) })
      assert.ok(status !== undefined && [400, 403, 404].includes(status), `${address} ${status}`)
    }
    assert.equal(trial.model.received.length, before)
    assert.doesNotMatch(JSON.stringify([...eventsOf(trial.home, 'exchange.decided'), ...eventsOf(trial.home, 'call.refused')]), /castellanos/)
  })

  test('may be a piece of a call, and policy decides by its kind', async () => {
    const reply = await send('/openai/v1/responses', { body: JSON.stringify({ model: 'simulated-1', input: 'hi', previous_response_id: 'resp_abc' }) })
    assert.equal(reply.status, 403)
    assert.match(await reply.text(), /it contains context that the provider keeps.*What the provider keeps was never seen here/)
  })
})

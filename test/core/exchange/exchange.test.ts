import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Clearance, clear } from '../../../src/core/exchange/clearance.ts'
import { digestOf } from '../../../src/core/exchange/digest.ts'
import { runExchange, type ExchangePorts } from '../../../src/core/exchange/exchange.ts'
import type { HoldRequest } from '../../../src/core/exchange/ports.ts'
import { createVertex } from '../../../src/core/provider/vertex/vertex.ts'
import { CountersignError } from '../../../src/protocol/errors.ts'
import type { AuditEvent } from '../../../src/protocol/audit.ts'
import { callOf, contentOf, fakeWorld, streamed, textOf, whole, type FakeWorld } from '../../fakes/exchange.ts'

const ask = (content: string, more: Record<string, unknown> = {}): unknown => ({ model: 'simulated-1', messages: [{ role: 'user', content }], ...more })
const types = (world: FakeWorld): string[] => world.records.map(({ event }) => event.type)
/** The events that may have this type: those of an ending share one shape. */
type EventOf<T, E = AuditEvent> = E extends { readonly type: infer U } ? (T extends U ? E : never) : never
const find = <T extends AuditEvent['type']>(world: FakeWorld, type: T): EventOf<T> => {
  const found = world.records.find(({ event }) => event.type === type)
  assert.ok(found, `no record ${type} among ${types(world).join(', ')}`)
  return found.event as EventOf<T>
}

interface OpenAiError {
  readonly error: { readonly message: string; readonly type: string; readonly code: string; readonly param: null }
}

describe('the exchange', () => {
  test('has the decision on record before a byte leaves, and the ending after', async () => {
    const world = fakeWorld()
    world.answerWith(whole('Hello.'))
    await textOf(await runExchange(callOf(ask('hi')), world.ports))
    assert.deepEqual(world.order, ['record exchange.decided', 'send', 'record exchange.completed'])
  })

  test('has the project of a call to Vertex on record, and an approval of the same bytes in one project is none in another', async () => {
    const held = (): FakeWorld => fakeWorld('version: 1\ndefault: deny\nupstreams:\n  openai: { url: https://x.example, outside: true }\nrules:\n  - id: ask\n    when: {}\n    effect: hold\n    approval: { reviewers: { group: g } }\n')
    const digests = await Promise.all(['north', 'south'].map(async (project) => {
      const world = held()
      const path = `/v1/projects/${project}/locations/europe-west1/publishers/google/models/gemini-3:generateContent`
      const call = callOf({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }, { provider: createVertex(), operation: { name: 'generateContent', method: 'POST', path } })
      assert.equal((await runExchange(call, world.ports)).status, 403)
      for (const type of ['approval.requested', 'exchange.decided'] as const) assert.ok(find(world, type).endpoint.url.endsWith(path), find(world, type).endpoint.url)
      return find(world, 'approval.requested').digest
    }))
    assert.equal(new Set(digests).size, 2)
  })

  test('an approval of a call that nobody reads is none of another method on the same address', async () => {
    const policy = 'version: 1\ndefault: deny\nupstreams:\n  openai: { url: https://x.example/v1, outside: true, uninspected: ["GET /files/*", "DELETE /files/*"] }\nrules:\n  - id: ask\n    when: {}\n    effect: hold\n    approval: { reviewers: { group: g } }\n'
    const digests = await Promise.all((['GET', 'DELETE'] as const).map(async (method) => {
      const world = fakeWorld(policy)
      assert.equal((await runExchange(callOf('', { operation: { name: 'uninspected', method, path: '/files/f1', uninspected: true } }), world.ports)).status, 403)
      return find(world, 'approval.requested').digest
    }))
    assert.equal(new Set(digests).size, 2)
  })

  test('sends nothing when the decision cannot be recorded, and says so', async () => {
    const world = fakeWorld()
    world.breakJournal()
    const answer = await runExchange(callOf(ask('hi')), world.ports)
    assert.equal(answer.status, 503)
    assert.match(await textOf(answer), /could not be recorded.*Nothing was sent/)
    assert.equal(world.sent.length, 0)
  })

  test('does not end an answer cleanly when its ending cannot be recorded', async () => {
    const world = fakeWorld()
    world.answerWith(streamed(['Hello', ' there', ' you']))
    const answer = await runExchange(callOf(ask('hi', { stream: true })), world.ports)
    world.breakJournal(1)
    await assert.rejects(textOf(answer), { code: 'CS_NOT_RECORDED' })
  })

  test('records received and sent digests, and the sent one is that of the bytes that left', async () => {
    const world = fakeWorld()
    world.answerWith(whole('ok'))
    const call = callOf(ask('my key is sk-proj-9fJk2LmN8pQrS4tUvWxYz1234567890abcdefGHIJ'))
    await textOf(await runExchange(call, world.ports))
    const decided = find(world, 'exchange.decided')
    assert.equal(decided.digest.received, digestOf(call.body))
    assert.equal(decided.digest.sent, digestOf(world.sent[0]!.body))
    assert.notEqual(decided.digest.sent, decided.digest.received)
    assert.doesNotMatch(Buffer.from(world.sent[0]!.body).toString(), /sk-proj-9fJk/)
  })

  test('leaves a body without secrets as it came, byte for byte', async () => {
    const world = fakeWorld()
    world.answerWith(whole('ok'))
    const body = '{ "model":"simulated-1" , "temperature":1.0,\n"messages":[{"content":"caf\\u00e9","role":"user"}], "seed":9007199254740993 }'
    await textOf(await runExchange(callOf(body), world.ports))
    assert.equal(Buffer.from(world.sent[0]!.body).toString(), body)
  })

  test('never forwards the session key, nor any credential of the client', async () => {
    const world = fakeWorld()
    world.answerWith(whole('ok'))
    const headers = { 'content-type': 'application/json', authorization: 'Bearer cs_x', 'x-api-key': 'k', cookie: 'c', 'openai-organization': 'o', 'user-agent': 'u' }
    await textOf(await runExchange(callOf(ask('hi'), { headers }), world.ports))
    assert.deepEqual(world.sent[0]!.headers, { 'accept-encoding': 'identity', 'content-type': 'application/json', 'user-agent': 'u' })
  })

  test('sends nothing of what was approved under a policy, or in a session, that is over by then', async () => {
    const held = 'rules:\n  - { id: ask, when: {}, effect: hold, approval: { reviewers: { group: security-reviewers }, wait: 1m } }\n'
    const policy = (more: string): string => `version: 1\ndefault: deny\nupstreams: { openai: { url: "https://api.openai.com/v1", outside: true } }\n${held}${more}`
    const approve = { state: 'approved', cause: 'reviewer', reviewers: [] } as const
    const plain = fakeWorld(policy(''))
    plain.answerWith(whole('ok'))
    plain.reviewWith(approve)
    assert.equal((await runExchange(callOf(ask('hi')), plain.ports)).status, 200, 'as long as nothing changes')
    const changed = fakeWorld(policy(''))
    const newer = { ...changed.ports.policy.current(), digest: 'another' }
    let current = changed.ports.policy.current()
    changed.reviewWith(approve)
    const desk = { hold: () => { current = newer; return Promise.resolve(approve) } }
    const answer = await runExchange(callOf(ask('hi')), { ...changed.ports, desk, policy: { current: () => current } })
    assert.equal(answer.status, 403)
    assert.match(await textOf(answer), /the policy changed while this call waited. Nothing was sent/)
    const late = fakeWorld(policy(''))
    late.reviewWith(approve)
    const call = callOf(ask('hi'))
    const expired = await runExchange({ ...call, caller: { ...call.caller, session: { ...call.caller.session, endsAt: late.ports.clock.now() } } }, late.ports)
    assert.equal(expired.status, 401)
    for (const world of [changed, late]) {
      assert.equal(world.sent.length, 0)
      assert.equal(find(world, 'exchange.decided').decision.effect, 'deny')
    }
  })

  test('shows reviewers that something goes along which nobody looked into, beside what the rule holds it for', async () => {
    const world = fakeWorld('version: 1\ndefault: deny\nupstreams: { openai: { url: "https://api.openai.com/v1", outside: true } }\nrules:\n  - { id: cards, when: { prompt: { finds: [CREDIT_CARD] } }, effect: hold, approval: { reviewers: { group: g } } }\n')
    const shown: HoldRequest['call'][] = []
    const desk: ExchangePorts['desk'] = { hold: ({ call }) => { shown.push(call); return Promise.resolve({ state: 'denied', cause: 'reviewer', reviewers: [] }) } }
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
    for (const content of [[{ type: 'text', text: 'card 4111 1111 1111 1111' }, image], 'card 4111 1111 1111 1111'])
      await textOf(await runExchange(callOf({ model: 'gpt-4.1', messages: [{ role: 'user', content }] }), { ...world.ports, desk }))
    assert.deepEqual(shown.map(({ opaque }) => opaque), [['image'], undefined])
  })

  test('takes no value along in a header: not in one it knows, not in one that looks like a client library\'s', async () => {
    const email = 'mira.castellanos@northfield.example'
    const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'
    const world = fakeWorld()
    world.answerWith(whole('ok'))
    const headers = { 'content-type': `application/json; note="${email}"`, 'user-agent': `notes 4111 1111 1111 1111`, 'x-stainless-os': secret, 'x-stainless-note': 'anything', 'openai-beta': email, 'x-stainless-lang': 'python', accept: 'application/json' }
    await textOf(await runExchange(callOf(ask('hi'), { headers }), world.ports))
    assert.deepEqual(world.sent[0]!.headers, { 'accept-encoding': 'identity', 'content-type': 'application/json', 'x-stainless-lang': 'python', accept: 'application/json' })
  })

  test('sends the headers of real clients as they are', async () => {
    for (const agent of ['OpenAI/Python 1.99.9', 'AsyncOpenAI/Python 1.99.9', 'OpenAI/JS 6.49.0', 'Anthropic/Python 0.64.0', 'python-httpx/0.28.1', 'Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.3', 'langchain-google-genai/2.1.9', 'node']) {
      const world = fakeWorld()
      world.answerWith(whole('ok'))
      await textOf(await runExchange(callOf(ask('hi'), { headers: { 'user-agent': agent, 'x-stainless-runtime-version': '3.12.3', 'x-stainless-package-version': '1.99.9', 'anthropic-version': '2023-06-01', 'anthropic-beta': 'prompt-caching-2024-07-31,computer-use-2025-01-24' } }), world.ports))
      assert.deepEqual(world.sent[0]!.headers, { 'accept-encoding': 'identity', 'content-type': 'application/json', 'user-agent': agent, 'x-stainless-runtime-version': '3.12.3', 'x-stainless-package-version': '1.99.9', 'anthropic-version': '2023-06-01', 'anthropic-beta': 'prompt-caching-2024-07-31,computer-use-2025-01-24' })
    }
  })

  test('says in the record how much of what was masked, where the evidence itself is too long for it', async () => {
    const world = fakeWorld()
    world.answerWith(whole(Array.from({ length: 41 }, (_, i) => `m${i}.stone@north.example`).join(', ')))
    await textOf(await runExchange(callOf(ask(Array.from({ length: 41 }, (_, i) => `ghp_16C7e42F292c6912E7710c838347Ae1${String(i + 10)}B4a`).join(' '))), world.ports))
    const { masked, maskedApart } = find(world, 'exchange.decided')
    assert.deepEqual([masked, maskedApart], [[], { SECRET: 41 }])
    const end = find(world, 'exchange.completed')
    assert.deepEqual([end.masked, end.maskedApart], [[], { EMAIL: 41 }])
    assert.deepEqual(world.records.flatMap(({ disclosures }) => disclosures.map(({ path }) => path)).filter((path) => path.startsWith('evidence/')), ['evidence/prompt', 'evidence/answer'])
  })

  test('masks the answer while it streams, wherever it is cut, and records the masked text only', async () => {
    const world = fakeWorld()
    world.answerWith(streamed(['Write to mira.cast', 'ellanos@north', 'field.example or call', ' +1 415 555 01', '32 today.']))
    const answer = await runExchange(callOf(ask('whom?', { stream: true })), world.ports)
    const text = contentOf(await textOf(answer))
    assert.equal(text, 'Write to [EMAIL] or call [PHONE] today.')
    const stored = JSON.stringify(world.records)
    assert.doesNotMatch(stored, /mira\.cast|555 01/)
    assert.match(stored, /Write to \[EMAIL\] or call \[PHONE\] today\./)
    const ended = find(world, 'exchange.completed')
    assert.deepEqual(ended.masked.map((span) => span.type), ['EMAIL', 'PHONE'])
    assert.deepEqual(ended.found, { EMAIL: 1, PHONE: 1 })
  })

  test('refuses a held call when no reviewer can be reached, in a sentence, with nothing sent', async () => {
    const world = fakeWorld()
    const answer = await runExchange(callOf(ask('card 4111 1111 1111 1111 and ssn 219-09-9999')), world.ports)
    assert.equal(answer.status, 403)
    const { error } = JSON.parse(await textOf(answer)) as OpenAiError
    assert.match(error.message, /cards-and-ssn-need-a-second-person/)
    assert.match(error.message, /1 card number/)
    assert.match(error.message, /no reviewer can be reached/)
    assert.match(error.message, /Nothing was sent\. Run it again when somebody who may decide is signed in\. \[ex_TEST\]$/)
    assert.deepEqual(types(world), ['approval.requested', 'approval.settled', 'exchange.decided'])
    const decided = find(world, 'exchange.decided')
    assert.equal(decided.decision.effect, 'deny')
    assert.equal(decided.digest.sent, null)
    assert.equal(world.sent.length, 0)
  })

  test('sends what was approved, with the digest that was approved', async () => {
    const world = fakeWorld()
    world.reviewWith({ state: 'approved', cause: 'reviewer', reviewers: [{ issuer: 'https://id.example', subject: 'grace', groups: ['security-reviewers'], authTime: 1, verdict: 'approve', reason: 'fine', at: 1 }] })
    world.answerWith(whole('ok'))
    const answer = await runExchange(callOf(ask('card 4111 1111 1111 1111')), world.ports)
    assert.equal(answer.status, 200)
    await textOf(answer)
    assert.deepEqual(types(world), ['approval.requested', 'approval.settled', 'exchange.decided', 'exchange.completed'])
    assert.match(Buffer.from(world.sent[0]!.body).toString(), /4111 1111 1111 1111/)
  })

  test('denies what no rule allows, naming the model', async () => {
    const world = fakeWorld()
    const answer = await runExchange(callOf({ ...(ask('hi') as object), model: 'other-7' }), world.ports)
    assert.equal(answer.status, 403)
    assert.match(await textOf(answer), /other-7/)
    assert.deepEqual(types(world), ['exchange.decided'])
  })

  test('refuses malformed JSON as 400 in the provider\'s shape, on record, with nothing sent', async () => {
    const world = fakeWorld()
    const answer = await runExchange(callOf('{"model": "simulated-1", "messages": ['), world.ports)
    assert.equal(answer.status, 400)
    const { error } = JSON.parse(await textOf(answer)) as OpenAiError
    assert.equal(error.type, 'invalid_request_error')
    const refused = find(world, 'call.refused')
    assert.equal(refused.code, 'CS_MALFORMED')
    assert.equal(world.sent.length, 0)
  })

  test('turns an upstream that is down into a clean error of the provider, on record as failed', async () => {
    const world = fakeWorld()
    const answer = await runExchange(callOf(ask('hi')), world.ports)
    assert.equal(answer.status, 502)
    assert.deepEqual(types(world), ['exchange.decided', 'exchange.failed'])
  })

  test('turns an unreadable answer into a clean 502, and releases none of it', async () => {
    const world = fakeWorld()
    async function* html(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('<html>secret mira@northfield.example</html>'))
    }
    world.answerWith({ status: 200, headers: { 'content-type': 'text/html' }, body: html() })
    const answer = await runExchange(callOf(ask('hi')), world.ports)
    assert.equal(answer.status, 502)
    assert.doesNotMatch(await textOf(answer), /mira@/)
    assert.deepEqual(types(world), ['exchange.decided', 'exchange.failed'])
  })

  test('never lets a stream that broke off look complete, and drops what was held', async () => {
    const world = fakeWorld()
    world.answerWith(streamed(['Write to mira.castellanos@north'], { cut: true }))
    const text = await textOf(await runExchange(callOf(ask('hi', { stream: true })), world.ports))
    assert.doesNotMatch(text, /\[DONE\]/)
    assert.doesNotMatch(text, /castellanos/)
    assert.match(text, /"error"/)
    const ended = find(world, 'exchange.failed')
    assert.equal(ended.code, 'CS_UPSTREAM_NONSENSE')
  })

  test('records a client that goes away in the middle as aborted', async () => {
    const world = fakeWorld()
    const gone = new AbortController()
    world.answerWith(streamed(['one ', 'two ', 'three ']))
    const answer = await runExchange(callOf(ask('hi', { stream: true }), { signal: gone.signal }), world.ports)
    await answer.body.next()
    gone.abort()
    await answer.body.return()
    assert.deepEqual(types(world), ['exchange.decided', 'exchange.aborted'])
  })

  test('records non-text parameters as sent and keeps text out of the leaf', async () => {
    const world = fakeWorld()
    world.answerWith(whole('ok'))
    await textOf(await runExchange(callOf(ask('hello there', { temperature: 0.25, max_tokens: 40, seed: 7 })), world.ports))
    const decided = find(world, 'exchange.decided')
    assert.equal(decided.params['temperature'], 0.25)
    assert.equal(decided.params['seed'], 7)
    assert.doesNotMatch(JSON.stringify(decided), /hello there/)
    assert.deepEqual(world.records[0]?.disclosures.map(({ value }) => value), ['hello there'])
  })

  test('drops cookies of the upstream and keeps its content type', async () => {
    const world = fakeWorld()
    world.answerWith(whole('ok'))
    const answer = await runExchange(callOf(ask('hi')), world.ports)
    await textOf(answer)
    assert.deepEqual(answer.headers, { 'content-type': 'application/json' })
  })
})

describe('a call that goes through unread', () => {
  test('is refused when the policy in force does not list it, whoever admitted it', async () => {
    const policy = (listed: string): string => `version: 1\ndefault: deny\nupstreams:\n  openai: { url: https://x.example/v1, outside: true, uninspected: ["${listed}"] }\nrules:\n  - { id: all, when: {}, effect: allow }\n`
    const operation = { name: 'uninspected', method: 'POST', path: '/files?purpose=x', uninspected: true } as const
    for (const [listed, status] of [['POST /batches', 403], ['POST /files', 200]] as const) {
      const world = fakeWorld(policy(listed))
      world.answerWith(whole('kept'))
      const answer = await runExchange(callOf('not JSON', { operation }), world.ports)
      assert.equal(answer.status, status)
      await textOf(answer)
      assert.equal(world.sent.length, status === 200 ? 1 : 0)
    }
  })
})

describe('a call that nobody waits for', () => {
  test('is denied where a rule would hold it: no reviewer is asked for a trace', async () => {
    const world = fakeWorld()
    world.reviewWith({ state: 'approved', cause: 'reviewer', reviewers: [] })
    const answer = await runExchange(callOf(ask('my card is 4111 1111 1111 1111'), { operation: { name: 'chat.completions', method: 'POST', path: '/chat/completions', background: true } }), world.ports)
    assert.equal(answer.refusal?.code, 'CS_DENIED')
    assert.deepEqual(types(world), ['exchange.decided'])
    assert.equal(find(world, 'exchange.decided').decision.rule, 'cards-and-ssn-need-a-second-person')
    assert.equal(world.sent.length, 0)
  })
})

describe('a clearance', () => {
  const record = { id: 'ev_1', seq: 0, leaf: 'x', type: 'exchange.decided' } as const

  test('is minted only from a recorded decision to allow', () => {
    assert.throws(() => clear('deny', record, 'd'), CountersignError)
    assert.throws(() => clear('allow', { ...record, type: 'call.refused' }, 'd'), CountersignError)
  })

  test('lets out the recorded bytes once, and no others', () => {
    const clearance = clear('allow', record, 'd')
    assert.throws(() => { clearance.spend('other') }, CountersignError)
    clearance.spend('d')
    assert.throws(() => { clearance.spend('d') }, CountersignError)
  })

  test('cannot be forged', () => {
    const forged = Object.create(Clearance.prototype) as Clearance
    assert.throws(() => { forged.spend('d') })
  })
})

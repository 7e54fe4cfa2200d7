import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { mintSessionKey, sessionKeyHash } from '../../src/protocol/sessionKey.ts'
import { connectControl } from '../../src/platform/controlClient.ts'
import { startProcess } from '../../src/sandbox/processes.ts'
import { signIn, type Sandbox } from '../../src/sandbox/start.ts'
import { COUNTERSIGN, eventsOf, startTrial, until } from '../fakes/trial.ts'
import { mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

let trial: Sandbox
before(async () => { trial = await startTrial() })
after(() => trial.close())

interface Refused {
  readonly status: number
  readonly error: { readonly message: string; readonly type: string; readonly code: string; readonly param: null }
  readonly retry: string | null
}

async function call(init: { key?: string; path?: string; body?: string | Uint8Array; headers?: Record<string, string>; method?: string; agent?: string } = {}): Promise<Refused> {
  const { key = trial.line.key, path: route = '/openai/v1/chat/completions', body = JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'hi' }] }), headers = {}, method = 'POST', agent = trial.line.agent } = init
  const reply = await fetch(agent + route, { method, headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }), ...headers }, ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : Buffer.from(body) }) })
  const parsed = (await reply.json()) as Pick<Refused, 'error'>
  return { status: reply.status, error: parsed.error, retry: reply.headers.get('x-should-retry') }
}

const lastRefusal = (): string => eventsOf(trial.home, 'call.refused').at(-1)?.code ?? ''

describe('bad input gets a clear answer in OpenAI\'s shape, and a record', () => {
  test('S34 no key, a wrong key, a revoked key: 401 that says what to do', async () => {
    const none = await call({ key: '' })
    assert.equal(none.status, 401)
    assert.match(none.error.message, /countersign run/)
    assert.equal(lastRefusal(), 'CS_SESSION_KEY_MISSING')
    const wrong = await call({ key: mintSessionKey(randomBytes(32)) })
    assert.equal(wrong.status, 401)
    assert.match(wrong.error.message, /Open a new terminal/)
    const key = mintSessionKey(randomBytes(32))
    const control = await connectControl(trial.home, { client: 'test' })
    await control.request('key.register', { hash: sessionKeyHash(key), kind: 'run', label: 'test' })
    const known = await fetch(`${trial.line.agent}/openai/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'hi' }] }) })
    assert.equal(known.status, 200)
    await known.body?.cancel()
    await control.request('key.revoke', { hash: sessionKeyHash(key) })
    assert.equal((await call({ key })).status, 401)
    control.close()
  })

  test('a provider key in place of the session key is named as such', async () => {
    const answer = await call({ key: 'sk-proj-1234567890abcdefghij' })
    assert.equal(answer.status, 401)
    assert.match(answer.error.message, /provider key.*remove it/)
    assert.equal(lastRefusal(), 'CS_PROVIDER_KEY_PRESENTED')
  })

  test('a call signed with access keys of Amazon is named as such, and one signed with the agent\'s own is known by its token', async () => {
    const path = '/bedrock/model/m/converse'
    const signedWith = (id: string): Record<string, string> => ({ authorization: `AWS4-HMAC-SHA256 Credential=${id}/20261129/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}` })
    const send = (headers: Record<string, string>): Promise<Response> => fetch(trial.line.agent + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{"messages":[{"role":"user","content":[{"text":"hi"}]}]}' })
    for (const headers of [signedWith('AKIAQ4Z7WX2LM6NP3RST'), { ...signedWith('ASIAQ4Z7WX2LM6NP3RST'), 'x-amz-security-token': 'IQoJb3JpZ2luX2VjEXAMPLE' }]) {
      assert.equal((await send(headers)).status, 401)
      assert.equal(lastRefusal(), 'CS_PROVIDER_KEY_PRESENTED')
    }
    const bare = await fetch(`${trial.line.agent}/aws/credentials`, { headers: { authorization: trial.line.key } })
    const given = (await bare.json()) as { AccessKeyId: string; SecretAccessKey: string; Token: string; Expiration: string }
    assert.deepEqual([bare.status, given.Token], [200, trial.line.key])
    assert.match(given.AccessKeyId, /^COUNTERSIGN[0-9A-F]{9}$/)
    assert.ok(Date.parse(given.Expiration) > Date.now())
    const known = await send({ ...signedWith(given.AccessKeyId), 'x-amz-security-token': given.Token })
    // The sample policy names no upstream for Bedrock: the call got as far as that.
    assert.deepEqual([known.status, lastRefusal()], [403, 'CS_UPSTREAM_UNKNOWN'])
    const nobody = await fetch(`${trial.line.agent}/aws/credentials`)
    assert.deepEqual([nobody.status, lastRefusal()], [401, 'CS_SESSION_KEY_MISSING'])
  })

  test('an unknown route is 404 and names itself; a model no rule allows is 403 and is named', async () => {
    const route = await call({ path: '/openai/v1/nonsense' })
    assert.equal(route.status, 404)
    assert.match(route.error.message, /\/openai\/v1\/nonsense/)
    const model = await call({ body: JSON.stringify({ model: 'other-9', messages: [{ role: 'user', content: 'hi' }] }) })
    assert.equal(model.status, 403)
    assert.match(model.error.message, /other-9/)
    assert.equal(model.retry, 'false')
  })

  test('malformed JSON is 400, a compressed body 415, a body over the limit 413, each recorded', async () => {
    const malformed = await call({ body: '{"model": "simulated-1",' })
    assert.equal(malformed.status, 400)
    assert.equal(lastRefusal(), 'CS_MALFORMED')
    const compressed = await call({ headers: { 'content-encoding': 'gzip' } })
    assert.equal(compressed.status, 415)
    assert.equal(lastRefusal(), 'CS_ENCODING')
    const large = await call({ body: new Uint8Array(33 * 1024 * 1024).fill(0x20) }).catch(() => undefined)
    assert.ok(large === undefined || large.status === 413, 'refused, or the connection ended while the client still sent')
    assert.equal(lastRefusal(), 'CS_TOO_LARGE')
  })

  test('an upstream that fails, talks nonsense or breaks off ends in the provider\'s shape, recorded, with nothing unmasked', async () => {
    for (const [model, status] of [['simulated-nonsense', 502]] as const) {
      const answer = await call({ body: JSON.stringify({ model, messages: [{ role: 'user', content: 'mira.castellanos@northfield.example' }] }) })
      assert.equal(answer.status, status, model)
      assert.ok(!answer.error.message.includes('mira'))
      assert.equal(eventsOf(trial.home, 'exchange.failed').at(-1)?.code, 'CS_UPSTREAM_NONSENSE')
    }
    const broken = await fetch(`${trial.line.agent}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${trial.line.key}` },
      body: JSON.stringify({ model: 'simulated-break', stream: true, messages: [{ role: 'user', content: 'Write to mira.castellanos@northfield.example' }] }),
    })
    const text = await broken.text()
    assert.doesNotMatch(text, /\[DONE\]/)
    assert.doesNotMatch(text, /castellanos@/)
    assert.match(text, /"error"/)
  })
})

describe('an agent at which nobody has signed in', () => {
  test('S47 answers 401 with how to sign in, and lets nothing through; the first sign-in opens it', async () => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'countersign-home-'))
    const agent = await startProcess([...COUNTERSIGN, 'agent', '--home', home, '--hub', trial.line.hub, '--port', '0', '--with-parent', '--json'], { name: 'A second agent' })
    try {
      const control = await connectControl(home, { client: 'test' })
      const key = mintSessionKey(randomBytes(32))
      await control.request('key.register', { hash: sessionKeyHash(key), kind: 'run', label: 'test' })
      const url = String(agent.ready['url'])
      const refused = await call({ key, agent: url })
      assert.equal(refused.status, 401)
      assert.match(refused.error.message, /nobody is signed in.*Sign in/s)
      await signIn(control, trial.idp, 'ada')
      const reply = await fetch(`${url}/openai/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'hi' }] }) })
      assert.equal(reply.status, 200)
      await reply.body?.cancel()
      await control.request('signOut', {})
      assert.equal((await call({ key, agent: url })).status, 401)
      control.close()
    } finally {
      await agent.stop()
    }
  })

  test('S13 makes no call of Ada\'s programs in Grace\'s name once Grace has signed in, and none of a launch that she revoked', async () => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'countersign-home-'))
    const agent = await startProcess([...COUNTERSIGN, 'agent', '--home', home, '--hub', trial.line.hub, '--port', '0', '--with-parent', '--json'], { name: 'A shared agent' })
    try {
      const control = await connectControl(home, { client: 'test' })
      const url = String(agent.ready['url'])
      const [early, late] = [mintSessionKey(randomBytes(32)), mintSessionKey(randomBytes(32))]
      const register = (key: string): Promise<{ launch: string | null; isSpent: boolean }> => control.request('key.register', { hash: sessionKeyHash(key), kind: 'run', label: 'test' })
      await register(early)
      await signIn(control, trial.idp, 'ada')
      assert.equal((await register(early)).isSpent, false)
      await control.request('signOut', {})
      await signIn(control, trial.idp, 'grace')
      const refused = await call({ key: early, agent: url })
      assert.equal(refused.status, 401)
      assert.match(refused.error.message, /started while somebody else was signed in.*Open a new terminal or restart the kernel/)
      assert.equal(eventsOf(home, 'call.refused').at(-1)?.code, 'CS_SESSION_KEY_EXPIRED')
      assert.equal((await register(early)).isSpent, true)
      const { launch } = await register(late)
      assert.ok(launch !== null)
      assert.equal((await call({ key: late, agent: url })).status, 403, 'known, and no rule lets Grace')
      await control.request('key.revoke', { launch })
      assert.equal((await call({ key: late, agent: url })).status, 401)
      assert.deepEqual(await register(late), { launch: null, isSpent: true })
      assert.deepEqual(eventsOf(home, 'launch.revoked').map((event) => [event.launch, event.actor?.sub]), [[launch, 'grace']])
      control.close()
    } finally {
      await agent.stop()
    }
  })

  test('S11 ends a session that nobody used when its time is over, on record, and the next call learns why', async () => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'countersign-home-'))
    const file = path.join(home, 'policy.yaml')
    await writeFile(file, 'version: 1\ndefault: deny\nupstreams:\n  openai: { url: https://api.openai.com/v1, outside: true }\nlimits: { sessionIdle: 1s }\nrules: []\n')
    const agent = await startProcess([...COUNTERSIGN, 'agent', '--home', home, '--policy', file, '--issuer', trial.line.issuer, '--client-id', 'countersign-desktop', '--port', '0', '--with-parent', '--json'], { name: 'An agent alone' })
    try {
      const control = await connectControl(home, { client: 'test' })
      const key = mintSessionKey(randomBytes(32))
      await control.request('key.register', { hash: sessionKeyHash(key), kind: 'run', label: 'test' })
      await signIn(control, trial.idp, 'ada')
      const ended = await until(() => eventsOf(home, 'session.ended').at(0), 'the end of the session')
      assert.equal(ended.reason, 'idle limit')
      const refused = await call({ key, agent: String(agent.ready['url']) })
      assert.deepEqual([refused.status, eventsOf(home, 'call.refused').at(-1)?.code], [401, 'CS_SESSION_EXPIRED'])
      assert.match(refused.error.message, /your session ended after 1 second without a call\. Nothing was sent\. Run "Countersign: Sign in" in the editor, then run this again/)
      control.close()
    } finally {
      await agent.stop()
    }
  })

  test('S47 without a policy nothing passes, and the answer says what to set', async () => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'countersign-home-'))
    const agent = await startProcess([...COUNTERSIGN, 'agent', '--home', home, '--issuer', trial.line.issuer, '--client-id', 'countersign-desktop', '--port', '0', '--with-parent', '--json'], { name: 'An agent alone' })
    try {
      const control = await connectControl(home, { client: 'test' })
      const key = mintSessionKey(randomBytes(32))
      await control.request('key.register', { hash: sessionKeyHash(key), kind: 'run', label: 'test' })
      await signIn(control, trial.idp, 'ada')
      const refused = await call({ key, agent: String(agent.ready['url']) })
      assert.equal(refused.status, 403)
      assert.match(refused.error.message, /no policy.*--policy FILE/s)
      control.close()
    } finally {
      await agent.stop()
    }
  })

  test('S47 a policy file with a mistake stops the start, with line and column', async () => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'countersign-home-'))
    const file = path.join(home, 'policy.yaml')
    await writeFile(file, 'version: 1\ndefault: perhaps\nupstreams: {}\nrules: []\n')
    await assert.rejects(startProcess([...COUNTERSIGN, 'agent', '--home', home, '--policy', file, '--port', '0', '--with-parent', '--json'], { name: 'The agent' }), /line 2, column/)
  })
})

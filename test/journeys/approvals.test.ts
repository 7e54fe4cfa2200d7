import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ChatOpenAI } from '@langchain/openai'
import { ChatAnthropic } from '@langchain/anthropic'
import type { SharedRequest } from '../../src/protocol/approval.ts'
import { digestOf } from '../../src/core/exchange/digest.ts'
import { connectControl } from '../../src/platform/controlClient.ts'
import { startPerson, type AnotherPerson } from '../../src/sandbox/person.ts'
import { signIn, type Sandbox } from '../../src/sandbox/start.ts'
import { COUNTERSIGN, eventsOf, recordsOf, startTrial, until } from '../fakes/trial.ts'

let trial: Sandbox
let grace: AnotherPerson
before(async () => {
  trial = await startTrial()
  grace = await startPerson(trial, COUNTERSIGN, 'grace')
  await until(async () => (await grace.control.request('approvals.list', {})).relay === 'here' || undefined, 'Grace\'s line to the hub')
})
after(async () => {
  await grace.close()
  await trial.close()
})

const CARD = 'Charge 4111 1111 1111 1111 for Mira, SSN 219-09-9999, and say so.'
let count = 0
/** Different bytes each time: the same bytes would join. */
const prompt = (): string => `${CARD} Attempt ${++count}.`

type Provider = 'openai' | 'anthropic'
const model = (provider: Provider, streaming: boolean, retries?: number): ChatOpenAI | ChatAnthropic =>
  provider === 'openai'
    ? new ChatOpenAI({ model: 'simulated-1', streaming, apiKey: trial.line.key, configuration: { baseURL: `${trial.line.agent}/openai/v1` }, ...(retries === undefined ? {} : { maxRetries: retries }) })
    : new ChatAnthropic({ model: 'simulated-1', streaming, apiKey: trial.line.key, anthropicApiUrl: `${trial.line.agent}/anthropic` })

async function ask(provider: Provider, streaming: boolean, text: string, signal?: AbortSignal): Promise<string> {
  const chat = model(provider, streaming)
  if (!streaming) return (await chat.invoke(text, signal ? { signal } : {})).text
  let answer = ''
  for await (const chunk of await chat.stream(text, signal ? { signal } : {})) answer += chunk.text
  return answer
}

/** What waits for Grace and was asked with this text's bytes; the newest. */
const waiting = (after: number): Promise<SharedRequest> =>
  until(async () => (await grace.control.request('approvals.list', {})).requests.find((one) => one.state === 'pending' && one.openedAt > after && one.role === 'review'), 'a request at Grace\'s')

/** What people wrote, as it lies beside the newest record of a review; nothing of it is in the record. */
async function saidIn(control: Sandbox['control'], home: string): Promise<Record<string, string>> {
  const record = recordsOf(home).findLast(({ event }) => event.type === 'approval.settled')
  assert.ok(record)
  const { entries } = await control.request('journal.read', { from: record.seq, limit: 1 })
  const texts = (entries[0]?.texts ?? []).filter(({ path: name }) => name !== 'approval/decision')
  for (const { value } of texts) assert.ok(!JSON.stringify(record).includes(value), `${value} is in the record itself`)
  return Object.fromEntries(texts.map(({ path: name, value }) => [name, value]))
}

const decide = (request: SharedRequest, verdict: 'approve' | 'deny', reason: string): Promise<unknown> =>
  grace.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict, reason })

const failed = async (call: Promise<unknown>): Promise<Error & { status?: number }> => {
  try {
    await call
  } catch (error) {
    return error as Error & { status?: number }
  }
  throw new Error('the call was expected to fail')
}

for (const provider of ['openai', 'anthropic'] as const)
  for (const streaming of [true, false])
    describe(`a held call, ${provider}, ${streaming ? 'streamed' : 'not streamed'}`, () => {
      test('S60 is approved by Grace, goes through in the same run, and is exactly the bytes she approved', async () => {
        const since = Date.now() - 1
        const call = ask(provider, streaming, prompt())
        const request = await waiting(since)
        assert.deepEqual(request.call.findings.map(({ type, count: n, fate }) => `${type}×${n} ${fate}`).sort(), ['CREDIT_CARD×1 asIs', 'US_SSN×1 asIs'])
        // The first digits alone may stand in a digest or a time by chance.
        assert.doesNotMatch(JSON.stringify(request), /4111\D*1111|219\D*09\D*9999/, 'no value in what a reviewer sees')
        assert.match(request.call.rule.name, /cards-and-ssn/)
        assert.equal(request.requester.subject, 'ada')
        await decide(request, 'approve', 'The customer asked for it.')
        const text = await call
        assert.ok(text.length > 0)
        assert.ok(!text.includes('4111 1111 1111 1111'), 'the answer is masked')
        const settled = eventsOf(trial.home, 'approval.settled').at(-1)
        assert.equal(settled?.state, 'approved')
        const [reviewer] = settled.reviewers
        assert.ok(reviewer)
        assert.equal(reviewer.subject, 'grace')
        assert.deepEqual(await saidIn(trial.control, trial.home), { 'approval/reviewers/0/name': 'Grace Lindqvist', 'approval/reviewers/0/reason': 'The customer asked for it.' })
        assert.ok(reviewer.groups.includes('security-reviewers'))
        assert.ok(reviewer.authTime > 0)
        const decided = eventsOf(trial.home, 'exchange.decided').at(-1)
        const sent = trial.model.received.at(-1)
        assert.ok(decided && sent)
        assert.equal(decided.digest.sent, digestOf(sent.body))
        const { actor, endpoint } = decided
        assert.equal(settled.digest, digestOf(JSON.stringify([actor.iss, actor.sub, endpoint.provider, endpoint.operation, endpoint.url, decided.digest.sent])))
      })

      test('is denied with who and why, in the provider\'s shape, and is not tried again', async () => {
        const since = Date.now() - 1
        const before = trial.model.received.length
        const call = failed(ask(provider, streaming, prompt()))
        await decide(await waiting(since), 'deny', 'Use the masked export.')
        const error = await call
        assert.equal(error.status, 403)
        assert.match(error.message, /Grace Lindqvist denied this call: \\?"Use the masked export\.\\?" Nothing was sent/)
        assert.equal(trial.model.received.length, before)
        assert.equal(eventsOf(trial.home, 'approval.settled').at(-1)?.state, 'denied')
      })

      test('is withdrawn when the client goes away, and Grace sees it go', async () => {
        const since = Date.now() - 1
        const gone = new AbortController()
        const call = failed(ask(provider, streaming, prompt(), gone.signal))
        const request = await waiting(since)
        gone.abort()
        await call
        await until(async () => (await grace.control.request('approvals.list', {})).requests.find((one) => one.ap === request.ap && one.state === 'withdrawn'), 'it is withdrawn at Grace\'s')
        await assert.rejects(decide(request, 'approve', 'too late'), /withdrawn already/)
      })

      test('is withdrawn by Ada in her sidebar', async () => {
        const since = Date.now() - 1
        const call = failed(ask(provider, streaming, prompt()))
        const request = await waiting(since)
        await trial.control.request('approval.withdraw', { ap: request.ap })
        assert.match((await call).message, /withdrawn by the person who made it/)
      })
    })

describe('who may decide', () => {
  test('S18 S21 nobody on the requester\'s machine: not its agent with Ada\'s sign-in, not a connection without one', async () => {
    const since = Date.now() - 1
    const call = failed(ask('openai', false, prompt()))
    const request = await waiting(since)
    await assert.rejects(trial.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'mine' }), /nobody decides on their own call/)
    for (const home of [trial.home, grace.home]) {
      const stranger = await connectControl(home, { client: 'a tool that tries' })
      for (const method of ['approval.review', 'approval.acknowledge'] as const)
        await assert.rejects(stranger.request(method, { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'x' }), /only from where somebody signed in/)
      stranger.close()
    }
    await assert.rejects(trial.control.request('approval.acknowledge', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'x' }), /waits for somebody else|does not wait here/)
    assert.equal((await grace.control.request('approvals.list', {})).requests.find((one) => one.ap === request.ap)?.state, 'pending', 'nothing of this decided anything')
    await decide(request, 'deny', 'done')
    await call
  })

  test('S18 nobody through the program of whoever signed in on that machine before: what renews the sign-in is not told there either', async () => {
    const lee = await startPerson(trial, COUNTERSIGN, 'lee')
    const other = await connectControl(lee.home, { client: 'another program' })
    try {
      const told: (string | null)[] = []
      lee.control.onSignInKept(({ refreshToken }) => { told.push(refreshToken) })
      await signIn(other, trial.idp, 'kim')
      const { refreshToken } = await other.request('signIn.keep', {})
      assert.ok(refreshToken !== null)
      await assert.rejects(lee.control.request('signIn.keep', {}), /only from where somebody signed in/)
      assert.ok(!told.includes(refreshToken))
      await signIn(lee.control, trial.idp, 'kim')
      assert.ok((await lee.control.request('signIn.keep', {})).refreshToken !== null, 'as soon as it signs the person in itself')
      await other.request('signIn.keep', {})
    } finally {
      other.close()
      await lee.close()
    }
  })

  test('S19 only people who are in the group when they decide', async () => {
    const lee = await startPerson(trial, COUNTERSIGN, 'lee')
    try {
      const since = Date.now() - 1
      const call = failed(ask('openai', false, prompt()))
      const request = await waiting(since)
      const list = await lee.control.request('approvals.list', {})
      assert.equal(list.requests.find((one) => one.ap === request.ap), undefined, 'Lee does not see it')
      await assert.rejects(lee.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'x' }), /not in that group now/)
      await decide(request, 'deny', 'done')
      await call
    } finally {
      await lee.close()
    }
  })

  test('S19 nobody whose group was taken away between the request and the verdict, though their token still has it', async () => {
    const at = trial.idp.people.findIndex(({ login }) => login === 'lee')
    const before = trial.idp.people[at]!
    trial.idp.people[at] = { ...before, groups: ['security-reviewers'] }
    const lee = await startPerson(trial, COUNTERSIGN, 'lee')
    try {
      const since = Date.now() - 1
      const call = failed(ask('openai', false, prompt()))
      const request = await waiting(since)
      await until(async () => (await lee.control.request('approvals.list', {})).requests.find((one) => one.ap === request.ap && one.role === 'review'), 'the request at Lee\'s')
      trial.idp.people[at] = { ...before, groups: ['data-eng'] }
      await assert.rejects(lee.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'x' }), /not in that group now/)
      await decide(request, 'deny', 'done')
      await call
    } finally {
      trial.idp.people[at] = before
      await lee.close()
    }
  })

  test('S20 two decisions at once: the first counts, the second is told so; a stale digest decides nothing', async () => {
    const since = Date.now() - 1
    const call = ask('openai', false, prompt())
    const request = await waiting(since)
    await assert.rejects(grace.control.request('approval.review', { ap: request.ap, digest: 'x'.repeat(43), verdict: 'approve', reason: 'x' }), /not the call that was shown/)
    await assert.rejects(decide(request, 'approve', '  '), /needs a reason/)
    const results = await Promise.allSettled([decide(request, 'approve', 'one'), decide(request, 'approve', 'two')])
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    await call
  })

  test('the same bytes again after an approval are a new request; a second client with the same bytes joins the first', async () => {
    const text = prompt()
    let since = Date.now() - 1
    const first = ask('openai', false, text)
    const request = await waiting(since)
    const second = failed(ask('openai', false, text))
    await until(() => eventsOf(trial.home, 'approval.requested').filter((one) => one.digest === request.digest).length === 2 || undefined, 'the second client waits too')
    const sent = trial.model.received.length
    await decide(request, 'approve', 'once')
    await Promise.allSettled([first, second])
    assert.equal(trial.model.received.length, sent + 1, 'one of them was sent, once')
    since = Date.now() - 1
    const again = failed(ask('openai', false, text))
    const another = await waiting(since)
    assert.notEqual(another.ap, request.ap)
    await decide(another, 'deny', 'not again')
    await again
  })

  test('Ada\'s reason reaches Grace while the call waits', async () => {
    const since = Date.now() - 1
    const call = ask('openai', false, prompt())
    const request = await waiting(since)
    await trial.control.request('approval.reason', { ap: request.ap, reason: 'The board meets at noon.' })
    await until(async () => (await grace.control.request('approvals.list', {})).requests.find((one) => one.ap === request.ap && one.requesterReason === 'The board meets at noon.'), 'the reason at Grace\'s')
    await decide(request, 'approve', 'fine')
    await call
    assert.equal((await saidIn(trial.control, trial.home))['approval/requesterReason'], 'The board meets at noon.')
  })

  test('what Grace decided is in her own journal, without a word of the prompt; the hub keeps both reasons apart from its log', async () => {
    const since = Date.now() - 1
    const call = ask('openai', false, prompt())
    const request = await waiting(since)
    await trial.control.request('approval.reason', { ap: request.ap, reason: 'The board meets at one.' })
    await until(async () => (await grace.control.request('approvals.list', {})).requests.find((one) => one.ap === request.ap && one.requesterReason !== undefined), 'the reason at Grace\'s')
    await decide(request, 'approve', 'Agreed with Kim on the phone.')
    await call
    const given = await until(() => recordsOf(grace.home).find(({ event }) => event.type === 'review.given' && event.ap === request.ap), 'Grace\'s own record')
    const { entries } = await grace.control.request('journal.read', { from: given.seq, limit: 1 })
    assert.deepEqual((entries[0]?.texts ?? []).map(({ path: name, value }) => [name, value]), [['approval/requester/name', 'Ada Moreno'], ['approval/requesterReason', 'The board meets at one.'], ['approval/reviewers/0/reason', 'Agreed with Kim on the phone.']])
    const hubLog = path.join(trial.line.dir, 'hub', 'log')
    for (const name of readdirSync(hubLog).filter((one) => one.endsWith('.jsonl'))) assert.doesNotMatch(readFileSync(path.join(hubLog, name), 'utf8'), /board meets|Agreed with Kim/, name)
  })

  test('100 calls held at once are all decided, each on its own', async () => {
    const since = Date.now() - 1
    const calls = Array.from({ length: 100 }, () => ask('openai', false, prompt()))
    const all = await until(async () => {
      const { requests } = await grace.control.request('approvals.list', {})
      const mine = requests.filter((one) => one.state === 'pending' && one.openedAt > since)
      return mine.length === 100 ? mine : undefined
    }, '100 requests at Grace\'s', 60_000)
    await Promise.all(all.map((request) => decide(request, 'approve', 'all of them')))
    assert.equal((await Promise.all(calls)).length, 100)
  })
})

describe('a rule with a short time, and one under which the requester acknowledges', () => {
  const policy = `version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1, outside: true }
  anthropic: { url: https://api.anthropic.com, outside: true }
mask: { answer: { CREDIT_CARD: partial, US_SSN: redact } }
rules:
  - id: cards
    when: { prompt: { finds: [CREDIT_CARD] } }
    effect: hold
    approval: { reviewers: { group: security-reviewers }, requesterReason: required, wait: 2s }
  - id: mails
    when: { prompt: { finds: [EMAIL] } }
    effect: hold
    approval: { reviewers: self, requesterReason: required, wait: 30s }
  - id: rest
    effect: allow
`
  let other: Sandbox
  let reviewer: AnotherPerson
  before(async () => {
    other = await startTrial({ policy })
    reviewer = await startPerson(other, COUNTERSIGN, 'grace')
    await until(async () => (await reviewer.control.request('approvals.list', {})).relay === 'here' || undefined, 'Grace\'s line')
  })
  after(async () => {
    await reviewer.close()
    await other.close()
  })
  const invoke = (text: string): Promise<unknown> => new ChatOpenAI({ model: 'simulated-1', apiKey: other.line.key, configuration: { baseURL: `${other.line.agent}/openai/v1` } }).invoke(text)
  const open = (): Promise<SharedRequest> => until(async () => (await reviewer.control.request('approvals.list', {})).requests.find((one) => one.state === 'pending'), 'a request')

  test('expires when nobody decides and the required reason was not given, on both sides; a decision after that counts nothing', async () => {
    const call = failed(invoke('4111 1111 1111 1111'))
    const request = await open()
    await assert.rejects(reviewer.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'x' }), /asks the requester for a reason/)
    const error = await call
    assert.match(error.message, /asks you for a reason, and none was given within 2 s\. Nothing was sent/)
    await until(async () => (await reviewer.control.request('approvals.list', {})).requests.find((one) => one.ap === request.ap && one.state === 'expired'), 'expired at Grace\'s')
    await assert.rejects(reviewer.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'x' }), /expired already|time for this call is over/)
    assert.equal(other.model.received.length, 0)
    const settled = eventsOf(other.home, 'approval.settled').at(-1)
    assert.equal(`${settled?.state ?? ''} ${settled?.cause ?? ''}`, 'expired no_reason')
  })

  test('a rule of self is acknowledged by the requester, recorded as that, and never counts as an approval', async () => {
    const call = invoke('write to mira.castellanos@northfield.example')
    const mine = await until(async () => (await other.control.request('approvals.list', {})).acknowledge[0], 'it waits for Ada herself')
    assert.equal((await reviewer.control.request('approvals.list', {})).requests.find((one) => one.ap === mine.ap), undefined)
    await assert.rejects(other.control.request('approval.acknowledge', { ap: mine.ap, digest: mine.digest, verdict: 'approve', reason: '' }), /asks for a reason/)
    await other.control.request('approval.acknowledge', { ap: mine.ap, digest: mine.digest, verdict: 'approve', reason: 'I know what leaves.' })
    await call
    const settled = eventsOf(other.home, 'approval.settled').at(-1)
    assert.equal(settled?.state, 'acknowledged')
    assert.deepEqual(settled.reviewers, [])
    assert.equal((await saidIn(other.control, other.home))['approval/requesterReason'], 'I know what leaves.')
  })

  test('with the hub away a held call says that no reviewer can be reached', async () => {
    await other.hub.stop()
    const error = await failed(invoke('4111 1111 1111 1111'))
    assert.match(error.message, /no reviewer can be reached/)
  })
})

describe('what survives', () => {
  test('a pending request survives a restart of Grace\'s agent; a restart of Ada\'s ends her held calls, on record', async () => {
    const since = Date.now() - 1
    const call = failed(model('openai', false, 0).invoke(prompt()))
    const request = await waiting(since)
    await grace.close()
    grace = await startPerson(trial, COUNTERSIGN, 'grace')
    const still = await until(async () => (await grace.control.request('approvals.list', {})).requests.find((one) => one.ap === request.ap && one.state === 'pending'), 'it waits at Grace\'s again')
    assert.equal(still.digest, request.digest)
    trial.agent.kill('SIGTERM')
    const error = await call
    assert.match(error.message, /stopping|Connection error|terminated|fetch failed/i)
    await trial.agent.ended
    assert.equal(eventsOf(trial.home, 'approval.settled').at(-1)?.cause, 'agent_stopping')
    await until(async () => (await grace.control.request('approvals.list', {})).requests.find((one) => one.ap === request.ap && one.state === 'withdrawn'), 'Grace sees it go')
  })
})

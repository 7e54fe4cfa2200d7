import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AuditEvent } from '../../../src/protocol/audit.ts'
import type { Ending, SharedRequest } from '../../../src/protocol/approval.ts'
import { readableRecord } from '../../../src/protocol/deviceEvent.ts'
import { Approvals, type ApprovalsOptions } from '../../../src/agent/approval/approvals.ts'
import { wordsOf } from '../../../src/core/words/recordWords.ts'
import { journalOf } from '../../fakes/records.ts'

const GRACE = { issuer: 'https://id', subject: 'grace', groups: ['security'], authTime: 1, verdict: 'approve' as const, reason: 'fine', at: 10 }
const KIM = { ...GRACE, subject: 'kim' }
const ASKED: SharedRequest = {
  ap: `ap_${'0'.repeat(26)}`, ex: 'ex_1', digest: 'd'.repeat(43), role: 'review', requester: { issuer: 'https://id', subject: 'ada', name: 'Ada Moreno' },
  call: { provider: 'openai', operation: 'chat', upstream: 'openai', host: 'x', model: 'm', stream: true, rule: { id: 'r', name: 'r' }, policy: { version: 1, digest: 'p' }, findings: [], parts: [], source: { kind: 'run', file: 'x' } },
  terms: { group: 'security', count: 2, assurance: 'session', requesterReason: 'none', wait: 60_000 },
  openedAt: 1000, expiresAt: 61_000, state: 'pending', reviews: [], used: false,
}

const GRACE_HERE = { iss: 'https://id', sub: 'grace', groups: ['security'], authTime: 1, session: 'se_1' }

interface Heard {
  /** Of Grace's verdict in an earlier run of this machine's agent; true unless said otherwise. */
  readonly given?: boolean
  /** Requests as the line's first word has them. */
  readonly snapshot?: readonly Partial<SharedRequest>[]
  /** What happens at this machine between the first word and the others. */
  readonly meanwhile?: (approvals: Approvals) => Promise<void>
  readonly record?: (event: AuditEvent) => Promise<void>
  /** What the hub says when it is asked for endings, and what it was asked. */
  readonly endings?: readonly Ending[]
  readonly asked?: unknown[]
}

/** Grace's agent hears these states of a request, one after the other. @returns what it recorded */
async function heard(states: readonly Partial<SharedRequest>[], { given = true, snapshot = [], meanwhile, record, endings = [], asked = [] }: Heard = {}): Promise<AuditEvent[]> {
  const records: AuditEvent[] = []
  const line = (event: string, data: object): Buffer => Buffer.from(`event: ${event}\ndata: ${JSON.stringify({ now: 5, ...data })}\n\n`)
  const all = Promise.withResolvers<undefined>()
  const client = {
    async *stream(): AsyncGenerator<Uint8Array> {
      yield line('snapshot', { requests: snapshot.map((state) => ({ ...ASKED, ...state })) })
      await meanwhile?.(approvals)
      for (const state of states) yield line('request', { request: { ...ASKED, ...state } })
      all.resolve(undefined)
      await new Promise(() => undefined)
    },
    // The hub's answer comes after everything it says on the line.
    request: async (_method: string, where: string, body: unknown) => {
      if (!where.endsWith('/endings')) return all.promise.then(() => ({ status: 200, body: {} }))
      asked.push(body)
      return { status: 200, body: { endings } }
    },
  }
  const approvals = new Approvals({
    client,
    accessToken: () => Promise.resolve('t'),
    freshToken: () => Promise.resolve('t'),
    record: async (event: AuditEvent | ((sd: readonly string[]) => AuditEvent)) => {
      const one = typeof event === 'function' ? event([]) : event
      await record?.(one)
      records.push(one)
    },
    openReviews: given ? [{ ap: ASKED.ap, actor: GRACE_HERE }] : [],
    actor: () => GRACE_HERE,
    onChange: () => undefined,
    log: (what: string) => { if (!record) throw new Error(what) },
    timer: () => () => undefined,
    random: () => 0,
  } as unknown as ApprovalsOptions)
  approvals.signedIn()
  await all.promise
  await new Promise(setImmediate)
  await approvals.close()
  return records
}

const APPROVED: Partial<SharedRequest> = { state: 'approved', cause: 'reviewer', reviews: [GRACE, KIM], settledAt: 13_000 }

describe('a reviewer whose verdict was not the last', () => {
  test('has on record how the call ended: with the second approval, a denial, or its time', async () => {
    const [approved, ...more] = await heard([{ reviews: [GRACE] }, APPROVED, { ...APPROVED, used: true }])
    assert.deepEqual(more, [], 'once')
    assert.deepEqual(approved, {
      type: 'review.ended', ex: 'ex_1', actor: GRACE_HERE, ap: ASKED.ap, requester: { iss: 'https://id', sub: 'ada' }, state: 'approved', cause: 'reviewer',
      reviewers: [{ iss: 'https://id', sub: 'grace', verdict: 'approve' }, { iss: 'https://id', sub: 'kim', verdict: 'approve' }], digest: ASKED.digest, ms: 12_000,
    })
    const [entry] = journalOf([[1, approved]])
    assert.ok(entry)
    assert.equal(readableRecord(entry.record), entry.record, 'the hub reads it')
    assert.equal(wordsOf(entry.record), 'that held call of ada ended: approved (reviewer) after 12.0 s; grace approved, kim approved')
    for (const [state, cause, ...others] of [['denied', 'reviewer', { ...KIM, verdict: 'deny' }], ['expired', 'timeout'], ['withdrawn', 'client_gone']] as const) {
      const [ended] = await heard([{ reviews: [GRACE] }, { state, cause, reviews: [GRACE, ...others] }])
      assert.deepEqual(ended?.type === 'review.ended' && [ended.state, ended.cause, ended.ms], [state, cause, 60_000])
    }
  })

  test('has it too when the call ended while the agent was away, once, whatever the hub repeats', async () => {
    const [ended, ...more] = await heard([APPROVED], { snapshot: [APPROVED, APPROVED] })
    assert.deepEqual([ended?.type, more], ['review.ended', []])
  })

  test('has it also of a call that ended so long ago that the hub shows it no more: it is asked for', async () => {
    const { ap, ex, digest, requester, openedAt } = ASKED
    const ending: Ending = { ap, ex, digest, requester, openedAt, state: 'approved', cause: 'reviewer', settledAt: 13_000, reviews: [GRACE, KIM] }
    const asked: unknown[] = []
    const meanwhile = (): Promise<void> => new Promise(setImmediate)
    const [ended, ...more] = await heard([APPROVED], { endings: [ending], asked, meanwhile })
    assert.deepEqual([ended?.type === 'review.ended' && [ended.state, ended.ms, ended.reviewers.length], more, asked], [['approved', 12_000, 2], [], [{ aps: [ap] }]])
    assert.deepEqual(await heard([], { endings: [{ ...ending, reviews: [KIM, GRACE] }], meanwhile }), [], 'hers ended it')
    asked.length = 0
    assert.deepEqual([await heard([], { given: false, endings: [ending], asked, meanwhile }), asked], [[], []], 'nothing was decided here')
    assert.deepEqual((await heard([], { snapshot: [{ reviews: [GRACE] }], asked, meanwhile }), asked), [], 'it still waits')
  })

  test('has it after the verdict, also when the hub tells of the end before it answers', async () => {
    const given = Promise.withResolvers<undefined>()
    const types = (await heard([APPROVED, APPROVED], {
      given: false,
      snapshot: [{}],
      meanwhile: (approvals) => {
        approvals.review({ ap: ASKED.ap, digest: ASKED.digest, verdict: 'approve', reason: 'fine' }).then(() => { given.resolve(undefined) }, given.reject)
        return Promise.resolve()
      },
    })).map(({ type }) => type)
    await given.promise
    assert.deepEqual(types, ['review.given', 'review.ended'])
  })

  test('has it with the next word of the hub when it could not be written at first', async () => {
    let refused = 0
    const record = (): Promise<void> => (refused++ === 0 ? Promise.reject(new Error('disk full')) : Promise.resolve())
    const types = (await heard([APPROVED], { snapshot: [APPROVED], record, meanwhile: () => new Promise(setImmediate) })).map(({ type }) => type)
    assert.deepEqual([types, refused], [['review.ended'], 2])
  })

  test('has none on another machine than the one that the verdict was given on', async () => {
    assert.deepEqual(await heard([{ reviews: [GRACE] }, APPROVED], { given: false }), [])
  })

  test('whose verdict ended it, or who gave none, has no second record', async () => {
    assert.deepEqual(await heard([{}, { state: 'approved', cause: 'reviewer', reviews: [KIM, GRACE] }]), [])
    assert.deepEqual(await heard([{ reviews: [KIM] }, { state: 'expired', cause: 'timeout', reviews: [KIM] }]), [])
    assert.deepEqual(await heard([{ role: 'own', state: 'denied', cause: 'reviewer', reviews: [GRACE] }]), [])
  })
})

test('a settled call is told with the reviewer\'s name where it can be opened, else with the account', () => {
  const settled = { type: 'approval.settled', ex: 'ex_1', actor: { iss: 'i', sub: 'ada', groups: [], authTime: 1, session: 's' }, ap: ASKED.ap, state: 'approved', cause: 'reviewer', reviewers: [{ issuer: 'i', subject: 'grace', groups: [], authTime: 1, verdict: 'approve', at: 1 }], digest: 'd', rule: 'r', policy: { version: 1, digest: 'p', source: 'hub' }, found: {}, decision: null, ms: 1000, sd: [] } as unknown as AuditEvent
  const [entry] = journalOf([[1, settled]])
  assert.ok(entry)
  assert.match(wordsOf(entry.record, [{ path: 'approval/reviewers/0/name', value: 'Grace Lindqvist' }]), /by Grace Lindqvist after 1\.0 s/)
  assert.match(wordsOf(entry.record), /by grace after/)
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AuditEvent, Disclosure } from '../../../src/protocol/audit.ts'
import type { AgentStatus, JournalEntry } from '../../../src/protocol/control.ts'
import { sidebarModel, timelineModel } from '../../../src/protocol/panel.ts'
import { details as detailsSchema } from '../../../src/protocol/panelModels.ts'
import { detailsOf } from '../../../src/extension/model/details.ts'
import { Ledger } from '../../../src/extension/model/ledger.ts'
import { EVERYTHING, sinceOthers } from '../../../src/extension/model/since.ts'
import { rowOf, type Translate } from '../../../src/extension/model/rows.ts'
import { launchesIn, sidebarModelOf, timelineModelOf } from '../../../src/extension/model/views.ts'
import { ACTOR, decided, ended, held, journalOf, launchRegistered, settled, SETTLED_TEXTS, span, START } from '../../fakes/records.ts'

const t: Translate = (message, ...args) => message.replace(/\{(\d)\}/g, (_all, n: string) => String(args[Number(n)]))
const NOW = START + 60_000
const STATUS: AgentStatus = {
  url: 'http://127.0.0.1:1', pid: 1, build: '0.1.0', hub: 'https://hub.example', issuer: null, alone: null,
  session: { id: 'se_1', issuer: 'https://id.example', subject: 'ada', name: 'Ada Moreno', groups: [], endsAt: '' },
  policy: { version: 3, source: 'hub', digest: 'd' },
  journal: { stream: 'st', size: 9, healthy: true, cosigned: 9 },
  sync: { state: 'idle', since: null, waiting: 0 },
  launches: [],
}

function ledgerOf(entries: readonly JournalEntry[]): Ledger {
  const ledger = new Ledger()
  for (const entry of entries) ledger.add(entry)
  return ledger
}

function call(ledger: Ledger, ex = 'ex_1') {
  const found = ledger.calls.get(ex)
  assert.ok(found)
  return found
}

describe('a call as a row', () => {
  test('tells the phases of an answered call on one scale: inspected here, first byte and done from sending', () => {
    const ledger = ledgerOf(journalOf([[0, launchRegistered()], [6, decided('ex_1')], [3106, ended('ex_1')]]))
    const row = rowOf(call(ledger), NOW)
    assert.deepEqual(
      { state: row.state, inspectedMs: row.inspectedMs, firstByteMs: row.firstByteMs, doneMs: row.doneMs, heldMs: row.heldMs, model: row.model, in: row.tokensIn, out: row.tokensOut, at: row.at },
      { state: 'answered', inspectedMs: 6, firstByteMs: 700, doneMs: 3100, heldMs: undefined, model: 'gpt-4.1-2026', in: 12, out: 34, at: START },
    )
    assert.equal(ledger.launches.get('la_1')?.calls, 1)
  })

  test('is told by the file or the cell it says it comes from, with what was seen of that file', () => {
    const place = { kind: 'notebook', file: 'ask me.ipynb', cell: 3 } as const
    const ledger = ledgerOf(journalOf([
      [0, launchRegistered('project')],
      [1, { type: 'launch.finding', launch: 'la_1', kind: 'address', subject: 'api.openai.com', file: 'ask me.ipynb' }],
      [2, { type: 'launch.finding', launch: 'la_1', kind: 'address', subject: 'api.openai.com', file: 'other.py' }],
      [3, { type: 'launch.finding', launch: 'la_1', kind: 'environmentKey', subject: 'OPENAI_API_KEY', program: 'python' }],
      [6, decided('ex_1', { actor: { ...ACTOR, place } })],
      [7, decided('ex_2')],
    ]))
    const model = timelineModelOf(ledger, { now: NOW, phase: 'ready', status: STATUS, notices: [], requests: [], since: EVERYTHING, reviews: [], period: 'all', loading: null, t })
    timelineModel.parse(model)
    assert.deepEqual(model.launches.map(({ kind, file, cell, calls, findings }) => ({ kind, file, cell, calls, findings })), [
      { kind: 'window', file: 'project', cell: undefined, calls: 1, findings: 3 },
      { kind: 'notebook', file: 'ask me.ipynb', cell: 3, calls: 1, findings: 1 },
    ])
    assert.deepEqual(detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: 0, waiting: 0, waitingSince: undefined, me: undefined }).source, { kind: 'notebook', file: 'ask me.ipynb', cell: 3, canOpen: false })
    const seenOnly = ledgerOf(journalOf([[0, launchRegistered('project')], [1, { type: 'launch.finding', launch: 'la_1', kind: 'environmentKey', subject: 'OPENAI_API_KEY', program: 'python' }]]))
    assert.deepEqual(sidebarModelOf(seenOnly, { now: NOW, phase: 'ready', status: STATUS, notices: [], requests: [], since: EVERYTHING, t }).launches.map(({ file, calls, findings }) => [file, calls, findings]), [['project', 0, 1]])
    assert.match(model.events.map(({ sentence }) => sentence).join(' '), /ask me\.ipynb names a direct address \(api\.openai\.com\)/)
  })

  test('goes through inspecting, sent and streaming before its records say how it ended', () => {
    const ledger = ledgerOf(journalOf([[0, launchRegistered()]]))
    const state = (): string => rowOf(call(ledger), NOW).state
    ledger.live({ ex: 'ex_1', what: 'received', at: START })
    assert.equal(state(), 'inspecting')
    ledger.add(journalOf([[0, launchRegistered()], [5, decided('ex_1')]])[1]!)
    ledger.live({ ex: 'ex_1', what: 'sent', at: START + 7 })
    assert.equal(state(), 'sent')
    ledger.live({ ex: 'ex_1', what: 'released', at: START + 400, path: 'choices/0', text: 'Hello ' })
    ledger.live({ ex: 'ex_1', what: 'released', at: START + 500, path: 'choices/0', text: '[EMAIL]' })
    assert.equal(state(), 'streaming')
    const { answer } = detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: 0, waiting: 0, waitingSince: undefined, me: undefined })
    assert.deepEqual(answer.parts[0]?.segments.map((one) => one.kind), ['text', 'mask'])
  })

  test('says held while it waits, and how the wait ended', () => {
    const waiting = ledgerOf(journalOf([[0, held('ex_1')]]))
    assert.deepEqual([rowOf(call(waiting), NOW).state, rowOf(call(waiting), NOW).heldMs], ['held', 60_000])
    for (const state of ['denied', 'expired', 'withdrawn'] as const) {
      const after = ledgerOf(journalOf([[0, held('ex_1')], [900, settled('ex_1', state, 900)]]))
      assert.deepEqual([rowOf(call(after), NOW).state, rowOf(call(after), NOW).heldMs], [state, 900])
    }
  })

  test('says withdrawn, not stopped, of a held call whose agent ended: nothing was sent', () => {
    const ledger = ledgerOf(journalOf([[0, held('ex_1')], [2000, ended('ex_1', { type: 'exchange.aborted', status: null, reason: 'the agent ended while the call was held; nothing was sent', timing: { total: 0 } })]]))
    assert.equal(rowOf(call(ledger), NOW).state, 'withdrawn')
  })

  test('never calls a refused, denied, failed or stopped call answered', () => {
    const stateOf = (entries: readonly JournalEntry[]): string => rowOf(call(ledgerOf(entries)), NOW).state
    assert.equal(stateOf(journalOf([[0, { type: 'call.refused', ex: 'ex_1', actor: null, code: 'CS_NOT_SIGNED_IN', status: 401, route: 'openai chat', method: 'POST' }]])), 'denied')
    assert.equal(stateOf(journalOf([[0, decided('ex_1', { decision: { effect: 'deny', rule: null, why: 'no rule allows it.' } })]])), 'denied')
    assert.equal(stateOf(journalOf([[0, decided('ex_1')], [9, ended('ex_1', { type: 'exchange.failed' })]])), 'failed')
    assert.equal(stateOf(journalOf([[0, decided('ex_1')], [9, ended('ex_1', { type: 'exchange.aborted' })]])), 'stopped')
  })

  test('names a call that was refused at once by where it went, under words a person knows, and not among those of other days', () => {
    const refused: AuditEvent = { type: 'call.refused', ex: 'ex_1', actor: null, code: 'CS_NOT_SIGNED_IN', status: 401, route: '/openai/v1/chat/completions', method: 'POST' }
    const ledger = ledgerOf(journalOf([[0, refused]]))
    assert.equal(rowOf(call(ledger), NOW).model, 'openai')
    const state = { now: NOW, phase: 'ready' as const, status: STATUS, notices: [], requests: [], since: EVERYTHING, t }
    assert.deepEqual(sidebarModelOf(ledger, state).launches.map(({ file, calls }) => [file, calls]), [['Refused calls', 1]])
    assert.deepEqual(launchesIn(ledger, 'today', state).map(({ file, calls }) => [file, calls]), [['Refused calls', 1]], 'in the timeline too, as soon as it is refused')
    const later = { ...state, now: NOW + 2 * 86_400_000 }
    assert.deepEqual([sidebarModelOf(ledger, later).launches, launchesIn(ledger, 'today', later)], [[], []])
  })

  test('is nobody else\'s to see: whoever signs in next begins with an empty page, and the machine\'s whole record stays one choice away', () => {
    const grace = { ...ACTOR, sub: 'grace', session: 'se_2', launch: 'la_2' }
    const started = (actor: typeof ACTOR): AuditEvent => ({ type: 'session.started', actor, endsAt: '', sd: [] })
    const entries = journalOf([
      [0, launchRegistered('project')], [1, started(ACTOR)], [2, decided('ex_1')], [9, ended('ex_1')], [10, { type: 'session.ended', actor: ACTOR, reason: 'signed out' }],
      [20, { type: 'call.refused', ex: 'ex_2', actor: null, code: 'CS_NOT_SIGNED_IN', status: 401, route: '/openai/v1/chat/completions', method: 'POST' }],
      [30, started(grace)], [31, { ...launchRegistered('project') as Extract<AuditEvent, { type: 'launch.registered' }>, launch: 'la_2' }], [32, decided('ex_3', { actor: grace })],
    ])
    const shownTo = (sub: string | undefined, count: number, period = 'today'): readonly [calls: string[], events: number, launches: number] => {
      const ledger = ledgerOf(entries.slice(0, count))
      const since = sinceOthers(ledger, sub === undefined ? undefined : { issuer: ACTOR.iss, subject: sub })
      const state = { now: NOW, phase: 'ready' as const, status: STATUS, notices: [], requests: [], since, t }
      const model = timelineModelOf(ledger, { ...state, period, loading: null, reviews: [] })
      const sidebar = sidebarModelOf(ledger, state)
      if (period === 'today') assert.deepEqual([sidebar.today.calls, sidebar.calls.length, sidebar.launches.length], [model.rows.length, model.rows.length, model.launches.length])
      return [model.rows.map(({ ex }) => ex), model.events.length, model.launches.length]
    }
    assert.deepEqual(shownTo('ada', 4), [['ex_1'], 1, 1])
    assert.deepEqual(shownTo(undefined, 5), [[], 0, 0], 'after a sign-out')
    assert.deepEqual(shownTo(undefined, 6), [['ex_2'], 0, 1])
    assert.deepEqual(shownTo('grace', 9), [['ex_2', 'ex_3'], 1, 2])
    assert.deepEqual(shownTo('ada', 5), [['ex_1'], 2, 1], 'the same person again')
    assert.deepEqual(shownTo('grace', 9, 'all'), [['ex_1', 'ex_2', 'ex_3'], 3, 3])
  })

  test('says in words what could not be inspected, of the prompt and of the answer', () => {
    const entries = journalOf([
      [0, decided('ex_1', { inspection: { status: 'ok', found: {}, opaque: ['image'] } })],
      [9, ended('ex_1', { answer: { finish: ['stop'], usage: {}, opaque: ['thinking', 'a_newer_kind'] } })],
    ])
    const ledger = ledgerOf(entries)
    const shown = detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: 0, waiting: 0, waitingSince: undefined, me: undefined })
    detailsSchema.parse(shown)
    assert.deepEqual([shown.prompt.opaque, shown.answer.opaque], [['an image'], ['signed thinking', 'a_newer_kind']])
  })

  test('tells why a sign-in ended, in a sentence', () => {
    const sentences = ['signed out', 'idle limit', 'something new'].map((reason) => timelineModelOf(ledgerOf(journalOf([[0, { type: 'session.ended', actor: ACTOR, reason }]])), { now: NOW, phase: 'ready', status: STATUS, notices: [], requests: [], since: EVERYTHING, reviews: [], period: 'all', loading: null, t }).events[0]?.sentence)
    assert.deepEqual(sentences, ['Signed out.', 'The sign-in ended: it was not used for as long as the policy lets it rest.', 'Signed out: something new.'])
  })

  test('counts what was found apart: what left masked, and what left as it is', () => {
    const entries = journalOf([
      [0, decided('ex_1', { inspection: { status: 'ok', found: { EMAIL: 2, CREDIT_CARD: 1 }, opaque: [] }, masked: [span(), span({ start: 9, end: 12 })] })],
      [9, ended('ex_1', { found: { EMAIL: 1 }, masked: [span()] })],
    ])
    assert.deepEqual(rowOf(call(ledgerOf(entries)), NOW).found, [{ type: 'EMAIL', count: 3, fate: 'masked', transform: 'redact' }, { type: 'CREDIT_CARD', count: 1, fate: 'asIs' }])
  })

  test('takes evidence from its own disclosure when it is too long for the record', () => {
    const spans = Array.from({ length: 50 }, (_, i) => span({ start: i, end: i + 1 }))
    const entries = journalOf([[0, decided('ex_1', { inspection: { status: 'ok', found: { EMAIL: 50 }, opaque: [] } }), [{ path: 'evidence/prompt', value: JSON.stringify(spans) }]]])
    assert.deepEqual(rowOf(call(ledgerOf(entries)), NOW).found, [{ type: 'EMAIL', count: 50, fate: 'masked', transform: 'redact' }])
  })
})

test('values that the program got back for placeholders are counted beside the answer, whose text keeps the placeholders', () => {
  const ledger = ledgerOf(journalOf([[0, decided('ex_1')], [9, ended('ex_1', { restored: { EMAIL: 2, PERSON: 1 } }), [{ path: 'answer/choices/0/message/content', value: '[EMAIL_1] of [PERSON_1], [EMAIL_1]' }]]]))
  const { answer } = detailsSchema.parse(detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: 0, waiting: 0, waitingSince: undefined, me: undefined }))
  assert.deepEqual([answer.masked, answer.restored, answer.parts[0]?.segments.filter(({ kind }) => kind === 'mask').length], [0, 3, 3])
})

describe('what policy refuses by its type', () => {
  const why = 'the policy refuses calls that contain Medicare numbers, and this one contains 1 Medicare number.'

  test('is said of the call without a rule that would have let it go', () => {
    const ledger = ledgerOf(journalOf([[0, decided('ex_1', { decision: { effect: 'deny', rule: 'team', why, code: 'CS_DENIED' } })]]))
    const shown = detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: 0, waiting: 0, waitingSince: undefined, me: undefined })
    assert.deepEqual([shown.rule, shown.why, shown.row.state], [null, `The p${why.slice(5)}`, 'denied'])
  })

  test('stops an answer, which is no failure, and says so as a sentence', () => {
    const ledger = ledgerOf(journalOf([[0, decided('ex_1')], [9, ended('ex_1', { type: 'exchange.failed', code: 'CS_DENIED', reason: 'the policy refuses answers that contain passport numbers.' })]]))
    const shown = detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: 0, waiting: 0, waitingSince: undefined, me: undefined })
    assert.deepEqual([shown.rule?.id, shown.row.state, shown.error], ['team', 'stopped', 'The policy refuses answers that contain passport numbers.'])
  })
})

describe('the ledger', () => {
  test('takes each record once, however often it is told', () => {
    const entries = journalOf([[0, launchRegistered()], [6, decided('ex_1')]])
    const ledger = ledgerOf([...entries, ...entries])
    assert.deepEqual([ledger.calls.size, ledger.launches.get('la_1')?.calls, ledger.next], [1, 1, 2])
  })

  test('forgets everything of another journal', () => {
    const ledger = ledgerOf(journalOf([[0, decided('ex_1')]]))
    ledger.startOf('st')
    ledger.startOf('another')
    assert.deepEqual([ledger.calls.size, ledger.next], [0, 0])
  })
})

describe('the whole models', () => {
  const SIGNED_IN = [0, { type: 'session.started' as const, actor: ACTOR, endsAt: '', sd: [] }, [{ path: 'name', value: 'Ada Moreno' }]] as const
  const entries = journalOf([
    SIGNED_IN,
    [1, launchRegistered()],
    [6, decided('ex_1', { inspection: { status: 'ok', found: { EMAIL: 1 }, opaque: [] }, masked: [span()] }), [{ path: 'prompt/messages/0/content', value: '[EMAIL] asks' }]],
    [3106, ended('ex_1'), [{ path: 'answer/choices/0/message/content', value: 'done' }]],
    [4000, { type: 'sync.receipt', size: 4, root: 'root', hub: 'h', at: '' }],
  ])

  test('are what the views accept, and carry no value', () => {
    const ledger = ledgerOf(entries)
    const state = { now: NOW, phase: 'ready' as const, status: STATUS, notices: [], requests: [], since: EVERYTHING, t }
    const sidebar = sidebarModel.parse(sidebarModelOf(ledger, state))
    assert.deepEqual([sidebar.person?.name, sidebar.today.masked, sidebar.calls.length], ['Ada Moreno', 1, 1])
    const timeline = timelineModel.parse(timelineModelOf(ledger, { ...state, period: 'all', loading: null, reviews: [] }))
    assert.deepEqual(timeline.events.map((one) => one.sentence), ['Ada Moreno signed in.'])
    assert.equal(timeline.summary.verified, 'unknown', 'what was read is not verified')
  })

  test('give the details of a call: sentence, masked texts with their masks, and the receipt that covers it', () => {
    const ledger = ledgerOf(entries)
    const details = detailsSchema.parse(detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: 4, waiting: 0, waitingSince: undefined, me: undefined }))
    assert.equal(details.why, 'Allows this call.')
    assert.deepEqual(details.prompt.parts[0]?.segments.map((one) => (one.kind === 'text' ? one.text : one.kind)), ['mask', ' asks'])
    assert.deepEqual([details.answer.parts[0]?.role, details.record.size, details.record.receiptAt], ['assistant', 4, START + 4000])
  })

  test('hide in the prompt what was found and left as it was, too', () => {
    const value = 'Card 4111 1111 1111 1111, [EMAIL]'
    const open = [{ path: '/messages/0/content', start: 5, end: 24, type: 'CREDIT_CARD', detector: 'card@1', certainty: 1 }]
    const ledger = ledgerOf(journalOf([[0, decided('ex_1', { masked: [span({ start: 26, end: 40 })] }), [{ path: 'prompt/messages/0/content', value }, { path: 'evidence/open', value: JSON.stringify(open) }]]]))
    const { prompt } = detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: undefined, waiting: 0, waitingSince: undefined, me: undefined })
    assert.doesNotMatch(JSON.stringify(prompt), /4111/)
    assert.deepEqual(prompt.parts[0]?.segments.map((one) => (one.kind === 'mask' ? `${one.type} ${one.fate}` : one.kind)), ['text', 'CREDIT_CARD asIs', 'text', 'EMAIL masked'])
    assert.deepEqual([prompt.found, prompt.masked], [2, 1])
  })

  test('tell who decided about a held call, and both reasons', () => {
    const denial = decided('ex_1', { decision: { effect: 'deny', rule: 'cards', why: 'denied by Grace.' } })
    const ledger = ledgerOf(journalOf([SIGNED_IN, [0, held('ex_1')], [900, settled('ex_1', 'denied', 900), SETTLED_TEXTS], [901, denial]]))
    const details = detailsSchema.parse(detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: undefined, waiting: 0, waitingSince: undefined, me: { issuer: ACTOR.iss, subject: ACTOR.sub } }))
    assert.deepEqual(details.reasons.map((one) => `${one.self === true ? 'You' : one.person} ${one.verb}: ${one.text}`), ['You asked: Ticket SUP-2291.', 'Grace Lindqvist denied: Use the masked export.'])
    const erased = ledgerOf(journalOf([SIGNED_IN, [0, held('ex_1')], [900, settled('ex_1', 'denied', 900)], [901, denial]]))
    assert.deepEqual(detailsOf(call(erased), erased, { now: NOW, t, cosigned: undefined, waiting: 0, waitingSince: undefined, me: undefined }).reasons.map((one) => [one.person, one.text]), [['Ada Moreno', undefined], ['grace', undefined]], 'without the texts nothing of them is left')
    assert.deepEqual([details.effect, details.row.state, details.record.waiting], ['hold', 'denied', undefined])
  })

  test('find both reasons in the record itself, where an earlier version wrote it', () => {
    const old = { ...settled('ex_1', 'denied', 900), requesterReason: 'Ticket SUP-2291.', reviewers: [{ issuer: 'https://id.example', subject: 'grace', groups: [], authTime: 1, at: START, verdict: 'deny', reason: 'Use the masked export.' }] } as AuditEvent
    const ledger = ledgerOf(journalOf([SIGNED_IN, [0, held('ex_1')], [900, old]]))
    assert.deepEqual(detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: undefined, waiting: 0, waitingSince: undefined, me: undefined }).reasons.map((one) => one.text), ['Ticket SUP-2291.', 'Use the masked export.'])
  })

  test('say who took a call back, with the words that were given before', () => {
    const settledByAda = { ...settled('ex_1', 'withdrawn', 900), cause: 'withdrawn' } as AuditEvent
    const ledger = ledgerOf(journalOf([SIGNED_IN, [0, held('ex_1')], [900, settledByAda, SETTLED_TEXTS]]))
    const { reasons } = detailsSchema.parse(detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: undefined, waiting: 0, waitingSince: undefined, me: undefined }))
    assert.deepEqual(reasons.map((one) => [one.person, one.verb, one.text]), [['Ada Moreno', 'asked', 'Ticket SUP-2291.'], ['Ada Moreno', 'withdrew', undefined]])
  })

  test('name who speaks as the record says, and in older records as far as the path tells', () => {
    const texts = [{ path: 'prompt/messages/0/content', value: 'You answer.' }, { path: 'prompt/messages/1/content', value: 'Whom?' }]
    const rolesOf = (more: readonly Disclosure[]): string[] => {
      const ledger = ledgerOf(journalOf([[0, decided('ex_1'), [...texts, ...more]]]))
      return detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: undefined, waiting: 0, waitingSince: undefined, me: undefined }).prompt.parts.map((one) => one.role)
    }
    assert.deepEqual(rolesOf([{ path: 'evidence/roles', value: '["system","user"]' }]), ['system', 'user'])
    assert.deepEqual(rolesOf([{ path: 'evidence/roles', value: '["root",7]' }]), ['user', 'user'])
    assert.deepEqual(rolesOf([]), ['user', 'user'])
  })

  test('say of a call whose records no receipt covers that they wait here', () => {
    const ledger = ledgerOf(entries)
    const { record } = detailsOf(call(ledger), ledger, { now: NOW, t, cosigned: 2, waiting: 2, waitingSince: START, me: undefined })
    assert.deepEqual([record.waiting, record.receiptAt], [{ records: 2, since: START }, undefined])
  })
})

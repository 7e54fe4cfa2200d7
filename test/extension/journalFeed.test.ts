import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CountersignError } from '../../src/protocol/errors.ts'
import type { JournalEntry, JournalPage } from '../../src/protocol/control.ts'
import type { ControlClient } from '../../src/platform/controlClient.ts'
import { JournalFeed } from '../../src/extension/journalFeed.ts'
import { isHeld } from '../../src/extension/model/rows.ts'
import { Ledger } from '../../src/extension/model/ledger.ts'
import { ended, held, journalOf, launchRegistered } from '../fakes/records.ts'

const QUIET = { reset: () => undefined, changed: () => undefined, released: () => undefined }
/** A held call whose agent was killed: the next agent closes it before any window is there, then starts a sign-in. */
const JOURNAL = journalOf([
  [0, launchRegistered()],
  [1, held('ex_1')],
  [2000, ended('ex_1', { type: 'exchange.aborted' })],
  [2001, { type: 'agent.started', build: '0.1.0', pid: 1, listen: '127.0.0.1:1', home: '/h' }],
  [2002, launchRegistered('again')],
])

/** The journal's pages, as an agent gives them. */
function agentOf(entries: readonly JournalEntry[], onRead: () => void = () => undefined): ControlClient {
  const request = (_method: string, { from }: { from: number }): Promise<JournalPage> => {
    const page = { stream: entries[0]?.record.stream ?? '', size: entries.length, cosigned: 0, entries: entries.slice(from) }
    onRead()
    return Promise.resolve(page)
  }
  return { request } as unknown as ControlClient
}

function feedOf(seen: number): { readonly ledger: Ledger; readonly feed: JournalFeed } {
  const ledger = new Ledger()
  ledger.startOf('st')
  for (const entry of JOURNAL.slice(0, seen)) ledger.add(entry)
  return { ledger, feed: new JournalFeed(ledger, QUIET) }
}

describe('what the window knows of the journal', () => {
  test('passes over no record of a new agent that told of a later one first', async () => {
    const { ledger, feed } = feedOf(2)
    feed.record(JOURNAL[4]!)
    await feed.catchUp(agentOf(JOURNAL))
    const call = ledger.calls.get('ex_1')
    assert.ok(call)
    assert.deepEqual([isHeld(call), call.ended?.type, ledger.next], [false, 'exchange.aborted', 5])
    assert.deepEqual(ledger.events.map(({ event }) => event.type), ['agent.started'])
  })

  test('takes what is told while it reads, after what it reads', async () => {
    const { ledger, feed } = feedOf(1)
    await feed.catchUp(agentOf(JOURNAL.slice(0, 4), () => { feed.record(JOURNAL[4]!) }))
    assert.deepEqual([ledger.next, feed.loading], [5, null])
  })

  test('keeps what was told for the next agent when this one goes while it is read', async () => {
    const { ledger, feed } = feedOf(2)
    feed.record(JOURNAL[4]!)
    const gone = { request: () => Promise.reject(new CountersignError('CS_STATE', 'the agent went away.')) } as unknown as ControlClient
    await assert.rejects(feed.catchUp(gone), { code: 'CS_STATE' })
    assert.equal(ledger.next, 2)
    await feed.catchUp(agentOf(JOURNAL.slice(0, 4)))
    assert.equal(ledger.next, 5)
  })

  test('takes nothing that was told of another journal', async () => {
    const { ledger, feed } = feedOf(2)
    feed.record(JOURNAL[4]!)
    const other = JOURNAL.slice(0, 4).map((entry) => ({ ...entry, record: { ...entry.record, stream: 'other' } }))
    await feed.catchUp(agentOf(other))
    assert.equal(ledger.next, 4)
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AgentStatus } from '../../src/protocol/control.ts'
import { noticesOf } from '../../src/extension/notices.ts'

const STATUS: AgentStatus = {
  url: 'http://127.0.0.1:1', pid: 1, build: '0.0.0', hub: 'https://hub.example', issuer: null, alone: null, session: null, over: null, launches: [],
  policy: { version: 1, source: 'hub', digest: 'd', rules: [] },
  journal: { stream: 'countersign/x/1', size: 3, healthy: true, cosigned: 0 },
  sync: { state: 'refused', since: null, waiting: 3 },
  keys: { held: 'hub', upstreams: [] },
}

describe('the notes that stay in the views', () => {
  test('say of a journal that the hub refuses that calls are refused, and offer the way out', () => {
    const [note, ...more] = noticesOf({ phase: 'ready', status: STATUS, why: undefined, signInFailure: undefined, signInWaits: undefined, secretsLost: false, restricted: false, isVirtual: false, staleTerminals: 0, hidden: new Set(), t: (text) => text })
    assert.deepEqual(more, [])
    assert.match(note?.message ?? '', /deleted, rolled back or changed\. Calls are refused\. Start the agent again/)
    assert.deepEqual(note?.actions, ['startAgent', 'showLog'])
  })
})

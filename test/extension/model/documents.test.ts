import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Request, Row } from '../../../src/protocol/panelModels.ts'
import { callsTable, previewText, recordedText, recordsText } from '../../../src/extension/model/documents.ts'
import { decided, ended, journalOf, START } from '../../fakes/records.ts'

test('the table of calls is safe in a spreadsheet, whatever a client calls its model', () => {
  const row = { ex: 'ex_1', launch: 'la_1', state: 'answered', at: START, running: false, model: '=HYPERLINK("http://evil")', found: [{ type: 'EMAIL', count: 2, fate: 'masked' }] } as const satisfies Row
  const [head = '', line = ''] = callsTable([row]).split('\n')
  assert.equal(head.split(',').length, 12)
  assert.match(line, /,"'=HYPERLINK\(""http:\/\/evil""\)",/)
  assert.match(line, /EMAIL 2 masked$/)
})

test('the preview as text has masks where values were and names what deceives', () => {
  const segments = [{ kind: 'text', text: 'Card ' }, { kind: 'mask', type: 'CREDIT_CARD', transform: 'keep', fate: 'asIs' }, { kind: 'inert', codePoint: 0x202e }] as const
  const text = previewText({ requester: { name: 'Ada', self: false }, model: 'm', parts: [{ role: 'user', index: 1, of: 1, segments: [...segments] }] } as unknown as Request)
  assert.match(text, /Card \[CREDIT_CARD\]\[U\+202E\]/)
})

test('what is recorded is told in words, with where it goes', () => {
  const t = (message: string, ...args: (string | number)[]): string => message.replace(/\{(\d)\}/g, (_all, n: string) => String(args[Number(n)]))
  assert.match(recordedText(t, 'https://hub.example'), /^# What is recorded about you\n\n[\s\S]*- What was found: kinds of values and how often, never the values\.[\s\S]*copied to your organisation's hub \(https:\/\/hub\.example\)/)
  assert.match(recordedText(t, null), /Nothing is copied to another machine/)
})

test('the records of a call are its own alone', () => {
  const text = recordsText(journalOf([[0, decided('ex_1')], [1, decided('ex_2')], [2, ended('ex_1')]]), 'ex_1')
  assert.deepEqual((JSON.parse(text) as { seq: number }[]).map((one) => one.seq), [0, 2])
})

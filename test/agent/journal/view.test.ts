import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JournalEntry } from '../../../src/protocol/control.ts'
import { openJournal } from '../../../src/agent/journal/journal.ts'
import { JournalView } from '../../../src/agent/journal/view.ts'
import { Disk } from '../../fakes/disk.ts'
import { decided, device, type Device } from '../../fakes/device.ts'

async function watched(one: Device) {
  const told: JournalEntry[] = []
  const view = new JournalView(one.disk, one.dataKey, (entry) => told.push(entry))
  const journal = await openJournal({ files: one.disk, folder: 'journal', deviceKey: one.key, dataKey: one.dataKey, device: 'test', onRecord: (record) => { view.added(record) } })
  view.follow(journal)
  const append = (ex: string, text = `text of ${ex}`) => view.watching(journal).append((sd) => decided(ex, 'deny', sd), [{ path: 'prompt', value: text }], 'ada')
  return { told, view, journal, append }
}

const valuesOf = (entries: readonly JournalEntry[]): string[][] => entries.map(({ texts }) => texts.map(({ value }) => value))

describe('the view of the journal', () => {
  test('tells each record with its own texts as it becomes durable, also when calls come at once', async () => {
    const { told, journal, append } = await watched(device(new Disk()))
    await Promise.all(['ex_1', 'ex_2', 'ex_3'].map((ex) => append(ex)))
    assert.deepEqual(valuesOf(told), [[], ['text of ex_1'], ['text of ex_2'], ['text of ex_3']])
    await journal.close()
  })

  test('reads any page again with its texts, after a restart too', async () => {
    const one = device(new Disk())
    const first = await watched(one)
    for (const ex of ['ex_1', 'ex_2', 'ex_3']) await first.append(ex)
    await first.journal.close()
    const { view, journal } = await watched(one)
    const page = await view.read(2, 2)
    assert.deepEqual(page.map(({ record }) => record.seq), [2, 3])
    assert.deepEqual(valuesOf(page), [['text of ex_2'], ['text of ex_3']])
    assert.deepEqual((await view.read(0, 1000)).length, 4)
    assert.deepEqual(await view.read(4, 10), [])
    await journal.close()
  })

  test('reads each record once when a failed write left its lines in an old segment', async () => {
    const one = device(new Disk())
    const { view, journal, append } = await watched(one)
    await append('ex_1')
    let failed = false
    one.disk.fault = (what, path) => {
      if (failed || what !== 'sync' || !path.includes('segment-')) return undefined
      failed = true
      return { error: Object.assign(new Error('no'), { code: 'EIO' }) }
    }
    await append('ex_2')
    await append('ex_3')
    const page = await view.read(0, 100)
    assert.deepEqual(page.map(({ record }) => record.seq), [0, 1, 2, 3, 4])
    assert.deepEqual(valuesOf(page).flat(), ['text of ex_1', 'text of ex_2', 'text of ex_3'])
    await journal.close()
  })

  test('tells nothing of a record that could not be written', async () => {
    const one = device(new Disk())
    const { told, journal, append } = await watched(one)
    one.disk.fault = (what, path) => (what === 'write' && path.includes('segment-') ? { error: Object.assign(new Error('no'), { code: 'ENOSPC' }) } : undefined)
    await assert.rejects(append('ex_1'), { code: 'CS_NOT_RECORDED' })
    assert.deepEqual(valuesOf(told), [[]])
    one.disk.fault = () => undefined
    await journal.close()
  })
})

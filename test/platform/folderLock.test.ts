import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { inTurn, lockFolder } from '../../src/platform/folderLock.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'cs-lock-'))
after(() => { rmSync(folder, { recursive: true }) })

test('what one process at a time may do waits its turn, also after one that failed', async () => {
  const order: string[] = []
  const held = await lockFolder(folder, 'turn')
  const first = inTurn(folder, 'turn', () => {
    order.push('first')
    return Promise.reject(new Error('it failed'))
  })
  order.push('before')
  await held.release()
  await assert.rejects(first, /it failed/)
  await inTurn(folder, 'turn', () => Promise.resolve(order.push('second')))
  assert.deepEqual(order, ['before', 'first', 'second'])
})

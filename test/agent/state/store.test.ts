import assert from 'node:assert/strict'
import path from 'node:path'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { z } from 'zod'
import { openStore } from '../../../src/agent/state/store.ts'
import { temporary } from '../../fakes/agentHome.ts'

const shape = z.strictObject({ n: z.number() })

test('a state file that does not fit is refused with its name, and never replaced', async (t) => {
  const file = path.join(await temporary(t), 'state.json')
  for (const text of ['{"n":"one"}', '{"n":1,"more":2}', '{', '']) {
    await writeFile(file, text)
    await assert.rejects(openStore(file, shape, { n: 0 }), { code: 'CS_STATE', message: /state\.json cannot be read\. Move it away to start afresh/ }, text)
    assert.equal(await readFile(file, 'utf8'), text)
  }
})

test('a write that failed is told, and the next one has its own chance', async (t) => {
  const folder = path.join(await temporary(t), 'home')
  await mkdir(folder)
  const file = path.join(folder, 'state.json')
  const store = await openStore(file, shape, { n: 0 })
  await rm(folder, { recursive: true })
  await assert.rejects(store.update(() => ({ n: 1 })), { code: 'ENOENT' })
  await mkdir(folder)
  await store.update(({ n }) => ({ n: n + 1 }))
  assert.deepEqual((await openStore(file, shape, { n: 0 })).data, { n: 2 })
})

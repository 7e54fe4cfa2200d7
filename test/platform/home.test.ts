import assert from 'node:assert/strict'
import { mkdir, stat, symlink } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { controlPath, ensureHome } from '../../src/platform/home.ts'
import { temporary } from '../fakes/agentHome.ts'

const posix = process.platform !== 'win32'
const LONG = `/${'long/'.repeat(30)}home`

test('the control channel of a home with a long path is in a private folder, and never behind a link that another user could lead elsewhere', async (t) => {
  if (!posix) return
  const before = process.env['TMPDIR']
  t.after(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  })
  const shared = await temporary(t)
  process.env['TMPDIR'] = shared
  const folder = path.join(shared, `countersign-${process.getuid?.() ?? 0}`)
  const target = path.join(shared, 'target')
  await mkdir(target, { mode: 0o755 })
  await symlink(target, folder)
  assert.throws(() => controlPath(LONG), { code: 'CS_STATE', message: /is a link that somebody put there/ })
  assert.equal((await stat(target)).mode & 0o777, 0o755, 'nothing was done through it')
  process.env['TMPDIR'] = path.join(shared, 'target')
  const address = controlPath(LONG)
  assert.equal((await stat(path.dirname(address))).mode & 0o777, 0o700)
  assert.ok(Buffer.byteLength(address) <= 107, address)
})

test('a state folder is for its owner alone, also one that was open before', async (t) => {
  if (!posix) return
  const home = path.join(await temporary(t), 'home')
  await mkdir(home, { mode: 0o777 })
  ensureHome(home)
  assert.equal((await stat(home)).mode & 0o777, 0o700)
})

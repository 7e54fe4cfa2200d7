import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { ROOT, run } from '../fakes/trial.ts'

test('npm start -- --once tells the whole story, ends by itself with 0, and leaves no process behind', { timeout: 600_000 }, async () => {
  const ran = await run([process.execPath, '--disable-warning=ExperimentalWarning', path.join(ROOT, 'src/sandbox/tourMain.ts'), '--once'])
  assert.equal(ran.code, 0, ran.out + ran.err)
  for (const said of [/simulated model/i, /\[EMAIL\]/, /Nothing was sent/, /no reviewer can be reached/, /What to try next/, /no process is left/]) assert.match(ran.out, said)
  for (const value of ['castellanos@', '4111 1111', '219-09-9999']) assert.ok(!ran.out.includes(value), `${value} is shown`)
})

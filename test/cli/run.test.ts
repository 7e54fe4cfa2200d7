/** `countersign run --code`: where no browser can come back to this machine, somebody signs in on another device. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, before, test } from 'node:test'
import { boundedEnvironment } from '../../src/sandbox/processes.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { enterCode } from '../fakes/deviceEntry.ts'
import { COUNTERSIGN, startTrial, until } from '../fakes/trial.ts'

let trial: Sandbox
before(async () => { trial = await startTrial() })
after(() => trial.close())

const SCRIPT = `fetch(process.env.OPENAI_BASE_URL + '/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer ' + process.env.OPENAI_API_KEY }, body: JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'hi' }] }) }).then(({ status }) => console.log('status', status))`

test('S16 shows the code with its page and whose page it is, warns of a code that somebody sent, and runs the command once it was entered', { timeout: 60_000 }, async () => {
  await trial.control.request('signOut', {})
  const child = spawn(COUNTERSIGN[0], [...COUNTERSIGN.slice(1), 'run', '--code', '--home', trial.home, '--', process.execPath, '-e', SCRIPT], { env: boundedEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => { out += chunk })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => { err += chunk })
  const over = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [, origin = '', page = '', code = ''] = await until(() => /To sign in at (\S+), open this page on any device:\n {2}(\S+)\nand enter the code (\S+)\. Enter it only because you asked for it here; never a code that somebody sent you\.\n/.exec(err) ?? undefined, `the code: ${err}`)
  assert.equal(origin, new URL(trial.line.issuer).origin)
  assert.ok(page.startsWith(`${origin}/`))
  assert.equal(out, '', 'nothing runs before somebody signed in')
  await enterCode(page, code, { login: 'ada', password: 'ada-sample' })
  assert.equal(await over, 0, err)
  assert.equal(out, 'status 200\n')
})

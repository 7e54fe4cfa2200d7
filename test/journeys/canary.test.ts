/** Planted secrets, one whole run of everything, and a search of all it left behind: files, command lines, environments, output. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { ChatOpenAI } from '@langchain/openai'
import { startPerson } from '../../src/sandbox/person.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { filesUnder, found, shownBy } from '../fakes/canary.ts'
import { COUNTERSIGN, ROOT, run, startTrial, until, type Ran } from '../fakes/trial.ts'

/** Found and masked before anything leaves. */
const PLANTED = { secret: 'sk-proj-canary0Zq7WmTe5RkYx9LbVn3Pd', card: '4111 1111 1111 1111' }
/** Of the simulated model's own answer, masked on its way back. */
const ANSWERED = 'mira.castellanos@'

let trial: Sandbox
let graceHome = ''
const printed: string[] = []
/** The requester's own timeline: there, what the policy leaves as it is in prompts stands open, with the places that views hide. */
let timeline = ''
const secrets = new Map<string, string>()
before(async () => {
  trial = await startTrial()
  const grace = await startPerson(trial, COUNTERSIGN, 'grace')
  graceHome = grace.home
  await until(async () => (await grace.control.request('approvals.list', {})).relay === 'here' || undefined, 'Grace\'s line to the hub')
  secrets.set('the provider\'s key', trial.model.key)
  secrets.set('the session key', trial.line.key)
  for (const [whose, control] of [['Ada', trial.control], ['Grace', grace.control]] as const) {
    const { refreshToken } = await control.request('signIn.keep', {})
    assert.ok(refreshToken)
    secrets.set(`${whose}'s refresh token`, refreshToken)
  }
  const said = (ran: Ran): void => { printed.push(ran.out, ran.err) }
  const chat = (apiKey = trial.line.key): ChatOpenAI => new ChatOpenAI({ model: 'simulated-1', apiKey, maxRetries: 0, configuration: { baseURL: `${trial.line.agent}/openai/v1` } })
  const ask = async (text: string, one = chat()): Promise<void> => {
    printed.push(await one.invoke(text).then((answer) => answer.text, (error: unknown) => `${String(error)} ${error instanceof Error ? (error.stack ?? '') : ''}`))
  }
  await ask(`Mail the customers. My key is ${PLANTED.secret}.`)
  // Refused: a provider's key in place of ours, a key that ended.
  await ask('Hello.', chat(PLANTED.secret))
  const held = ask(`Charge ${PLANTED.card} today.`)
  const request = await until(async () => (await grace.control.request('approvals.list', {})).requests.find((one) => one.state === 'pending'), 'a request at Grace\'s')
  printed.push(JSON.stringify(request))
  await grace.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict: 'deny', reason: 'not today' })
  await held
  said(await run([...COUNTERSIGN, 'run', '--home', trial.home, '--', process.execPath, path.join(ROOT, 'media/sample/ask.mjs')]))
  await trial.control.request('sync.now', {})
  said(await run([...COUNTERSIGN, 'records', trial.home, '--json']))
  secrets.set('Ada\'s refresh token after its rotation', (await trial.control.request('signIn.keep', {})).refreshToken ?? '')
  await trial.control.request('signOut', {})
  printed.push(JSON.stringify(await trial.control.request('status', {})))
  timeline = JSON.stringify(await trial.control.request('journal.read', { from: 0, limit: 1000 }))
  await ask('Is anybody there?')
  await grace.close()
})
after(() => trial.close())

test('the search finds what is there: the key where the operator put it', () => {
  assert.ok(filesUnder(path.join(trial.line.dir, 'settings')).some((file) => found(readFileSync(file, 'latin1'), trial.model.key)))
  for (const skip of ['', 'x', 'xy']) assert.ok(found(`..${Buffer.from(`${skip}${trial.line.key}..`).toString('base64url')}..`, trial.line.key))
})

test('S30 S52 no secret and no masked value is in a file of agent or hub: state, journal, log, mirror', () => {
  const wanted = [...secrets, ['the secret in a prompt', PLANTED.secret], ['the card in a prompt', PLANTED.card], ['the address in an answer', ANSWERED]] as const
  const files = [trial.home, graceHome, path.join(trial.line.dir, 'hub')].flatMap(filesUnder)
  assert.ok(files.some((file) => file.includes('/journal/')) && files.some((file) => file.includes('/mirrors/')) && files.some((file) => file.endsWith('agent.log') || file.includes('disclosures')))
  for (const file of files) {
    const text = readFileSync(file, 'latin1')
    for (const [what, secret] of wanted) assert.ok(!found(text, secret), `${what} is in ${file}`)
  }
  if (process.platform !== 'win32') for (const file of files.filter((one) => /(?:key\.pem|data-key)$/.test(one))) assert.equal(statSync(file).mode & 0o077, 0, `${file} can be read by others`)
})

test('S30 no secret is on a command line of any process, or in the environment of agent and hub', () => {
  // proc(5) shows them on Linux.
  if (process.platform !== 'linux') return
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const lines = pids.map((pid) => shownBy(pid, 'cmdline')).filter((line) => line !== '')
  assert.ok(lines.some((line) => line.includes('--hub')), 'the agent is among them')
  for (const [what, secret] of secrets) {
    for (const line of lines) assert.ok(!found(line, secret), `${what} is on a command line`)
    for (const pid of [trial.line.pids.agent, trial.line.pids.hub]) assert.ok(!found(shownBy(pid, 'environ'), secret), `${what} is in the environment of ${pid}`)
  }
})

test('S52 S53 nothing that was printed, answered or shown carries a secret or a masked value', () => {
  const text = printed.join('\n')
  assert.match(text, /\[EMAIL\]/)
  assert.match(text, /nobody is signed in/)
  assert.match(text, /carries a provider key/)
  for (const [what, secret] of [...secrets, ['the secret in a prompt', PLANTED.secret], ['the card in a prompt', PLANTED.card], ['the address in an answer', ANSWERED]] as const) assert.ok(!found(text, secret), `${what} was shown`)
  for (const [what, secret] of [...secrets, ['the secret in a prompt', PLANTED.secret]] as const) assert.ok(!found(timeline, secret), `${what} is in the timeline`)
})

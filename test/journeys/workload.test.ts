/** The container with a static key, made right: an empty environment, a user of its own where the machine lets us, and one projected token file. */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { chown, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createInterface } from 'node:readline'
import type { HubEvent } from '../../src/protocol/audit.ts'
import { connectControl } from '../../src/platform/controlClient.ts'
import { startPerson, type AnotherPerson } from '../../src/sandbox/person.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { startPlatform, SUBJECT, type Platform } from '../fakes/platform.ts'
import { COUNTERSIGN, eventsOf, ROOT, startTrial, until } from '../fakes/trial.ts'

/** `nobody` where we may become it. */
const OTHER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

let platform: Platform
let trial: Sandbox
let grace: AnotherPerson
let dir: string
let agent: ChildProcess
let url: string
const home = (): string => path.join(dir, 'home')
const tokenFile = (): string => path.join(dir, 'token')

/** As a platform projects it: written apart, put in place at once, readable by the program's user alone. */
async function project(claims: Record<string, unknown>): Promise<string> {
  const token = await platform.sign({ aud: trial.line.hub, ...claims })
  await writeFile(`${tokenFile()}.new`, `${token}\n`, { mode: 0o400 })
  if (OTHER.uid !== undefined) await chown(`${tokenFile()}.new`, OTHER.uid, OTHER.gid)
  await rename(`${tokenFile()}.new`, tokenFile())
  return token
}

/** A process of the container: nothing of our environment reaches it. */
function inContainer(args: readonly string[]): ChildProcess {
  return spawn(COUNTERSIGN[0], [...COUNTERSIGN.slice(1), ...args], { env: {}, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], ...OTHER })
}

const agentArgs = (folder: string): string[] => ['agent', '--headless', '--home', folder, '--hub', trial.line.hub, '--workload-token', tokenFile(), '--port', '0', '--json']

async function ended(child: ChildProcess): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => { out += chunk })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => { err += chunk })
  const code = await new Promise<number>((resolve) => child.once('close', (exit) => { resolve(exit ?? -1) }))
  return { code, out, err }
}

const ask = (...args: string[]): ChildProcess => inContainer(['run', '--home', home(), '--', process.execPath, path.join(ROOT, 'media/sample/ask.mjs'), ...args])

async function hubEvents(): Promise<HubEvent[]> {
  const folder = path.join(trial.line.dir, 'hub/log')
  const names = (await readdir(folder)).filter((name) => name.startsWith('segment-')).sort()
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')))
  return texts.join('').split('\n').filter(Boolean).map((line) => (JSON.parse(line) as { event: HubEvent }).event)
}
const admissions = async (): Promise<(string | undefined)[]> => (await hubEvents()).flatMap((event) => (event.type === 'workload.admitted' ? [event.token] : []))

/** Every file under a folder, as text. */
async function everything(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  return (await Promise.all(names.filter((one) => one.isFile()).map((one) => readFile(path.join(one.parentPath, one.name), 'latin1')))).join('\n')
}

before(async () => {
  platform = await startPlatform()
  dir = await mkdtemp(path.join(os.tmpdir(), 'countersign-container-'))
  await chmod(dir, 0o711)
  await mkdir(home(), { mode: 0o700 })
  if (OTHER.uid !== undefined) await chown(home(), OTHER.uid, OTHER.gid)
  await writeFile(path.join(dir, 'workloads.yaml'), JSON.stringify([{ issuer: platform.issuer, subject: SUBJECT, groups: ['data-eng'] }]))
  trial = await startTrial({ hubFlags: ['--workloads', path.join(dir, 'workloads.yaml')] })
  grace = await startPerson(trial, COUNTERSIGN, 'grace')
  const now = Math.floor(Date.now() / 1000)
  // Short: every use of the hub asks the platform's file again.
  await project({ jti: 'first', iat: now, exp: now + 25 })
  agent = inContainer([...agentArgs(home()), '--on-behalf-of', 'ada@northfield.example'])
  const line = await new Promise<string>((resolve, reject) => {
    let err = ''
    agent.stderr?.setEncoding('utf8').on('data', (chunk: string) => { err += chunk })
    agent.once('close', () => { reject(new Error(`the agent ended: ${err}`)) })
    if (agent.stdout) createInterface({ input: agent.stdout }).once('line', resolve)
  })
  url = (JSON.parse(line) as { url: string }).url
})
after(async () => {
  const over = new Promise((resolve) => agent.once('close', resolve))
  agent.kill('SIGTERM')
  await over
  await grace.close()
  await trial.close()
  await platform.close()
  await rm(dir, { recursive: true, force: true })
})

describe('a container with a token file and nothing else', () => {
  test('runs the sample script, masked, and the record names the workload and who it was started for', async () => {
    const ran = await ended(ask())
    assert.equal(ran.code, 0, ran.err)
    assert.match(ran.out, /\[EMAIL\]/)
    assert.doesNotMatch(ran.out, /castellanos@/)
    const { actor } = eventsOf(home(), 'exchange.decided').at(-1)!
    assert.deepEqual([actor.iss, actor.sub, actor.kind, actor.groups], [platform.issuer, SUBJECT, 'workload', ['data-eng']])
    const control = await connectControl(home(), { client: 'test' })
    const { entries } = await control.request('journal.read', { from: 0, limit: 100 })
    const started = entries.find(({ record }) => record.event.type === 'session.started')
    assert.deepEqual(started?.texts, [{ path: 'onBehalfOf', value: 'ada@northfield.example' }])
    await assert.rejects(control.request('signIn.begin', {}), /headless: its platform signs it in/)
    control.close()
  })

  test('has no static key in its environment, its arguments or its files (S30)', async () => {
    const token = (await readFile(tokenFile(), 'utf8')).trim()
    const files = await everything(home())
    for (const [what, secret] of [['the provider\'s key', trial.model.key], ['the platform\'s token', token], ['its signature', token.split('.')[2] ?? '-']] as const) {
      assert.ok(!files.includes(secret), `${what} is in a file of the agent`)
      if (process.platform !== 'linux') continue
      for (const file of ['environ', 'cmdline']) assert.ok(!(await readFile(`/proc/${agent.pid ?? 0}/${file}`, 'latin1')).includes(secret), `${what} is in ${file}`)
    }
    if (process.platform === 'linux') assert.equal(await readFile(`/proc/${agent.pid ?? 0}/environ`, 'latin1'), '')
  })

  test('answers to no other user of the machine, and to nobody without a key (S37)', async () => {
    const reply = await fetch(`${url}/openai/v1/models`, { headers: { authorization: 'Bearer cs_stolen' } })
    assert.equal(reply.status, OTHER.uid === undefined ? 401 : 403)
    assert.match(await reply.text(), OTHER.uid === undefined ? /session key is not known/ : /another user/)
  })

  test('picks up the rotated token, and is asked for no browser', async () => {
    await project({ jti: 'second' })
    const control = await connectControl(home(), { client: 'test' })
    await control.request('policy.refresh', {})
    control.close()
    assert.equal((await admissions()).at(-1), 'second')
    assert.ok((await admissions()).includes('first'))
    const ran = await ended(ask())
    assert.equal(ran.code, 0, ran.err)
    assert.doesNotMatch(ran.err, /browser/)
  })

  test('S18 has a held call decided by Grace, who sees the workload, and not by Ada, who started it', async (t) => {
    const one = trial.idp.people.findIndex(({ login }) => login === 'ada')
    trial.idp.people[one] = { ...trial.idp.people[one]!, groups: ['data-eng', 'security-reviewers'] }
    const ada = await startPerson(trial, COUNTERSIGN, 'ada')
    t.after(() => ada.close())
    const call = ended(ask('payments.csv'))
    const request = await until(async () => (await grace.control.request('approvals.list', {})).requests.find((one) => one.state === 'pending' && one.role === 'review'), 'a request at Grace\'s')
    assert.deepEqual([request.requester.subject, request.requester.startedBy, request.reachable], [SUBJECT, ['ada@northfield.example'], 1])
    const offered = await until(async () => [await ada.control.request('approvals.list', {})].find(({ relay }) => relay === 'here'), 'Ada\'s line to the hub')
    assert.deepEqual(offered.requests, [])
    await assert.rejects(ada.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'It is only my own job.' }), /started by you or on a machine of yours, so this is your own call/)
    const tried = (await hubEvents()).filter((event) => event.type === 'review.refused')
    assert.deepEqual(tried.map(({ ap, sub, code }) => [ap, sub, code]), [[request.ap, 'ada', 'CS_NOT_A_REVIEWER']])
    await grace.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'The nightly report needs it.' })
    const ran = await call
    assert.equal(ran.code, 0, ran.err)
    assert.equal(eventsOf(home(), 'approval.settled').at(-1)?.reviewers[0]?.subject, 'grace')
  })

  test('with a token for another audience does not start, and says which audience it must be (S9)', async () => {
    const good = await readFile(tokenFile(), 'utf8')
    await project({ aud: 'https://kubernetes.default.svc' })
    const second = path.join(dir, 'second')
    await mkdir(second, { mode: 0o700 })
    if (OTHER.uid !== undefined) await chown(second, OTHER.uid, OTHER.gid)
    const ran = await ended(inContainer(agentArgs(second)))
    assert.equal(ran.code, 2)
    assert.match(ran.err, new RegExp(`its audience is another one; it must be ${trial.line.hub}`))
    assert.ok(!ran.err.includes(good.trim()))
    assert.match(eventsOf(second, 'session.refused').at(-1)?.reason ?? '', /audience/)
    await project({})
  })
})

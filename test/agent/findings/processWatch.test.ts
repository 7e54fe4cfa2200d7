import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { Findings } from '../../../src/agent/findings/findings.ts'
import { ModelAddresses } from '../../../src/agent/findings/modelAddresses.ts'
import { ProcessWatch } from '../../../src/agent/findings/processWatch.ts'
import type { AuditEvent } from '../../../src/protocol/audit.ts'
import type { LaunchFinding } from '../../../src/protocol/finding.ts'
import { mintSessionKey, sessionKeyHash } from '../../../src/protocol/sessionKey.ts'

const KEY = mintSessionKey(randomBytes(32))

/** A program that says when it is ready, and stays until it is ended. */
async function program(t: TestContext, command: readonly string[], env: Record<string, string>): Promise<ChildProcess> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  await once(child.stdout, 'data')
  return child
}

const waits = "console.log('ready');setInterval(() => {}, 1e6)"

async function look(hosts: Readonly<Record<string, readonly string[]>> = {}): Promise<LaunchFinding[]> {
  const found: LaunchFinding[] = []
  await watchOf(found, hosts).look()
  return found
}

function watchOf(found: LaunchFinding[], hosts: Readonly<Record<string, readonly string[]>>): ProcessWatch {
  const addresses = new ModelAddresses({ hosts: () => Object.keys(hosts), resolve: (host) => Promise.resolve(hosts[host] ?? []), now: Date.now })
  return new ProcessWatch({
    launchOf: (hash) => (hash === sessionKeyHash(KEY) ? { id: 'la_1' } : undefined),
    found: (launch, finding) => {
      assert.equal(launch, 'la_1')
      found.push(finding)
      return Promise.resolve()
    },
    addresses, log: (line) => { assert.fail(line) }, folder: '/proc',
  })
}

describe('programs of a governed launch', { skip: process.platform !== 'linux' }, () => {
  test('are found by the key they were started with, and a provider key beside it is named, never told', async (t) => {
    await program(t, [process.execPath, '-e', waits], { COUNTERSIGN_KEY: KEY, OPENAI_API_KEY: 'sk-canary-value-0001', GROQ_API_KEY: KEY, HUGGINGFACEHUB_API_TOKEN: `hf_${KEY}`, AWS_ACCESS_KEY_ID: '' })
    await program(t, [process.execPath, '-e', waits], { OPENAI_API_KEY: 'sk-somebody-elses' })
    const found = await look()
    assert.deepEqual(found.map(({ kind, subject }) => [kind, subject]), [['environmentKey', 'OPENAI_API_KEY']])
    assert.doesNotMatch(JSON.stringify(found), /canary/)
  })

  test('that are connected to a model host are told with the host, others not', async (t) => {
    const server = net.createServer((socket) => { socket.on('error', () => undefined) }).listen(0, '127.0.0.9')
    await once(server, 'listening')
    t.after(() => { server.close() })
    const { port } = server.address() as AddressInfo
    const connects = `require('node:net').connect(${port}, '127.0.0.9', () => { ${waits} })`
    await program(t, [process.execPath, '-e', connects], { COUNTERSIGN_KEY: KEY })
    await program(t, [process.execPath, '-e', connects], {})
    assert.deepEqual((await look({ 'api.example': ['127.0.0.9'] })).map(({ kind, subject }) => [kind, subject]), [['connection', 'api.example']])
    assert.deepEqual(await look({ 'api.example': ['127.0.0.8'] }), [])
  })

  test('are told with a host that they were connected to for no longer than a call lasts', async (t) => {
    const server = net.createServer((socket) => { socket.on('error', () => undefined) }).listen(0, '127.0.0.9')
    await once(server, 'listening')
    t.after(() => { server.close() })
    const { port } = server.address() as AddressInfo
    const found: LaunchFinding[] = []
    // Somebody has a terminal open, so that the hosts are known.
    await program(t, [process.execPath, '-e', waits], { COUNTERSIGN_KEY: KEY })
    const watch = watchOf(found, { 'api.example': ['127.0.0.9'] })
    t.after(() => watch.stop())
    await watch.look()
    watch.start()
    const short = await program(t, [process.execPath, '-e', `const socket = require('node:net').connect(${port}, '127.0.0.9', () => { console.log('ready'); setTimeout(() => socket.destroy(), 1500) })`], { COUNTERSIGN_KEY: KEY })
    await once(short, 'exit')
    await watch.stop()
    assert.deepEqual([...new Set(found.map(({ kind, subject }) => `${kind} ${subject}`))], ['connection api.example'])
  })

  test('are seen on IPv6 as well', async (t) => {
    const server = net.createServer((socket) => { socket.on('error', () => undefined) }).listen(0, '::1')
    await once(server, 'listening')
    t.after(() => { server.close() })
    const { port } = server.address() as AddressInfo
    await program(t, [process.execPath, '-e', `require('node:net').connect(${port}, '::1', () => { ${waits} })`], { COUNTERSIGN_KEY: KEY })
    assert.deepEqual((await look({ 'six.example': ['::1'] })).map(({ subject }) => subject), ['six.example'])
  })

  test('that are a Python without its preload are told by the option', async (t) => {
    const code = "print('ready', flush=True); import time; time.sleep(1000)"
    await program(t, ['python3', '-Ic', code], { COUNTERSIGN_KEY: KEY })
    await program(t, ['python3', '-c', code, '-I'], { COUNTERSIGN_KEY: KEY })
    assert.deepEqual((await look()).map(({ kind, subject }) => [kind, subject]), [['isolated', '-I']])
  })
})

describe('findings', () => {
  test('go on record once for each thing and launch, and again when they could not be recorded', async () => {
    const events: AuditEvent[] = []
    let broken = true
    const findings = new Findings({
      journal: { append: (event: unknown) => { if (broken) return Promise.reject(new Error('full')); events.push(event as AuditEvent); return Promise.resolve({ id: 'x', seq: 0 }) } } as never,
      log: () => undefined,
    })
    const seen = { kind: 'address', subject: 'api.openai.com', file: 'ask.py' } as const
    await findings.report('la_1', seen)
    broken = false
    for (const launch of ['la_1', 'la_1', 'la_2']) await findings.report(launch, seen)
    assert.deepEqual(events, [{ type: 'launch.finding', launch: 'la_1', ...seen }, { type: 'launch.finding', launch: 'la_2', ...seen }])
  })

  test('are bounded for each launch, whoever reports them', async () => {
    let count = 0
    const findings = new Findings({ journal: { append: () => Promise.resolve({ id: 'x', seq: ++count }) } as never, log: () => undefined })
    for (let i = 0; i < 1000; i++) await findings.report('la_1', { kind: 'address', subject: `h${i}.example` })
    assert.equal(count, 100)
  })
})

import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { describe, test, type TestContext } from 'node:test'
import { CountersignError } from '../../src/protocol/errors.ts'
import { hubConfig, type HubFlags } from '../../src/hub/config.ts'

describe('the settings of a hub', () => {
  const good: HubFlags = { home: '/nowhere', issuer: 'https://id.example' }
  const wrong: readonly (readonly [what: string, flags: Partial<HubFlags>, says: RegExp])[] = [
    ['no issuer', { issuer: undefined } as unknown as HubFlags, /--issuer/],
    ['an issuer in the clear', { issuer: 'http://id.example' }, /must be https/],
    ['another machine\'s address without TLS', { listen: '0.0.0.0:8443', url: 'https://hub.example' }, /--tls-cert and --tls-key/],
    ['an address that is none', { listen: 'here:there' }, /--listen takes HOST:PORT/],
    ['a port that is none', { listen: '127.0.0.1:70000' }, /--listen takes HOST:PORT/],
    ['a certificate without a key', { tlsCert: 'cert.pem' }, /go together/],
    ['a certificate that is not there', { tlsCert: '/nowhere/cert.pem', tlsKey: '/nowhere/key.pem' }, /cannot be read/],
    ['a URL in the clear', { url: 'http://hub.example' }, /must be https/],
    ['a key on the command line', { upstreamKey: ['openai=sk-secret'] }, /NAME=@FILE/],
    ['a client secret on the command line', { pagesClientSecret: 'secret' }, /takes @FILE/],
    ['an organisation without a name', { organisation: ' ' }, /--organisation/],
  ]
  for (const [what, flags, says] of wrong)
    test(`with ${what} are refused with what they take`, () => {
      assert.throws(() => hubConfig({ ...good, ...flags }), (error: unknown) => error instanceof CountersignError && error.code === 'CS_SETTING' && says.test(error.message) && !error.message.includes('sk-secret'))
    })

  test('have defaults that a trial on one machine needs', () => {
    const config = hubConfig(good)
    assert.deepEqual([config.host, config.port, config.auditorGroup, config.policyGroup, config.clientId, config.pagesClient.id], ['127.0.0.1', undefined, 'auditors', 'security-leads', 'countersign-desktop', 'countersign-hub'])
    assert.deepEqual([hubConfig({ ...good, listen: '[::1]:8443' }).host, hubConfig({ ...good, listen: '[::1]:8443' }).port], ['::1', 8443])
  })
})

describe('countersign hub as a process', () => {
  async function start(t: TestContext, dir: string): Promise<{ child: ChildProcess; line: Promise<{ url: string; pid: number }>; err: () => string }> {
    const source = path.resolve(import.meta.dirname, '../../src/cli')
    const main = path.join(dir, 'hub.mjs')
    await writeFile(main, `import { hubCommand } from ${JSON.stringify(`${source}/hub.ts`)}\nimport { runProgram } from ${JSON.stringify(`${source}/program.ts`)}\nawait runProgram([hubCommand])\n`)
    // Nobody answers at this issuer: a hub starts without its identity provider.
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'hub', '--home', path.join(dir, 'home'), '--issuer', 'http://127.0.0.1:9', '--with-parent', '--json'], { stdio: ['pipe', 'pipe', 'pipe'] })
    t.after(() => child.kill('SIGKILL'))
    let err = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => { err += chunk })
    const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) => JSON.parse(String(text)) as { url: string; pid: number })
    return { child, line, err: () => err }
  }

  async function folder(t: TestContext): Promise<string> {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'countersign-hub-'))
    t.after(() => rm(dir, { recursive: true, force: true }))
    return dir
  }

  async function lastEvent(dir: string): Promise<{ type: string; reason?: string }> {
    const text = await readFile(path.join(dir, 'home', 'log', 'segment-0000000000000000.jsonl'), 'utf8')
    return (JSON.parse(text.trimEnd().split('\n').at(-1)!) as { event: { type: string; reason?: string } }).event
  }

  test('says where it is, ends cleanly on SIGTERM, and comes back on the same address', async (t) => {
    const dir = await folder(t)
    const first = await start(t, dir)
    const { url, pid } = await first.line
    assert.equal(pid, first.child.pid)
    assert.equal((await fetch(`${url}/.well-known/countersign`)).status, 200)
    first.child.kill('SIGTERM')
    assert.deepEqual(await once(first.child, 'close'), [0, null])
    assert.deepEqual(await lastEvent(dir), { type: 'hub.stopped', reason: 'SIGTERM' })
    const second = await start(t, dir)
    assert.equal((await second.line).url, url)
    second.child.stdin?.end()
    assert.deepEqual(await once(second.child, 'close'), [0, null])
    assert.equal((await lastEvent(dir)).reason, 'the starting process ended')
  })

  test('shares its folder with nobody, and starts again after it was killed', async (t) => {
    const dir = await folder(t)
    const first = await start(t, dir)
    const { url } = await first.line
    const second = await start(t, dir)
    second.line.catch(() => undefined)
    assert.deepEqual(await once(second.child, 'close'), [2, null])
    assert.match(second.err(), /is used by process \d+/)
    first.child.kill('SIGKILL')
    await once(first.child, 'close')
    const third = await start(t, dir)
    assert.equal((await third.line).url, url)
  })
})

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { placeAgentFiles, type PlaceOptions } from '../../src/extension/agentFiles.ts'
import { agentArguments, agentEnvironment } from '../../src/extension/agentProcess.ts'

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url')

function extension(t: TestContext): PlaceOptions {
  const root = mkdtempSync(path.join(os.tmpdir(), 'cs-files-'))
  t.after(() => { rmSync(root, { recursive: true }) })
  const command = 'process.stdout.write(process.argv.slice(2).join(","))'
  writeFileSync(path.join(root, 'agent.cjs'), 'agent')
  writeFileSync(path.join(root, 'cli-lite.cjs'), command)
  return { from: root, home: path.join(root, "a home's folder"), build: '1.2.3', hashes: { 'agent.cjs': hash('agent'), 'cli-lite.cjs': hash(command) }, execPath: process.execPath }
}

describe("the agent's files", () => {
  test('are copied under their version, for their owner alone, and found again', async (t) => {
    const options = extension(t)
    const { agent } = await placeAgentFiles(options)
    assert.equal(agent, path.join(options.home, 'bin', '1.2.3', 'agent.cjs'))
    assert.equal(statSync(agent).mode & 0o077, 0)
    const first = statSync(agent).ino
    await placeAgentFiles(options)
    assert.equal(statSync(agent).ino, first)
  })

  test('are replaced when somebody changed the copy', async (t) => {
    const options = extension(t)
    const { agent } = await placeAgentFiles(options)
    writeFileSync(agent, 'something else')
    await placeAgentFiles(options)
    assert.equal(readFileSync(agent, 'utf8'), 'agent')
  })

  test('bring what runs before programs, in folders as they were built', async (t) => {
    const options = extension(t)
    mkdirSync(path.join(options.from, 'launch/python'), { recursive: true })
    writeFileSync(path.join(options.from, 'launch/python/sitecustomize.py'), 'pass')
    const { launch } = await placeAgentFiles({ ...options, hashes: { ...options.hashes, 'launch/python/sitecustomize.py': hash('pass') } })
    assert.equal(readFileSync(path.join(launch, 'python/sitecustomize.py'), 'utf8'), 'pass')
    assert.equal(launch, path.join(options.home, 'bin', '1.2.3', 'launch'))
  })

  test('are not used when the extension itself was changed', async (t) => {
    const options = extension(t)
    writeFileSync(path.join(options.from, 'agent.cjs'), 'changed')
    await assert.rejects(placeAgentFiles(options), /was changed after it was built/)
  })

  test('put a command on the PATH that runs in the editor\'s own runtime', { skip: process.platform === 'win32' }, async (t) => {
    const { shims } = await placeAgentFiles(extension(t))
    assert.equal(execFileSync(path.join(shims, 'countersign'), ['run', 'a b'], { encoding: 'utf8' }), 'run,a b')
  })
})

describe('how the agent is started', () => {
  test('S38: what changes how a program runs or whom it trusts does not pass', () => {
    const dangerous = {
      NODE_OPTIONS: '--require /evil.js', LD_PRELOAD: '/evil.so', SSLKEYLOGFILE: '/keys', NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: '/evil.pem',
      HTTPS_PROXY: 'http://evil', OPENAI_API_KEY: 'sk-x', NODE_PATH: '/evil', DYLD_INSERT_LIBRARIES: '/evil', COUNTERSIGN_DEBUG: '1',
    }
    assert.deepEqual(agentEnvironment({ ...dangerous, HOME: '/home/ada', PATH: '/bin' }, false), { PATH: '/bin', HOME: '/home/ada' })
  })

  test('behaves as Node where the editor\'s runtime is Electron', () => {
    assert.deepEqual(agentEnvironment({ HOME: '/h' }, true), { HOME: '/h', ELECTRON_RUN_AS_NODE: '1' })
  })

  test('carries no secret on its command line', () => {
    assert.deepEqual(agentArguments('/state', { hub: 'https://hub.example' }), ['agent', '--home', '/state', '--hub', 'https://hub.example', '--linger'])
    assert.deepEqual(agentArguments('/state', { issuer: 'https://id', clientId: 'c', groupsClaim: 'roles', policyFile: '/p.yaml' }).slice(3, -1), ['--issuer', 'https://id', '--client-id', 'c', '--groups-claim', 'roles', '--policy', '/p.yaml'])
  })
})

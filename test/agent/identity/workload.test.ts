import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { agentConfig, type AgentFlags } from '../../../src/agent/config.ts'
import { WorkloadAuthority, type TokenSource } from '../../../src/agent/identity/workload.ts'
import { startPlatform, SUBJECT, type Platform } from '../../fakes/platform.ts'

const AUDIENCE = 'https://hub.example'

function authority(source: TokenSource, options: { readonly now?: () => number; readonly expiresIn?: number; readonly startedBy?: string; readonly onBehalfOf?: string } = {}): { one: WorkloadAuthority; exchanged: string[] } {
  const exchanged: string[] = []
  const one = new WorkloadAuthority({
    source,
    audience: () => Promise.resolve(AUDIENCE),
    onBehalfOf: options.onBehalfOf,
    exchange: (token, onBehalfOf) => {
      exchanged.push(onBehalfOf === undefined ? token : `${token} for ${onBehalfOf}`)
      return Promise.resolve({ token: `access-${exchanged.length}`, expiresIn: options.expiresIn ?? 300, issuer: 'https://platform.example', subject: SUBJECT, groups: ['data-eng'], authTime: 7, ...(options.startedBy === undefined ? {} : { startedBy: options.startedBy }) })
    },
    now: options.now ?? Date.now,
  })
  return { one, exchanged }
}

async function place(t: TestContext): Promise<{ platform: Platform; file: string }> {
  const platform = await startPlatform()
  const dir = await mkdtemp(path.join(os.tmpdir(), 'countersign-token-'))
  t.after(async () => {
    await platform.close()
    await rm(dir, { recursive: true, force: true })
  })
  return { platform, file: path.join(dir, 'token') }
}

const says = (code: string, words: RegExp) => (error: unknown): boolean => error instanceof CountersignError && error.code === code && words.test(error.message)

describe('a workload\'s sign-in', () => {
  test('reads the projected file anew each time, so that rotation is picked up', async (t) => {
    const { platform, file } = await place(t)
    let now = 0
    const { one, exchanged } = authority({ file }, { now: () => now })
    const first = await platform.sign({ jti: '1' })
    await writeFile(file, `${first}\n`)
    assert.equal(await one.accessToken(), 'access-1')
    assert.equal(await one.accessToken(), 'access-1', 'a good one is used on')
    const second = await platform.sign({ jti: '2' })
    await writeFile(file, second)
    now = 271_000
    assert.equal(await one.accessToken(), 'access-2')
    assert.deepEqual(exchanged, [first, second])
    assert.equal(one.isProven, true)
    now += 300_001
    assert.equal(one.isProven, false)
  })

  test('carries who started it, as the platform said and as whoever started it says; the hub is told of both', async (t) => {
    const { platform, file } = await place(t)
    const token = await platform.sign()
    await writeFile(file, token)
    const { one, exchanged } = authority({ file }, { startedBy: 'ada', onBehalfOf: 'ada@northfield.example' })
    const { startedBy, onBehalfOf } = await one.refresh()
    assert.deepEqual([startedBy, onBehalfOf, exchanged], ['ada', 'ada@northfield.example', [`${token} for ada@northfield.example`]])
  })

  test('asks once for 100 needs at the same time (S12)', async (t) => {
    const { platform, file } = await place(t)
    const { one, exchanged } = authority({ file })
    await writeFile(file, await platform.sign())
    assert.deepEqual(new Set(await Promise.all(Array.from({ length: 100 }, () => one.accessToken()))), new Set(['access-1']))
    assert.equal(exchanged.length, 1)
  })

  test('asks a platform\'s address for the hub\'s audience, with the bearer it wants', async (t) => {
    const { platform } = await place(t)
    const { one, exchanged } = authority({ url: `${platform.issuer}/token?api-version=2`, bearer: () => Promise.resolve('job-secret') })
    assert.deepEqual(await one.refresh(), { issuer: 'https://platform.example', subject: SUBJECT, groups: ['data-eng'], authTime: 7, kind: 'workload' })
    assert.deepEqual(platform.asked, [{ authorization: 'Bearer job-secret', audience: AUDIENCE }])
    for (const name of ['token', 'id_token', 'access_token'] as const) {
      platform.answer({ status: 200, body: JSON.stringify({ [name]: await platform.sign({ jti: name }) }) })
      await one.refresh()
    }
    platform.answer({ status: 200, body: await platform.sign({ jti: 'bare' }) })
    await one.refresh()
    assert.equal(exchanged.length, 5)
  })

  test('says what is wrong when the platform gives no token, and never shows what it gave', async (t) => {
    const { platform, file } = await place(t)
    await assert.rejects(authority({ file }).one.refresh(), says('CS_SETTING', /cannot be read\. Is the projected volume mounted/))
    await writeFile(file, 'sk-a-static-key')
    await assert.rejects(authority({ file }).one.refresh(), (error: unknown) => says('CS_SETTING', /holds no OpenID token/)(error) && !String(error).includes('sk-a'))
    await writeFile(file, 'x'.repeat(20_000))
    await assert.rejects(authority({ file }).one.refresh(), says('CS_SETTING', /cannot be read/))
    const url = { url: `${platform.issuer}/token`, bearer: undefined }
    platform.answer({ status: 403, body: '{}' })
    await assert.rejects(authority(url).one.refresh(), says('CS_SETTING', /status 403.*id-token: write/))
    platform.answer({ status: 200, body: '{"value":"none"}' })
    await assert.rejects(authority(url).one.refresh(), says('CS_SETTING', /no token/))
    platform.answer({ status: 302, body: '' })
    await assert.rejects(authority(url).one.refresh(), says('CS_SETTING', /status 302/))
    await assert.rejects(authority({ url: 'http://platform.example/token', bearer: undefined }).one.refresh(), says('CS_SETTING', /cannot be asked/))
  })
})

describe('the settings of a headless agent', () => {
  const good: AgentFlags = { home: '/nowhere', headless: true, hub: 'https://hub.example', workloadToken: '/var/run/token' }
  const wrong: readonly (readonly [what: string, flags: AgentFlags, words: RegExp])[] = [
    ['no hub', { headless: true, workloadToken: 'x' }, /--headless takes --hub/],
    ['no token', { headless: true, hub: 'https://hub.example' }, /--workload-token FILE or URL/],
    ['a token and no --headless', { hub: 'https://hub.example', workloadToken: 'x' }, /go with --headless/],
    ['--linger', { ...good, linger: true }, /leave --linger out/],
    ['a platform in the clear', { ...good, workloadToken: 'http://platform.example/token' }, /must be https/],
    ['a bearer on the command line', { ...good, workloadToken: 'https://platform.example/token', workloadBearer: 'secret' }, /takes @FILE/],
    ['a bearer for a file', { ...good, workloadBearer: '@x' }, /is a URL/],
    ['a name with control characters', { ...good, onBehalfOf: 'a\u001b[2J' }, /--on-behalf-of/],
    ['a client and a token', { ...good, workloadClient: 'nightly', workloadKey: 'x' }, /one of these/],
    ['a client without its key', { headless: true, hub: 'https://hub.example', workloadClient: 'nightly' }, /takes --workload-key FILE/],
    ['a client at an issuer in the clear', { headless: true, hub: 'https://hub.example', workloadClient: 'nightly', workloadKey: 'x', workloadIssuer: 'http://id.example' }, /must be https/],
    ['a key and no --headless', { hub: 'https://hub.example', workloadKey: 'x' }, /go with --headless/],
    ['GitHub, elsewhere', { ...good, workloadToken: 'github' }, /id-token: write/],
  ]
  for (const [what, flags, words] of wrong)
    test(`with ${what} are refused with what they take`, () => {
      assert.throws(() => agentConfig(flags), says('CS_SETTING', words))
    })

  test('name a file, or a URL', () => {
    assert.deepEqual(agentConfig(good).workload, { source: { file: '/var/run/token' }, onBehalfOf: undefined })
    const { source } = agentConfig({ ...good, workloadToken: 'https://platform.example/token' }).workload!
    assert.ok('url' in source)
  })
})

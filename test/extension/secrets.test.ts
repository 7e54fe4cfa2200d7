import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { isSessionKey } from '../../src/protocol/sessionKey.ts'
import { displayHandle } from '../../src/extension/model/displayHandle.ts'
import { KeptSignIns, secretsWereLost, type Memory } from '../../src/extension/keptSignIn.ts'
import { windowKey, type Secrets } from '../../src/extension/sessionKeys.ts'

function fakeSecrets(): Secrets & { readonly all: Map<string, string> } {
  const all = new Map<string, string>()
  return {
    all,
    get: (key) => Promise.resolve(all.get(key)),
    store: (key, value) => Promise.resolve(void all.set(key, value)),
    delete: (key) => Promise.resolve(void all.delete(key)),
  }
}

function fakeMemory(): Memory {
  const all = new Map<string, unknown>()
  return { get: (key) => all.get(key), update: (key, value) => Promise.resolve(void all.set(key, value)) }
}

describe("the window's key", () => {
  test('is the same after a reload, another in another workspace, and new each time where nothing is open', async () => {
    const secrets = fakeSecrets()
    const first = await windowKey(secrets, 'file:///a')
    assert.ok(isSessionKey(first))
    assert.equal(await windowKey(secrets, 'file:///a'), first)
    assert.notEqual(await windowKey(secrets, 'file:///b'), first)
    assert.notEqual(await windowKey(secrets, undefined), await windowKey(secrets, undefined))
  })

  test('is made anew when what was kept is no key of ours', async () => {
    const secrets = fakeSecrets()
    await windowKey(secrets, 'w')
    const [name = ''] = secrets.all.keys()
    secrets.all.set(name, 'sk-somebody-elses')
    assert.ok(isSessionKey(await windowKey(secrets, 'w')))
  })
})

describe('a kept sign-in', () => {
  test('S50: is given only to the hub it was kept for', async () => {
    const kept = new KeptSignIns(fakeSecrets())
    await kept.write('https://hub.a', 'refresh')
    assert.equal(await kept.read('https://hub.a'), 'refresh')
    assert.equal(await kept.read('https://hub.b'), undefined)
  })

  test('is gone when the provider gives none any more, and after a sign-out', async () => {
    const secrets = fakeSecrets()
    const kept = new KeptSignIns(secrets)
    await kept.write('h', 'one')
    await kept.write('h', null)
    assert.equal(await kept.read('h'), undefined)
    await kept.write('h', 'two')
    await kept.forget()
    assert.equal(secrets.all.size, 0)
  })

  test('that is damaged counts as none', async () => {
    const secrets = fakeSecrets()
    secrets.all.set('signIn', '{"for":')
    assert.equal(await new KeptSignIns(secrets).read('h'), undefined)
  })
})

describe('S31: secret storage that keeps nothing over a restart', () => {
  test('is noticed at the next start, and only then', async () => {
    const memory = fakeMemory()
    assert.equal(await secretsWereLost(fakeSecrets(), memory), false, 'the first start knows nothing yet')
    assert.equal(await secretsWereLost(fakeSecrets(), memory), true, 'an empty storage at the second start')
  })

  test('is not suspected where it works', async () => {
    const [secrets, memory] = [fakeSecrets(), fakeMemory()]
    for (let start = 0; start < 3; start++) assert.equal(await secretsWereLost(secrets, memory), false)
  })

  test('is noticed at once where nothing can be stored at all', async () => {
    const broken: Secrets = { get: () => Promise.resolve(undefined), store: () => Promise.resolve(), delete: () => Promise.resolve() }
    assert.equal(await secretsWereLost(broken, fakeMemory()), true)
  })
})

describe('S32: what other extensions get of the account', () => {
  test('is made of the session\'s id alone, and of nothing that the agent or the hub ever gave', () => {
    const code = readFileSync(path.resolve(import.meta.dirname, '../../src/extension/authentication.ts'), 'utf8')
    assert.deepEqual([...code.matchAll(/(?:accessToken|idToken)\b[^\n]*/g)].map(([line]) => line), ['accessToken: displayHandle(session.id),'])
    assert.doesNotMatch(code, /refresh|keep|secrets|sessionKey/i)
  })

  test('is the same for a session, another for the next, and no key of ours', () => {
    const handle = displayHandle('se_1')
    assert.equal(handle, displayHandle('se_1'))
    assert.notEqual(handle, displayHandle('se_2'))
    assert.ok(!handle.includes('se_1') && !isSessionKey(handle))
  })
})

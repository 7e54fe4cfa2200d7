import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { decodeJwt, exportJWK, SignJWT } from 'jose'
import { fromClient } from '../../src/agent/identity/clientCredentials.ts'
import type { WorkloadReply } from '../../src/protocol/hub.ts'
import { post, refusal, startHubWorld, type HubWorld } from '../fakes/hub.ts'

interface World {
  readonly hub: HubWorld
  /** As the program's file holds it; written anew when a key rotates. */
  readonly keyFile: string
  readonly keys: readonly KeyObject[]
  /** A token for this audience by client credentials. */
  readonly tokenOf: (client: string, audience?: string) => Promise<string>
  readonly exchange: (token: string) => Promise<Response>
}

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** One provider for people and programs: the stricter case. */
async function startWorld(t: TestContext): Promise<World> {
  const keys = [generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey]
  const jwks = { keys: await Promise.all(keys.map(async (key, i) => { const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...pub } = await exportJWK(key); return { ...pub, kid: String(i), use: 'sig' } })) }
  const program = (client: string): Record<string, unknown> & { client_id: string } => ({ client_id: client, token_endpoint_auth_method: 'private_key_jwt', grant_types: ['client_credentials'], response_types: [], redirect_uris: [], jwks })
  const hub = await startHubWorld(t, {
    idp: { clients: [program('nightly'), program('unlisted')] },
    flagsOf: async (issuer, dir) => {
      const workloads = path.join(dir, 'workloads.yaml')
      await writeFile(workloads, JSON.stringify([{ issuer, client: 'nightly', groups: ['data-eng'] }, { issuer, client: 'countersign-desktop', subject: 'nightly', groups: ['security-leads'] }]))
      return { workloads }
    },
  })
  const keyFile = path.join(hub.dir, 'client-key.pem')
  await writeFile(keyFile, pem(keys[0]!), { mode: 0o600 })
  hub.idp.allowHub('https://another.example')
  return {
    hub,
    keyFile,
    keys,
    tokenOf: (client, audience = hub.url) => fromClient({ client, keyFile, kid: undefined, issuer: () => Promise.resolve(hub.idp.issuer) }, audience),
    exchange: (token) => post(`${hub.url}/v1/workload`, { token }),
  }
}

async function refused({ exchange }: World, token: string, says: RegExp): Promise<void> {
  const reply = await exchange(token)
  assert.equal(reply.status, 401)
  assert.match((await refusal(reply)).message, says)
}

describe('a program with a client of its own', () => {
  test('signs in with its key (private_key_jwt), and is the workload that was listed, with the list\'s groups', async (t) => {
    const world = await startWorld(t)
    const reply = await world.exchange(await world.tokenOf('nightly'))
    assert.equal(reply.status, 200, JSON.stringify(await reply.clone().json()))
    const { issuer, subject, groups, token } = (await reply.json()) as WorkloadReply
    assert.deepEqual([issuer, subject, groups], [world.hub.idp.issuer, 'nightly', ['data-eng']])
    const person = await world.hub.running.hub.tokens.verify(token)
    assert.deepEqual([person.subject, person.kind, person.groups], ['nightly', 'workload', ['data-eng']])
    assert.equal(world.hub.events('workload.admitted').at(-1)?.sub, 'nightly')
  })

  test('picks up a rotated key from its file', async (t) => {
    const world = await startWorld(t)
    await world.tokenOf('nightly')
    await writeFile(world.keyFile, pem(world.keys[1]!))
    assert.equal((await world.exchange(await world.tokenOf('nightly'))).status, 200)
  })

  test('with another key, or a file that holds none, is told so, and nothing of the key is said', async (t) => {
    const world = await startWorld(t)
    const stranger = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    await writeFile(world.keyFile, stranger)
    await assert.rejects(world.tokenOf('nightly'), (error: { code?: string; message: string }) => error.code === 'CS_SIGN_IN_FAILED' && /it said: invalid_client/.test(error.message) && !error.message.includes(stranger.slice(40, 80)))
    await writeFile(world.keyFile, 'sk-a-static-key')
    await assert.rejects(world.tokenOf('nightly'), { code: 'CS_SETTING' })
  })

  test('S9 for another audience, another client, or a person\'s own token is refused', async (t) => {
    const world = await startWorld(t)
    await refused(world, await world.tokenOf('nightly', 'https://another.example'), /its audience is another one/)
    await refused(world, await world.tokenOf('unlisted'), /nobody listed/)
    await refused(world, await world.hub.tokenOf('ada'), /a person signed in for it/)
    await assert.rejects(world.hub.running.hub.tokens.verify(await world.tokenOf('nightly')), /it was given to another program/, 'a program does not pass for a person')
  })

  test('S8 forged with the client\'s own key is refused: only the provider signs its tokens', async (t) => {
    const world = await startWorld(t)
    const claims = decodeJwt(await world.tokenOf('nightly'))
    await refused(world, await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: '0' }).sign(world.keys[0]!), /no key of the identity provider signed it/)
  })
})

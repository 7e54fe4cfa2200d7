/** A hub over real sockets with the real sample provider, real sign-ins and the agent's own client, all in this process. */
import { createHash, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { SignJWT } from 'jose'
import type { AuditEvent } from '../../src/protocol/audit.ts'
import { deviceStream } from '../../src/protocol/hub.ts'
import { Authority } from '../../src/agent/identity/authority.ts'
import { deviceToken } from '../../src/agent/identity/hubClient.ts'
import type { FilePort } from '../../src/core/log/files.ts'
import { rawPublicKey } from '../../src/core/log/note.ts'
import { LogWriter } from '../../src/core/log/writer.ts'
import { nodeFiles } from '../../src/platform/files.ts'
import { bootId, recordStamp, timer } from '../../src/platform/stamp.ts'
import { hubConfig, type HubFlags } from '../../src/hub/config.ts'
import type { MakeEvidence } from '../../src/hub/evidence/exports.ts'
import { startHub, type RunningHub } from '../../src/hub/main.ts'
import { startIdentityProvider, type IdentityProvider, type IdentityProviderOptions } from '../../src/sandbox/identityProvider.ts'
import { withUpstreams } from '../../src/sandbox/samplePolicy.ts'
import { completeSignIn } from '../../src/sandbox/signIn.ts'

export const POLICY = withUpstreams(undefined, { openai: 'http://127.0.0.1:9/v1' })

export interface HubWorld {
  readonly dir: string
  readonly idp: IdentityProvider
  readonly running: RunningHub
  readonly url: string
  /** What the hub told its operator. */
  readonly said: string[]
  /** Events of the hub's own log. */
  events<T extends AuditEvent['type']>(type: T): Extract<AuditEvent, { type: T }>[]
  /** A real sign-in: the person's access token for this hub. */
  tokenOf(login: string): Promise<string>
  stop(): Promise<void>
  /** Ends the hub, when it runs, and starts it again in the same folder. */
  restart(): Promise<void>
}

/** @param more flags of the hub, its file port and clock */
export async function startHubWorld(t: TestContext, more: Partial<HubFlags> & { readonly files?: FilePort; readonly now?: () => number; readonly makeEvidence?: MakeEvidence; readonly idp?: IdentityProviderOptions; readonly flagsOf?: (issuer: string, dir: string) => Promise<Partial<HubFlags>> } = {}): Promise<HubWorld> {
  const { files, now, makeEvidence, idp: provider = {}, flagsOf, ...flags } = more
  const dir = await mkdtemp(path.join(os.tmpdir(), 'countersign-hub-'))
  const idp = await startIdentityProvider(provider)
  const policy = path.join(dir, 'policy.yaml')
  const key = path.join(dir, 'openai.key')
  await writeFile(policy, POLICY)
  await writeFile(key, 'sk-the-provider-key\n', { mode: 0o600 })
  const config = hubConfig({ home: path.join(dir, 'hub'), issuer: idp.issuer, organisation: 'Northfield', policy, upstreamKey: [`openai=@${key}`], ...flags, ...(await flagsOf?.(idp.issuer, dir)) })
  const said: string[] = []
  const start = async (): Promise<RunningHub> => {
    const running = await startHub(config, { say: (line) => said.push(line), ...(files ? { files } : {}), ...(now ? { now } : {}), ...(makeEvidence ? { makeEvidence } : {}) })
    idp.allowHub(running.url)
    return running
  }
  let running = await start()
  let stopped = false
  t.after(async () => {
    if (!stopped) await running.stop('the test is over')
    await idp.close()
    await rm(dir, { recursive: true, force: true })
  })
  return {
    dir,
    idp,
    said,
    get running() {
      return running
    },
    get url() {
      return running.url
    },
    events: <T extends AuditEvent['type']>(type: T) => running.hub.log.records.map(({ event }) => event).filter((event): event is Extract<AuditEvent, { type: T }> => event.type === type),
    async tokenOf(login) {
      const authority = new Authority({ issuer: idp.issuer, clientId: 'countersign-desktop', groupsClaim: 'groups', resource: running.url })
      const { attempt, authorizeUrl } = await authority.begin()
      await completeSignIn(authorizeUrl, idp.people.find((one) => one.login === login)!)
      await authority.wait(attempt)
      return authority.accessToken()
    },
    async stop() {
      await running.stop('for the test')
      stopped = true
    },
    async restart() {
      if (!stopped) await running.stop('restart')
      running = await start()
      stopped = false
    },
  }
}

/** Machine of a person: its key, its requests, its journal. */
export class TestDevice {
  readonly key: KeyObject
  readonly publicKey: string
  readonly world: HubWorld
  id = ''

  constructor(world: HubWorld, key: KeyObject = generateKeyPairSync('ed25519').privateKey) {
    this.world = world
    this.key = key
    this.publicKey = rawPublicKey(key).toString('base64url')
  }

  static async enrolled(world: HubWorld, login = 'ada'): Promise<TestDevice> {
    const device = new TestDevice(world)
    const reply = await device.enrol(await world.tokenOf(login))
    device.id = ((await reply.json()) as { device: string }).device
    return device
  }

  async proof(claims: { readonly key?: string; readonly aud?: string } = {}): Promise<string> {
    return new SignJWT({ key: claims.key ?? this.publicKey })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'countersign-enrol+jwt' })
      .setAudience(claims.aud ?? this.world.url)
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(this.key)
  }

  async enrol(token: string, body: Record<string, unknown> = {}): Promise<Response> {
    return post(`${this.world.url}/v1/enrol`, { name: 'ada-laptop', key: this.publicKey, proof: await this.proof(), ...body }, { authorization: `Bearer ${token}` })
  }

  async token(method: string, route: string, body = ''): Promise<string> {
    return deviceToken({ key: this.key, device: this.id, audience: this.world.url, method, path: route, body })
  }

  async get(route: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.world.url + route, { headers: { authorization: `Countersign ${await this.token('GET', route)}`, ...headers } })
  }

  async post(route: string, body: unknown): Promise<Response> {
    return post(this.world.url + route, body, { authorization: `Countersign ${await this.token('POST', route, JSON.stringify(body))}` })
  }

  /** A token over claims of one's own choosing. */
  async forged(claims: Record<string, unknown>, key: KeyObject = this.key, header: Record<string, string> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const whole = { iss: this.id, aud: this.world.url, iat: now, exp: now + 60, jti: randomUUID(), htm: 'GET', htu: '/v1/policy', bh: createHash('sha256').update('').digest('base64url'), ...claims }
    return new SignJWT(whole).setProtectedHeader({ alg: 'EdDSA', typ: 'countersign-device+jwt', ...header }).sign(key)
  }

  get stream(): string {
    return deviceStream(this.publicKey, 1)
  }
}

export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
}

/** Code and message of a refusal. */
export async function refusal(reply: Response): Promise<{ code: string; message: string }> {
  return ((await reply.json()) as { error: { code: string; message: string } }).error
}

/** A device's real log on disk, with its leaves as they were written. */
export interface TestLog {
  readonly writer: LogWriter
  readonly stream: string
  readonly folder: string
  leaves(): Promise<string[]>
  /** The checkpoint over everything so far. */
  note(): Promise<string>
  add(...events: AuditEvent[]): Promise<void>
}

export async function openTestLog(device: TestDevice, folder: string, epoch = 1): Promise<TestLog> {
  const files = nodeFiles()
  const stream = deviceStream(device.publicKey, epoch)
  const boot = bootId()
  const { writer } = await LogWriter.open({ files, folder, stream, signer: { name: stream, type: 1, key: device.key }, stamp: () => recordStamp(boot), timer }, 0)
  return {
    writer,
    stream,
    folder,
    async leaves() {
      const names = (await files.list(folder)).filter((name) => name.startsWith('segment-'))
      const texts = await Promise.all(names.map(async (name) => (await files.read(`${folder}/${name}`))!.toString('utf8')))
      return texts.join('').split('\n').slice(0, -1)
    },
    async note() {
      await writer.checkpoint()
      return (await files.read(`${folder}/checkpoints/${String(writer.size).padStart(16, '0')}.note`))!.toString('utf8')
    },
    async add(...events) {
      for (const event of events) await writer.append(event)
    },
  }
}

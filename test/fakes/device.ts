/** A device with a journal on a disk in memory, and a hub that cosigns it: logs with everything in them that a verifier looks at. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { AuditEvent } from '../../src/protocol/audit.ts'
import { openJournal, type AgentJournal } from '../../src/agent/journal/journal.ts'
import { Uploader } from '../../src/agent/sync/uploader.ts'
import type { FilePort } from '../../src/core/log/files.ts'
import { rawPublicKey, type NoteSigner, type NoteVerifier } from '../../src/core/log/note.ts'
import { Mirror, type MirrorReply } from '../../src/hub/mirror/mirror.ts'
import type { Disk } from './disk.ts'

export const ACTOR = { iss: 'https://id.example', sub: 'ada', groups: ['data-eng'], authTime: 1_790_000_000, session: 'se_1', launch: 'la_1' }
export const ENDPOINT = { provider: 'openai', operation: 'chat.completions', upstream: 'openai', url: 'https://api.openai.com/v1/chat/completions', model: 'simulated-1', stream: true }
const POLICY = { version: 3, digest: 'd', source: 'hub' as const }

export function decided(ex: string, effect: 'allow' | 'deny' = 'allow', sd: readonly string[] = []): AuditEvent {
  return {
    type: 'exchange.decided',
    ex,
    actor: ACTOR,
    endpoint: ENDPOINT,
    params: { temperature: 0 },
    digest: { received: 'r', sent: effect === 'allow' ? 's' : null },
    bytes: { received: 10, sent: effect === 'allow' ? 10 : null },
    inspection: { status: 'ok', found: { EMAIL: 1 }, opaque: [] },
    masked: [],
    decision: { effect, rule: 'team', why: 'because the rule says so', ...(effect === 'deny' ? { code: 'CS_DENIED' } : {}) },
    policy: POLICY,
    sd,
  }
}

export function completed(ex: string, sd: readonly string[] = []): AuditEvent {
  return { type: 'exchange.completed', ex, actor: ACTOR, status: 200, answer: { finish: ['stop'], usage: { inputTokens: 7, outputTokens: 5 } }, returned: { digest: 'x', bytes: 20 }, masked: [], found: {}, timing: { total: 12 }, sd }
}

export interface Device {
  readonly disk: Disk
  readonly key: KeyObject
  readonly dataKey: Buffer
}

export function device(disk: Disk): Device {
  return { disk, key: generateKeyPairSync('ed25519').privateKey, dataKey: Buffer.alloc(32, 7) }
}

export const FOLDER = 'journal/epoch-0001'

export async function openDevice({ disk, key, dataKey }: Device, onTrouble: (what: string) => void = () => undefined): Promise<AgentJournal> {
  return openJournal({ files: disk, folder: 'journal', deviceKey: key, dataKey, device: 'test', onTrouble })
}

/** One allowed call with masked prompt and answer, of two records. */
export async function call(journal: AgentJournal, ex: string): Promise<void> {
  await journal.append((sd) => decided(ex, 'allow', sd), [{ path: 'prompt/messages/0/content', value: `prompt of ${ex}` }], 'ada')
  await journal.append((sd) => completed(ex, sd), [{ path: 'answer/choices/0/message/content', value: `answer of ${ex}` }], 'ada')
}

export interface FakeHub {
  readonly disk: Disk
  readonly signer: NoteSigner
  readonly verifier: NoteVerifier
  mirror(stream: string, key: KeyObject): Promise<Mirror>
}

/** @param segmentBytes small ones, so that a few records already lie in several segments */
export function fakeHub(disk: Disk, now: () => number = () => 1_795_000_000_000, segmentBytes = 1500): FakeHub {
  const key = generateKeyPairSync('ed25519').privateKey
  const name = `countersign-cosigner/${rawPublicKey(key).toString('base64url')}`
  const signer: NoteSigner = { name, type: 4, key }
  return {
    disk,
    signer,
    verifier: { name, type: 4, key: rawPublicKey(key) },
    mirror: (stream, deviceKey) => Mirror.open({ files: disk, folder: 'mirror', stream, device: { name: stream, type: 1, key: rawPublicKey(deviceKey) }, cosigner: signer, now, segmentBytes }),
  }
}

/** What the hub's routes do with a request: straight to the mirror. */
export async function answer(mirror: Mirror, path: string, body: unknown): Promise<MirrorReply> {
  return path === '/v1/log/checkpoint' ? mirror.checkpoint(body as never) : mirror.entries(body as never)
}

/** An uploader whose pauses are taken by hand, and what it told of the journal being refused. */
export async function uploader(journal: AgentJournal, disk: FilePort, hub: FakeHub, request: (path: string, body: unknown) => Promise<{ readonly status: number; readonly body: unknown }>, onTrouble: (what: string) => void = () => undefined): Promise<{ uploader: Uploader; pauses: (() => void)[]; refusals: (string | undefined)[] }> {
  const pauses: (() => void)[] = []
  const refusals: (string | undefined)[] = []
  const opened = await Uploader.open({
    files: disk,
    log: journal,
    cosigner: hub.verifier,
    request: (_method, path, body) => request(path, body),
    timer: (_ms, run) => {
      pauses.push(run)
      return () => undefined
    },
    random: () => 0.5,
    onRefused: (why) => { refusals.push(why) },
    onTrouble,
  })
  return { uploader: opened, pauses, refusals }
}

/** Brings what is signed to the hub and waits until it is there. */
export async function sync(journal: AgentJournal, disk: Disk, hub: FakeHub, mirror: Mirror): Promise<void> {
  const { uploader: one } = await uploader(journal, disk, hub, (path, body) => answer(mirror, path, body))
  one.wake()
  await one.settled()
  await one.stop()
}

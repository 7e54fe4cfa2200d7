/** Puts the agent together: the only file that makes its adapters. What a port does is decided elsewhere. */
import { createHmac, randomBytes } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import { CountersignError, describeError } from '../protocol/errors.ts'
import type { JournalEntry, KeptSignIn, LiveNotice } from '../protocol/control.ts'
import type { AuditEvent, AuditRecord } from '../protocol/audit.ts'
import type { Clock, Witness } from '../core/exchange/ports.ts'
import type { FilePort } from '../core/log/files.ts'
import type { Masker } from '../core/masking/masker.ts'
import { letsThroughUnread } from '../core/policy/match.ts'
import { ROUTES } from '../core/provider/registry.ts'
import { nodeFiles } from '../platform/files.ts'
import { Approvals } from './approval/approvals.ts'
import type { AgentConfig } from './config.ts'
import { watchLaunches } from './findings/launches.ts'
import type { Findings } from './findings/findings.ts'
import { keptSessions, NOTHING_KEPT } from './identity/keptSessions.ts'
import { openDeviceKeys, type DeviceKeys } from './identity/device.ts'
import { HubClient } from './identity/hubClient.ts'
import { peerOf } from './identity/peer.ts'
import { WorkloadAuthority } from './identity/workload.ts'
import { NONE_REFUSED, openJournal, refusedEpoch, type AgentJournal, type RefusedEpoch } from './journal/journal.ts'
import { JournalView } from './journal/view.ts'
import { People, type SignInSettings } from './people.ts'
import { policyMasker } from './policy/masker.ts'
import { HubPolicy, keptPolicy, LocalPolicy, NoPolicy, type LivePolicy } from './policy/source.ts'
import { portsFor } from './port.ts'
import { openProxy, type Proxy } from './proxy/server.ts'
import { openStore, type Store } from './state/store.ts'
import { HubLink } from './sync/hubLink.ts'
import { credentialsOf } from './upstream/credentials.ts'
import { OwnKeys } from './upstream/ownKeys.ts'
import { openUpstream } from './upstream/pool.ts'

/** What the agent tells whoever is attached; replaced when the control channel is open. */
export interface Notices {
  changed(): void
  record(entry: JournalEntry): void
  live(notice: LiveNotice): void
  kept(kept: KeptSignIn): void
  another(): void
}

export interface AgentParts {
  readonly config: AgentConfig
  readonly journal: AgentJournal
  readonly view: JournalView
  readonly policy: LivePolicy
  readonly people: People
  readonly hub: HubLink | undefined
  readonly approvals: Approvals
  readonly proxy: Proxy
  readonly masker: Masker
  /** Ways around it that were seen. */
  readonly findings: Findings
  /** Provider keys of an agent without a hub, in memory only. */
  readonly ownKeys: OwnKeys
  close(reason: string): Promise<void>
}

const clock: Clock = { now: Date.now, elapsed: () => performance.now() }
const HEADERS_TIMEOUT_MS = 120_000
const BODY_TIMEOUT_MS = 120_000
/** Last chance of the newest records to reach the hub when the agent ends. */
const LAST_SYNC_MS = 2_000

function timer(ms: number, run: () => void): () => void {
  const handle = setTimeout(run, ms)
  handle.unref()
  return () => { clearTimeout(handle) }
}

/** @param notices filled in later: parts speak through them from the first moment @throws CountersignError when a part cannot be honoured */
export async function composeAgent(config: AgentConfig, notices: Notices, log: (message: string) => void): Promise<AgentParts> {
  const { home } = config
  const keys = openDeviceKeys(home)
  const files = nodeFiles()
  const wakes: (() => void)[] = []
  const refused = await openStore(path.join(home, 'refused.json'), refusedEpoch, NONE_REFUSED)
  const view = new JournalView(files, keys.data, (entry) => { notices.record(entry) })
  const journal = await openJournal({
    files,
    folder: path.join(home, 'journal'),
    deviceKey: keys.signing,
    dataKey: keys.data,
    device: os.hostname(),
    refused: refused.data,
    onRecord: (record: AuditRecord) => { view.added(record) },
    onCheckpoint: () => { for (const wake of wakes) wake() },
    onTrouble: log,
  })
  view.follow(journal)
  try {
    return await composeOver({ config, keys, files, view, journal, refused, wakes }, notices, log)
  } catch (error) {
    await journal.close()
    throw error
  }
}

interface Ground {
  readonly config: AgentConfig
  readonly keys: DeviceKeys
  readonly files: FilePort
  readonly view: JournalView
  readonly journal: AgentJournal
  readonly refused: Store<RefusedEpoch>
  /** Called after each checkpoint. */
  readonly wakes: (() => void)[]
}

/** Everything that stands on an open journal. */
async function composeOver({ config, keys, files, view, journal, refused, wakes }: Ground, notices: Notices, log: (message: string) => void): Promise<AgentParts> {
  const { home } = config
  const changed = (): void => { notices.changed() }
  const policy = await openPolicy(config, journal, changed)
  const ownKeys = new OwnKeys(config.alone.upstreamKeys)
  const client = config.hub === undefined ? undefined : await HubClient.open(config.hub, keys, path.join(home, 'hub.json'))
  let hub: HubLink | undefined
  const removed = async (why: string): Promise<void> => { await people.signOut(why) }
  const approvals = new Approvals({
    client,
    accessToken: () => people.accessToken(),
    freshToken: async () => {
      await people.renew()
      return people.accessToken()
    },
    confirm: (nonce, acr) => people.confirm(nonce, acr),
    confirmed: (attempt) => people.confirmed(attempt),
    record: (...given) => view.watching(journal).append(...given),
    openReviews: journal.openReviews,
    actor: () => people.actor,
    onChange: changed,
    onRemoved: (why) => { removed(why).catch((error: unknown) => { log(`a sign-out was not complete (${describeError(error)})`) }) },
    log,
    timer,
    random: randomShare,
  })
  const people: People = new People({
    journal: view.watching(journal),
    policy,
    settings: () => signInSettings(config, hub),
    hub: () => hub,
    approvals,
    workload: headless(config, client),
    kept: await openStore(path.join(home, 'sessions.json'), keptSessions, NOTHING_KEPT),
    now: () => clock.now(),
    onChange: changed,
    onKept: (kept) => { notices.kept(kept) },
    onAnother: () => { notices.another() },
    log,
  })
  if (client && policy instanceof HubPolicy) {
    hub = new HubLink({ client, policy, journal, files, deviceName: os.hostname(), accessToken: () => people.accessToken(), onChange: changed, onRefused: keepRefused(refused, journal.epoch, log), onRemoved: removed, log, timer, random: randomShare })
    wakes.push(() => hub?.wake())
    await hub.start()
  }
  const masker = policyMasker(commitments(keys.data), () => policy.active?.document)
  const proxy = await openDataPlane({ config, masker, journal: view.watching(journal), witness: hub ?? { refusal: undefined }, policy, people, approvals, notices, log, key: (name) => hub?.key(name) ?? ownKeys.get(name, people.sessions.current?.principal) })
  const { findings, stop } = watchLaunches({ journal: view.watching(journal), policy, sessions: people.sessions, log })
  const close = async (reason: string): Promise<void> => {
    await stop()
    await closeAll({ proxy, people, approvals, journal, hub, log }, reason)
  }
  return { config, journal, view, policy, people, hub, approvals, proxy, masker, findings, ownKeys, close }
}

/** For the next start, which begins another epoch. Where it cannot be written, the hub says it again. */
function keepRefused(store: Store<RefusedEpoch>, epoch: number, log: (message: string) => void): (why: string | undefined) => void {
  return (why) => {
    store.update(() => (why === undefined ? NONE_REFUSED : { epoch, why })).catch((error: unknown) => { log(`that the hub refuses the journal was not kept (${describeError(error)})`) })
  }
}

function headless({ workload }: AgentConfig, client: HubClient | undefined): WorkloadAuthority | undefined {
  if (!workload || !client) return undefined
  const audience = async (): Promise<string> => {
    const { workloadAudience } = client.known ?? (await client.discover())
    if (workloadAudience === undefined) throw new CountersignError('CS_SIGN_IN_FAILED', `the hub ${client.url} takes no workloads. Its operator lists them with --workloads FILE.`)
    return workloadAudience
  }
  const { source, onBehalfOf } = workload
  const issuer = async (): Promise<string> => ('client' in source ? source.issuer : undefined) ?? (client.known ?? (await client.discover())).issuer
  return new WorkloadAuthority({ source: 'client' in source ? { ...source, issuer } : source, audience, exchange: (token, starter) => client.exchangeWorkload(token, starter), onBehalfOf, now: Date.now })
}

function randomShare(): number {
  return randomBytes(4).readUInt32BE(0) / 2 ** 32
}

async function openPolicy(config: AgentConfig, journal: AgentJournal, onChange: () => void): Promise<LivePolicy> {
  const options = { now: Date.now, record: (event: AuditEvent) => journal.append(event), onChange }
  if (config.hub !== undefined) return new HubPolicy(await openStore(path.join(config.home, 'policy.json'), keptPolicy, { envelope: null, version: 0 }), options)
  if (config.alone.policyFile === undefined) return new NoPolicy()
  const local = new LocalPolicy(config.alone.policyFile, options)
  await local.load()
  return local
}

async function signInSettings(config: AgentConfig, hub: HubLink | undefined): Promise<SignInSettings> {
  if (hub) {
    const known = await hub.known()
    return { issuer: known.issuer, clientId: known.clientId, groupsClaim: known.groupsClaim, resource: known.audience }
  }
  const { issuer, clientId, groupsClaim } = config.alone
  if (issuer === undefined || clientId === undefined)
    throw new CountersignError('CS_SETTING', 'nobody can sign in yet: set the hub\'s URL ("countersign.hub"), or an issuer and a client id.')
  return { issuer, clientId, groupsClaim, resource: undefined }
}

interface DataPlane {
  readonly config: AgentConfig
  readonly masker: Masker
  readonly journal: Pick<AgentJournal, 'append'>
  readonly witness: Witness
  readonly policy: LivePolicy
  readonly people: People
  readonly approvals: Approvals
  readonly notices: Notices
  readonly log: (message: string) => void
  readonly key: (upstream: string) => string | undefined
}

async function openDataPlane(plane: DataPlane): Promise<Proxy> {
  const { config, masker, journal, witness, policy, people, notices, log } = plane
  const routes = ROUTES.map(({ prefix, upstream, create }) => ({ prefix, upstream, provider: create() }))
  const credentials = credentialsOf(() => clock.now())
  const authorize = new Map(routes.map(({ upstream, provider }) => [upstream, credentials(provider)]))
  const upstream = openUpstream({
    key: plane.key,
    authorize: (name) => authorize.get(name),
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
  })
  const uid = process.getuid?.()
  const port = await portsFor(config.home, config.port, uid)
  // Most clients read OpenAI's shape of an error.
  const fallback = routes.find(({ upstream: name }) => name === 'openai')?.provider
  if (!fallback) throw new CountersignError('CS_INTERNAL', 'no provider is known.')
  const proxy = await openProxy({
    ports: port.ports,
    routes,
    fallback,
    uid,
    peerUid: (request) => peerOf(request.socket),
    authenticate: (key) => people.sessions.authenticate(key),
    underWay: (key) => people.sessions.underWay(key),
    letsThroughUnread: (name, what) => policy.active !== undefined && letsThroughUnread(policy.active.document, name, what),
    bodyLimit: () => policy.active?.document.limits.body ?? 32 * 1024 * 1024,
    exchange: { policy, masker, journal, witness, desk: plane.approvals.desk, upstream, clock, watch: (notice) => { notices.live(notice) } },
    log,
    onActive: () => { notices.changed() },
  })
  await port.remember(proxy.port)
  return { ...proxy, get active() { return proxy.active }, close: async () => { await proxy.close(); await upstream.close() } }
}

/** Keyed by this device's data key: nobody without it can try out values against a record. */
function commitments(dataKey: Buffer): { commit: (value: string, context: string) => string; keyedHash: (value: string) => string } {
  const keyed = (purpose: string, text: string): Buffer => createHmac('sha256', dataKey).update(`countersign ${purpose}\n${text}`).digest()
  return {
    commit: (value, context) => keyed('commitment', `${context}\n${value}`).subarray(0, 16).toString('base64url'),
    keyedHash: (value) => keyed('hash', value).toString('hex').slice(0, 8),
  }
}

async function closeAll({ proxy, people, approvals, journal, hub, log }: { proxy: Proxy; people: People; approvals: Approvals; journal: AgentJournal; hub: HubLink | undefined; log: (message: string) => void }, reason: string): Promise<void> {
  await approvals.close()
  await proxy.close()
  await people.sessions.close(reason)
  try {
    await journal.append({ type: 'agent.stopped', reason })
    await journal.checkpoint()
  } catch (error) {
    log(`the end could not be recorded (${describeError(error)})`)
  }
  if (hub) {
    hub.wake()
    await Promise.race([hub.settled(), new Promise<void>((resolve) => { timer(LAST_SYNC_MS, resolve) })])
    await hub.stop()
  }
  await journal.close()
}

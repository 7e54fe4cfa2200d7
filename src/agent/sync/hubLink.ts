/**
 * The agent's dealings with its hub: enrolment of this device, the policy, the leased provider keys, the mirror of the journal.
 * The hub being away stops none of the work that policy already allows; it is tried again, and the state says since when.
 */
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { policyReply, upstreamKeysReply, type WellKnown } from '../../protocol/hub.ts'
import type { FilePort } from '../../core/log/files.ts'
import { parseVkey } from '../../core/log/note.ts'
import { refusalOf, type HubClient } from '../identity/hubClient.ts'
import type { AgentJournal } from '../journal/journal.ts'
import type { HubPolicy } from '../policy/source.ts'
import { Uploader, type SyncState } from './uploader.ts'

export interface HubLinkOptions {
  readonly client: HubClient
  readonly policy: HubPolicy
  readonly journal: AgentJournal
  readonly files: FilePort
  readonly deviceName: string
  /** Fresh access token of the person who is signed in. */
  readonly accessToken: () => Promise<string>
  readonly onChange: () => void
  /** The hub refuses this journal for good, or (undefined) takes it after all. */
  readonly onRefused: (why: string | undefined) => void
  /** This person or device was offboarded: the session, its keys and the leases have to go. */
  readonly onRemoved: (why: string) => Promise<unknown>
  readonly log: (message: string) => void
  readonly timer: (ms: number, run: () => void) => () => void
  readonly random: () => number
}

const POLICY_EVERY_MS = 30_000

export class HubLink {
  readonly #options: HubLinkOptions
  #keys: ReadonlyMap<string, string> = new Map()
  #uploader: Uploader | undefined
  #cancelPoll: (() => void) | undefined
  #stopped = false
  /** The hub has nothing for this device or its person any more: it is not asked again until somebody signs in. */
  #removed = false

  constructor(options: HubLinkOptions) {
    this.#options = options
  }

  get url(): string {
    return this.#options.client.url
  }

  /** A provider key of the hub, in memory only. */
  key(upstream: string): string | undefined {
    return this.#keys.get(upstream)
  }

  /** Upstreams whose key is leased. */
  get leased(): readonly string[] {
    return [...this.#keys.keys()]
  }

  get cosigned(): number {
    return this.#uploader?.cosigned ?? 0
  }

  get sync(): { readonly state: SyncState | 'off'; readonly since: Date | undefined; readonly waiting: number } {
    return this.#uploader?.state ?? { state: 'off', since: undefined, waiting: this.#options.journal.size }
  }

  /** Why no call may leave: the hub refuses for good what is recorded here. Undefined also while it is away. */
  get refusal(): CountersignError | undefined {
    return this.#uploader?.refusal
  }

  /** At start: what was pinned and kept is taken up; a hub that is away is no reason not to start. */
  async start(): Promise<void> {
    const { client, policy, log } = this.#options
    try {
      await client.discover()
    } catch (error) {
      if (error instanceof CountersignError && error.code === 'CS_HUB_REFUSED') throw error
      log(`the hub is away at start (${describeError(error)})`)
    }
    if (client.known) await policy.restore(client.known)
    if (client.known && client.device !== undefined) {
      await this.#startSync(client.known)
      await this.#renew()
    }
    this.#poll()
  }

  /** What is known of the hub; asks it when nothing is. @throws CountersignError CS_HUB_UNREACHABLE, CS_HUB_REFUSED */
  async known(): Promise<WellKnown> {
    return this.#options.client.known ?? (await this.#options.client.discover())
  }

  /** Everything a person's sign-in opens. @throws CountersignError when the device cannot be enrolled or gets no policy */
  async signedIn(): Promise<void> {
    const { client, deviceName, accessToken } = this.#options
    const known = await this.known()
    await client.enrol(await accessToken(), deviceName)
    await this.refreshPolicy()
    await this.leaseKeys()
    await this.#startSync(known)
    this.#uploader?.wake()
    if (!this.#removed) return
    this.#removed = false
    this.#poll()
  }

  /** @throws CountersignError CS_HUB_UNREACHABLE, CS_HUB_REFUSED */
  async refreshPolicy(): Promise<void> {
    const { client, policy } = this.#options
    if (client.device === undefined) return
    const answer = await client.request('GET', '/v1/policy', undefined, await this.#personHeader())
    const parsed = policyReply.safeParse(answer.body)
    if (answer.status !== 200 || !parsed.success) throw refusalOf(answer, 'the hub gave no policy')
    await policy.accept(parsed.data.envelope, await this.known())
  }

  /** @throws CountersignError CS_HUB_UNREACHABLE, CS_HUB_REFUSED */
  async leaseKeys(): Promise<void> {
    const { client, accessToken } = this.#options
    const answer = await client.request('GET', '/v1/upstream-keys', undefined, { 'x-countersign-person': await accessToken() })
    const parsed = upstreamKeysReply.safeParse(answer.body)
    if (answer.status !== 200 || !parsed.success) throw refusalOf(answer, 'the hub leased no provider keys')
    this.#keys = new Map(Object.entries(parsed.data.keys))
  }

  /** Nobody is signed in any more: the keys go, and the hub takes no token of before. @param tokens access tokens that are still good */
  signedOut(tokens: readonly string[] = []): void {
    const { client, log } = this.#options
    this.#keys = new Map()
    for (const token of tokens) client.giveBack(token).catch((error: unknown) => { log(`the hub could not be told of the sign-out (${describeError(error)})`) })
  }

  wake(): void {
    this.#uploader?.wake()
  }

  /** Resolves when what is under way has been sent, or has failed. */
  async settled(): Promise<void> {
    await this.#uploader?.settled()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelPoll?.()
    await this.#uploader?.stop()
  }

  async #startSync(known: WellKnown): Promise<void> {
    if (this.#uploader) return
    const { client, journal, files, timer, random, onChange, onRefused, log } = this.#options
    this.#uploader = await Uploader.open({
      files,
      log: journal,
      cosigner: parseVkey(known.cosigner),
      request: (method, path, body) => client.request(method, path, body),
      timer,
      random,
      onChange,
      onRefused,
      onTrouble: log,
    })
    this.#uploader.wake()
  }

  /** Who is signed in, so that the hub can say when that person is no longer to get anything; a hub needs no person for a policy. */
  async #personHeader(): Promise<Record<string, string>> {
    try {
      return { 'x-countersign-person': await this.#options.accessToken() }
    } catch (error) {
      if (error instanceof CountersignError) return {}
      throw error
    }
  }

  async #renew(): Promise<void> {
    try {
      await this.refreshPolicy()
    } catch (error) {
      this.#options.log(`the policy was not renewed (${describeError(error)})`)
      if (!(error instanceof CountersignError) || error.code !== 'CS_OFFBOARDED') return
      this.#removed = true
      this.#options.log(`${error.message} The hub ${this.url} is not asked for a policy again until somebody signs in.`)
      await this.#options.onRemoved(error.message)
    }
  }

  #poll(): void {
    if (this.#stopped || this.#removed) return
    this.#cancelPoll = this.#options.timer(POLICY_EVERY_MS, () => {
      this.#renew()
        .catch((error: unknown) => { this.#options.log(`a sign-out was not complete (${describeError(error)})`) })
        .finally(() => { this.#poll() })
    })
  }
}

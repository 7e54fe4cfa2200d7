/** The agent's side of the hub: its well-known document, enrolment, and requests signed by the device. */
import { createHash, randomUUID, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { request as httpRequest, type Dispatcher } from 'undici'
import { z } from 'zod'
import { CountersignError, describeError, type ErrorCode } from '../../protocol/errors.ts'
import { enrolReply, hubError, wellKnown, workloadReply, type WellKnown, type WorkloadReply } from '../../protocol/hub.ts'
import { openStore, type Store } from '../state/store.ts'
import type { DeviceKeys } from './device.ts'

/** What is pinned at the first contact and must not change by itself. */
const enrolment = z.object({ hub: z.string(), known: wellKnown.nullable(), device: z.string().nullable(), stream: z.string().nullable() })
type Enrolment = z.infer<typeof enrolment>

export interface HubAnswer {
  readonly status: number
  readonly body: unknown
  /** Milliseconds that the hub's clock is ahead of this machine's, to a second. */
  readonly ahead?: number
}

/** What the hub takes as the same time. */
const SKEW_MS = 30_000
/** Refusals that a wrong clock on either side brings about. */
const OF_CLOCKS: ReadonlySet<string> = new Set(['CS_HUB_REFUSED', 'CS_SIGN_IN_FAILED'] satisfies ErrorCode[])

export class HubClient {
  readonly url: string
  readonly #keys: DeviceKeys
  readonly #store: Store<Enrolment>

  private constructor(url: string, keys: DeviceKeys, store: Store<Enrolment>) {
    this.url = url
    this.#keys = keys
    this.#store = store
  }

  /** @param file state file @throws CountersignError CS_HUB_REFUSED when this home belongs to another hub */
  static async open(url: string, keys: DeviceKeys, file: string): Promise<HubClient> {
    const store = await openStore(file, enrolment, { hub: url, known: null, device: null, stream: null })
    // A trial's hub comes back on another port; the pinned keys tell whether it is the same hub.
    return new HubClient(url, keys, store)
  }

  /** As pinned, or undefined before the first contact. */
  get known(): WellKnown | undefined {
    return this.#store.data.known ?? undefined
  }

  get device(): string | undefined {
    return this.#store.data.device ?? undefined
  }

  /**
   * Reads the well-known document and holds it against what was pinned.
   * @throws CountersignError CS_HUB_UNREACHABLE, CS_HUB_REFUSED when the hub's keys are not those pinned
   */
  async discover(): Promise<WellKnown> {
    const answer = await this.#send('GET', '/.well-known/countersign', undefined, {})
    const parsed = wellKnown.safeParse(answer.body)
    if (answer.status !== 200 || !parsed.success) throw new CountersignError('CS_HUB_REFUSED', `${this.url} is no Countersign hub, or an incompatible one.`)
    const pinned = this.known
    if (pinned && (pinned.cosigner !== parsed.data.cosigner || JSON.stringify(pinned.policyKey) !== JSON.stringify(parsed.data.policyKey) || pinned.organisation !== parsed.data.organisation))
      throw new CountersignError('CS_HUB_REFUSED', `the hub at ${this.url} has other keys than at enrolment. If it was really replaced, ask its administrator for the new keys and enrol anew in a new state folder.`)
    await this.#store.update((data) => ({ ...data, hub: this.url, known: parsed.data }))
    return parsed.data
  }

  /** Gives this device its identity. Doing it again with the same key is no news. @param token the person's access token */
  async enrol(token: string, name: string): Promise<void> {
    const known = this.known ?? (await this.discover())
    const proof = await new SignJWT({ key: this.#keys.publicKey }).setProtectedHeader({ alg: 'EdDSA', typ: 'countersign-enrol+jwt' }).setAudience(known.audience).setIssuedAt().setExpirationTime('60s').sign(this.#keys.signing)
    const answer = await this.#send('POST', '/v1/enrol', { name, key: this.#keys.publicKey, proof }, { authorization: `Bearer ${token}` })
    const parsed = enrolReply.safeParse(answer.body)
    if (answer.status !== 200 || !parsed.success) throw refusalOf(answer, 'the hub did not enrol this device')
    await this.#store.update((data) => ({ ...data, device: parsed.data.device, stream: parsed.data.stream }))
  }

  /** Their person signed out. @throws CountersignError CS_HUB_UNREACHABLE, CS_HUB_REFUSED, CS_OFFBOARDED */
  async giveBack(token: string): Promise<void> {
    const answer = await this.#send('POST', '/v1/sign-out', {}, { authorization: `Bearer ${token}` })
    if (answer.status !== 200) throw refusalOf(answer, 'the hub did not take the token back')
  }

  /**
   * A platform's token for a short-lived access token of the hub.
   * @throws CountersignError CS_SIGN_IN_FAILED with the hub's sentence when it says no, CS_HUB_UNREACHABLE also when it cannot say
   */
  async exchangeWorkload(token: string, onBehalfOf?: string): Promise<WorkloadReply> {
    const answer = await this.#send('POST', '/v1/workload', { token, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) }, {})
    const parsed = workloadReply.safeParse(answer.body)
    if (answer.status === 200 && parsed.success) return parsed.data
    const said = hubError.safeParse(answer.body)
    if (answer.status >= 500 || !said.success) throw new CountersignError('CS_HUB_UNREACHABLE', `the hub ${this.url} could not look at the workload's token${said.success ? `: ${said.data.error.message}` : ` (status ${answer.status})`}`)
    throw new CountersignError(said.data.error.code === 'CS_OFFBOARDED' ? 'CS_OFFBOARDED' : 'CS_SIGN_IN_FAILED', said.data.error.message)
  }

  /**
   * A request of this device: signed over method, path and body, good for a minute and once.
   * @param headers more headers, for the routes that also ask for the person
   */
  async request(method: 'GET' | 'POST', path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<HubAnswer> {
    const device = this.device
    const known = this.known
    if (device === undefined || !known) throw new CountersignError('CS_HUB_REFUSED', 'this device is not enrolled yet. Sign in first.')
    const text = body === undefined ? '' : JSON.stringify(body)
    const token = await deviceToken({ key: this.#keys.signing, device, audience: known.audience, method, path, body: text })
    return this.#send(method, path, body, { ...headers, authorization: `Countersign ${token}` })
  }

  /**
   * A stream of the hub that stays open, device-signed like every request.
   * @param quietMs without a byte for so long, it counts as broken
   * @throws CountersignError CS_HUB_UNREACHABLE, CS_HUB_REFUSED; also while it is read
   */
  async *stream(path: string, headers: Readonly<Record<string, string>>, options: { readonly signal: AbortSignal; readonly quietMs: number }): AsyncGenerator<Uint8Array, void, undefined> {
    const device = this.device
    const known = this.known
    if (device === undefined || !known) throw new CountersignError('CS_HUB_REFUSED', 'this device is not enrolled yet. Sign in first.')
    const token = await deviceToken({ key: this.#keys.signing, device, audience: known.audience, method: 'GET', path, body: '' })
    try {
      const reply = await httpRequest(this.url + path, {
        headers: { accept: 'text/event-stream', ...headers, authorization: `Countersign ${token}` },
        headersTimeout: 15_000,
        bodyTimeout: options.quietMs,
        signal: options.signal,
      })
      if (reply.statusCode !== 200) throw refusalOf({ status: reply.statusCode, body: await reply.body.json().catch(() => ({})) }, 'the hub did not open its stream')
      for await (const chunk of reply.body) yield chunk as Uint8Array
    } catch (cause) {
      if (cause instanceof CountersignError) throw cause
      throw new CountersignError('CS_HUB_UNREACHABLE', `the hub ${this.url} cannot be reached.`, { cause, detail: describeError(cause) })
    }
  }

  async #send(method: Dispatcher.HttpMethod, path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<HubAnswer> {
    try {
      const reply = await httpRequest(this.url + path, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: 15_000,
        bodyTimeout: 15_000,
      })
      const text = await reply.body.text()
      const date = Date.parse(String(reply.headers['date']))
      return { status: reply.statusCode, body: text === '' ? {} : (JSON.parse(text) as unknown), ...(Number.isNaN(date) ? {} : { ahead: date - Date.now() }) }
    } catch (cause) {
      throw new CountersignError('CS_HUB_UNREACHABLE', `the hub ${this.url} cannot be reached.`, { cause, detail: describeError(cause) })
    }
  }
}

export async function deviceToken(options: { key: KeyObject; device: string; audience: string; method: string; path: string; body: string }): Promise<string> {
  const { key, device, audience, method, path, body } = options
  return new SignJWT({ htm: method, htu: path, bh: createHash('sha256').update(body).digest('base64url') })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'countersign-device+jwt' })
    .setIssuer(device)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(key)
}

export function refusalOf(answer: HubAnswer, what: string): CountersignError {
  const parsed = hubError.safeParse(answer.body)
  if (parsed.success && parsed.data.error.code === 'CS_OFFBOARDED') return new CountersignError('CS_OFFBOARDED', parsed.data.error.message)
  const { ahead = 0 } = answer
  if (parsed.success && OF_CLOCKS.has(parsed.data.error.code) && Math.abs(ahead) > SKEW_MS)
    return new CountersignError('CS_HUB_REFUSED', `the clock of this machine is ${minutesOf(ahead)} ${ahead > 0 ? 'behind' : 'ahead of'} your hub's. Set this machine's clock right, then try again.`, { detail: `${what}: ${parsed.data.error.code}` })
  return new CountersignError('CS_HUB_REFUSED', `${what}${parsed.success ? `: ${parsed.data.error.message}` : ` (status ${answer.status})`}`)
}

function minutesOf(ms: number): string {
  const minutes = Math.max(1, Math.round(Math.abs(ms) / 60_000))
  return minutes === 1 ? 'about a minute' : `about ${minutes} minutes`
}

/**
 * Sign-in without a person: the platform (a Kubernetes cluster, a CI service) vouches for this program with a token, which the
 * hub exchanges for a short-lived access token. Nothing is kept: each renewal asks the platform again, so that its rotation is
 * picked up and its refusal ends what was let in.
 */
import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { WorkloadReply } from '../../protocol/hub.ts'
import type { Principal } from '../../protocol/identity.ts'
import { fromClient, type ClientSource } from './clientCredentials.ts'
import { guardedFetch } from '../../platform/guardedFetch.ts'

/** Where the platform's token is: a projected file, an address that gives one for an audience, or a client of the program's own. */
export type TokenSource = PlatformSource | ClientSource
export type PlatformSource = { readonly file: string } | { readonly url: string; readonly bearer: (() => Promise<string>) | undefined }

export interface WorkloadOptions {
  readonly source: TokenSource
  /** What the token must be for, as the hub's well-known document says. @throws CountersignError */
  readonly audience: () => Promise<string>
  /** @throws CountersignError CS_SIGN_IN_FAILED when the hub says no, CS_HUB_UNREACHABLE */
  readonly exchange: (token: string, onBehalfOf: string | undefined) => Promise<WorkloadReply>
  /** Who started the program, as whoever started it says. */
  readonly onBehalfOf: string | undefined
  readonly now: () => number
}

const LARGEST_TOKEN = 16_384
const EARLY_MS = 30_000
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/
/** GitHub Actions and most brokers say `value` or `token`; a cloud's metadata service answers the token alone. */
const answerShape = z.union([z.object({ value: z.string() }).transform(({ value }) => value), z.object({ token: z.string() }).transform(({ token }) => token), z.object({ id_token: z.string() }).transform((answer) => answer.id_token), z.object({ access_token: z.string() }).transform((answer) => answer.access_token)])

export class WorkloadAuthority {
  readonly #options: WorkloadOptions
  #held: { readonly token: string; readonly expiresAt: number } | undefined
  #refreshing: Promise<Principal> | undefined

  constructor(options: WorkloadOptions) {
    this.#options = options
  }

  /** False when what the platform said last is over. */
  get isProven(): boolean {
    return this.#held !== undefined && this.#held.expiresAt > this.#options.now()
  }

  /** One at a time. @throws CountersignError CS_SIGN_IN_FAILED, CS_SETTING when the token cannot be had, CS_HUB_UNREACHABLE */
  async refresh(): Promise<Principal> {
    this.#refreshing ??= this.#refreshOnce().finally(() => { this.#refreshing = undefined })
    return this.#refreshing
  }

  async #refreshOnce(): Promise<Principal> {
    const { source, audience, exchange, onBehalfOf, now } = this.#options
    const platform = 'file' in source ? await fromFile(source.file) : 'client' in source ? await fromClient(source, await audience()) : await fromUrl(source, await audience())
    const { token, expiresIn, issuer, subject, groups, authTime, startedBy } = await exchange(platform, onBehalfOf)
    this.#held = { token, expiresAt: now() + expiresIn * 1000 }
    return { issuer, subject, groups, authTime, kind: 'workload', ...(startedBy === undefined ? {} : { startedBy }), ...(onBehalfOf === undefined ? {} : { onBehalfOf }) }
  }

  /** @throws CountersignError as `refresh` */
  async accessToken(): Promise<string> {
    if (!this.#held || this.#held.expiresAt - this.#options.now() < EARLY_MS) await this.refresh()
    if (!this.#held) throw new CountersignError('CS_NOT_SIGNED_IN', 'the workload is not signed in.')
    return this.#held.token
  }

  forget(): void {
    this.#held = undefined
  }
}

/** Read anew each time: the platform replaces the file before its token ends. */
async function fromFile(file: string): Promise<string> {
  let text: string
  try {
    if ((await stat(file)).size > LARGEST_TOKEN) throw new RangeError('too large')
    text = (await readFile(file, 'utf8')).trim()
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `the workload's token file ${file} cannot be read. Is the projected volume mounted, and may this user read it?`, { cause, detail: describeError(cause) })
  }
  if (!JWT.test(text)) throw new CountersignError('CS_SETTING', `the file ${file} holds no OpenID token. It takes the token alone, as a projected service account token is.`)
  return text
}

async function fromUrl({ url, bearer }: { url: string; bearer: (() => Promise<string>) | undefined }, audience: string): Promise<string> {
  const target = new URL(url)
  target.searchParams.set('audience', audience)
  let text: string
  try {
    const reply = await guardedFetch(target, { headers: { accept: 'application/json', ...(bearer ? { authorization: `Bearer ${await bearer()}` } : {}) }, signal: AbortSignal.timeout(10_000) })
    if (reply.status !== 200) throw new CountersignError('CS_SETTING', `the platform at ${target.origin} gave no token (status ${reply.status}). May this job ask for one? In GitHub Actions it needs "permissions: id-token: write".`)
    text = (await reply.text()).trim()
  } catch (cause) {
    if (cause instanceof CountersignError) throw cause
    throw new CountersignError('CS_SETTING', `the platform at ${target.origin} cannot be asked for a token.`, { cause, detail: describeError(cause) })
  }
  const token = JWT.test(text) ? text : tokenIn(text)
  if (token === undefined || token.length > LARGEST_TOKEN || !JWT.test(token)) throw new CountersignError('CS_SETTING', `the platform at ${target.origin} answered something that is no token.`)
  return token
}

function tokenIn(text: string): string | undefined {
  try {
    return answerShape.safeParse(JSON.parse(text)).data
  } catch {
    // No JSON: the caller says that it is no token.
    return undefined
  }
}

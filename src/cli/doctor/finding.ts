/** What the doctor found: one thing looked at, how it is, and what to do when it is not well. */
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { guardedFetch } from '../../platform/guardedFetch.ts'

export interface Finding {
  /** `unknown`: cannot be told from outside; only a sign-in shows it. */
  readonly state: 'ok' | 'warn' | 'wrong' | 'unknown'
  readonly what: string
  readonly says: string
  readonly todo?: string
}

/** Told one by one, as they are found. */
export type Tell = (finding: Finding) => void

const TIMEOUT_MS = 10_000
const LARGEST = 1024 * 1024

export interface Reached {
  readonly status: number
  readonly location: string | undefined
  readonly text: string
  /** Seconds by which the other side's clock is ahead of ours; undefined when it did not tell the time. */
  readonly ahead: number | undefined
}

/** One request, no redirect followed. @returns undefined after having told why nobody could be reached */
export async function reach(what: string, url: string, tell: Tell, init: RequestInit = {}): Promise<Reached | undefined> {
  const sentAt = Date.now()
  try {
    const reply = await guardedFetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
    const date = Date.parse(reply.headers.get('date') ?? '')
    const text = (await reply.text()).slice(0, LARGEST)
    return { status: reply.status, location: reply.headers.get('location') ?? undefined, text, ahead: Number.isNaN(date) ? undefined : Math.round((date - (sentAt + Date.now()) / 2) / 1000) }
  } catch (error) {
    const [says, todo] = whyNot(error, new URL(url))
    tell({ state: 'wrong', what, says, todo })
    return undefined
  }
}

const TLS: Readonly<Record<string, readonly [says: string, todo: string]>> = {
  CERT_HAS_EXPIRED: ['its certificate has expired', 'Renew the certificate there.'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['its certificate is for another name', 'Use the name that stands in the certificate, or get one for this name.'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['its certificate is signed by itself', 'Use a certificate of an authority this machine trusts, or name your own authority in NODE_EXTRA_CA_CERTS.'],
  SELF_SIGNED_CERT_IN_CHAIN: ['its certificate comes from an authority this machine does not trust', 'Name your authority in NODE_EXTRA_CA_CERTS, or start with --use-system-ca in NODE_OPTIONS.'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['its certificate chain is not complete', 'Let the server send the intermediate certificates too.'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['its certificate comes from an authority this machine does not trust', 'Name your authority in NODE_EXTRA_CA_CERTS, or start with --use-system-ca in NODE_OPTIONS.'],
}

function whyNot(error: unknown, { hostname, host, protocol }: URL): readonly [says: string, todo: string] {
  if (error instanceof TypeError && error.message === 'plain http to another machine') return [`${protocol}//${host} is plain http to another machine`, 'Use its https address.']
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : error instanceof Error ? error.name : ''
  const tls = TLS[code]
  if (tls) return [`${host} was reached, but ${tls[0]}`, tls[1]]
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return [`the name ${hostname} is not known to DNS`, 'Look for a spelling mistake; if the name is right, this machine may need a VPN or another DNS server.']
  if (code === 'ECONNREFUSED') return [`nobody listens at ${host}`, 'Is it running, and is the port right?']
  if (code === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return [`${host} does not answer`, 'A firewall, or a proxy that is needed, may be in between.']
  return [`${host} cannot be reached (${describeError(error)}${code === '' ? '' : `, ${code}`})`, 'Try the address in a browser on this machine.']
}

/** Tokens are good for minutes, and signatures are checked with 30 seconds of grace. */
export function tellClock(what: string, { ahead }: Reached, tell: Tell): void {
  if (ahead === undefined) tell({ state: 'unknown', what, says: 'it does not tell the time' })
  else if (Math.abs(ahead) <= 30) tell({ state: 'ok', what, says: `the clocks differ by ${Math.abs(ahead)} s at most` })
  else tell({ state: 'wrong', what, says: `this machine's clock is ${Math.abs(ahead)} s ${ahead > 0 ? 'behind' : 'ahead of'} it, so tokens look expired or not yet good`, todo: 'Turn on time synchronisation (NTP) here.' })
}

export function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    // No JSON: the caller says what that means.
    return undefined
  }
}

/** For a step that throws one of our own refusals: its sentence is the finding. */
export function sentence(error: unknown): string {
  return error instanceof CountersignError ? error.message : describeError(error)
}

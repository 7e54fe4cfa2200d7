/** What the exchange needs of the world. Each port is as narrow as its one caller; the agent implements them. */
import type { ApprovalTerms, HeldCall, Review } from '../../protocol/approval.ts'
import type { AuditEvent, Disclosure } from '../../protocol/audit.ts'
import type { CountersignError } from '../../protocol/errors.ts'
import type { Caller } from '../../protocol/identity.ts'
import type { ActivePolicy, Decision } from '../../protocol/policy.ts'
import type { Clearance } from './clearance.ts'

/** A record that is on disk: what clearance is minted from. */
export interface Recorded {
  readonly id: string
  readonly seq: number
  /** Leaf hash, base64url. */
  readonly leaf: string
  readonly type: AuditEvent['type']
}

export interface Journal {
  /**
   * Resolves once the record and its disclosures are durable.
   * @param event may depend on the salted digests of the disclosures, in their order
   * @throws CountersignError CS_NOT_RECORDED: nothing may leave
   */
  append(event: AuditEvent | ((sd: readonly string[]) => AuditEvent), disclosures?: readonly Disclosure[], subject?: string): Promise<Recorded>
}

/** Who takes the records off this machine, where there is somebody. */
export interface Witness {
  /** Set when what is recorded here is refused for good: it would be evidence for nobody, so nothing may leave. */
  readonly refusal: CountersignError | undefined
}

export interface UpstreamRequest {
  /** Name in the policy's `upstreams`. */
  readonly upstream: string
  /** Whole URL without query secrets. */
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Lower-case names; no credential, no hop-by-hop header. */
  readonly headers: Readonly<Record<string, string>>
  /** How policy wants the key sent; absent: as the provider takes it. */
  readonly key?: { readonly header: string; readonly prefix: string }
  /** The exact bytes that may leave. */
  readonly body: Uint8Array
  /** SHA-256 of `body`, base64url: equals the recorded sent digest. */
  readonly digest: string
}

export interface UpstreamReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Decoded (no content-encoding). Reading it drives the socket: not reading is back-pressure. */
  readonly body: AsyncIterable<Uint8Array>
}

export interface Upstream {
  /** Adds the real key and sends. @throws CountersignError CS_UPSTREAM_* */
  send(clearance: Clearance, request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamReply>
}

export interface HoldRequest {
  readonly ex: string
  readonly caller: Caller
  readonly decision: Decision
  readonly terms: ApprovalTerms
  /** Digest over principal, operation, method, URL and the body that would leave, base64url. */
  readonly digest: string
  /** What reviewers are shown: no value of the prompt in it. */
  readonly call: HeldCall
  /** Milliseconds the client can wait; undefined: as long as it takes. */
  readonly patience: number | undefined
}

export interface ApprovalDesk {
  /**
   * Waits for the one ending of a held call; never rejects for lack of reviewers: that is an ending too.
   * @throws CountersignError CS_STILL_PENDING when the client cannot wait any longer; the request itself goes on
   */
  hold(request: HoldRequest, signal: AbortSignal): Promise<Review>
}

export interface PolicySource {
  /** @throws CountersignError CS_NO_POLICY, CS_POLICY_EXPIRED: no valid policy, nothing passes */
  current(): ActivePolicy
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds, monotonic. */
  elapsed(): number
}

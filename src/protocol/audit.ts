/**
 * The journal's words. A record is one line of JSON; its exact UTF-8 bytes without the newline are one leaf of an RFC 6962
 * Merkle tree. A leaf holds no erasable text: prompts, answers and names are disclosures, encrypted beside the journal,
 * and stand in the leaf as salted digests (the shape of RFC 9901).
 */
import type { Decision } from './policy.ts'
import type { Review, ReviewEntry } from './approval.ts'
import type { SpanEvidence } from './masking.ts'
import type { FindingKind } from './finding.ts'
import type { CallPlace } from './place.ts'

/** Who acts, as the journal names them: no label that identifies by itself. */
export interface Actor {
  readonly iss: string
  readonly sub: string
  /** Absent for a person. */
  readonly kind?: 'workload'
  readonly groups: readonly string[]
  /** Seconds since 1970. */
  readonly authTime: number
  readonly session: string
  readonly launch?: string
  /** As the program says; absent where it does not. */
  readonly place?: CallPlace
}

export interface ModelEndpoint {
  readonly provider: string
  readonly operation: string
  readonly upstream: string
  /** URL the call goes to, without query. */
  readonly url: string
  readonly model: string
  readonly stream: boolean
}

export interface Usage {
  readonly inputTokens?: number
  readonly outputTokens?: number
}

/** Each fact worth proving. Unclassified fields do not exist: what is not listed here is not recorded. */
export type AuditEvent =
  | { type: 'log.opened'; stream: string; device: string; key: string; reason: string }
  | { type: 'agent.started'; build: string; pid: number; listen: string; home: string }
  | { type: 'agent.stopped'; reason: string }
  | { type: 'agent.recovered'; cut: number; segment: string; what: string }
  | { type: 'session.started'; actor: Actor; endsAt: string; sd: readonly string[] }
  | { type: 'session.confirmed'; actor: Actor }
  | { type: 'session.ended'; actor: Actor; reason: string }
  | { type: 'session.refused'; reason: string }
  | { type: 'launch.registered'; launch: string; kind: string; label: string }
  /** By the person: its programs make no more calls. */
  | { type: 'launch.revoked'; launch: string; actor: Actor | null }
  /** Where there is no hub: a provider key of the person's own went into the agent's memory, or out of it by their word. */
  | { type: 'key.set' | 'key.removed'; upstream: string; held: 'developer'; actor: Actor | null }
  | { type: 'launch.finding'; launch: string; kind: FindingKind; subject: string; file?: string; program?: string }
  | { type: 'policy.activated'; version: number; digest: string; source: 'hub' | 'local'; author: string; reason: string }
  | { type: 'policy.refused'; code: string; why: string; kept: number | null }
  | { type: 'call.refused'; ex: string; actor: Actor | null; code: string; status: number; route: string; method: string; received?: string; bytes?: number }
  | { type: 'approval.requested'; ex: string; actor: Actor; endpoint: ModelEndpoint; rule: string | null; policy: Decision['policy']; found: Readonly<Record<string, number>>; digest: string }
  | ApprovalSettled
  | ReviewGiven
  | ReviewEnded
  | { type: 'decision.refused'; ap: string; why: string; digest: string }
  | ExchangeDecided
  | ExchangeEnded
  | { type: 'sync.receipt'; size: number; root: string; hub: string; at: string }
  | { type: 'sync.gap'; size: number; why: string }
  | HubEvent
  /** Never written: what a reader has in place of an event whose device signed something else than such an event is. */
  | { type: 'record.unreadable'; claimed: string }

export interface ApprovalSettled {
  readonly type: 'approval.settled'
  readonly ex: string
  readonly actor: Actor
  /** Of the request at the hub; null when it never got there. */
  readonly ap: string | null
  readonly state: Review['state']
  readonly cause: Review['cause']
  /** Who decided, with groups and auth_time at that moment. */
  readonly reviewers: readonly RecordedReview[]
  /** Only in records of earlier versions: people's words are disclosures (`approval/requesterReason`) now. */
  readonly requesterReason?: string
  readonly digest: string
  readonly rule: string | null
  readonly policy: Decision['policy']
  readonly found: Readonly<Record<string, number>>
  /** SHA-256 of the hub's signed decision, base64url; the decision itself is a disclosure. */
  readonly decision: string | null
  /** Milliseconds held. */
  readonly ms: number
  readonly sd: readonly string[]
}

/** This device's person decided about somebody else's call. What became of the call is in the requester's journal and the hub's log. */
export interface ReviewGiven {
  readonly type: 'review.given'
  readonly ex: string
  readonly actor: Actor
  readonly ap: string
  readonly requester: { readonly iss: string; readonly sub: string }
  readonly verdict: 'approve' | 'deny'
  readonly provider: string
  readonly host: string
  readonly model: string
  readonly rule: string
  readonly policy: { readonly version: number; readonly digest: string }
  readonly found: Readonly<Record<string, number>>
  readonly digest: string
  /** Milliseconds that the call had waited, by the hub's clock. */
  readonly ms: number
  /** Both reasons, and what the requester is called (`approval/requester/name`). */
  readonly sd: readonly string[]
}

/** How a call ended that this device's person decided about, when their verdict was not what ended it: several were needed, or its time was over. */
export interface ReviewEnded {
  readonly type: 'review.ended'
  readonly ex: string
  readonly actor: Actor
  readonly ap: string
  readonly requester: { readonly iss: string; readonly sub: string }
  readonly state: Review['state']
  readonly cause: Review['cause']
  /** Everybody who decided, this person among them. */
  readonly reviewers: readonly { readonly iss: string; readonly sub: string; readonly verdict: 'approve' | 'deny' }[]
  readonly digest: string
  /** Milliseconds that the call waited in all, by the hub's clock. */
  readonly ms: number
}

/** A verdict without what identifies by itself or is a person's own words: those are disclosures (`approval/reviewers/0/reason`). */
export interface RecordedReview extends Omit<ReviewEntry, 'name' | 'reason'> {
  /** Only in records of earlier versions. */
  readonly reason?: string
}

export interface ExchangeDecided {
  readonly type: 'exchange.decided'
  readonly ex: string
  readonly actor: Actor
  readonly endpoint: ModelEndpoint
  /** All non-text members of the request body, as sent: temperature, max_tokens, n, seed, tool names, … */
  readonly params: Readonly<Record<string, unknown>>
  /** SHA-256 of the body as received and as it may leave, base64url. `sent` is null when nothing may leave. */
  readonly digest: { readonly received: string; readonly sent: string | null }
  readonly bytes: { readonly received: number; readonly sent: number | null }
  readonly inspection: { readonly status: string; readonly found: Readonly<Record<string, number>>; readonly opaque: readonly string[] }
  readonly masked: readonly SpanEvidence[]
  /** How many of each type were masked where the evidence is too long for the record and a disclosure of its own (`masked` is empty then). */
  readonly maskedApart?: Readonly<Record<string, number>>
  readonly decision: { readonly effect: 'allow' | 'deny'; readonly rule: string | null; readonly why: string; readonly code?: string }
  readonly policy: Decision['policy']
  /** Salted digests of the masked prompt's parts, in order. */
  readonly sd: readonly string[]
}

export interface ExchangeEnded {
  readonly type: 'exchange.completed' | 'exchange.aborted' | 'exchange.failed'
  readonly ex: string
  readonly actor: Actor | null
  /** HTTP status the client got; null when it got none. */
  readonly status: number | null
  readonly code?: string
  readonly reason?: string
  /** As the provider reported it. `opaque`: kinds of what could not be inspected in it (signed, encrypted, pictures); absent: none. */
  readonly answer?: { readonly model?: string; readonly id?: string; readonly finish: readonly string[]; readonly usage: Usage; readonly opaque?: readonly string[] }
  /** SHA-256 of the body bytes released to the client, base64url, and how many. */
  readonly returned: { readonly digest: string; readonly bytes: number } | null
  readonly masked: readonly SpanEvidence[]
  /** How many of each type were masked where the evidence is too long for the record and a disclosure of its own (`masked` is empty then). */
  readonly maskedApart?: Readonly<Record<string, number>>
  readonly found: Readonly<Record<string, number>>
  /** How many of each type the client got back for a placeholder of its own prompt; recorded texts keep the placeholder. Absent: none. */
  readonly restored?: Readonly<Record<string, number>>
  /** Milliseconds: our own share before sending, to the first byte, whole. */
  readonly timing: { readonly decided?: number; readonly held?: number; readonly firstByte?: number; readonly total: number }
  readonly sd: readonly string[]
}

/** Author (`iss`, `sub`), and for a policy that loosens the second person, what they saw and both reasons: one record. */
export interface PolicyPublished {
  readonly type: 'policy.published'
  readonly version: number
  readonly digest: string
  readonly previous: string | null
  readonly iss: string
  readonly sub: string
  readonly groups: readonly string[]
  readonly reason: string
  readonly approval?: {
    readonly proposal: string
    readonly iss: string
    readonly sub: string
    readonly groups: readonly string[]
    readonly authTime: number
    readonly reason: string
    readonly loosens: readonly string[]
    /** Changed lines with their signs, as shown; cut when long, so the digest of the whole stands beside. */
    readonly difference: string
    readonly differenceDigest: string
  }
}

/** Whose decision it was that a person or device gets nothing any more, or again, and why. */
interface Decider {
  readonly iss: string
  readonly sub: string
  readonly groups: readonly string[]
  readonly authTime: number
  readonly reason: string
}

/**
 * Whoever was verified by then is named: the person (`iss`, `sub`), the device, both; records of earlier versions name nobody. `times`:
 * of many alike one record stands for so many.
 */
export interface RequestRefused {
  readonly type: 'request.refused'
  readonly code: string
  readonly route: string
  readonly status: number
  readonly device?: string
  readonly times?: number
}

/** What the hub writes into its own log. */
export type HubEvent =
  | { type: 'hub.started'; build: string; url: string }
  | { type: 'hub.stopped'; reason: string }
  | { type: 'device.enrolled'; device: string; stream: string; iss: string; sub: string; groups: readonly string[]; key: string }
  | PolicyPublished
  /** Waits for a second person, because it loosens: in which ways, as sentences. */
  | { type: 'policy.proposed'; proposal: string; digest: string; previous: string; iss: string; sub: string; groups: readonly string[]; reason: string; loosens: readonly string[] }
  | { type: 'policy.rejected'; proposal: string; digest: string; iss: string; sub: string; groups: readonly string[]; authTime: number; reason: string }
  | { type: 'log.accepted'; stream: string; size: number; root: string }
  | { type: 'log.refused'; stream: string; code: string; held: number; claimed: number }
  | { type: 'approval.opened'; ap: string; ex: string; device: string; iss: string; sub: string; rule: string; policy: { version: number; digest: string }; found: Readonly<Record<string, number>>; digest: string; group: string; count: number; waitMs: number; sd?: readonly string[] }
  /** `reason` in this and the two below stands only in records of earlier versions: it is a disclosure now. */
  | { type: 'approval.reason'; ap: string; iss: string; sub: string; reason?: string; sd?: readonly string[] }
  /** `confirmation`: SHA-256, base64url, of the reviewer's sign-in for this verdict (core/approval/confirmation.ts), kept beside the log. `client`: the program it was made for. */
  | { type: 'approval.reviewed'; ap: string; iss: string; sub: string; groups: readonly string[]; authTime: number; verdict: 'approve' | 'deny'; reason?: string; digest: string; acr?: string | undefined; confirmation?: string | undefined; client?: string | undefined; sd?: readonly string[] }
  | { type: 'approval.ended'; ap: string; state: Review['state']; cause: Review['cause']; ms: number; requesterReason?: string; decision: string | null; sd?: readonly string[] }
  | { type: 'approval.used'; ap: string; ex: string }
  | { type: 'review.refused'; ap: string; iss: string; sub: string; groups: readonly string[]; code: string; why: string }
  | ({ type: 'person.removed'; person: { iss: string; sub: string } } & Decider)
  | ({ type: 'person.restored'; person: { iss: string; sub: string } } & Decider)
  | ({ type: 'device.removed'; device: string } & Decider)
  | ({ type: 'device.restored'; device: string } & Decider)
  /** `token`: the platform's own id of the token (jti), where it gives one. */
  | { type: 'workload.admitted'; iss: string; sub: string; groups: readonly string[]; token?: string; until: string; sd?: readonly string[] }
  | { type: 'key.leased'; device: string; upstream: string; iss: string; sub: string }
  | { type: 'page.viewed'; iss: string; sub: string; groups: readonly string[]; page: string; query: string; status: number }
  /** Evidence of a period left the hub. `digest`: SHA-256 of the archive, base64url. Days, `2026-11-24`, both included, UTC. */
  | { type: 'evidence.exported'; iss: string; sub: string; groups: readonly string[]; from: string; to: string; logs: number; records: number; bytes: number; digest: string }
  | RequestRefused
  | (RequestRefused & { iss: string; sub: string })

/** Disclosures that hold names and people's reasons. A record of the hub has one verdict, a device's as many as there were. */
export const REQUESTER_NAME = 'approval/requester/name'
/** Of a workload's call: who started it, and so does not decide on it. */
export const STARTERS = 'approval/startedBy'
export const REQUESTER_REASON = 'approval/requesterReason'
export function reviewerReason(index: number): string {
  return `approval/reviewers/${index}/reason`
}

/** The envelope around an event: what makes it one leaf. Member order in the line is the order here. */
export interface AuditRecord {
  readonly v: 1
  readonly id: string
  readonly stream: string
  readonly seq: number
  /** Leaf hash of the record before, base64url; the empty string for the first. */
  readonly prev: string
  /** RFC 3339, milliseconds, UTC, as this machine's clock claims. */
  readonly time: string
  /** Nanoseconds of the monotonic clock since `boot`, as a decimal string. */
  readonly mono: string
  readonly boot: string
  readonly event: AuditEvent
}

/** Erasable text that belongs to a record: stored encrypted, named in the leaf by a salted digest. */
export interface Disclosure {
  /** What it is: `prompt/messages/0/content`, `answer/choices/0/message/content`, `name`, `email`. */
  readonly path: string
  /** Already masked. */
  readonly value: string
}

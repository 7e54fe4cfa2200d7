/** Words of holding. An approval is another verified person's; `acknowledged` is the requester's own and never counts as one. */
import * as z from 'zod'
import { finding, textPart } from './panelModels.ts'

export interface ApprovalTerms {
  readonly reviewers: 'self' | { readonly group: string }
  /** Distinct people needed. */
  readonly count: number
  readonly assurance: 'session' | 'fresh'
  /** With `fresh`: the identity provider has to say one of these of the sign-in (`acr`, OpenID Connect Core 2). */
  readonly acr?: readonly string[]
  readonly requesterReason: 'none' | 'optional' | 'required'
  /** How long a request waits, in milliseconds. */
  readonly wait: number
}

export type ApprovalState = 'pending' | 'approved' | 'acknowledged' | 'denied' | 'expired' | 'withdrawn'

export const ENDINGS = ['approved', 'acknowledged', 'denied', 'expired', 'withdrawn'] as const
export const CAUSES = ['reviewer', 'no_reviewer', 'timeout', 'no_reason', 'client_gone', 'withdrawn', 'agent_stopping'] as const

/** One person's verdict, with who they were at that moment. */
export const reviewEntry = z.strictObject({
  issuer: z.string(),
  subject: z.string(),
  groups: z.array(z.string()),
  /** Seconds since 1970 at which the reviewer proved who they are. */
  authTime: z.number(),
  verdict: z.enum(['approve', 'deny']),
  reason: z.string().max(2000),
  /** Milliseconds since 1970, the hub's clock. */
  at: z.number(),
  /** How the reviewer proved it, in the provider's own word; only where the verdict was confirmed by a fresh sign-in. */
  acr: z.string().max(400).optional(),
  /** SHA-256 of what the hub keeps of that sign-in, base64url. */
  confirmation: z.string().regex(/^[\w-]{43}$/).optional(),
  /** A label. */
  name: z.string().max(400).optional(),
})
export type ReviewEntry = z.infer<typeof reviewEntry>

export interface Review {
  readonly state: (typeof ENDINGS)[number]
  /** Why it ended so, in a closed word for the record. */
  readonly cause: (typeof CAUSES)[number]
  readonly reviewers: readonly ReviewEntry[]
  /** Of several who are needed, how many had approved when its time was over, as the hub told: for the sentence, not for the record. */
  readonly approved?: number
  /** Of the request at the hub; absent when it never got there. */
  readonly ap?: string
  readonly requesterReason?: string
  /** The hub's signed decision, compact JWS: kept as evidence. */
  readonly decision?: string
}

const apId = z.string().regex(/^ap_[0-9A-Z]{26}$/)
const digest = z.string().regex(/^[\w-]{43}$/)
const reason = z.string().min(1).max(2000)
const label = z.string().max(400)

/** What a held call shows its reviewers: types, counts and a preview without values. Made in the requester's agent. */
export const heldCall = z.strictObject({
  provider: label,
  operation: label,
  upstream: label,
  host: label,
  model: label,
  stream: z.boolean(),
  rule: z.strictObject({ id: label, name: label }),
  /** The rule's own message. */
  message: z.string().max(500).optional(),
  policy: z.strictObject({ version: z.number().int().nonnegative(), digest: z.string().max(100) }),
  findings: z.array(finding).max(60),
  /** Of the types found, those that the rule asks for; absent: it holds for another reason. */
  because: z.array(finding.shape.type).max(60).optional(),
  parts: z.array(textPart).max(60),
  /** Kinds of what goes along and could not be inspected, so nothing of it is in the parts; absent: nothing does. */
  opaque: z.array(label).max(40).optional(),
  /** Launch of the call: its kind and the name of a command or file. */
  source: z.strictObject({ kind: label, file: label, cell: z.number().int().positive().optional() }),
})
export type HeldCall = z.infer<typeof heldCall>

const terms = z.strictObject({
  group: label,
  count: z.number().int().min(1).max(10),
  assurance: z.enum(['session', 'fresh']),
  acr: z.array(label.min(1)).min(1).max(10).readonly().optional(),
  requesterReason: z.enum(['none', 'optional', 'required']),
  /** Milliseconds. */
  wait: z.number().int().min(1).max(24 * 3_600_000),
})

/**
 * Agent to hub, each signed by the device and with the person's access token in `x-countersign-person`:
 * POST /v1/approvals                 OpenRequest → 200 Opened
 * POST /v1/approvals/:ap/reason      {reason}    → 200 {}   the requester's
 * POST /v1/approvals/:ap/withdraw    {cause}     → 200 {}   the requester's device; needs no person
 * POST /v1/approvals/:ap/used        {ex}        → 200 {}   the requester's device: an approval was spent
 * POST /v1/approvals/:ap/review      ReviewRequest → 200 {} | 403 | 409
 * POST /v1/approvals/endings         EndingsRequest → 200 EndingsReply: of those that this person decided about and that ended
 * GET  /v1/events                    text/event-stream of `snapshot`, `request`, `time`
 */
export const openRequest = z.strictObject({ ex: label, digest, call: heldCall, terms, requesterReason: reason.optional() })
export type OpenRequest = z.infer<typeof openRequest>
/** `expiresAt` and `now`: milliseconds since 1970, the hub's clock. */
export const opened = z.object({ ap: apId, expiresAt: z.number(), now: z.number() })
export type Opened = z.infer<typeof opened>
export const giveReason = z.strictObject({ reason })
export const withdraw = z.strictObject({ cause: z.enum(['client_gone', 'withdrawn', 'agent_stopping', 'no_reason']) })
export type Withdrawal = z.infer<typeof withdraw>
export const used = z.strictObject({ ex: label })
export const reviewRequest = z.strictObject({
  /** Exactly what the reviewer saw. */
  digest,
  verdict: z.enum(['approve', 'deny']),
  reason: z.string().max(2000),
  /** Where the rule asks for a fresh sign-in, of an approval: the id_token whose nonce is the digest of this verdict (core/approval/confirmation.ts). */
  proof: z.strictObject({ idToken: z.string().max(16_384), salt: z.string().regex(/^[\w-]{22,43}$/) }).optional(),
})
export type ReviewRequest = z.infer<typeof reviewRequest>

/** Of a workload's call: who started it, lower case. They count as its requester, so none of them decides. */
const starters = z.array(z.string().max(320)).max(20).readonly()

/** A request as the hub shows it to the people it concerns. */
export const sharedRequest = z.object({
  ap: apId,
  ex: label,
  digest,
  /** What the person who is told may do: decide, or look because it is theirs. */
  role: z.enum(['review', 'own']),
  /** `account`: user name or e-mail address at the identity provider, where the hub has one; a name is what its person calls themselves. */
  requester: z.object({ issuer: label, subject: label, name: label.optional(), account: z.string().max(320).optional(), startedBy: starters.optional() }),
  call: heldCall,
  terms,
  requesterReason: z.string().max(2000).optional(),
  openedAt: z.number(),
  expiresAt: z.number(),
  state: z.enum(['pending', ...ENDINGS]),
  cause: z.enum(CAUSES).optional(),
  reviews: z.array(reviewEntry),
  /** The approval was spent: the call went out. */
  used: z.boolean(),
  /** People who may still decide and can be reached now, as the hub sees it. Absent: it does not say. */
  reachable: z.number().int().nonnegative().optional(),
  settledAt: z.number().optional(),
  /** The signed decision (compact JWS), for the device whose call it is, once there is one. */
  decision: z.string().max(200_000).optional(),
})
export type SharedRequest = z.infer<typeof sharedRequest>

/** How a call ended, for somebody who decided about it and may have been away. In the order of the verdicts. */
const ending = z.object({
  ap: apId,
  ex: label,
  digest,
  requester: z.object({ issuer: label, subject: label }),
  state: z.enum(ENDINGS),
  cause: z.enum(CAUSES),
  reviews: z.array(z.object({ issuer: label, subject: label, verdict: z.enum(['approve', 'deny']) })),
  openedAt: z.number(),
  settledAt: z.number(),
})
export type Ending = z.infer<typeof ending>
export const endingsRequest = z.strictObject({ aps: z.array(apId).max(200) })
export const endingsReply = z.object({ endings: z.array(ending).max(200) })

/** Events of the stream, by name. A snapshot comes first on every connection, so nothing is lost between two. */
export const snapshotEvent = z.object({ now: z.number(), requests: z.array(sharedRequest) })
export const requestEvent = z.object({ now: z.number(), request: sharedRequest })

/** What the hub signs (JWS, EdDSA, `typ: countersign-decision+jws`, the key that signs policies) when a request ends by a verdict. */
export const decisionPayload = z.object({
  format: z.literal(1),
  audience: z.string(),
  ap: apId,
  digest,
  state: z.enum(['approved', 'denied']),
  requester: z.object({ issuer: z.string(), subject: z.string(), startedBy: starters.optional() }),
  rule: z.string(),
  policy: z.object({ version: z.number(), digest: z.string() }),
  reviews: z.array(reviewEntry).min(1),
  /** Milliseconds since 1970, the hub's clock; an approval is good until `expiresAt`, once. */
  decidedAt: z.number(),
  expiresAt: z.number(),
})
export type DecisionPayload = z.infer<typeof decisionPayload>

/** Answer of the control method `approvals.list`. */
export interface ApprovalsList {
  readonly requests: readonly SharedRequest[]
  /** Waiting for the requester's own acknowledgement on this machine. */
  readonly acknowledge: readonly SharedRequest[]
  /** The relay to the hub: requests of others come and go only while it is `here`. */
  readonly relay: 'here' | 'away' | 'off'
  /** Hub's clock minus this machine's, milliseconds. */
  readonly hubOffsetMs: number
}

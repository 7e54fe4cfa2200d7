/**
 * What the webviews show: the view models of sidebar and timeline. The extension makes them of status and journal; a view
 * only draws them. No value that policy masks is in any of them: text comes as segments whose masks say type and number.
 * Strings and lists are bounded, because the text of a prompt is under the control of whoever wrote it.
 */
import * as z from 'zod'
import { TRANSFORMS } from './masking.ts'

const id = z.string().regex(/^[\w.:/@-]{1,200}$/)
const label = z.string().max(400)
const sentence = z.string().max(4000)
/** Milliseconds since 1970. */
const instant = z.number().nonnegative()
const count = z.number().int().nonnegative()
const ms = z.number().nonnegative()
const typeName = z.string().regex(/^[A-Z][A-Z0-9_]{0,79}$/)
const digest = z.string().regex(/^[\w-]{1,128}$/)

/** `asIs`: leaves the machine unmasked (hidden in the view all the same). `masked`: what leaves is the mask. */
export const fate = z.enum(['asIs', 'masked'])

/** What a mask tells when somebody opens it: evidence, never the value. */
export const maskEvidence = z.strictObject({
  rule: label.optional(),
  recogniser: label.optional(),
  /** 0..1 */
  certainty: z.number().min(0).max(1).optional(),
  /** Which part, counted from 1, and UTF-16 offsets in it. */
  part: count.optional(),
  start: count.optional(),
  end: count.optional(),
  /** Keyed commitment to the value, base64url. */
  proof: digest.optional(),
})

export const segment = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: z.string().max(200_000) }),
  z.strictObject({
    kind: z.literal('mask'),
    type: typeName,
    /** The same number is the same value (pseudonyms, and masks of one text). */
    ordinal: count.optional(),
    transform: z.enum(TRANSFORMS),
    fate,
    /** partial and hash only: the harmless rest, `··4242` or `#a91f`. */
    tail: z.string().max(40).optional(),
    /** replace only: the surrogate the other side saw. */
    shown: z.string().max(400).optional(),
    evidence: maskEvidence.optional(),
  }),
  /** A character that could deceive the reader, named instead of drawn. */
  z.strictObject({ kind: z.literal('inert'), codePoint: z.number().int().min(0).max(0x10ffff) }),
  /** Left out here: so many characters, or so many parts that look alike. */
  z.strictObject({ kind: z.literal('elided'), what: z.enum(['characters', 'alike', 'parts', 'tokens']), count }),
])
export type Segment = z.infer<typeof segment>
export type MaskSegment = Extract<Segment, { kind: 'mask' }>

export const textPart = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool', 'schema']),
  /** Counted from 1. */
  index: count,
  of: count,
  segments: z.array(segment).max(5000),
})
export type TextPart = z.infer<typeof textPart>

export const finding = z.strictObject({ type: typeName, count, fate, transform: z.string().max(20).optional() })
export type FindingCount = z.infer<typeof finding>

const rule = z.strictObject({ id, name: label })
/** `3 card numbers`: a number and a noun in the right number, ready to be read in a sentence. */
const because = z.array(z.strictObject({ count, noun: label })).max(12)

export const source = z.strictObject({
  kind: z.enum(['notebook', 'script', 'terminal', 'debug', 'window', 'run', 'sandbox', 'headless']),
  /** A file's or a command's name, never arguments. */
  file: label,
  cell: count.optional(),
  line: count.optional(),
  run: count.optional(),
  canOpen: z.boolean(),
})
export type Source = z.infer<typeof source>

export const REQUEST_STATES = ['waiting', 'approved', 'acknowledged', 'unused', 'denied', 'ruleDenied', 'nobody', 'expired', 'withdrawn', 'replaced'] as const

export const grantOffer = z.strictObject({
  id,
  scope: z.enum(['once', 'session', 'time', 'calls']),
  minutes: count.optional(),
  calls: count.optional(),
  /** What else it is limited to: rule, model, purpose. */
  limits: label.optional(),
})
export type GrantOffer = z.infer<typeof grantOffer>

export const reviewer = z.strictObject({
  group: label,
  state: z.enum(['approved', 'waiting']),
  /** May I decide for this group? */
  mine: z.boolean(),
  /** Others who may decide. */
  others: count,
  /** How many of them are still needed, where that is more than one. */
  needed: count.optional(),
  person: label.optional(),
  /** That person reads this. */
  self: z.boolean().optional(),
  at: instant.optional(),
  reason: sentence.optional(),
  readingNow: z.array(label).max(20),
})

export const request = z.strictObject({
  id,
  ex: id,
  /** own: mine to acknowledge; ownWaiting: mine, others decide; review: somebody asks me. */
  kind: z.enum(['own', 'ownWaiting', 'review']),
  state: z.enum(REQUEST_STATES),
  /** `account`: what tells them from others who call themselves the same; absent where the name is it. */
  requester: z.strictObject({ name: label, account: label.optional(), department: label.optional(), self: z.boolean() }),
  model: label,
  provider: label,
  host: label,
  tokens: count.optional(),
  rule,
  because,
  findings: z.array(finding).max(60),
  parts: z.array(textPart).max(200),
  /** What goes along that nobody could inspect, in words: nothing of it is in the parts. */
  opaque: z.array(label).max(40).optional(),
  source: source.optional(),
  purpose: label.optional(),
  requesterReason: sentence.optional(),
  /** Does the rule ask the requester for words? */
  requesterReasonRule: z.enum(['none', 'optional', 'required']),
  reviewers: z.array(reviewer).max(20),
  history: z.strictObject({ like: count, days: count, denied: count }).optional(),
  arrivedAt: instant,
  expiresAt: instant,
  /** Hub's clock minus this machine's, in milliseconds. */
  hubOffsetMs: z.number(),
  /** fresh: the decision asks for a new sign-in. */
  assurance: z.enum(['session', 'fresh']),
  identityProvider: label.optional(),
  /** Must whoever decides give a reason? */
  reasonNeeded: z.boolean(),
  grants: z.array(grantOffer).max(8),
  /** What is approved: exactly these; one for a call, one each for a bundle. */
  digests: z.array(digest).min(1).max(2000),
  bundle: z
    .strictObject({ size: count, index: count, frozenAt: instant.optional(), arrivedSince: count, variesIn: label.optional() })
    .optional(),
  decidable: z.union([z.literal(true), z.strictObject({ reason: z.enum(['hubAway', 'notMember', 'agentStopped', 'settling', 'decided']) })]),
  /** A fresh sign-in for this decision is open in the browser. */
  signingIn: z.boolean(),
  /** How it ended; only when it did. */
  outcome: z
    .strictObject({ at: instant, by: label.optional(), self: z.boolean().optional(), reason: sentence.optional(), cause: z.enum(['person', 'client', 'agent']).optional(), replacedBy: id.optional() })
    .optional(),
})
export type Request = z.infer<typeof request>

export const grant = z.strictObject({ id, scope: label, holder: label, approver: label, endsAt: instant, used: count, of: count.optional(), canRevoke: z.boolean() })
export type Grant = z.infer<typeof grant>

export const NOTICE_KINDS = [
  'hubAway', 'notCovered', 'agentStopped', 'notVerified', 'notRecorded', 'restricted', 'noHub', 'noPolicy', 'memoryOnly', 'staleTerminals', 'signInFailed', 'signInWaits', 'problem',
] as const
export const NOTICE_ACTIONS = [
  'tryHub', 'restartKernel', 'hideNotice', 'startAgent', 'showLog', 'reportProblem', 'showRecord', 'manageTrust', 'openSettings', 'signIn', 'why',
] as const
export const notice = z.strictObject({
  id,
  kind: z.enum(NOTICE_KINDS),
  since: instant.optional(),
  /** Records that wait, calls that ended, kernels or terminals that are meant, or the record's number. */
  count: count.optional(),
  file: label.optional(),
  /** For `problem`, `signInFailed`, `signInWaits`, `notRecorded`: the sentence of the error, which says what to do. */
  message: sentence.optional(),
  /** The first is a button, the others are links. */
  actions: z.array(z.enum(NOTICE_ACTIONS)).max(4),
})
export type Notice = z.infer<typeof notice>

export const launch = z.strictObject({
  id,
  kind: source.shape.kind,
  file: label,
  cell: count.optional(),
  line: count.optional(),
  run: count.optional(),
  startedAt: instant,
  calls: count,
  /** Ways around the agent that were seen. */
  findings: count.optional(),
  /** Its calls are held as one bundle. */
  heldAsOne: z.boolean().optional(),
  /** False: its calls do not pass through the agent. */
  covered: z.boolean().optional(),
})
export type Launch = z.infer<typeof launch>

/** `approved`: somebody else's call, as its reviewer sees it; what became of it stands in the requester's journal. */
export const ROW_STATES = ['inspecting', 'held', 'approved', 'sent', 'streaming', 'answered', 'denied', 'expired', 'withdrawn', 'stopped', 'failed'] as const
export const row = z.strictObject({
  ex: id,
  launch: id,
  state: z.enum(ROW_STATES),
  at: instant,
  inspectedMs: ms.optional(),
  /** Held so long, or so long until now while it is held. */
  heldMs: ms.optional(),
  /** From sending. */
  firstByteMs: ms.optional(),
  doneMs: ms.optional(),
  running: z.boolean(),
  model: label,
  provider: label.optional(),
  tokensIn: count.optional(),
  tokensOut: count.optional(),
  found: z.array(finding).max(60),
  /** Request in the approvals view that decides about it. */
  request: id.optional(),
})
export type Row = z.infer<typeof row>

export const EVENT_KINDS = ['signedIn', 'signedOut', 'agentStarted', 'agentStopped', 'recovered', 'hubAway', 'hubBack', 'receipt', 'policy', 'refused', 'grant', 'notCovered'] as const
export const eventRow = z.strictObject({ id, at: instant, what: z.enum(EVENT_KINDS), sentence })
export type EventRow = z.infer<typeof eventRow>

/** `restored`: how many values the client got back for placeholders, which stand in the text here. `opaque`: what went along that nobody could inspect (signed, encrypted, pictures), in words. */
export const texts = z.strictObject({ parts: z.array(textPart).max(500), found: count, masked: count, restored: count.optional(), moreParts: count.optional(), opaque: z.array(label).max(40).optional() })
export type Texts = z.infer<typeof texts>

export const recordState = z.strictObject({
  first: count,
  last: count,
  journal: z.enum(['written', 'pending']),
  /** Records that wait for the hub, and since when. Absent without a hub. */
  waiting: z.strictObject({ since: instant.optional(), records: count }).optional(),
  receiptAt: instant.optional(),
  size: count.optional(),
  signature: z.strictObject({ issuer: label, at: instant }).optional(),
  verifiedAt: instant.optional(),
  offline: z.boolean().optional(),
  root: digest.optional(),
  fault: sentence.optional(),
})

export const details = z.strictObject({
  row,
  source: source.optional(),
  /** Somebody else's call, asked of this person for review: answer and records are on the machine of whoever is named. */
  reviewFor: label.optional(),
  rule: rule.nullable(),
  /** allow, deny, hold: what the rule said. */
  effect: z.enum(['allow', 'deny', 'hold']),
  because,
  /** The policy's own sentence about this decision. */
  why: sentence,
  reasons: z
    .array(z.strictObject({ person: label, self: z.boolean().optional(), verb: z.enum(['asked', 'approved', 'acknowledged', 'denied', 'withdrew']), at: instant.optional(), text: sentence.optional(), freshSignIn: z.boolean() }))
    .max(40),
  prompt: texts,
  answer: texts,
  /** Replay: after `ms` from the first byte, `upTo` units of the answer were released (segmentUnits counts them). */
  replay: z.array(z.strictObject({ ms, upTo: count })).max(5000),
  record: recordState,
  /** Sentence of the error a failed or refused call ended with. */
  error: sentence.optional(),
})
export type Details = z.infer<typeof details>

/** Length of a segment as replay counts it: a character of text is one, everything else is one. */
export function segmentUnits(one: Segment): number {
  return one.kind === 'text' ? one.text.length : 1
}

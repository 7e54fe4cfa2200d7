/**
 * Control channel: JSON-RPC 2.0 (vscode-jsonrpc framing) over the agent's private socket. `attach` is what any program of
 * the same user may do; `operate` is for a connection that completed the sign-in itself or proves the operate secret.
 * Parameters are checked with the zod schemas beside the method; an unknown method is refused.
 */
import { z } from 'zod'
import type { AuditRecord, Disclosure } from './audit.ts'

export const CONTROL_PROTOCOL = 1

export const keyRegistration = z.strictObject({
  /** SHA-256 of the session key, base64url: the agent never stores the key. */
  hash: z.string().regex(/^[\w-]{43}$/),
  kind: z.enum(['window', 'run', 'notebook', 'sandbox', 'headless']),
  label: z.string().max(200),
})
export type KeyRegistration = z.infer<typeof keyRegistration>
/** `isSpent`: no call is made with this key any more (revoked, or its programs are of somebody who is not signed in now): make another. */
export interface Registered {
  readonly launch: string | null
  readonly isSpent: boolean
}

export const hello = z.strictObject({ protocol: z.number().int(), build: z.string().max(100), client: z.string().max(100) })

export interface HelloReply {
  readonly protocol: number
  readonly build: string
  readonly pid: number
  /** Base of the data plane, `http://127.0.0.1:PORT`. */
  readonly url: string
}

/** One rule of the policy in force, as the editor lists it: in order, with the sentence that explains it. */
export interface PolicyLine {
  readonly id: string
  readonly effect: 'allow' | 'deny' | 'hold'
  readonly sentence: string
  /** True when the rule masks in a way of its own. */
  readonly masks: boolean
}

export interface AgentStatus {
  readonly url: string
  readonly pid: number
  readonly build: string
  readonly hub: string | null
  readonly issuer: string | null
  /** Without a hub: what it was started with. */
  readonly alone: { readonly clientId: string | null; readonly groupsClaim: string; readonly policyFile: string | null } | null
  readonly session: { readonly id: string; readonly issuer: string; readonly subject: string; readonly name?: string; readonly groups: readonly string[]; readonly endsAt: string } | null
  readonly policy: { readonly version: number; readonly source: 'hub' | 'local'; readonly digest: string; readonly rules?: readonly PolicyLine[] } | null
  readonly journal: { readonly stream: string; readonly size: number; readonly healthy: boolean; readonly cosigned: number }
  readonly sync: { readonly state: 'idle' | 'sending' | 'away' | 'refused' | 'off'; readonly since: string | null; readonly waiting: number }
  /** Why the last session is over, as a sentence, where its person did not end it; null while there is one. Absent: an older agent. */
  readonly over?: string | null
  /** Upstreams whose provider key is in the agent's memory: leased from the hub, or the person's own. Absent: an older agent. */
  readonly keys?: { readonly held: 'hub' | 'developer'; readonly upstreams: readonly string[] }
  readonly launches: readonly { readonly id: string; readonly kind: string; readonly label: string; readonly calls: number }[]
}

/** Method names, one place. `attach` needs nothing; `operate` needs the proof named above. */
export const CONTROL_METHODS = {
  hello: 'attach',
  status: 'attach',
  'key.register': 'attach',
  'key.revoke': 'attach',
  'finding.report': 'attach',
  'signIn.begin': 'attach',
  'signIn.beginDevice': 'attach',
  'signIn.wait': 'attach',
  'signIn.cancel': 'attach',
  'signIn.restore': 'attach',
  'signIn.keep': 'operate',
  signOut: 'operate',
  'journal.read': 'attach',
  'approvals.list': 'attach',
  'approval.review': 'operate',
  'approval.confirm': 'operate',
  'approval.confirmed': 'operate',
  'approval.acknowledge': 'operate',
  'approval.reason': 'attach',
  'approval.withdraw': 'attach',
  'policy.refresh': 'attach',
  'sync.now': 'attach',
  'upstreamKey.set': 'operate',
  shutdown: 'attach',
} as const
export type ControlMethod = keyof typeof CONTROL_METHODS

export const signInBegin = z.strictObject({ loginHint: z.string().max(200).optional(), prompt: z.enum(['login']).optional() })
export interface SignInBegun {
  readonly attempt: string
  /** To be opened in the person's own browser. */
  readonly authorizeUrl: string
}
/** A sign-in with a code on another device (RFC 8628). Show the origin: a code that somebody sent is never to be entered. */
export interface DeviceSignInBegun {
  readonly attempt: string
  readonly userCode: string
  readonly verificationUri: string
  readonly verificationUriComplete?: string
  readonly origin: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}
/** Answer of `signOut`: the provider's page that ends the sign-in there too, to be opened by whoever asked. */
export interface SignedOut {
  readonly logoutUrl: string | null
}
export const signInWait = z.strictObject({ attempt: z.string().max(100) })

/** A refresh token from SecretStorage: whoever brings a good one operates, as if it had signed the person in itself. */
export const signInRestore = z.strictObject({ refreshToken: z.string().min(1).max(8192) })
/** Answer of `signIn.keep`: what SecretStorage keeps, so that the sign-in survives the agent. Null when the provider gave none. */
export interface KeptSignIn {
  readonly refreshToken: string | null
}

/** `journal.read`: records of the journal in force from this sequence number on, with the masked texts that belong to them. */
export const journalRead = z.strictObject({ from: z.number().int().nonnegative(), limit: z.number().int().min(1).max(1000) })

/**
 * Verdicts go through the hub with this person's own sign-in; the hub says whether they may. `acknowledge` is the requester's
 * own word under a rule whose reviewers are `self`, and is recorded as that. Where a rule asks for a fresh sign-in, `approval.confirm`
 * takes the same parameters as a review and answers a SignInBegun, `approval.confirmed` waits for that sign-in and decides;
 * `signIn.cancel` ends it.
 */
export const approvalReview = z.strictObject({ ap: z.string().max(40), digest: z.string().max(100), verdict: z.enum(['approve', 'deny']), reason: z.string().max(2000) })
export const approvalAcknowledge = z.strictObject({ ap: z.string().max(40), digest: z.string().max(100), verdict: z.enum(['approve', 'deny']), reason: z.string().max(2000) })
export const approvalReason = z.strictObject({ ap: z.string().max(40), reason: z.string().min(1).max(2000) })
export const approvalWithdraw = z.strictObject({ ap: z.string().max(40) })

/** A record as an attached program sees it: the leaf's content and its disclosures, already masked. */
export interface JournalEntry {
  readonly record: AuditRecord
  readonly texts: readonly Disclosure[]
}
export interface JournalPage {
  readonly stream: string
  /** Records in the journal, and how many of them the newest receipt covers. */
  readonly size: number
  readonly cosigned: number
  readonly entries: readonly JournalEntry[]
}

/** What a call under way does, between its records: never a value, only text that was released, masked. */
export interface LiveNotice {
  readonly ex: string
  /** `released`: masked text went to the client on this channel. */
  readonly what: 'received' | 'sent' | 'released'
  /** Milliseconds since 1970. */
  readonly at: number
  readonly path?: string
  readonly text?: string
}

/**
 * Notices the agent sends. To every attached connection: `changed` (status shows something new), `record` (a JournalEntry),
 * `live` (a LiveNotice). Only to those that operate: `signInKept` (a KeptSignIn after rotation: replace what is stored).
 */
export const CONTROL_NOTICES = { changed: 'changed', record: 'record', live: 'live', signInKept: 'signInKept' } as const

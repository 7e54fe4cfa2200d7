/** The policy document and its parts, as parsed. The text a person writes is YAML; `core/policy/parse.ts` makes this of it. */
import type { ApprovalTerms } from './approval.ts'
import type { EntityType, MaskRules } from './masking.ts'

export type Effect = 'allow' | 'deny' | 'hold'

export interface UpstreamRule {
  /** Replaces `https://api.openai.com/v1` and the like whole; no trailing slash. */
  readonly url: string
  /** True when what is sent there leaves the organisation. */
  readonly outside: boolean
  /** Sent along with every call, lower-case names: what a gateway of the organisation's own asks for. No secrets. */
  readonly headers?: Readonly<Record<string, string>>
  /** How the key is sent, in place of the provider's own way: `Ocp-Apim-Subscription-Key`, or `authorization` with `Bearer `. */
  readonly key?: { readonly header: string; readonly prefix: string }
  /** Operations that nobody can inspect and that go through all the same, where a rule allows `uninspected`: `POST /files`; * stands for any characters. */
  readonly uninspected?: readonly string[]
}

/** What a call may carry that cannot be inspected, and the words for it. `uninspected`: the whole call. */
export const OPAQUE_WORDS = {
  file: 'a file',
  image: 'an image',
  audio: 'audio',
  stored_context: 'context that the provider keeps',
  signature: 'signed content',
  thinking: 'signed thinking',
  redacted_thinking: 'encrypted thinking',
  encrypted_content: 'encrypted content',
  uninspected: 'nothing that can be inspected',
} as const

/** What a condition may ask of the prompt. All given conditions must hold; a list holds when any of its entries does. */
export interface ContentCondition {
  readonly finds?: readonly EntityType[]
  readonly has?: readonly string[]
}

export interface Condition {
  /** Subjects, or `issuer subject` pairs. */
  readonly principal?: readonly string[]
  readonly groups?: readonly string[]
  readonly provider?: readonly string[]
  readonly upstream?: readonly string[]
  /** Globs over the model's name: `gpt-*`. */
  readonly model?: readonly string[]
  readonly operation?: readonly string[]
  /** Globs over the project and the location that a call to Google's cloud names: `acme/europe-*`. A call that names none fits `*` alone. */
  readonly project?: readonly string[]
  readonly outside?: boolean
  /** Everything the request carries, earlier turns included. */
  readonly prompt?: ContentCondition
  /** Earlier turns only. */
  readonly history?: ContentCondition
  /** Globs over the names of tools offered to the model. */
  readonly tools?: readonly string[]
  /** Bytes of the body: at least, at most. */
  readonly size?: { readonly over?: number; readonly under?: number }
  readonly time?: { readonly days?: readonly string[]; readonly from?: string; readonly to?: string; readonly zone?: string }
}

export interface PolicyRule {
  readonly id: string
  readonly when: Condition
  readonly effect: Effect
  readonly mask?: Partial<MaskRules>
  readonly approval?: ApprovalTerms
  readonly message?: string
}

export interface PolicyLimits {
  /** Milliseconds, except body (bytes). */
  readonly sessionIdle: number
  readonly sessionAbsolute: number
  readonly agentLinger: number
  readonly body: number
}

/** An entity type of the organisation's own. At least one of pattern, keys and values. */
export interface CustomType {
  /** `CUSTOM_…` */
  readonly name: EntityType
  readonly words?: readonly [one: string, many: string]
  /** Source of a JavaScript regular expression, checked when the policy was published. */
  readonly pattern?: string
  readonly ignoreCase: boolean
  /** One of these words must stand before what the pattern finds. */
  readonly near?: readonly string[]
  /** Names of fields whose whole value it is, with all that stands below them. */
  readonly keys?: readonly string[]
  /** Exact values as keyed hashes. */
  readonly values?: { readonly key: string; readonly lengths: readonly number[]; readonly hashes: readonly string[] }
}

export interface PolicyDocument {
  readonly version: 1
  readonly default: 'allow' | 'deny'
  readonly upstreams: Readonly<Record<string, UpstreamRule>>
  readonly limits: PolicyLimits
  readonly mask: MaskRules
  /** Entity types that this policy adds. */
  readonly types?: readonly CustomType[]
  readonly rules: readonly PolicyRule[]
}

/** What a hub signs (JWS, EdDSA, `typ: countersign-policy+jws`) and an agent keeps: the text as written, and who published it. */
export interface PolicyEnvelope {
  readonly format: 1
  /** Rises by one with each publication and never goes back. */
  readonly version: number
  /** The organisation. An agent of another organisation refuses it. */
  readonly audience: string
  readonly author: { readonly issuer: string; readonly subject: string; readonly name?: string }
  readonly reason: string
  /** RFC 3339. */
  readonly issuedAt: string
  readonly expiresAt: string
  /** The YAML as published: comments and order are part of what people approved. */
  readonly document: string
  /** SHA-256 of `document`, base64url. */
  readonly digest: string
}

/** A policy in force: parsed, with where it came from. */
export interface ActivePolicy {
  readonly document: PolicyDocument
  readonly version: number
  readonly digest: string
  /** `hub`: signed and verified; `local`: a file on this machine ("unmanaged"). */
  readonly source: 'hub' | 'local'
  readonly expiresAt: number | undefined
}

/** Input of evaluate(): everything a rule may ask about, nothing else. */
export interface Facts {
  readonly issuer: string
  readonly subject: string
  readonly groups: readonly string[]
  readonly provider: string
  readonly upstream: string
  readonly outside: boolean
  readonly operation: string
  readonly project?: string
  readonly model: string
  readonly tools: readonly string[]
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly inspected: 'ok' | 'partial' | 'failed'
  /** Counts by entity type over the whole request; `history` is the share in earlier turns. */
  readonly prompt: { readonly finds: Readonly<Record<EntityType, number>>; readonly has: readonly string[] }
  readonly history: { readonly finds: Readonly<Record<EntityType, number>>; readonly has: readonly string[] }
}

export interface Decision {
  readonly effect: Effect
  /** The rule that matched first; null: the document's default. */
  readonly rule: string | null
  /** One English sentence: what was decided and because of what. */
  readonly explanation: string
  /** Types that the rule asks for and that were found; absent where there are none. */
  readonly because?: readonly EntityType[]
  /** The rule's own message, written by the security lead; or what to do about a refusal that is no rule's. */
  readonly message?: string
  readonly mask: MaskRules
  readonly approval?: ApprovalTerms
  readonly policy: { readonly version: number; readonly digest: string; readonly source: 'hub' | 'local' }
}

/** Words of inspection and masking. A finding says where and how surely, never what. */

/** Name of a class of values: `EMAIL`, `CREDIT_CARD`, …; custom types from policy start with `CUSTOM_`. */
export type EntityType = string

/**
 * redact: `[EMAIL]`; partial: keeps a harmless tail (`··4242`); replace: a same-shape surrogate that is obviously fake;
 * hash: keyed, stable; pseudonym: `[EMAIL_1]`, stable within a session, restored on the way back; refuse: no call and no answer
 * that holds such a value goes through; keep: left as it is.
 */
export type Transform = 'redact' | 'partial' | 'replace' | 'hash' | 'pseudonym' | 'refuse' | 'keep'

export const TRANSFORMS = ['redact', 'partial', 'replace', 'hash', 'pseudonym', 'refuse', 'keep'] as const satisfies readonly Transform[]

export type Direction = 'prompt' | 'answer'

/** Per direction: what happens to which type. A type that is not named is found and counted, and stays as it is. */
export interface MaskRules {
  readonly prompt: Readonly<Record<EntityType, Transform>>
  readonly answer: Readonly<Record<EntityType, Transform>>
}

/** One piece of model-visible text with its place in the body. */
export interface Part {
  /** JSON Pointer (RFC 6901) to the string in the body: `/messages/0/content/1/text`. */
  readonly path: string
  /** Who speaks it. `schema`: tool descriptions, parameters, response formats. */
  readonly role: 'system' | 'user' | 'assistant' | 'tool' | 'schema'
  /** `history`: everything before the last turn of the person; `prompt`: that turn, system text and schemas. */
  readonly origin: 'prompt' | 'history'
  /** `json`: the string itself is JSON source (tool-call arguments); masking keeps it valid. */
  readonly kind: 'text' | 'json'
  readonly text: string
  /** Name of the field when it may tell what the value is (a key in a tool's arguments), else absent. */
  readonly key?: string
}

export interface Finding {
  readonly path: string
  /** UTF-16 offsets in the part's text as received, end exclusive. */
  readonly start: number
  readonly end: number
  readonly type: EntityType
  /** Name and version of the recogniser, `card@1`. */
  readonly detector: string
  /** 0..1: checksum > prefix > context > shape. */
  readonly certainty: number
}

/** 'Did not run' is never 'found nothing': only `ok` may be trusted for absence. */
export interface Inspection {
  readonly status: 'ok' | 'partial' | 'failed'
  readonly findings: readonly Finding[]
  /** Kinds of content that nobody can read here: `file`, `image`, `audio`. */
  readonly opaque: readonly string[]
}

/** Evidence of one masked span for the journal: never the value. */
export interface SpanEvidence extends Finding {
  readonly transform: Transform
  /** What stands there now: `[EMAIL]`. */
  readonly token: string
  /** Keyed commitment to the value: base64url HMAC-SHA-256, truncated to 16 bytes. Somebody shown the value can check it. */
  readonly commitment: string
}

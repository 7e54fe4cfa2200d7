/**
 * Masking as the exchange sees it. One engine serves all: a whole text is a stream that is fed once, so that for every
 * chunking the concatenated output equals the masked whole.
 */
import type { Direction, EntityType, Inspection, Part, SpanEvidence, Transform } from '../../protocol/masking.ts'

export interface ChannelOptions {
  readonly direction: Direction
  /** JSON Pointer or channel path, for the evidence. */
  readonly path: string
  /** `json`: the text is JSON source; strings in it are masked decoded and stay valid JSON. */
  readonly kind: 'text' | 'json'
  /** The field's own name, as context. */
  readonly key?: string
  readonly rules: Readonly<Record<EntityType, Transform>>
}

export interface MaskedText {
  readonly text: string
  readonly spans: readonly SpanEvidence[]
}

export interface MaskingStream {
  push(text: string): string
  flush(): string
  readonly spans: readonly SpanEvidence[]
  /** Types found in this channel so far, masked or kept, with counts. */
  readonly found: Readonly<Record<EntityType, number>>
  /**
   * What was released, as a record may hold it: with the placeholders of this session where the client got the values back. Undefined
   * when nothing was given back: what was released may be recorded as it is.
   */
  readonly recorded: string | undefined
  /** How many of each type the client got back in the place of such placeholders. */
  readonly restored: Readonly<Record<EntityType, number>>
}

/** Keeps what must be stable within one session or conversation (pseudonyms). In memory only. */
export interface MaskingSession {
  open(options: ChannelOptions): MaskingStream
  /**
   * Numbers of placeholders that stand in a text are given to no other value from now on. `mask` and `maskLarge` do it for what they are given in
   * the direction `prompt`; who masks a text of several parts in turn does it for all of them before the first.
   */
  reserve(text: string): void
  /** Whether a text, taken for a value of a type, is what this session put in a value's place. */
  wasIssued(type: EntityType, text: string): boolean
}

export interface Masker {
  /** Finds without changing: of a session, not what it put in the place of values itself. Yields to the event loop on large bodies. Never rejects: a detector that throws is status `failed`. */
  inspect(parts: readonly Part[], opaque: readonly string[], session?: MaskingSession): Promise<Inspection>
  /** @throws CountersignError CS_MASKING_FAILED when a detector throws: nothing of the text may be used */
  mask(text: string, options: ChannelOptions, session?: MaskingSession): MaskedText
  /** The same, handing the event loop back on large texts. @throws CountersignError CS_MASKING_FAILED */
  maskLarge(text: string, options: ChannelOptions, session?: MaskingSession): Promise<MaskedText>
  session(id: string): MaskingSession
}

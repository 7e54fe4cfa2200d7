/** Names found by the tagger, and how a stream of text is asked for them. Offsets are UTF-16 units from the stream's beginning. */

/** The detector's name in evidence. Raise its version when the same text would be judged otherwise. */
export const NAMES = 'names@2'

/** `ADDRESS` is the words of a postal address (street, its city); house numbers and codes around them are not part of the span. */
export type NameType = 'PERSON' | 'LOCATION' | 'ORGANIZATION' | 'ADDRESS'

export interface NameSpan {
  start: number
  /** Exclusive. */
  end: number
  type: NameType
  /** 0 to 1, a function of integer scores only, so that it is the same on every machine. */
  certainty: number
}

export interface NameStream {
  /** Appends text. Any cut is allowed, also inside a surrogate pair. */
  push(text: string): void
  /** Everything before this offset is final: no later span reaches into it, and its spans were or can be taken. */
  readonly settled: number
  /** Spans that became final since the last call, in order, never overlapping. */
  take(): readonly NameSpan[]
  /** Nothing follows: everything settles. */
  end(): void
}

export interface NameTagger {
  open(): NameStream
}

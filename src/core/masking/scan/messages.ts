/**
 * Messages of hospitals, insurers, banks and traders in a text, whose fields say by their place or by a tag what stands in them. Which of them begins at a mark is
 * told by what stands before it; one is read at a time.
 *
 * It walks along with the text, as `columns.ts` does, and never looks ahead.
 */
import { EnclosedFields } from './enclosedFields.ts'
import type { Before } from './listName.ts'
import { PartyLines } from './partyLines.ts'
import { SegmentFields } from './segmentFields.ts'
import { FORMATS } from './segments.ts'

/** What reads one kind of them. */
interface Reader {
  readonly isOpen: boolean
  readonly name: string
  isTurn: boolean
  isEnd: boolean
  open(text: string, at: number): boolean
  pass(text: string, from: number, end: number): number
  leave(): void
  restart(): void
}

/** What may stand right before a mark behind which a message begins: capitals and digits, letters and quotes, kinds of papers, a blank. */
const [OF_ID, OF_TAG, OF_PAPER, BLANK] = [1, 2, 4, 8]
const BITS = new Uint8Array(128)
for (const [marks, bit] of [['|*+:', OF_ID], ['>', OF_TAG], ['<', OF_PAPER], ["['", BLANK]] as const) for (const mark of marks) BITS[mark.charCodeAt(0)] = bit
const BEFORE = new Uint8Array(128)
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code)
  BEFORE[code] = (/[A-Z\d]/.test(char) ? OF_ID : 0) | (/[A-Za-z"]/.test(char) ? OF_TAG : 0) | (/[PVIAC]/.test(char) ? OF_PAPER : 0) | (char === ' ' ? BLANK : 0)
}

export class Messages {
  readonly #readers: readonly Reader[]
  readonly #readerOf: ReadonlyMap<number, Reader>
  readonly #marks: readonly string[]
  /** The text that is passed, and where each mark stands in it next, and the first of them. */
  #text = ''
  #next = 0
  readonly #places: number[]
  #open: Reader | undefined

  /** @param before what stands before a place, kept by whoever passes the text */
  constructor(before: Before) {
    const [segments, parties, enclosed] = [new SegmentFields(before), new PartyLines(before), new EnclosedFields(before)]
    const readers: (readonly [string, Reader])[] = [...[...FORMATS.keys()].map((mark) => [mark, segments] as const), [':', parties], ['>', enclosed], ['<', enclosed], ['[', enclosed], ["'", enclosed]]
    this.#readers = [segments, parties, enclosed]
    this.#marks = readers.map(([mark]) => mark)
    this.#readerOf = new Map(readers.map(([mark, reader]) => [mark.charCodeAt(0), reader]))
    this.#places = readers.map(() => -1)
  }

  /** Whether one is read. */
  get isOpen(): boolean {
    return this.#open?.isOpen === true
  }

  /** Name of the field that is read, empty where it is none. */
  get name(): string {
    return this.#open?.name ?? ''
  }

  get isTurn(): boolean {
    return this.#open?.isTurn ?? false
  }

  get isEnd(): boolean {
    return this.#open?.isEnd ?? false
  }

  leave(): void {
    this.#open?.leave()
    this.#open = undefined
  }

  /** Another text begins. */
  restart(): void {
    this.#open = undefined
    for (const reader of this.#readers) reader.restart()
  }

  /** The text is over. */
  passed(): void {
    this.#text = ''
  }

  /** Outside of messages. @returns where the first field of one begins, or the end */
  seek(text: string, from: number, end: number): number {
    // Most lines have no mark: one look spares one for each of them.
    if (text === this.#text && this.#next >= end) return end
    for (let at = this.#markAt(text, from); at < end; at = this.#markAt(text, at + 1)) {
      // Most marks are told by the character before them.
      if (at > 0 && ((BEFORE[text.charCodeAt(at - 1)] ?? 0) & (BITS[text.charCodeAt(at)] ?? 0)) === 0) continue
      const reader = this.#readerOf.get(text.charCodeAt(at))
      if (reader?.open(text, at) !== true) continue
      this.#open = reader
      return at + 1
    }
    return end
  }

  /** @returns where the next mark stands at `from` or behind, the end of the text where none does */
  #markAt(text: string, from: number): number {
    const [places, marks] = [this.#places, this.#marks]
    if (text !== this.#text) {
      this.#text = text
      places.fill(-1)
    }
    let least = text.length
    for (let i = 0; i < places.length; i++) {
      let at = places[i] ?? 0
      if (at < from) {
        at = text.indexOf(marks[i] ?? '', from)
        if (at < 0) at = text.length
        places[i] = at
      }
      if (at < least) least = at
    }
    return (this.#next = least)
  }

  /** @returns where the next field begins or ends behind `from`, or the end */
  pass(text: string, from: number, end: number): number {
    return this.#open?.pass(text, from, end) ?? end
  }
}

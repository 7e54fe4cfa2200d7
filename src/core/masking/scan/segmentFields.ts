/**
 * Fields of messages whose segments say by place what stands in them (`segments.ts`): `PID|1||12345^^^MRN||DOE^JOHN`, `NM1*IL*1*DOE*JOHN~`. A segment is known by its
 * name, and by its first field where it stands alone; behind one of them the others of the same format are known by their names.
 *
 * It walks along with the text, as `columns.ts` does, and never looks ahead. A value ends before the mark behind it.
 */
import type { Before } from './listName.ts'
import { FORMATS, type Format, type Place, type Segment } from './segments.ts'

/** Of a segment, and of a field that says what another one is. Who writes the text chooses both. */
const LONGEST_SEGMENT = 8192
const LONGEST_FIRST = 12
const LONGEST_ID = 3
const BACKSLASH = 92
const SMALL_N = 110
const SMALL_R = 114
/** What may stand before a segment, also what ends one. A text begins with NaN. */
const BEFORE_SEGMENT: ReadonlySet<number> = new Set([NaN, ...Array.from(' \t\r\n~\'"`>\u000b', (char) => char.charCodeAt(0))])

interface Opening {
  readonly format: Format
  readonly segment: Segment
}

export class SegmentFields {
  readonly #before: Before
  /** The format of the last segment that was one for sure. */
  #known: Format | undefined
  #format: Format | undefined
  #segment: Segment | undefined
  #delimiter = ''
  /** Its first field has not said yet that it is one. */
  #isDoubted = false
  #length = 0
  /** Number of the field, and of its component, from 0; and what the fields before it begin with. */
  #field = 1
  #component = 0
  #values: string[] = []
  #name = ''
  isTurn = false
  isEnd = false

  /** @param before what stands before a place, kept by whoever passes the text */
  constructor(before: Before) {
    this.#before = before
  }

  /** Whether a segment is read. */
  get isOpen(): boolean {
    return this.#segment !== undefined
  }

  /** Name of the field that is read, empty where it is none. */
  get name(): string {
    return this.#name
  }

  leave(): void {
    this.#segment = undefined
    this.#name = ''
  }

  /** Another text begins. */
  restart(): void {
    this.leave()
    this.#known = undefined
  }

  #segmentAt(text: string, at: number): Opening | undefined {
    const id = this.#idBefore(text, at)
    if (id === '') return undefined
    for (const format of FORMATS.get(text.charAt(at)) ?? []) {
      const segment = format.segments.get(id)
      if (segment && (segment.first !== undefined || format === this.#known)) return { format, segment }
    }
    return undefined
  }

  /** @param at of a mark that may stand behind the name of a segment @returns whether its first field begins behind it */
  open(text: string, at: number): boolean {
    if (!isOfId(this.#before.unit(text, at, 1))) return false
    const opening = this.#segmentAt(text, at)
    if (opening === undefined) return false
    const { format, segment } = opening
    this.#format = format
    this.#segment = segment
    this.#delimiter = text.charAt(at)
    this.#isDoubted = segment.first !== undefined && format !== this.#known
    this.#length = 0
    this.#field = 1
    this.#component = 0
    this.#values = ['', '']
    this.#turnTo(this.#nameHere())
    return true
  }

  /** @returns capitals and digits right before a place that could be the name of a segment, empty where there are none */
  #idBefore(text: string, at: number): string {
    const before = this.#before
    let count = 0
    while (count < LONGEST_ID && isOfId(before.unit(text, at, count + 1))) count++
    if (count < 2) return ''
    const code = before.unit(text, at, count + 1)
    // In a string of JSON the end of a line is written as two characters.
    const isBegin = BEFORE_SEGMENT.has(code) || ((code === SMALL_N || code === SMALL_R) && before.unit(text, at, count + 2) === BACKSLASH)
    return isBegin ? before.text(text, at).slice(-count) : ''
  }

  /** @returns where the next field begins or ends behind `from`, or the end */
  pass(text: string, from: number, end: number): number {
    this.isTurn = this.isEnd = false
    for (let i = from; i < end; i++) {
      const char = text.charAt(i)
      if (this.#isMark(char)) {
        // A value ends before its mark, which is read next.
        if (this.#name !== '') this.#turnTo('')
        else if (!this.#goOn(text, i, char)) this.leave()
        else if (this.#hasTurned()) return i + 1
        if (this.#hasTurned() || !this.isOpen) return i
      } else this.#note(char)
      if (++this.#length > LONGEST_SEGMENT) {
        this.leave()
        return i + 1
      }
    }
    return end
  }

  #hasTurned(): boolean {
    return this.isTurn
  }

  #isMark(char: string): boolean {
    return char === this.#delimiter || char === this.#format?.component || char === this.#format?.repeat || char === '\\' || this.#isEnd(char)
  }

  #isEnd(char: string): boolean {
    return char === '\n' || char === '\r' || char === this.#format?.end
  }

  /** Behind a mark within a segment. @returns whether it is one, and goes on */
  #goOn(text: string, at: number, char: string): boolean {
    if (this.#isEnd(char)) return false
    if (char !== this.#delimiter) {
      this.#note(char)
      // What is escaped ends a value: it may be the end of the line.
      if (char === '\\') return true
      this.#component = char === this.#format?.component ? this.#component + 1 : 0
    } else if (this.open(text, at)) return true
    else if (this.#isDoubted && this.#segment?.first?.test(this.#values[1] ?? '') === false) return false
    else {
      this.#isDoubted = false
      this.#known = this.#format
      this.#values[++this.#field] = ''
      this.#component = 0
    }
    this.#turnTo(this.#nameHere())
    return true
  }

  /** A field begins or ends here, unless neither it nor the one before has a name. */
  #turnTo(name: string): void {
    if (name !== this.#name) this.isTurn = this.isEnd = true
    this.#name = name
  }

  #note(char: string): void {
    const value = this.#values[this.#field] ?? ''
    if (value.length < LONGEST_FIRST) this.#values[this.#field] = value + char
  }

  #nameHere(): string {
    const place = this.#segment?.fields[this.#field]
    return this.#isDoubted || place === undefined ? '' : this.#nameOf(place)
  }

  #nameOf(place: Place): string {
    if (typeof place === 'string') return place
    if (!('by' in place)) return place[this.#component] ?? ''
    const said = (this.#values[place.by] ?? '').split(this.#format?.component ?? '')[0] ?? ''
    const own = Object.hasOwn(place.is, said) ? place.is[said] : undefined
    return own === undefined ? '' : this.#nameOf(own)
  }
}

function isOfId(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 48 && code <= 57)
}

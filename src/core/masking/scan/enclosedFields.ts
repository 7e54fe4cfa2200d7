/**
 * Fields of which a tag right before them says what they are, up to the mark that closes them: elements of ISO 20022 and of clinical documents in XML
 * (`<StrtNm>Lerchenmoor</StrtNm>`), and dumps of DICOM files (`(0010,0010) PN [Doe^John]`, `(0010, 0010) Patient's Name   PN: 'Doe^John'`). It walks along with the
 * text and never looks ahead. The first line that machines read in a passport is such a field, too: `P<UTOERIKSSON<<ANNA<MARIA<<<<`.
 */
import type { Before } from './listName.ts'

const PERSON = 'person_name'
const PATIENT = 'patient_id'
const STREET = 'street_address'
const CITY = 'home_city'

/** Elements, by what they are called without a prefix. */
const ELEMENTS: ReadonlyMap<string, string> = new Map(
  Object.entries({ Nm: PERSON, StrtNm: STREET, BldgNb: STREET, BldgNm: STREET, Flr: STREET, PstBx: STREET, AdrLine: STREET, PstCd: 'postal_code', TwnNm: CITY, TwnLctnNm: CITY, DstrctNm: CITY, CityOfBirth: CITY, PrvcOfBirth: CITY, BICFI: 'bic', streetAddressLine: STREET, postalCode: 'postal_code' }),
)
/** Other ones that mean something else elsewhere, by what must stand before them. */
const NESTED: ReadonlyMap<string, readonly [before: RegExp, name: string]> = new Map([
  ['given', [/<(?:\w{1,16}:)?(?:name|prefix|given|family)\b[^<>]{0,40}>/, PERSON]],
  ['family', [/<(?:\w{1,16}:)?(?:name|prefix|given)\b[^<>]{0,40}>/, PERSON]],
  ['city', [/<\/(?:\w{1,16}:)?streetAddressLine>/, CITY]],
  ['state', [/<\/(?:\w{1,16}:)?city>/, 'home_state']],
  ['Id', [/Acct>\s{0,24}<(?:\w{1,16}:)?Id>\s{0,28}<(?:\w{1,16}:)?Othr>/, 'account_number']],
])
const ELEMENT = /<(?:[A-Za-z]\w{0,15}:)?([A-Za-z]\w{0,19})(?: [^<>]{0,40})?$/

/** Elements of DICOM by their numbers. */
const DICOM: ReadonlyMap<string, string> = new Map(
  Object.entries({ '00080050': PATIENT, '00080090': PERSON, '00081048': PERSON, '00081050': PERSON, '00081060': PERSON, '00081070': PERSON, '00100010': PERSON, '00100020': PATIENT, '00100030': 'birth_date', '00100040': 'sex', '00101000': PATIENT, '00101001': PERSON, '00101005': PERSON, '00101040': STREET, '00101060': PERSON, '00101090': PATIENT, '00102154': 'home_phone', '00321032': PERSON, '00380010': PATIENT, '0040A123': PERSON }),
)
const DUMPED = /\(([\dA-F]{4}), ?([\dA-F]{4})\) (?:[^\n()]{1,64} )?[A-Z]{2}:? $/i

const SPACE = 32
const DOUBLE_QUOTE = 34
const COLON = 58
const LESS = 60
const LONGEST_NAME = Math.max(...[...ELEMENTS.keys(), ...NESTED.keys()].map(({ length }) => length))

/** Passports, visas, and kinds of identity cards. */
const KINDS: ReadonlySet<number> = new Set(Array.from('PVIAC', (char) => char.charCodeAt(0)))
/** What closes a field, where that is not the mark before it. */
const ENDS: Readonly<Record<string, string>> = { '>': '<', '[': ']', '<': '\n' }

/** Longer ones are no such fields. */
const LONGEST = 96

export class EnclosedFields {
  readonly #before: Before
  #name = ''
  /** What closes the field. */
  #end = ''
  #length = 0
  isTurn = false
  isEnd = false

  /** @param before what stands before a place, kept by whoever passes the text */
  constructor(before: Before) {
    this.#before = before
  }

  /** Whether a field is read. */
  get isOpen(): boolean {
    return this.#name !== ''
  }

  /** Name of the field that is read, empty where it is none. */
  get name(): string {
    return this.#name
  }

  leave(): void {
    this.#name = ''
  }

  /** Another text begins. */
  restart(): void {
    this.leave()
  }

  /** @param at of a mark that a field may stand behind @returns whether one does */
  open(text: string, at: number): boolean {
    const mark = text.charAt(at)
    this.#name = mark === '>' ? this.#element(text, at) : mark === '<' ? this.#line(text, at) : this.#dumped(text, at, mark)
    this.#end = ENDS[mark] ?? mark
    this.#length = 0
    return this.isOpen
  }

  #element(text: string, at: number): string {
    const last = this.#before.unit(text, at, 1)
    if (last !== DOUBLE_QUOTE && !this.#isCalled(text, at)) return ''
    const left = this.#before.text(text, at)
    const element = ELEMENT.exec(left)
    const name = element?.[1] ?? ''
    const nested = NESTED.get(name)
    if (nested) return nested[0].test(left.slice(0, element?.index)) ? nested[1] : ''
    return ELEMENTS.get(name) ?? ''
  }

  /** Whether an element without attributes is one of these. Most tags are none, and that is told from their names alone. */
  #isCalled(text: string, at: number): boolean {
    let length = 0
    let code = this.#before.unit(text, at, 1)
    for (; isLetter(code) && length < LONGEST_NAME; code = this.#before.unit(text, at, length + 1)) length++
    if (length === 0 || (code !== LESS && code !== COLON)) return false
    const name = at >= length ? text.slice(at - length, at) : this.#before.text(text, at).slice(-length)
    return ELEMENTS.has(name) || NESTED.has(name)
  }

  /** The first line that machines read in a passport begins with the kind of paper and a filler. */
  #line(text: string, at: number): string {
    if (!KINDS.has(this.#before.unit(text, at, 1))) return ''
    const before = this.#before.unit(text, at, 2)
    return Number.isNaN(before) || before <= SPACE || before === DOUBLE_QUOTE ? 'mrz' : ''
  }

  #dumped(text: string, at: number, mark: string): string {
    const before = this.#before
    if (before.unit(text, at, 1) !== SPACE) return ''
    const last = before.unit(text, at, 2)
    if (mark === "'" ? last !== COLON : !isLetter(last)) return ''
    const [, group, element] = DUMPED.exec(before.text(text, at)) ?? []
    return group === undefined || element === undefined ? '' : (DICOM.get((group + element).toUpperCase()) ?? '')
  }

  /** @returns where the field ends behind `from`, or the end */
  pass(text: string, from: number, end: number): number {
    this.isTurn = this.isEnd = false
    const found = text.indexOf(this.#end, from)
    // One that is too long ends at the same place whether its end has come already or not.
    const limit = from + LONGEST + 1 - this.#length
    const to = Math.min(found < 0 ? end : found, end, limit)
    this.#length += to - from
    const isOver = to === found && to < end && to < limit
    if (!isOver && to < limit) return to
    this.leave()
    this.isTurn = true
    this.isEnd = isOver
    return to
  }
}

function isLetter(code: number): boolean {
  const small = code | SPACE
  return small >= 97 && small <= 122
}

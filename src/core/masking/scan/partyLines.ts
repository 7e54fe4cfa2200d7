/**
 * Who pays and who is paid in messages of SWIFT, in lines: `:50K:/DE89…` with name and address below, and `:50F:` and `:59F:`, where each line has its number:
 * `1/NAME`, `3/DE/EISENACH`. It walks along with the text and never looks ahead.
 */
import type { Before } from './listName.ts'

/** Name of the account, of the first line without one, and of those below it, empty where nothing is looked for. */
interface Party {
  readonly account: string
  readonly first: string
  readonly below: string
  /** By number of a line. */
  readonly numbered?: ReadonlyMap<string, string>
}

const NUMBERED = new Map([['1', 'person_name'], ['2', 'street_address'], ['3', 'home_city'], ['4', 'birth_date'], ['5', 'home_city']])
const FREE: Party = { account: 'account_number', first: 'person_name', below: 'street_address' }
const FORM: Party = { account: 'account_number', first: '', below: '', numbered: NUMBERED }
const ACCOUNT: Party = { account: 'account_number', first: '', below: '' }
const PLAIN: Party = { account: 'account_number', first: 'account_number', below: '' }
const PARTIES: ReadonlyMap<string, Party> = new Map([['50K', FREE], ['50H', FREE], ['59', FREE], ['50F', FORM], ['59F', FORM], ['50A', ACCOUNT], ['59A', ACCOUNT], ['25', PLAIN], ['25P', PLAIN]])
/** Behind a country a place: `3/DE/EISENACH`. */
const WITH_COUNTRY: ReadonlySet<string> = new Set(['3', '5'])

/** A tag begins a line, also one that is written with two characters, or the text of the message. */
const TAG = /(?:^|[\r\n]|\\[rn]|\{4:\s?):(\d\d[A-Z]?)$/
const LONGEST_TAG = 10
const MOST_LINES = 7
/** Longer ones are no lines of such messages: at most 35 characters are. */
const LONGEST_LINE = 96
/** What begins the next field, or ends the message. */
const NEXT: ReadonlySet<string> = new Set(':-{}\n"')

/** Nothing of the line has come; its number; the country before a place; what stands in a field, or is of no interest. */
const [BEGIN, NUMBER, COUNTRY, REST] = [0, 1, 2, 3]

export class PartyLines {
  readonly #before: Before
  #party: Party | undefined
  #state: number = BEGIN
  #line = 0
  #length = 0
  #number = ''
  #hasName = false
  /** The character before was a backslash: the end of a line may be written that way. */
  #isEscaped = false
  #name = ''
  isTurn = false
  isEnd = false

  /** @param before what stands before a place, kept by whoever passes the text */
  constructor(before: Before) {
    this.#before = before
  }

  /** Whether lines of a party are read. */
  get isOpen(): boolean {
    return this.#party !== undefined
  }

  /** Name of the field that is read, empty where it is none. */
  get name(): string {
    return this.#name
  }

  leave(): void {
    this.#party = undefined
    this.#name = ''
  }

  /** Another text begins. */
  restart(): void {
    this.leave()
  }

  /** @param at of a colon that may end a tag @returns whether a party begins behind it */
  open(text: string, at: number): boolean {
    const last = this.#before.unit(text, at, 2)
    // The first or second digit of a tag.
    if (!(last >= 48 && last <= 57)) return false
    const tag = TAG.exec(this.#before.text(text, at).slice(-LONGEST_TAG))?.[1]
    const party = tag === undefined ? undefined : PARTIES.get(tag)
    if (!party) return false
    this.#party = party
    this.#state = BEGIN
    this.#line = this.#length = 0
    this.#hasName = this.#isEscaped = this.isTurn = this.isEnd = false
    return true
  }

  /** @returns where the next field begins or ends behind `from`, or the end */
  pass(text: string, from: number, end: number): number {
    this.isTurn = this.isEnd = false
    for (let i = from; i < end; i++) {
      const char = text.charAt(i)
      const isBreak = char === '\n' || (this.#isEscaped && char === 'n')
      const isBeforeBreak = this.#isBeforeBreak(char)
      // A value ends before the end of its line, which is read next.
      if ((isBreak || isBeforeBreak) && this.#name !== '') {
        this.#turnTo('')
        return i
      }
      const isNew = this.#state === BEGIN
      this.#isEscaped = char === '\\'
      if (isBreak) this.#break()
      else if (!isBeforeBreak) this.#read(char)
      if (++this.#length > LONGEST_LINE) this.leave()
      if (!this.isOpen) return i
      // The first character of a line may be one of its value.
      if (this.#hasTurned()) return isNew && char !== '/' ? i : i + 1
    }
    return end
  }

  #isBeforeBreak(char: string): boolean {
    return char === '\r' || char === '\\' || (this.#isEscaped && char === 'r')
  }

  #hasTurned(): boolean {
    return this.isTurn
  }

  /** A line is over. An empty one ends the party, but where nothing stands beside the tag. */
  #break(): void {
    if ((this.#state === BEGIN && this.#line > 0) || ++this.#line > MOST_LINES) this.leave()
    this.#state = BEGIN
    this.#length = 0
  }

  #read(char: string): void {
    const party = this.#party
    if (!party || this.#state === REST) return
    if (this.#state === BEGIN) this.#begin(party, char)
    else if (char === '/' && this.#state === NUMBER && WITH_COUNTRY.has(this.#number)) this.#state = COUNTRY
    else if (char === '/') this.#enter(party.numbered?.get(this.#number) ?? '')
    else if (this.#state === NUMBER) this.#state = REST
  }

  /** @param char the first of a line */
  #begin(party: Party, char: string): void {
    if (NEXT.has(char)) this.leave()
    else if (char === '/' && this.#line === 0) this.#enter(party.account)
    else if (party.numbered) {
      this.#number = char
      this.#state = party.numbered.has(char) ? NUMBER : REST
    } else {
      this.#enter(this.#hasName ? party.below : party.first)
      this.#hasName = true
    }
  }

  #enter(name: string): void {
    this.#state = REST
    this.#turnTo(name)
  }

  /** A field begins or ends here, unless neither it nor the one before has a name. */
  #turnTo(name: string): void {
    if (name !== this.#name) this.isTurn = this.isEnd = true
    this.#name = name
  }
}

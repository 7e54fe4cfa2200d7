/** What a list is called: by the name of the field that it is the value of, by the choice of a query, or by what gave it out in a notebook. */
import { accessedIn } from './accessed.ts'
import { nameBefore } from './fieldName.ts'

/** What the name of a list is looked for in. */
const LONGEST_LEFT = 120
/** What stands in lists of these is rules and choices more often than values. */
const OF_WORDS = /pass|^pw|pwd|user|login|secret|token|key/i
/** `pin IN (4821, 4822)`. */
const CHOICE = /(?<![\w.])(?:\w{1,40}\.)?["'`[]?(\w{2,40})["'`\]]?\s{1,4}(?:not\s{1,4})?in\s?$/i
const NEWLINE = 10
const SPACE = 32
const ROUND = 40
const COLON = 58
const EQUALS = 61
/** Of `in`, small or not. */
const SMALL = 32
const I = 105
const N = 110
/** Of `array(`. */
const Y = 121

/** What stands before a place, also before the text that is passed. */
export class Before {
  #left = ''

  restart(): void {
    this.#left = ''
  }

  /** The text is over. */
  passed(text: string): void {
    this.#left = this.text(text, text.length)
  }

  /** As far as it counts. */
  text(text: string, at: number): string {
    return at >= LONGEST_LEFT ? text.slice(at - LONGEST_LEFT, at) : (this.#left + text.slice(0, at)).slice(-LONGEST_LEFT)
  }

  /** The unit so many units before a place. */
  unit(text: string, at: number, back: number): number {
    return at >= back ? text.charCodeAt(at - back) : this.#left.charCodeAt(this.#left.length + at - back)
  }
}

/** @param at of the bracket that opens the list @returns empty where nothing names it */
export function nameOfList(text: string, at: number, before: Before): string {
  const bracket = text.charAt(at)
  if (!mayBeNamed(bracket, text, at, before)) return ''
  const left = before.text(text, at)
  if (bracket === '(') return CHOICE.exec(left)?.[1] ?? ''
  const name = nameBefore(left, left.length, false, true)
  if (bracket !== '[' || (name !== '' && !OF_WORDS.test(name))) return name
  return isOutput(text, at, before) ? accessedIn(left) : ''
}

/** Most lists are told here, and nothing is cut out for them: they stand behind no name, or are the arguments of a function. */
function mayBeNamed(bracket: string, text: string, at: number, before: Before): boolean {
  const last = before.unit(text, at, 1)
  if (bracket !== '(') return last === SPACE || last === COLON || last === EQUALS || isOutput(text, at, before)
  const back = (last | SMALL) === N ? 1 : 2
  return (before.unit(text, at, back) | SMALL) === N && (before.unit(text, at, back + 1) | SMALL) === I
}

/** A list stands there where a notebook or a session shows what it computed. */
function isOutput(text: string, at: number, before: Before): boolean {
  const last = before.unit(text, at, 1)
  return last === NEWLINE || (last === ROUND && before.unit(text, at, 2) === Y) || (last === SPACE && before.unit(text, at, 2) === COLON)
}

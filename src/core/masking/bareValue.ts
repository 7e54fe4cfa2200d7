/**
 * Numbers that stand bare behind a quoted name, as in JSON and in printed dictionaries: `"card": 4111…`, `'card': 4111…`, `\"card\": [17, 4111…`. A
 * token in such a place goes out in the quotes of the name, or whoever reads the JSON could not. Only what stands left of the value says so.
 */

/** Units left of a value that are looked at. */
export const LEFT = 512
const LONGEST_NAME = 160
const MOST_BLANKS = 8
const SPACE = 32
/** A JSON number, or what looks like one. */
const NUMBER = /^[-\d]/
/** `true` and `false`, also as Python has them, where all that stands in a field is masked. */
const WORD = /^[tf]/i

/** Line breaks, tabs and quotes may be escaped, where the JSON stands in a string of JSON. */
const QUOTES = String.raw`(\\*["']|\\+u002[27])`
/** What stands between two strings begins no name. */
const NAME = String.raw`(?:[\p{L}\p{N}_$@]|\\+u[\da-fA-F]{4})(?:[^"\\\n]|\\+u[\da-fA-F]{4}){0,63}?`
const NAMED = new RegExp(String.raw`(?<!\\)${QUOTES}${NAME}\1\s{0,${MOST_BLANKS}}:\s{0,${MOST_BLANKS}}$`, 'u')
const STRING = String.raw`"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|(?=\\)\1(?:(?!\1)[^\\])*\1`
/** Quotes, and what may stand behind the beginning of a list: other lists, but no objects. */
const LISTED = new RegExp(String.raw`^${QUOTES}\[(?:[^"'\\{}:]|\\+[nrt]|${STRING})*$`)
const BEHIND_NAME = /["'27]\s*:\s*$/
const IN_LIST = /(?:[[,]|\\[nrt])\s*$/
/** What both end in, blanks aside: nearly all that is asked for ends in something else. */
const ENDS = new Set(Array.from(':[,nrt', (char) => char.charCodeAt(0)))
const AT_END = 32
const BEFORE_LIST = /:\s*$/

export interface Quotes {
  readonly text: string
  /** The value is one of a list, of which more may follow. */
  readonly isListed: boolean
}

/** Whether a value may be bare in JSON. @param first its first character @param isField all that stands in a field is masked */
export function isBare(first: string, isField: boolean): boolean {
  return NUMBER.test(first) || (isField && WORD.test(first))
}

/** @param left what stands left of a value, as received @returns the quotes of the name that it is behind, undefined where it is behind none */
export function quotesBefore(left: string): Quotes | undefined {
  let last = left.length - 1
  while (last >= 0 && left.charCodeAt(last) <= SPACE) last--
  if (last < 0 || !ENDS.has(left.charCodeAt(last))) return undefined
  const end = left.slice(-AT_END)
  if (BEHIND_NAME.test(end)) return quotesOf(left, false)
  const list = IN_LIST.test(end) ? listBefore(left) : -1
  const quotes = list < 0 ? undefined : quotesOf(left.slice(0, list), true)
  return quotes && LISTED.test(quotes.text + left.slice(list)) ? quotes : undefined
}

function quotesOf(named: string, isListed: boolean): Quotes | undefined {
  const text = NAMED.exec(named.slice(-LONGEST_NAME))?.[1]
  return text === undefined ? undefined : { text, isListed }
}

/** @returns where the last list begins that stands behind a name, -1 where none does */
function listBefore(left: string): number {
  let at = left.lastIndexOf('[')
  while (at > 0 && !BEFORE_LIST.test(left.slice(Math.max(0, at - MOST_BLANKS - 1), at))) at = left.lastIndexOf('[', at - 1)
  return at > 0 ? at : -1
}

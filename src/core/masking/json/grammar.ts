/**
 * Says at which character a text stops being JSON, so that nothing of what follows is cut at marks that mean nothing there: `[1] call: 12, 34`
 * is a list only as far as its bracket. Knows the words that common writers add (`NaN`), and does not mind a bracket of the other kind, a
 * comma too many or one value after another: what is lost by that is nothing.
 */

/** States. First: it is no JSON; a value is next, a name or the end of an object, what follows a string, what follows another value. */
const WRONG = 0
const VALUE = 1
const NAME = 2
const STRING = 3
const DONE = 4
/** In a number, behind its sign, a leading zero, other digits, the point, digits behind that, the `e`, its sign, its digits. */
const [MINUS, ZERO, WHOLE, POINT, FRACTION, EXPONENT, SIGN, POWER] = [5, 6, 7, 8, 9, 10, 11, 12]
/** In words, one for each letter behind the first. */
const FIRST_OF_WORDS = 13
const WORDS = ['true', 'false', 'null', 'NaN', 'Infinity']

/** Characters by what they are to the states; those up to `LAST_MARK` hold other values together, or part them. */
const KINDS = ['', '{', '[', '}', ']', ',', ':', ' \t\n\v\f\r', '123456789', ...new Set(`"0-+.eE${WORDS.join('')}`)]
const OPEN_LIST = 2
const CLOSE_LIST = 4
const LAST_MARK = 6
const SPACE = 7
const SHIFT = 32 - Math.clz32(KINDS.length - 1)
const ASCII = 128

const kinds = new Uint8Array(ASCII)
KINDS.forEach((chars, kind) => {
  for (let i = 0; i < chars.length; i++) kinds[chars.charCodeAt(i)] = kind
})

/** The next state, by state and kind. */
const next = new Uint8Array((FIRST_OF_WORDS + WORDS.join('').length) << SHIFT)

function lead(from: readonly number[], chars: string, to: number): void {
  for (const state of from) for (let i = 0; i < chars.length; i++) next[(state << SHIFT) + (kinds[chars.charCodeAt(i)] ?? 0)] = to
}

const ENDED = [DONE, ZERO, WHOLE, FRACTION, POWER]
lead([VALUE], ' [', VALUE)
lead([NAME], ' ', NAME)
lead([STRING], ' ', STRING)
lead(ENDED, ' ', DONE)
lead([VALUE, ...ENDED], '{', NAME)
lead([...ENDED], '[', VALUE)
lead([VALUE, NAME, STRING, ...ENDED], ']}', DONE)
lead([VALUE, NAME], '"', STRING)
lead([STRING, ...ENDED], ',', VALUE)
lead([STRING], ':', VALUE)
lead([VALUE], '-', MINUS)
lead([VALUE, MINUS], '0', ZERO)
lead([VALUE, MINUS], '1', WHOLE)
lead([WHOLE], '01', WHOLE)
lead([ZERO, WHOLE], '.', POINT)
lead([POINT, FRACTION], '01', FRACTION)
lead([ZERO, WHOLE, FRACTION], 'eE', EXPONENT)
lead([EXPONENT], '+-', SIGN)
lead([EXPONENT, SIGN, POWER], '01', POWER)
let unused = FIRST_OF_WORDS
for (const word of WORDS) {
  lead(word === 'Infinity' ? [VALUE, MINUS] : [VALUE], word.charAt(0), unused)
  for (let i = 1; i < word.length; i++, unused++) lead([unused], word.charAt(i), i === word.length - 1 ? DONE : unused + 1)
}

export class Grammar {
  #state = VALUE
  /** How many brackets are open; of which kind does not matter. */
  #open = 0

  /** @param code a character that stands outside of strings, or the quote that begins one @returns whether the text may be JSON with it */
  accepts(code: number): boolean {
    const kind = code < ASCII ? (kinds[code] ?? 0) : /\s/.test(String.fromCharCode(code)) ? SPACE : 0
    const state = this.#state
    this.#state = next[(state << SHIFT) + kind] ?? WRONG
    if (this.#state === WRONG) return false
    return kind > LAST_MARK || this.#mark(kind, state)
  }

  #mark(kind: number, state: number): boolean {
    if (kind <= OPEN_LIST) {
      this.#open++
      // Behind a value only where nothing is open.
      return state === VALUE || this.#open === 1
    }
    if (kind <= CLOSE_LIST) return --this.#open >= 0
    return this.#open > 0
  }
}

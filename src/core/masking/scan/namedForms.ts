/**
 * How far the value behind a name in plain text reaches: in quotes, without, between tags, in the lines below. Each form reads one character
 * after another and says of each whether it is the value's.
 */

/** Of the value; beside it, and more of it may follow; the value ended before it. */
export const [OF_VALUE, BESIDE, OVER] = [0, 1, 2]

/** Units; a value whose end never comes is given up after as many. */
const LONGEST = 65_536
const NEWLINE = '\n'
const BLANK: ReadonlySet<string> = new Set(' \t\r')
const OPENING: ReadonlySet<string> = new Set('[({')
const CLOSING: ReadonlySet<string> = new Set('])}')
const QUOTES: ReadonlySet<string> = new Set('"\'`')
/** What ends a value in the middle of a line, but for an apostrophe, which may stand in one. */
const ENDS: ReadonlySet<string> = new Set(';|"`')
const DIGIT = /\d/
const OF_WORD = /[\p{L}\p{N}]/u
/** Before a quote, as in `N'…'` and `f"…"`. */
const LETTER = /^[bfrune@$]{1,2}$/i
const LONGEST_HEAD = 3
/** Between pairs, and what the name of one is made of. */
const PARTS = /[\s,;&|]/
const OF_NAME = /[\w.-]/
const LONGEST_NAME = 40
const LONGEST_TAG = 64
/** What says no value yet: also what YAML writes before the lines below. */
const MARK = /[\s|>+*~_-]/

export interface Form {
  /** @returns what a character is */
  read(char: string): number
  /** Units before the character behind the value that are no part of it. */
  readonly back: number
}

/** Tells an empty line, which ends what may have several. */
class Lines {
  #isEmpty = false

  /** @returns whether the character ends a second line with nothing in it */
  ends(char: string): boolean {
    if (char === NEWLINE) {
      if (this.#isEmpty) return true
      this.#isEmpty = true
    } else if (!BLANK.has(char)) this.#isEmpty = false
    return false
  }
}

/** Up to the quote that closes it, with as many backslashes before it as before the one that opened it. A second one right behind it goes on. */
export class Quoted implements Form {
  readonly back = 0
  readonly #quote: string
  readonly #slashes: number
  readonly #lines = new Lines()
  #run = 0
  #isClosed = false
  #length = 0
  /** More words may stand behind it in a line: what they are. */
  readonly #isLine: boolean
  #rest: Bare | undefined

  /** @param slashes before the quote @param isLine all of its line is of it */
  constructor(quote: string, slashes: number, isLine: boolean) {
    this.#quote = quote
    this.#slashes = slashes
    this.#isLine = isLine
  }

  read(char: string): number {
    if (this.#rest) return this.#rest.read(char)
    if (this.#lines.ends(char) || ++this.#length > LONGEST) return OVER
    if (this.#isClosed && char !== this.#quote) return this.#isLine ? this.#readBehind(char) : OVER
    const run = this.#run
    this.#run = char === '\\' ? run + 1 : 0
    if (char !== this.#quote) return OF_VALUE
    if (this.#isClosed) this.#isClosed = false
    else if (this.#slashes > 0 ? run <= this.#slashes : run % 2 === 0) this.#isClosed = true
    else return OF_VALUE
    return BESIDE
  }

  #readBehind(char: string): number {
    if (BLANK.has(char)) return BESIDE
    if (!OF_WORD.test(char)) return OVER
    this.#rest = new Bare(true, false)
    return this.#rest.read(char)
  }
}

/** Without quotes: to the end of the line where its name begins one, else up to what parts it from what follows. What it has in brackets is of it. */
export class Bare implements Form {
  back = 0
  readonly #isLine: boolean
  readonly #isPair: boolean
  readonly #isOfRecord: boolean
  /** All of it stands in brackets, and has as many lines as they. */
  #isNested = false
  /** It begins in round brackets, which may be closed in another line, but not behind an empty one. */
  #isWrapped = false
  readonly #lines = new Lines()
  #depth = 0
  #quote = ''
  #isEscaped = false
  #isTag = false
  /** As YAML has them behind the name of what stands below. */
  #isComment = false
  #head = ''
  #last = ''
  #length = 0
  /** What may be the name of the next pair, undefined where it is none. */
  #word: string | undefined
  /** Nothing of the value has come. */
  isEmpty = true

  /** @param isLine its name begins the line @param isPair `=` stands before it: another pair may follow @param isOfRecord its name has quotes: nothing follows brackets */
  constructor(isLine: boolean, isPair: boolean, isOfRecord = false) {
    this.#isLine = isLine
    this.#isPair = isPair
    this.#isOfRecord = isOfRecord
  }

  /** Whether a field of a list or a table cannot end it. */
  get isNested(): boolean {
    return this.#isNested
  }

  read(char: string): number {
    const last = this.#last
    this.#last = char
    const isEmptyLine = this.#lines.ends(char)
    if (++this.#length > LONGEST || (char === NEWLINE && (this.#depth === 0 || !(this.#isNested || (this.#isWrapped && !isEmptyLine))))) return OVER
    if (this.#quote !== '') {
      this.#readQuoted(char)
      return OF_VALUE
    }
    if (this.#depth === 0 && this.#isOver(char, last)) return OVER
    if (QUOTES.has(char) && (this.#depth > 0 ? !OF_WORD.test(last) : LETTER.test(this.#head))) this.#quote = char
    this.#note(char)
    return OF_VALUE
  }

  #readQuoted(char: string): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (char === '\\') this.#isEscaped = true
    else if (char === this.#quote) this.#quote = ''
  }

  #isOver(char: string, last: string): boolean {
    if (this.#isNested && (!this.#isLine || this.#isOfRecord)) return true
    if (char === '=' && this.#word !== undefined && this.#word !== '') {
      this.back = this.#word.length
      return true
    }
    if (this.#isLine || this.#isTag) return false
    // As in 5,000.
    if (last === ',' && !DIGIT.test(char)) return true
    return CLOSING.has(char) || ENDS.has(char) ? !this.#opensQuote(char) : (char === '&' && this.#isPair) || (char === '<' && !this.isEmpty)
  }

  #opensQuote(char: string): boolean {
    return QUOTES.has(char) && LETTER.test(this.#head)
  }

  #note(char: string): void {
    if (this.#head.length < LONGEST_HEAD) this.#head += char
    if (this.#isTag) {
      this.#isTag = char !== '>'
      return
    }
    if (this.isEmpty && char === '<') this.#isTag = true
    else if (this.isEmpty && (char === '[' || char === '{')) this.#isNested = true
    else if (this.isEmpty && char === '(') this.#isWrapped = true
    if (OPENING.has(char)) this.#depth++
    else if (CLOSING.has(char) && this.#depth > 0) this.#depth--
    if (this.#isPair) this.#noteWord(char)
    if (this.isEmpty) this.#noteFirst(char)
  }

  #noteFirst(char: string): void {
    if (char === '#') this.#isComment = true
    else if (!this.#isTag && !this.#isComment && !MARK.test(char)) this.isEmpty = false
  }

  #noteWord(char: string): void {
    if (PARTS.test(char)) this.#word = this.isEmpty ? undefined : ''
    else if (this.#word !== undefined) this.#word = OF_NAME.test(char) && this.#word.length < LONGEST_NAME ? this.#word + char : undefined
  }
}

/** Between the tags of an element, and of those within it, up to the one that closes it. */
export class Tagged implements Form {
  readonly back = 0
  readonly #close: RegExp
  readonly #lines = new Lines()
  #tag: string | undefined
  #length = 0

  constructor(name: string) {
    const own = name.slice(name.indexOf(':') + 1)
    this.#close = new RegExp(`^/(?:[\\w-]{1,16}:)?${own.replace(/[^\p{L}\p{N}_-]/gu, '\\$&')}\\s*$`, 'iu')
  }

  read(char: string): number {
    if (this.#lines.ends(char) || ++this.#length > LONGEST) return OVER
    if (this.#tag === undefined) {
      if (char !== '<') return OF_VALUE
      this.#tag = ''
    } else if (char === '>') {
      if (this.#close.test(this.#tag)) return OVER
      this.#tag = undefined
    } else if (this.#tag === '![CDATA' && char === '[') this.#tag = undefined
    else if (this.#tag.length < LONGEST_TAG) this.#tag += char
    return BESIDE
  }
}

/** Lines below a name that stand farther in than it, or are items of its list, as YAML has them. */
export class Below implements Form {
  readonly back = 0
  readonly #indent: number
  #place = 0
  #isInLine = false
  #length = 0

  /** @param indent of the name in its line */
  constructor(indent: number) {
    this.#indent = indent
  }

  read(char: string): number {
    if (++this.#length > LONGEST) return OVER
    if (char === NEWLINE) {
      this.#place = 0
      this.#isInLine = false
      return BESIDE
    }
    if (this.#isInLine) return OF_VALUE
    if (BLANK.has(char)) {
      this.#place++
      return BESIDE
    }
    if (this.#place < this.#indent || (this.#place === this.#indent && char !== '-')) return OVER
    this.#isInLine = true
    return OF_VALUE
  }
}

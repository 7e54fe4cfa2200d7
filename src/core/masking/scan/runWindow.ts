/**
 * The window of a few words beside one another, for values that are known exactly: each row of them that could be one is shown, from one of the last
 * words to the one that has just ended. What is told depends on the text alone, never on how that arrived.
 */
import type { Candidate, Compiled } from './match.ts'

/** Letters and digits count as words by themselves: `AT&T Corp` has three. */
export const MOST_WORDS = 4
/** Units of a row, which has more where letters and their accents are two characters. */
const LONGEST = 96
/** Units between two words. */
const MOST_BETWEEN = 3
const ASCII = 128
const OF_WORD = /[\p{L}\p{M}\p{N}\ud800-\udfff]/u
/** No value goes on behind these. */
const ENDS: ReadonlySet<string> = new Set('"`|<>[]{}();\t')
/** What other windows hold as one word. */
const OF_ONE = /^[\p{L}\p{M}\p{N}_.'’@-]*$/u
const NEWLINE = '\n'

const ofWords = new Uint8Array(ASCII)
for (let code = 0; code < ASCII; code++) if (OF_WORD.test(String.fromCharCode(code))) ofWords[code] = 1

function isOfWord(char: string): boolean {
  const code = char.charCodeAt(0)
  return code < ASCII ? ofWords[code] === 1 : OF_WORD.test(char)
}

export class RunWindow {
  readonly #all: readonly Compiled[]
  readonly #found: (candidate: Candidate) => void
  /** End of what was read, and the last of it. */
  #at = 0
  #text = ''
  /** Where the words begin that a row may begin with, the one that is read among them. */
  #starts: number[] = []
  #isInWord = false
  /** Units since the last word, and whether a line ended there. */
  #between = 0
  #isNewLine = false

  constructor(all: readonly Compiled[], found: (candidate: Candidate) => void) {
    this.#all = all
    this.#found = found
  }

  push(text: string): void {
    for (const char of text.split('')) {
      if (isOfWord(char)) this.#readWord()
      else this.#readBetween(char)
      this.#at++
      this.#text += char
    }
    this.#text = this.#text.slice(-LONGEST)
  }

  /** Nothing spans this place. */
  boundary(): void {
    if (this.#isInWord) this.#endWord('')
    this.#starts = []
  }

  /** Where a value may begin that is not told yet, Infinity where none may. */
  get frontier(): number {
    return this.#starts[0] ?? Infinity
  }

  #readWord(): void {
    if (!this.#isInWord) {
      this.#isInWord = true
      if (this.#starts.length === MOST_WORDS) this.#starts.shift()
      this.#starts.push(this.#at)
    }
    while (this.#at - (this.#starts[0] ?? Infinity) >= LONGEST) this.#starts.shift()
  }

  #readBetween(char: string): void {
    if (this.#isInWord) {
      this.#endWord(char)
      this.#between = 0
      this.#isNewLine = false
    }
    // An empty line parts more than a line does.
    if (++this.#between > MOST_BETWEEN || ENDS.has(char) || (char === NEWLINE && this.#isNewLine)) this.#starts = []
    else if (char === NEWLINE) this.#isNewLine = true
  }

  /** @param next the character behind the word, which may be of the value: `Acme Inc.` */
  #endWord(next: string): void {
    this.#isInWord = false
    const end = this.#at
    for (const start of this.#starts) {
      const raw = this.#text.slice(this.#text.length - (end - start))
      if (OF_ONE.test(raw)) return
      const value = raw.replace(/\s+/g, ' ')
      for (const one of this.#all) {
        if (one.valid?.(value, value, '')) this.#tell(one, start, end)
        else if (next === '.' && one.valid?.(`${value}.`, value, '')) this.#tell(one, start, end)
      }
    }
  }

  #tell({ type, detector, certainty }: Compiled, start: number, end: number): void {
    this.#found({ start, end, type, detector, certainty })
  }
}

/** What a text is made of: all that is counted in it to tell what a machine drew from what a person wrote. */

const OTHER = 0
const DIGIT = 1
const UPPER = 2
const LOWER = 3

/** Characters beyond ASCII share a place: they are rare in secrets, and a little less entropy is a little less certain. */
const ASCII = 128
const KINDS = Uint8Array.from({ length: ASCII + 1 }, (_, code) => (code >= 48 && code <= 57 ? DIGIT : code >= 65 && code <= 90 ? UPPER : code >= 97 && code <= 122 ? LOWER : OTHER))

/** By the kinds of three characters in a row: 1 where the last of them begins a word. A capital before a small letter begins one; after other capitals it belongs to them. */
const BEGINS_WORD = Uint8Array.from({ length: 64 }, (_, kinds) => {
  const [earlier, before, kind] = [kinds >> 4, (kinds >> 2) & 3, kinds & 3]
  return kind >= UPPER && (before < UPPER || (kind === UPPER && before === LOWER) || (kind === LOWER && before === UPPER && earlier === UPPER)) ? 1 : 0
})
/** By the kind of the last letter or digit and the kind of a character: which was the last one then, and 1 where they take turns. */
const TOLD = Uint8Array.from({ length: 16 }, (_, kinds) => ((kinds & 3) === OTHER ? kinds >> 2 : kinds & 3))
const TURNS = Uint8Array.from({ length: 16 }, (_, kinds) => ((kinds & 3) !== OTHER && kinds >> 2 !== OTHER && kinds >> 2 === DIGIT !== ((kinds & 3) === DIGIT) ? 1 : 0))

/** How many characters of each kind there are; how often each occurs, all zeros between two texts; and which ones do. */
const TALLY = new Uint32Array(4)
const COUNTS = new Uint32Array(ASCII + 1)
const PLACES = new Uint8Array(ASCII + 2)

export interface Made {
  readonly digits: number
  readonly capitals: number
  readonly smalls: number
  /** How often letters and digits take turns, symbols aside. */
  readonly turns: number
  /** Average length of the words that camel case, digits and symbols set apart. */
  readonly wordLength: number
  /** Shannon entropy, in bits per character. */
  readonly entropy: number
}

export function madeOf(text: string): Made {
  const { length } = text
  TALLY.fill(0)
  let words = 0
  let turns = 0
  let different = 0
  /** Kinds of this character and of the two before it, two bits each. */
  let kinds = 0
  let told = OTHER
  // What a machine drew no processor guesses: nothing branches here, tables are asked instead.
  for (let i = 0; i < length; i++) {
    const place = Math.min(text.charCodeAt(i), ASCII)
    const count = COUNTS[place] ?? 0
    PLACES[different] = place
    different += (count - 1) >>> 31
    COUNTS[place] = count + 1
    const kind = KINDS[place] ?? OTHER
    TALLY[kind] = (TALLY[kind] ?? 0) + 1
    kinds = ((kinds << 2) | kind) & 63
    words += BEGINS_WORD[kinds] ?? 0
    const both = (told << 2) | kind
    turns += TURNS[both] ?? 0
    told = TOLD[both] ?? OTHER
  }
  const entropy = entropyOf(different, length)
  const [, digits = 0, capitals = 0, smalls = 0] = TALLY
  return { digits, capitals, smalls, turns, wordLength: words === 0 ? 0 : (capitals + smalls) / words, entropy }
}

/** @param different characters there are in the text */
function entropyOf(different: number, length: number): number {
  let bits = 0
  for (let i = 0; i < different; i++) {
    const place = PLACES[i] ?? 0
    bits -= shareOf(COUNTS[place] ?? 0, length)
    COUNTS[place] = 0
  }
  return bits
}

/** What a character that occurs so often adds in a text that is so long: logarithms take longer than all else here. 0 where it has not been asked for. */
const LONGEST = 64
const SHARES = new Float64Array((LONGEST + 1) * (LONGEST + 1))

function shareOf(count: number, length: number): number {
  if (length > LONGEST) return (count / length) * Math.log2(count / length)
  const place = length * (LONGEST + 1) + count
  const known = SHARES[place] ?? 0
  return known === 0 ? (SHARES[place] = (count / length) * Math.log2(count / length)) : known
}

/** A shorter run of one letter may be chance. */
const LEAST_REPEATED = 8
const NINE = 57
const NOUGHT = 48

/** Whether a text has a run of so many characters in which each is the next of the one before (`abcdef`, `123456`, and 0 after 9), or is for more than half one letter again and again. */
export function isTyped(text: string, sequence: number): boolean {
  let run = 1
  let same = 1
  let repeated = 0
  let before = -2
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    run = code === before + 1 || (before === NINE && code === NOUGHT) ? run + 1 : 1
    if (run >= sequence) return true
    same = code === before ? same + 1 : 1
    if (same >= LEAST_REPEATED && same > repeated && (KINDS[code] ?? OTHER) >= UPPER) repeated = same
    before = code
  }
  return repeated * 2 > text.length
}

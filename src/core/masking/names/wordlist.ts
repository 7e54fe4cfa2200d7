/**
 * What word lists say of a word, in about two and a half bytes a word: an XOR filter (Graf, Lemire 2020) whose entries
 * are a check byte and a value byte. One word in 256 that is in no list gets some value all the same; the tagger is
 * trained with that noise.
 */

/** Bits of a word's value. */
export const LISTED = {
  given: 1,
  family: 2,
  city: 4,
  country: 8,
  /** Any of these. */
  names: 15,
  /** Two bits: how common the word is in lower case, 0 unknown to 3 common. */
  common: 16 | 32,
  /** A given or family name in several languages. */
  strong: 64,
  /** English writes it with a capital; of a common word that is no name: English does not know it, so that it may be a name there. */
  proper: 128,
} as const

export const COMMON_SHIFT = 4

export interface WordList {
  readonly entries: Uint16Array
  /** Entries of one of the three segments. */
  readonly segment: number
  readonly seed: number
}

function mixed(hash: number, seed: number): number {
  let h = hash ^ seed
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** Entry of `hash` in segment 0, 1 or 2. */
export function slotOf(hash: number, which: number, segment: number, seed: number): number {
  const spread = mixed(hash, seed + which * 0x9e3779b1)
  return which * segment + ((spread >>> 0) % segment)
}

export function checkOf(hash: number): number {
  return (Math.imul(hash, 0x9e3779b1) >>> 24) & 0xff
}

/** Class bits of a word, 0 when it is in no list. */
export function lookUp(list: WordList, hash: number): number {
  const { entries, segment, seed } = list
  const found =
    (entries[slotOf(hash, 0, segment, seed)] ?? 0) ^
    (entries[slotOf(hash, 1, segment, seed)] ?? 0) ^
    (entries[slotOf(hash, 2, segment, seed)] ?? 0)
  return found >>> 8 === checkOf(hash) ? found & 0xff : 0
}

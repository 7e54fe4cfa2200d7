/** Builds the word lists' XOR filter (see `wordlist.ts`) by peeling, and says what each word is. */
import { checkOf, COMMON_SHIFT, LISTED, slotOf, type WordList } from '../wordlist.ts'
import { hashWord } from '../tokens.ts'
import type { Lists } from './lists.ts'

/** Fewest uses of a word, of 51 million, for the lists to know it as common. */
const RARE = 12
/** How common words of other languages are taken to be. */
const USUAL = 2 << COMMON_SHIFT
const GIVEN_NAME = LISTED.given | LISTED.proper

function addAll(into: Map<number, number>, phrases: readonly string[], bit: number, shortest: number): void {
  for (const phrase of phrases)
    for (const word of phrase.split(/[^\p{L}\p{M}]+/u)) if (word.length >= shortest) into.set(hashWord(word), (into.get(hashWord(word)) ?? 0) | bit)
}

/** Class bits by word hash. */
export function classes(lists: Lists): Map<number, number> {
  const values = new Map<number, number>()
  addAll(values, lists.given, LISTED.given, 2)
  addAll(values, lists.family, LISTED.family, 2)
  addAll(values, lists.cities, LISTED.city, 4)
  addAll(values, lists.countries, LISTED.country, 3)
  addAll(values, lists.strong, LISTED.strong, 2)
  for (const { word, count } of lists.words) {
    const hash = hashWord(word)
    const lower = /^[a-z]/.test(word)
    if (!lower && count >= 8 && values.has(hash)) values.set(hash, (values.get(hash) ?? 0) | LISTED.proper)
    if (!lower || count < RARE) continue
    const band = count >= 2500 ? 3 : count >= 250 ? 2 : 1
    values.set(hash, ((values.get(hash) ?? 0) & ~LISTED.common) | (band << COMMON_SHIFT))
  }
  for (const hash of lists.foreign.map(hashWord)) {
    const value = values.get(hash) ?? 0
    // `grâce` is a word, but Grace is somebody: a given name that English writes with a capital stays no word.
    if ((value & GIVEN_NAME) === GIVEN_NAME) continue
    if ((value & LISTED.common) < USUAL) values.set(hash, (value & ~LISTED.common) | USUAL | ((value & (LISTED.names | LISTED.common)) === 0 ? LISTED.proper : 0))
  }
  return values
}

function peel(hashes: readonly number[], segment: number, seed: number): [hash: number, slot: number][] | undefined {
  const size = 3 * segment
  const folded = new Int32Array(size)
  const counts = new Int32Array(size)
  const each = (hash: number, visit: (slot: number) => void): void => {
    for (let which = 0; which < 3; which++) visit(slotOf(hash, which, segment, seed))
  }
  for (const hash of hashes)
    each(hash, (slot) => {
      folded[slot] = (folded[slot] ?? 0) ^ hash
      counts[slot] = (counts[slot] ?? 0) + 1
    })
  const alone = [...counts.keys()].filter((slot) => counts[slot] === 1)
  const order: [number, number][] = []
  for (let slot = alone.pop(); slot !== undefined; slot = alone.pop()) {
    if (counts[slot] !== 1) continue
    const hash = folded[slot] ?? 0
    order.push([hash, slot])
    each(hash, (other) => {
      folded[other] = (folded[other] ?? 0) ^ hash
      counts[other] = (counts[other] ?? 0) - 1
      if (counts[other] === 1) alone.push(other)
    })
  }
  return order.length === hashes.length ? order : undefined
}

/** @throws RangeError when no seed fits, which does not happen with distinct hashes */
export function buildFilter(values: ReadonlyMap<number, number>): WordList {
  const hashes = [...values.keys()]
  const segment = Math.ceil((hashes.length * 1.23 + 32) / 3)
  for (let seed = 1; seed < 100; seed++) {
    const order = peel(hashes, segment, seed)
    if (order === undefined) continue
    const entries = new Uint16Array(3 * segment)
    for (const [hash, slot] of order.reverse()) {
      let entry = (checkOf(hash) << 8) | (values.get(hash) ?? 0)
      for (let which = 0; which < 3; which++) entry ^= entries[slotOf(hash, which, segment, seed)] ?? 0
      entries[slot] = entry ^ (entries[slot] ?? 0)
    }
    return { entries, segment, seed }
  }
  throw new RangeError('The word lists do not fit into a filter.')
}

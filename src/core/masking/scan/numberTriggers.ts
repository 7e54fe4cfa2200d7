/** Which phrases a number opens. Each of them opens at any number by itself: what stands behind the number tells them apart, and that is asked once for all. */
import { DIGIT } from './characters.ts'
import { Follows } from './follow.ts'
import type { Phrase } from './phrase.ts'
import type { Phrases } from './phrases.ts'

export class NumberTriggers {
  readonly #all: readonly Phrase[]
  readonly #follows: Follows
  /** A bit for each of them: those that a number of each length opens, the last one for all longer numbers. */
  readonly #ofLength: Int32Array
  /** Those whose windows take turns: a number that opens none of them may still end one. */
  readonly #turns: number

  constructor(all: readonly Phrase[]) {
    const limits = all.map(({ compiled }) => compiled.recogniser.opens?.longest ?? Infinity)
    const longest = Math.max(0, ...limits.filter((limit) => limit !== Infinity))
    const those = (is: (i: number) => boolean): number => all.reduce((bits, _one, i) => bits | (is(i) ? 1 << i : 0), 0)
    this.#all = all
    this.#follows = new Follows(all.map(({ follow }) => follow))
    this.#ofLength = Int32Array.from({ length: longest + 2 }, (_, length) => those((i) => length <= (limits[i] ?? Infinity)))
    this.#turns = those((i) => all[i]?.takesTurns === true)
  }

  /** @param at end of the number @param length of it, 0 where that is not told by the text as received */
  open(phrases: Phrases, start: number, at: number, length: number): void {
    const { text, base } = phrases.source
    const own = this.#ofLength[Math.min(length, this.#ofLength.length - 1)] ?? 0
    const followed = own & this.#follows.at(text, at - base)
    let rest = phrases.isCrowded ? followed | (own & this.#turns) : followed
    for (let i = 0; rest !== 0; i++, rest >>>= 1) {
      const phrase = rest & 1 ? this.#all[i] : undefined
      if (phrase === undefined) continue
      const from = phrase.isBehind ? at : start
      if (phrase.follow) phrases.openNumber(phrase, from, at, ((followed >> i) & 1) === 1)
      else phrases.open(phrase, from, at, DIGIT)
    }
  }
}

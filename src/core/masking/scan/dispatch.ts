/** Families made ready for the engine: recognisers by window, trigger words, literals and context words in one index. */
import type { Family, Recogniser } from '../recognisers/recogniser.ts'
import { OutlineBench, WordBench } from './benches.ts'
import { Compiled } from './match.ts'
import { requiredLiterals } from './regex/literals.ts'
import { WordIndex } from './regex/wordIndex.ts'

export interface Phrase {
  readonly compiled: Compiled
  readonly grow: RegExp | undefined
  readonly early: RegExp | undefined
  readonly hold: number
}

export class Dispatch {
  readonly words = new WordIndex()
  readonly word: WordBench
  /** The secrets among them. */
  readonly secrets: WordBench
  readonly group: OutlineBench
  readonly cjk: OutlineBench
  readonly blocks: readonly Phrase[]
  /** Openings of long values in words, without a literal of their own. */
  readonly early: readonly Phrase[]
  readonly byWord = new Map<string, readonly Phrase[]>()
  readonly byDigit: readonly Phrase[]
  readonly byCapital: readonly Phrase[]
  /** Id of all trigger words of phrases together. */
  readonly trigger: number
  /** Recognisers of words that a literal calls, by the literal's id. */
  readonly called: readonly (Phrase | undefined)[]

  /** @throws RangeError when a family is declared wrongly: a build error, never a caller's */
  constructor(families: readonly Family[]) {
    const all = families.flatMap((family) => family.recognisers).map((one) => new Compiled(one, this.words))
    const of = (kind: Recogniser['window']): Compiled[] => all.filter((one) => one.recogniser.window === kind)
    const words = of('word')
    const literals = new Map(words.map((one) => [one, callersOf(one)]))
    const free = words.filter((one) => literals.get(one) === undefined)
    this.word = new WordBench(free)
    this.secrets = new WordBench(free.filter((one) => one.type === 'SECRET'))
    this.group = new OutlineBench(of('group'))
    this.cjk = new OutlineBench(of('cjk'))
    const called: (Phrase | undefined)[] = []
    for (const [one, own] of literals) if (own) called[this.words.add(own, true)] = phraseOf(one)
    this.blocks = of('block').map(phraseOf)
    this.early = free.filter((one) => one.recogniser.early).map(phraseOf)
    const phrases = of('phrase').map(phraseOf)
    this.byDigit = phrases.filter((one) => one.compiled.recogniser.opens?.digit)
    this.byCapital = phrases.filter((one) => one.compiled.recogniser.opens?.capital)
    for (const one of phrases)
      for (const word of one.compiled.recogniser.opens?.words ?? []) this.byWord.set(word, [...(this.byWord.get(word) ?? []), one])
    this.trigger = this.words.add([...this.byWord.keys()], true)
    this.called = Array.from({ length: this.words.count }, (_, id) => called[id])
  }
}

/** Shorter literals come by too often to be worth a call. */
const SHORTEST_CALL = 3

/** What calls a recogniser of words: the literals it declares, or those its pattern cannot match without. Undefined: it is always asked. */
function callersOf({ starts, isContextRequired, recogniser }: Compiled): readonly string[] | undefined {
  if (starts || isContextRequired || recogniser.early) return starts
  const literals = requiredLiterals(recogniser.pattern)?.literals
  return literals?.every((one) => one.length >= SHORTEST_CALL) ? literals : undefined
}

function phraseOf(compiled: Compiled): Phrase {
  const { grow, early, hold } = compiled.recogniser
  return { compiled, grow, early: early?.opening, hold }
}

/** Families made ready for the engine: recognisers by window, trigger words, literals and context words in one index. */
import type { Family, Recogniser } from '../recognisers/recogniser.ts'
import { OutlineBench } from './outlineBench.ts'
import { Compiled } from './match.ts'
import { PhraseSteps } from './phraseSteps.ts'
import { requiredLiterals } from './regex/literals.ts'
import { WordIndex } from './regex/wordIndex.ts'
import { Triggers } from './triggers.ts'
import { WordBench } from './wordBench.ts'

export interface Phrase {
  readonly compiled: Compiled
  readonly grow: RegExp | undefined
  readonly early: RegExp | undefined
  readonly hold: number
  readonly stepwise: PhraseSteps
}

/** A context that is asked at words. */
export interface WordContext {
  readonly place: number
  /** With room for invisible characters, whether there are any or not. */
  readonly reach: number
}

/** What it means that the automaton is in a loud state. */
export class Heard {
  /** Ids of contexts whose literal ends here. */
  readonly contexts: readonly number[]
  /** Recognisers of words that are called by a literal that ends here. */
  readonly calls: readonly Phrase[]
  /** Those of them that are asked at words, by their places, and how far behind its literal each may be asked for. */
  readonly ofWords: readonly WordContext[]
  /** The farthest of these, 0 when there is none. */
  readonly reach: number
  #leastLength = 0
  #plainReach = -1
  readonly #reachOfPlain: (contexts: readonly number[]) => number

  /** @param reachOfPlain how far those of some contexts reach that words of letters alone may need, 0 for none */
  constructor(contexts: readonly number[], calls: readonly Phrase[], ofWords: readonly WordContext[], reachOfPlain: (contexts: readonly number[]) => number) {
    this.contexts = contexts
    this.calls = calls
    this.ofWords = ofWords
    this.reach = ofWords.reduce((most, { reach }) => Math.max(most, reach), 0)
    this.#reachOfPlain = reachOfPlain
  }

  /** The same of those that words of letters alone may need, 0 for none. Read off on first use. */
  get plainReach(): number {
    if (this.#plainReach < 0) this.#plainReach = this.#reachOfPlain(this.contexts)
    return this.#plainReach
  }

  /** Shortest word in which one of them can match. Read off on first use. */
  get leastLength(): number {
    return (this.#leastLength ||= this.calls.reduce((least, { compiled }) => Math.min(least, compiled.needs.length), Infinity))
  }
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
  readonly triggers: Triggers
  /** Recognisers of words that a literal calls. */
  readonly called: readonly Phrase[]
  readonly #calledBy = new Map<number, Phrase>()
  #heard: readonly Heard[] | undefined

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
    for (const [one, own] of literals) if (own) this.#calledBy.set(this.words.add(own, false), phraseOf(one))
    this.called = [...this.#calledBy.values()]
    this.blocks = of('block').map(phraseOf)
    this.early = free.filter((one) => one.recogniser.early).map(phraseOf)
    this.triggers = new Triggers(of('phrase').map(phraseOf))
  }

  /** By state of the automaton, less the first loud one. Made on first use. */
  get heard(): readonly Heard[] {
    if (this.#heard) return this.#heard
    this.words.build()
    const { automaton } = this.words
    const states = Array.from({ length: (automaton.next.length >> 7) - automaton.loud }, (_, i) => automaton.idsOf(automaton.loud + i))
    return (this.#heard = states.map((ids) => {
      const calls = ids.map((id) => this.#calledBy.get(id)).filter((one) => one !== undefined)
      const contexts = ids.filter((id) => !this.#calledBy.has(id))
      const ofWords = contexts.filter((id) => this.words.placeOfWords(id) >= 0).map((id): WordContext => ({ place: this.words.placeOfWords(id), reach: this.words.reachOf(id, true) }))
      return new Heard(contexts, calls, ofWords, (some) => this.#reachOf(some.filter((id) => this.#isOfPlain(id))))
    }))
  }

  /** With room for invisible characters, whether there are any or not. */
  #reachOf(contexts: readonly number[]): number {
    return contexts.reduce((most, id) => Math.max(most, this.words.reachOf(id, true)), 0)
  }

  #isOfPlain(id: number): boolean {
    return this.word.plain.spoken.some(({ one: { left } }) => left?.id === id)
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
  return { compiled, grow, early: early?.opening, hold, stepwise: new PhraseSteps(compiled.recogniser) }
}

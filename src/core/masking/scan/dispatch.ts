/** Families made ready for the engine: recognisers by window, trigger words, literals and context words in one index. */
import type { Family, Recogniser } from '../recognisers/recogniser.ts'
import { Heard } from './heard.ts'
import { formsOf } from './fieldForms.ts'
import { KnownKeys } from './knownKeys.ts'
import { OutlineBench } from './outlineBench.ts'
import { Compiled } from './match.ts'
import { Phrase } from './phrase.ts'
import { requiredLiterals } from './regex/literals.ts'
import { WordIndex } from './regex/wordIndex.ts'
import { Triggers } from './triggers.ts'
import { WordBench } from './wordBench.ts'

/** Names of fields that are remembered, twice: those of some tables, and of the programs of a day. To look at one takes as long as a line of text. */
const MOST_FIELDS = 2048
const NONE: readonly Compiled[] = []

export class Dispatch {
  readonly words = new WordIndex()
  readonly word: WordBench
  /** The secrets among them. */
  readonly secrets: WordBench
  readonly group: OutlineBench
  readonly cjk: OutlineBench
  readonly blocks: readonly Phrase[]
  readonly fields: readonly Compiled[]
  /** Those to which all that stands in a field belongs. */
  readonly wholes: readonly Compiled[]
  /** Those of a few words beside one another. */
  readonly runs: readonly Compiled[]
  /** Openings of long values in words, without a literal of their own. */
  readonly early: readonly Phrase[]
  readonly triggers: Triggers
  /** Those that the name of a field speaks for. */
  readonly #byKey: readonly RegExp[]
  /** What was said of names of fields lately. */
  #fields = new Map<string, boolean>()
  #fieldsBefore = new Map<string, boolean>()
  /** The same of all that stands in a field. */
  readonly #owners = new Map<string, readonly Compiled[]>()
  readonly #askedFor = new Map<string, readonly Compiled[]>()
  readonly #calledBy = new Map<number, Phrase>()
  #heard: Heard | undefined

  /** @throws RangeError when a family is declared wrongly: a build error, never a caller's */
  constructor(families: readonly Family[]) {
    const keys = new KnownKeys()
    const all = families.flatMap((family) => family.recognisers).map((one) => new Compiled(one, this.words, keys))
    this.#byKey = inOne(all.flatMap(({ key }) => key ?? []))
    const of = (kind: Recogniser['window']): Compiled[] => all.filter((one) => one.recogniser.window === kind)
    const words = of('word')
    const literals = new Map(words.map((one) => [one, callersOf(one)]))
    const free = words.filter((one) => literals.get(one) === undefined)
    this.word = new WordBench(free)
    this.secrets = new WordBench(free.filter((one) => one.type === 'SECRET'))
    this.group = new OutlineBench(of('group'))
    this.cjk = new OutlineBench(of('cjk'))
    for (const [one, own] of literals) if (own) this.#calledBy.set(this.words.add(own, false), new Phrase(one))
    this.blocks = of('block').map(madeReady)
    this.fields = of('field')
    this.wholes = of('whole')
    this.runs = of('run')
    this.early = free.filter((one) => one.recogniser.early).map(madeReady)
    this.triggers = new Triggers(of('phrase').map(madeReady))
  }

  /** Whether the name of a field says what it holds. */
  isField(name: string): boolean {
    const known = this.#fields.get(name)
    if (known !== undefined) return known
    if (this.#fields.size >= MOST_FIELDS) {
      this.#fieldsBefore = this.#fields
      this.#fields = new Map()
    }
    const isField = this.#fieldsBefore.get(name) ?? formsOf(name).some((form) => this.#byKey.some((keys) => keys.test(form)))
    this.#fields.set(name, isField)
    return isField
  }

  /** Those that are asked for all of a field of this name. */
  fieldsOf(name: string): readonly Compiled[] {
    if (name === '') return NONE
    const known = this.#askedFor.get(name)
    if (known) return known
    if (this.#askedFor.size >= MOST_FIELDS) this.#askedFor.clear()
    const own = this.fields.filter((one) => one.isKey(name))
    this.#askedFor.set(name, own.length > 0 ? own : NONE)
    return own
  }

  /** Those to which all that stands in a field of this name belongs. */
  ownersOf(name: string): readonly Compiled[] {
    if (name === '' || this.wholes.length === 0) return NONE
    const known = this.#owners.get(name)
    if (known) return known
    if (this.#owners.size >= MOST_FIELDS) this.#owners.clear()
    const forms = formsOf(name)
    const owners = this.wholes.filter(({ key }) => key !== undefined && forms.some((form) => key.test(form)))
    this.#owners.set(name, owners)
    return owners
  }

  /** What it means that the automaton is in a loud state. Made on first use. */
  get heard(): Heard {
    if (this.#heard) return this.#heard
    this.words.build()
    return (this.#heard = new Heard(this.words.automaton.says, this.words, (id) => this.#calledBy.get(id), (id) => this.#isOfPlain(id)))
  }

  #isOfPlain(id: number): boolean {
    return this.word.plain.spoken.some(({ one: { left } }) => left?.id === id)
  }
}

/** One pattern for all of those with the same flags: a name is looked at once or twice, not a hundred times. */
function inOne(patterns: readonly RegExp[]): readonly RegExp[] {
  const kinds = [...new Set(patterns.map(({ flags }) => flags))]
  return kinds.map((kind) => {
    const own = new Set(patterns.filter(({ flags }) => flags === kind).map(({ source }) => `(?:${source})`))
    return new RegExp([...own].join('|'), kind)
  })
}

/** Shorter literals come by too often to be worth a call. */
const SHORTEST_CALL = 3

/** What calls a recogniser of words: the literals it declares, or those its pattern cannot match without. Undefined: it is always asked. */
function callersOf({ starts, isContextRequired, recogniser }: Compiled): readonly string[] | undefined {
  if (starts || isContextRequired || recogniser.early) return starts
  const literals = requiredLiterals(recogniser.pattern)?.literals
  return literals?.every((one) => one.length >= SHORTEST_CALL) ? literals : undefined
}

function madeReady(compiled: Compiled): Phrase {
  return new Phrase(compiled)
}

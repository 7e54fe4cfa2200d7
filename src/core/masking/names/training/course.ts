/** The training from raw material to weights: lists, examples, learning, bytes. The same material gives the same bytes everywhere. */
import { readModel, writeModel } from '../model.ts'
import { readSentences, write } from './conll.ts'
import { COSTS, type Costs } from './costs.ts'
import { buildFilter, classes } from './filter.ts'
import { generate, generateForeign } from './generate.ts'
import { collect, Examples, learn, quantise, type Settings } from './learn.ts'
import { readLists, type City, type FakerLocale, type Word } from './lists.ts'
import { Dice } from './random.ts'
import { Windows } from './technical.ts'

export interface Material {
  readonly faker: Readonly<Record<string, FakerLocale>>
  readonly places: readonly City[]
  readonly words: readonly Word[]
  readonly technical: readonly string[]
  /** Token-a-line corpus, or empty. */
  readonly corpus: string
}

export interface Plan {
  readonly seed: number
  readonly generated: number
  /** Texts in other languages than English. */
  readonly foreign: number
  readonly windowsPerFile: number
  /** Shares of names, and of words of other languages, that the lists are made to forget. */
  readonly forget: { readonly names: number; readonly foreign: number }
  readonly costs: Costs
  /** How often the corpus is taken, written anew each time. */
  readonly copies: number
  readonly settings: Settings
}

export const PLAN: Plan = {
  seed: 2026,
  generated: 66_000,
  foreign: 14_000,
  windowsPerFile: 900,
  forget: { names: 0.4, foreign: 0.15 },
  costs: COSTS,
  copies: 6,
  settings: { rowsLog2: 16, epochs: 10, rate: 0.06, decay: 1e-4 },
}

export function train(material: Material, say: (line: string) => void, plan: Plan = PLAN): Uint8Array {
  const { rowsLog2 } = plan.settings
  const dice = new Dice(plan.seed)
  const lists = readLists(material.faker, material.places, material.words)
  const list = buildFilter(classes(lists))
  const { forget, costs } = plan
  const examples = new Examples(rowsLog2)
  collect(examples, generate(lists, dice, plan.generated), list, { cost: costs.english, forget: { dice, names: forget.names, others: 0 } })
  collect(examples, generateForeign(lists, dice, plan.foreign), list, { cost: costs.foreign, forget: { dice, names: forget.names, others: forget.foreign } })
  const windows = new Windows(lists, dice)
  const technical = material.technical.flatMap((text) => windows.cut(text, plan.windowsPerFile))
  collect(examples, technical, list, { cost: costs.technical, codeCost: costs.code })
  const sentences = material.corpus === '' ? [] : readSentences(material.corpus)
  for (let copy = 0; copy < plan.copies; copy++) collect(examples, sentences.map((tokens) => write(tokens, dice)), list, { cost: costs.english })
  say(`${String(plan.generated)} + ${String(plan.foreign)} generated texts, ${String(technical.length)} technical windows, ${String(sentences.length)} sentences: ${String(examples.starts.length - 1)} runs, ${String(examples.tags.length)} tokens`)
  const learned = learn(examples, plan.settings, dice, (epoch) => {
    say(`epoch ${String(epoch + 1)}`)
  })
  const bytes = writeModel({ ...quantise(learned), mask: 2 ** rowsLog2 - 1, list })
  // What was written must be readable, or nothing is.
  readModel(bytes)
  return bytes
}

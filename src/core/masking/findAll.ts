/** What given families find in a text, and whether they keep what their examples promise. For self-tests and for trying a family alone. */
import type { NameTagger } from './names/types.ts'
import type { Family, Recogniser } from './recognisers/recogniser.ts'
import { Dispatch } from './scan/dispatch.ts'
import type { Candidate } from './scan/match.ts'
import { Pipeline } from './scan/pipeline.ts'

export type Found = Pick<Candidate, 'start' | 'end' | 'type' | 'detector' | 'certainty'>

export function findAll(text: string, families: readonly Family[], tagger?: NameTagger, key = ''): readonly Found[] {
  return findWith(text, new Dispatch(families), tagger, key)
}

function findWith(text: string, dispatch: Dispatch, tagger?: NameTagger, key = ''): readonly Found[] {
  const pipeline = new Pipeline({ dispatch, tagger, masks: () => false })
  pipeline.key = key
  pipeline.push(text)
  pipeline.end()
  return pipeline.takeCounted()
}

/** An example without its marks, and where the marked values stand. */
export function readExample(example: string): { readonly text: string; readonly values: readonly { readonly start: number; readonly end: number }[] } {
  const values: { start: number; end: number }[] = []
  let text = ''
  for (const piece of example.split(/(«[^»]*»)/)) {
    const bare = piece.startsWith('«') ? piece.slice(1, -1) : piece
    if (bare !== piece) values.push({ start: text.length, end: text.length + bare.length })
    text += bare
  }
  return { text, values }
}

/** Sentences about examples that do not hold; empty when all do. Each recogniser is tried alone. */
export function selfTest(families: readonly Family[]): readonly string[] {
  const failures: string[] = []
  for (const family of families) for (const recogniser of family.recognisers) failures.push(...tryExamples(family, recogniser))
  return failures
}

function tryExamples(family: Family, recogniser: Recogniser): readonly string[] {
  const dispatch = new Dispatch([{ name: family.name, recognisers: [recogniser] }])
  const failures: string[] = []
  const name = `${family.name}/${recogniser.name}`
  for (const example of recogniser.examples) {
    const { text, values } = readExample(example)
    const spans = findWith(text, dispatch).map(({ start, end }) => text.slice(start, end))
    const wanted = values.map(({ start, end }) => text.slice(start, end))
    if (spans.join('»«') !== wanted.join('»«')) failures.push(`${name}: in ${JSON.stringify(example)} it finds ${JSON.stringify(spans)}.`)
  }
  for (const text of recogniser.counterExamples) {
    const spans = findWith(text, dispatch).map(({ start, end }) => text.slice(start, end))
    if (spans.length > 0) failures.push(`${name}: in ${JSON.stringify(text)} it finds ${JSON.stringify(spans)}, and should find nothing.`)
  }
  return failures
}

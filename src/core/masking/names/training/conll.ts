/** Reads token-a-line corpora (`B-PER`, `I-LOC`, …, `O`) into running text with marked names. */
import type { NameType } from '../types.ts'
import type { Dice } from './random.ts'
import { Scribe, type MarkedText } from './text.ts'

export type TaggedToken = readonly [token: string, tag: string]

const TYPES: Readonly<Record<string, NameType>> = { PER: 'PERSON', LOC: 'LOCATION', ORG: 'ORGANIZATION' }
const CLOSES = /^(?:[,.!?;:)\]}%…]+|'(?:s|re|ve|ll|d|m|t)|n't|’s)$/i
const HANDLE = /^@\w{2,20}$/
const OPENS = /^[([{$@#]$/

export function readSentences(source: string): TaggedToken[][] {
  const sentences: TaggedToken[][] = []
  for (const block of source.split(/\n\s*\n/)) {
    const tokens = block.split('\n').flatMap((line): TaggedToken[] => {
      const [token, tag] = line.split('\t')
      return token && tag ? [[token, tag.trim()]] : []
    })
    if (tokens.length > 0) sentences.push(tokens)
  }
  return sentences
}

/** The names of a sentence as token ranges, end exclusive. */
export function namesOf(tokens: readonly TaggedToken[]): { from: number; to: number; type: NameType }[] {
  const names: { from: number; to: number; type: NameType }[] = []
  tokens.forEach(([, tag], i) => {
    const type = TYPES[tag.slice(2)]
    const open = names.at(-1)
    if (type === undefined) return
    if (tag.startsWith('I-') && open?.to === i && open.type === type) open.to = i + 1
    else names.push({ from: i, to: i + 1, type })
  })
  return names
}

/**
 * Joins the tokens the way people write them, now and then sloppily, as scraped text comes. `rename` may replace a name.
 */
export function write(tokens: readonly TaggedToken[], dice: Dice, rename?: (type: NameType, name: string) => string): MarkedText {
  const scribe = new Scribe()
  const sloppy = dice.chance(0.2)
  const names = new Map(namesOf(tokens).map((name) => [name.from, name]))
  const glue = (token: string, before: string | undefined): string => {
    if (before === undefined) return ''
    if (CLOSES.test(token)) return sloppy && dice.chance(0.4) ? ' ' : ''
    if (OPENS.test(before)) return ''
    if (token === '-' || before === '-') return dice.chance(0.5) ? '' : ' '
    return token === "'" && dice.chance(0.7) ? '' : ' '
  }
  const run = (from: number, to: number): string => {
    let text = ''
    for (let i = from; i < to; i++) text += (i > from ? glue(tokens[i]?.[0] ?? '', tokens[i - 1]?.[0]) : '') + (tokens[i]?.[0] ?? '')
    return text
  }
  for (let i = 0; i < tokens.length; ) {
    const name = names.get(i)
    const token = tokens[i]?.[0] ?? ''
    scribe.write(glue(token, tokens[i - 1]?.[0]))
    if (name === undefined) {
      // The corpora leave handles out, or mark them as they like: here a handle names a person.
      const handle = HANDLE.exec(token)
      if (handle === null) scribe.write(token)
      else {
        scribe.write('@')
        scribe.name(token.slice(1), 'PERSON')
      }
      i++
    } else {
      const text = run(name.from, name.to)
      scribe.name(rename?.(name.type, text) ?? text, name.type)
      i = name.to
    }
  }
  return scribe.finish()
}

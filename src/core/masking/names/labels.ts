/** The tags of the tagger: outside, or begin and inside of each type. */
import type { NameType } from './types.ts'

export const NAME_TYPES: readonly NameType[] = ['PERSON', 'LOCATION', 'ORGANIZATION', 'ADDRESS']
export const OUTSIDE = 0
export const LABELS = 9
/** Weights of a row: outside scores 0, the others are what they differ from it. */
export const COLUMNS = LABELS - 1

export function beginOf(type: number): number {
  return 1 + 2 * type
}

export function insideOf(type: number): number {
  return 2 + 2 * type
}

/** Number of the type of a tag that is not OUTSIDE. */
export function typeOf(label: number): number {
  return (label - 1) >> 1
}

export function isInside(label: number): boolean {
  return label > 0 && (label & 1) === 0
}

/** Whether `to` may follow `from`: the inside of a type follows only its own beginning or inside. */
export function mayFollow(from: number, to: number): boolean {
  return !isInside(to) || from === to || from === to - 1
}

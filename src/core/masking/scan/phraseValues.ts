/** The values that an open phrase holds so far. */
import { candidateAt, certaintyOf, isValid, matchWindow, mayHaveContext, type Candidate, type WindowView } from './match.ts'
import { firstLength, type Open } from './openPhrase.ts'
import type { Source } from './source.ts'

const NONE: readonly Candidate[] = []

/** @param at end of the window so far */
export function valuesOf(one: Open, source: Source, at: number): readonly Candidate[] {
  const { compiled } = one.phrase
  // Folding makes nothing longer.
  if (at - one.start < compiled.needs.length) return NONE
  const length = firstLength(one, source, at)
  if (length < 0 || (length === one.failed && compiled.isAnchored)) return NONE
  const view = source.view(one.start, at, 0, one.key)
  if (!mayHaveContext(compiled, view)) return NONE
  // Such a pattern matches once, and all of the match is the value.
  const all = compiled.isAnchored && !compiled.hasValue ? valueOf(one, view, length) : valuesIn(one, view)
  one.failed = all.length > 0 ? -1 : length
  if (one.held <= one.start) return all
  // What stands before the place from which text is held may be out already.
  return all.filter(({ end }) => end > one.held).map((value) => (value.start < one.held ? { ...value, start: one.held } : value))
}

/** A window is judged as often as it grows, and what stands left of it is the same each time. */
function valueOf(one: Open, view: WindowView, length: number): readonly Candidate[] {
  const { compiled } = one.phrase
  if (length === 0 || !isValid(compiled, view, 0, length)) return NONE
  if (one.certainty < 0) one.certainty = certaintyOf(compiled, view, 0)
  return one.certainty > 0 ? [candidateAt(view, 0, length, compiled, one.certainty)] : NONE
}

function valuesIn({ phrase }: Open, view: WindowView): readonly Candidate[] {
  const all: Candidate[] = []
  matchWindow(phrase.compiled, view, (value) => all.push(value))
  return all
}

/** What the number families share: where a number may begin and end, words near it, and how an office's number is declared. */
import type { EntityType } from '../../../protocol/masking.ts'
import { CALLED_PHONE } from './phoneWords.ts'
import { isProgramNumber } from './programNumbers.ts'
import type { Certainty, Gate, Recogniser } from './recogniser.ts'

/** No letter or digit before or behind, and no underscore that joins to one: an underscore that begins or ends a word is emphasis. */
export const WORD_BEGIN = String.raw`(?<![A-Za-z0-9]|\w_)`
export const WORD_FINISH = String.raw`(?![A-Za-z0-9]|_\w)`

/** A point with more behind it: not that of `219099998.0`, as frames print whole numbers in a column where some are missing. For what a word or a name speaks for: by itself such a number is a quantity. */
export const POINT = String.raw`\.(?!0(?![\w.]))`

/** Nor part of a longer dotted, dashed or slashed run: versions, UUIDs and paths are no ids. */
export const BEGIN = String.raw`(?<![A-Za-z0-9.]|\w[-/_])`
export const FINISH = String.raw`(?![A-Za-z0-9]|[-./_]\w)`
const CALLED_FINISH = String.raw`(?![A-Za-z0-9]|(?:[-/_]|${POINT})\w)`

/** `source` between such ends. */
export function bounded(source: string, flags = ''): RegExp {
  return new RegExp(`${BEGIN}(?:${source})${FINISH}`, flags)
}

/** The same of what needs a context. */
export function boundedCalled(source: string, flags = ''): RegExp {
  return new RegExp(`${BEGIN}(?:${source})${CALLED_FINISH}`, flags)
}

/** Tells whether one of the words stands at most `distance` characters to the left, on the same line or the one before. */
export function near(words: string, distance = 40): RegExp {
  return new RegExp(`(?:${words})[^\\n]{0,${distance}}\\n?[^\\n]{0,8}$`, 'i')
}

/** A text that is nothing but the value: a cell, a field, an answer to a form. Then a number needs no words before it. */
export function standsAlone(value: string, window: string, left: string): boolean {
  return value.length === window.length && left.trim() === ''
}

export interface OfficeNumber {
  readonly type: EntityType
  readonly name: string
  /** Regular expression source without ends. */
  readonly source: string
  readonly flags?: string
  readonly gate: Gate
  /** Of the value as it stands. Absent: the shape is all there is. */
  readonly check?: (value: string) => boolean
  /** Left context, as for `near`. */
  readonly words: string
  readonly distance?: number
  readonly key: RegExp
  /**
   * Without words before it: `always`, `alone` (when the text is nothing else) or `never`. Numbers with two check digits or a birth date
   * may go always; one check digit lets every tenth number of the length through, which is too much for running text.
   */
  readonly bare: 'always' | 'alone' | 'never'
  /** For `always`: a stricter check where no words say what it is. */
  readonly bareCheck?: (value: string) => boolean
  readonly certainty?: Certainty
  readonly hold?: number
  readonly version?: number
  readonly examples: readonly string[]
  /** For `alone`, and for `always` with a check of its own: found without words. */
  readonly bareExamples?: readonly string[]
  readonly counterExamples: readonly string[]
}

function bareRecogniser(number: OfficeNumber, common: Common): Recogniser {
  const { bare, check, bareCheck } = number
  const strict = bareCheck ?? check
  const holds = (value: string): boolean => strict?.(value) ?? true
  // One that takes no left text spares the engine cutting it out.
  const valid = bare === 'always' ? holds : (value: string, window: string, left: string): boolean => standsAlone(value, window, left) && holds(value)
  return { ...common, name: `${number.name}-bare`, certainty: number.certainty ?? (strict ? 'checksum' : 'shape'), valid, context: { not: CALLED_PHONE, unless: isProgramNumber }, examples: number.bareExamples ?? [], alone: bare === 'alone' }
}

type Common = Pick<Recogniser, 'type' | 'version' | 'window' | 'gate' | 'hold' | 'counterExamples' | 'pattern'>

/** One recogniser that asks for words, and one that does not, as far as the number may go without. */
export function officeNumber(number: OfficeNumber): readonly Recogniser[] {
  const { type, name, gate, check, bare, bareCheck, examples, counterExamples } = number
  const common: Common = { type, version: number.version ?? 2, window: 'group', gate, hold: number.hold ?? 32, counterExamples, pattern: bounded(number.source, number.flags) }
  const valid = check && ((value: string) => check(value))
  const isFree = bare === 'always' && !bareCheck
  const context = { left: near(number.words, number.distance), key: number.key, required: !isFree, ...(isFree && { not: CALLED_PHONE, unless: isProgramNumber }) }
  const certainty = number.certainty ?? (check ? 'checksum' : isFree ? 'shape' : 'context')
  const pattern = isFree ? common.pattern : boundedCalled(number.source, number.flags)
  const spoken: Recogniser = { ...common, pattern, name, certainty, context, ...(valid && { valid }), examples }
  return isFree || bare === 'never' ? [spoken] : [spoken, bareRecogniser(number, common)]
}

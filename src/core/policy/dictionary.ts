/** Exact values of a type of one's own, from the words themselves to the keyed hashes that a policy carries. */
import { findAll } from '../masking/findAll.ts'
import { customFamily, hashOfValue } from '../masking/recognisers/custom.ts'
import { foldText } from '../masking/scan/fold.ts'
import { CountersignError } from '../../protocol/errors.ts'
import type { CustomType } from '../../protocol/policy.ts'

export type Dictionary = NonNullable<CustomType['values']>

const SHORTEST = 3
const LONGEST = 64
/** Lines that are named when many are wrong. */
const MOST_NAMED = 10

/**
 * Tried before it is given out: what the masker would not find is refused, by its line and never by its text.
 * @param text one value a line, in any case; empty lines do not count
 * @param key at least 16 characters
 * @throws CountersignError CS_MALFORMED when there is none, or some cannot be found
 */
export function dictionaryOf(text: string, key: string): Dictionary {
  const lines = text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '))
  const words = lines.filter((line) => line !== '').map(plainForm)
  if (words.length === 0) throw new CountersignError('CS_MALFORMED', 'there are no values. Give them on standard input, one a line.')
  const fits = words.filter((word) => word.length >= SHORTEST && word.length <= LONGEST)
  // Sorted: their order would tell which is which to somebody who knows the list's.
  const dictionary: Dictionary = { key, lengths: [...new Set(fits.map((word) => word.length))].toSorted((a, b) => a - b), hashes: [...new Set(fits.map((word) => hashOfValue(key, word)))].toSorted() }
  const lost = fits.length === 0 ? lines.flatMap((line, at) => (line === '' ? [] : [at + 1])) : linesNotFound(lines, dictionary)
  if (lost.length > 0)
    throw new CountersignError(
      'CS_MALFORMED',
      `${lost.length} of ${words.length} values cannot be found in a text (${lost.length === 1 ? 'line' : 'lines'} ${lost.slice(0, MOST_NAMED).join(', ')}${lost.length > MOST_NAMED ? ' and more' : ''}). A value is one to four words of ${SHORTEST} to ${LONGEST} characters together, without quotes, brackets, semicolons and bars. Of a longer one give the words that tell.`,
    )
  return dictionary
}

/** As the masker compares it: without the point or mark that ends a sentence. */
function plainForm(value: string): string {
  return foldText(value).toLowerCase().replace(/[.!?]+$/, '').normalize('NFC')
}

/** Numbers, from 1, of the lines of which not all is found. */
function linesNotFound(lines: readonly string[], values: Dictionary): readonly number[] {
  const family = customFamily([{ name: 'CUSTOM_VALUE', ignoreCase: false, values }])
  const ends = new Map(findAll(lines.join('\n'), [family]).map(({ start, end }) => [start, end]))
  let start = 0
  return lines.flatMap((line, at) => {
    const isFound = line === '' || (ends.get(start) ?? 0) >= start + line.replace(/[.!?]+$/, '').length
    start += line.length + 1
    return isFound ? [] : [at + 1]
  })
}

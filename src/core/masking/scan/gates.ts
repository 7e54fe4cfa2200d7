/** What a window must have for a recogniser to be tried on it: told from counts and class bits, before any pattern is run. */
import { LOWER, UPPER } from './characters.ts'
import type { Compiled } from './match.ts'

export function hasLiteral(compiled: Compiled, text: string): boolean {
  return compiled.starts === undefined || compiled.starts.some((literal) => text.includes(literal))
}

/** Whether the marks and digits that a value needs occur at all. */
export function hasMarks(compiled: Compiled, bits: number): boolean {
  if ((bits & compiled.mask) !== compiled.mask) return false
  for (const one of compiled.needs.anyOf) if ((bits & one) === one) return true
  return false
}

/** Whether what a window is made of is enough. @param twice marks that occur more than once */
export function passes(one: Compiled, bits: number, digits: number, length: number, twice: number): boolean {
  if (digits < one.leastDigits || length < one.leastLength) return false
  const { needs } = one
  return (
    (one.twice === 0 || (one.twice & twice) !== 0) && digits >= needs.digits && digits <= one.maxDigits && length >= needs.length && hasMarks(one, bits) && (!one.needsLetter || (bits & (LOWER | UPPER)) !== 0)
  )
}

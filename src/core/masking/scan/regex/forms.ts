/** What the source of a recogniser's pattern says of the pattern as a whole. */

const VALUE = '(?<value>'

/** @returns number of the group with that name among those that catch something, 0 when there is none */
export function valueGroup(source: string): number {
  const end = source.indexOf(VALUE)
  if (end < 0) return 0
  let count = 1
  let isInSet = false
  for (let i = 0; i < end; i++) {
    const char = source.charAt(i)
    if (char === '\\') i++
    else if (isInSet) isInSet = char !== ']'
    else if (char === '[') isInSet = true
    else if (char === '(' && (source.charAt(i + 1) !== '?' || /^<[^=!]/.test(source.slice(i + 2, i + 4)))) count++
  }
  return count
}

/** Conservative: a bar outside all brackets may begin a branch without the anchor. */
export function isAnchored({ source, flags }: RegExp): boolean {
  if (!source.startsWith('^') || flags.includes('m')) return false
  let depth = 0
  let isInSet = false
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i)
    if (char === '\\') i++
    else if (isInSet) isInSet = char !== ']'
    else if (char === '[') isInSet = true
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === '|' && depth === 0) return false
  }
  return true
}

/** The pattern for a use of its own: with this flag of g, y and d, and without a name for the value. */
export function withFlag({ source, flags }: RegExp, more: string): RegExp {
  // Known by its number: an object of named groups, made for every match, costs more than many a match.
  return new RegExp(source.replace(VALUE, '('), flags.replace(/[gyd]/g, '') + more)
}

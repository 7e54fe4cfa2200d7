/** `countersign mask --types`: every entity type that a policy may name, one a line. */
import { NAMES } from '../../agent/policy/masker.ts'
import { ALIASES } from '../../core/masking/aliases.ts'
import { LONGEST_HOLD } from '../../core/masking/names/runs.ts'
import { customFamily } from '../../core/masking/recognisers/custom.ts'
import { FAMILIES } from '../../core/masking/recognisers/families.ts'
import { WORD_LIMIT } from '../../core/masking/scan/limits.ts'
import { ENTITY_WORDS } from '../../core/policy/entityTypes.ts'

/** Words and rows of numbers are looked at whole before anybody knows what they are. */
const LEGEND = `Type, the most characters of a stream that wait for it, what it is; other names for it.
Whatever the types: a word waits for its end (${WORD_LIMIT} characters at most), with what may be a value that ends in it, and so does a row of numbers or short codes (about 100).
`

export function describeTypes(): string {
  const types = Object.entries(ENTITY_WORDS).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const lines = types.map(([type, [words]]) => {
    const others = Object.keys(ALIASES).filter((name) => ALIASES[name] === type).toSorted()
    return lineOf(type, longestHold(type), `${words}${others.length > 0 ? `; ${others.join(', ')}` : ''}`)
  })
  const own = customFamily([{ name: 'CUSTOM_', ignoreCase: false, pattern: 'x', keys: ['x'] }]).recognisers.map((one) => one.hold)
  return LEGEND + lines.join('') + lineOf('CUSTOM_…', Math.max(...own), 'a type that a policy defines under types')
}

function lineOf(type: string, hold: number, words: string): string {
  return `${type.padEnd(15)}${String(hold).padStart(4)}  ${words}\n`
}

function longestHold(type: string): number {
  const holds = FAMILIES.flatMap((family) => family.recognisers).filter((one) => one.type === type).map((one) => one.hold)
  return Math.max(NAMES.includes(type) ? LONGEST_HOLD : 0, ...holds)
}

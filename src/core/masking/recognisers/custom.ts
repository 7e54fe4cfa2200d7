/**
 * Types that a policy adds: by pattern, by the name of the field, and by exact values that are known only as keyed hashes. The policy's schema
 * has checked all of it when it was published; what is refused there never comes here.
 */
import type { CustomType } from '../../../protocol/policy.ts'
import { hmacWith } from '../checks/hmac.ts'
import { MOST_HELD } from '../scan/wholeWindow.ts'
import type { Family, Recogniser } from './recogniser.ts'

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const anyOf = (words: readonly string[]): string => words.map(escape).join('|')

/** How a value of a dictionary is hashed: small letters, so that `Falcon` and `FALCON` are one. First 16 bytes, base64url. */
export function hashOfValue(key: string, value: string): string {
  return hashWith(hmacWith(key), value)
}

function hashWith(hmac: (text: string) => Uint8Array, value: string): string {
  const bytes = hmac(value.toLowerCase()).subarray(0, 16)
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function customFamily(types: readonly CustomType[]): Family {
  return { name: 'custom', recognisers: types.flatMap(recognisersOf) }
}

function recognisersOf(type: CustomType): readonly Recogniser[] {
  return [...(type.pattern === undefined ? [] : byPattern(type, type.pattern)), ...(type.keys ? [byKey(type, type.keys)] : []), ...(type.values ? byValue(type, type.values) : [])]
}

const nameOf = (type: CustomType, part: string): string => `${type.name.toLowerCase().replaceAll('_', '-')}-${part}`
const common = { version: 2, hold: 512, examples: [], counterExamples: [] } as const

function byPattern(type: CustomType, source: string): readonly Recogniser[] {
  const inWords: Recogniser = {
    ...common,
    type: type.name,
    name: nameOf(type, 'pattern'),
    window: 'word',
    pattern: new RegExp(source, type.ignoreCase ? 'i' : ''),
    certainty: 'prefix',
    ...(type.near && { context: { left: new RegExp(`(?:${anyOf(type.near)})[^\\n]{0,48}$`, 'i'), required: true } }),
  }
  // Only a group of numbers may have spaces inside; everything else is one word.
  return / |\\s/.test(source) ? [inWords, { ...inWords, window: 'group' }] : [inWords]
}

/** What a JSON schema says of a field by that name: words beside which nothing stands deeper, and those that have schemas below them. Neither is a value, as a default or an example may be. */
const SAID = 'type|\\$ref|\\$comment|title|description|format|pattern|enum|const|required|nullable|deprecated|(?:read|write)_?only|unique_?items|multiple_?of|(?:exclusive_?)?(?:min|max)imum|(?:min|max)_?(?:length|items|properties)|additional_?properties'
const SCHEMAS = 'items|prefix_?items|properties|pattern_?properties|additional_?properties|(?:any|one|all)_?of|not|if|then|else|definitions|\\$defs'

/** All of the value, since a field under such a key is this type whatever it looks like; and all that stands below the key, but for what a schema says about it. */
function byKey(type: CustomType, keys: readonly string[]): Recogniser {
  // Names have underscores or dashes for spaces, as they are written elsewhere.
  const names = anyOf(keys).replace(/[ _-]/g, '[ _-]')
  const schema = `(?<=(?:^|\\.)(?:properties|definitions|\\$defs)\\.(?:${names}))\\.(?:(?:${SAID})$|(?:${SCHEMAS})(?:\\.|$))`
  return {
    ...common,
    version: 3,
    hold: MOST_HELD,
    type: type.name,
    name: nameOf(type, 'key'),
    window: 'whole',
    pattern: /\S/,
    certainty: 'checksum',
    context: { key: new RegExp(`(?:^|\\.)(?:${names})(?:$|(?!${schema})(?:\\.[^.]+)+$)`, 'i'), required: true },
  }
}

/** Words judged lately are remembered: the same few make up most of a text, and a hash costs more than all else here. */
const REMEMBERED = 4096

/** What stands within marks: `**falcon**`, `/home/falcon/x`. */
const INSIDE = /[\p{L}\p{M}\p{N}]+(?:[-_.'’@][\p{L}\p{M}\p{N}]+)*/u

/** Some systems write a letter and its accent as two characters. */
function composed(word: string): string {
  return /[\u0300-\u036f]/.test(word) ? word.normalize('NFC') : word
}

function byValue(type: CustomType, { key, hashes, lengths }: NonNullable<CustomType['values']>): readonly Recogniser[] {
  const known = new Set(hashes)
  const long = new Set(lengths)
  const hmac = hmacWith(key)
  const seen = new Map<string, boolean>()
  const isKnown = (written: string): boolean => {
    const value = composed(written.toLowerCase())
    if (!long.has(value.length)) return false
    const before = seen.get(value)
    if (before !== undefined) return before
    if (seen.size >= REMEMBERED) seen.clear()
    const answer = known.has(hashWith(hmac, value))
    seen.set(value, answer)
    return answer
  }
  const whole: Recogniser = {
    ...common,
    type: type.name,
    name: nameOf(type, 'value'),
    window: 'word',
    gate: { minLength: Math.min(...lengths) },
    pattern: /[^\s=:]+/,
    valid: (value) => isKnown(value.replace(/[.!?]+$/, '')),
    certainty: 'checksum',
  }
  return [whole, { ...whole, name: nameOf(type, 'value-inside'), pattern: INSIDE }, { ...whole, name: nameOf(type, 'value-words'), version: 1, window: 'run', pattern: /\S/, valid: isKnown }]
}

/** Maskers for tests: all types on, keys that everybody knows. */
import { createHmac } from 'node:crypto'
import { createMasker } from '../../../src/core/masking/createMasker.ts'
import type { ChannelOptions, Masker } from '../../../src/core/masking/masker.ts'
import { createNameTagger } from '../../../src/core/masking/names/tagger.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { ENTITY_WORDS } from '../../../src/core/policy/entityTypes.ts'
import type { Transform } from '../../../src/protocol/masking.ts'

const mac = (text: string): Buffer => createHmac('sha256', 'test').update(text).digest()

export const KEYS = {
  commit: (value: string, context: string): string => mac(`${context}\n${value}`).subarray(0, 16).toString('base64url'),
  keyedHash: (value: string): string => mac(value).toString('hex'),
}

export function maskerWith(): { masker: Masker; named: Masker } {
  return { masker: createMasker(KEYS), named: createMasker({ ...KEYS, tagger: createNameTagger() }) }
}

export function rulesFor(transform: Transform): Record<string, Transform> {
  const types = [...Object.keys(ENTITY_WORDS), ...FAMILIES.flatMap((family) => family.recognisers.map((one) => one.type))]
  return Object.fromEntries(types.map((type) => [type, transform]))
}

const REDACT = rulesFor('redact')

export function optionsFor(kind: 'text' | 'json', more: Partial<ChannelOptions> = {}): ChannelOptions {
  return { direction: 'prompt', path: '/x', kind, rules: REDACT, ...more }
}

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createMasker } from '../../../src/core/masking/createMasker.ts'
import { explainSpan } from '../../../src/core/masking/explain.ts'
import { createNameTagger } from '../../../src/core/masking/names/tagger.ts'
import { customFamily, hashOfValue } from '../../../src/core/masking/recognisers/custom.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { ENTITY_WORDS } from '../../../src/core/policy/entityTypes.ts'
import type { CustomType } from '../../../src/protocol/policy.ts'

const KEY = 'a key of sixteen or more'
const OWN: readonly CustomType[] = [
  { name: 'CUSTOM_PATTERN', ignoreCase: false, pattern: 'PRJ-\\d{4}' },
  { name: 'CUSTOM_KEY', ignoreCase: false, keys: ['project_name'] },
  { name: 'CUSTOM_VALUE', ignoreCase: false, values: { key: KEY, lengths: [6], hashes: [hashOfValue(KEY, 'falcon')] } },
]
const masker = createMasker({ commit: () => 'c', keyedHash: () => '0'.repeat(64), tagger: createNameTagger(), families: [...FAMILIES, customFamily(OWN)] })
const rules = Object.fromEntries([...Object.keys(ENTITY_WORDS), ...OWN.map(({ name }) => name)].map((type) => [type, 'redact' as const]))

const explained = (text: string): string => masker.mask(text, { direction: 'prompt', path: '', kind: 'text', rules }).spans.map((span) => explainSpan(span)).join('\n')

describe('why a span is masked is told', () => {
  test('of a policy’s own types by the part of the policy that found it', () => {
    assert.match(explained('ask PRJ-1234'), /: a value of type CUSTOM_PATTERN, because the policy's pattern for it matches \(custom-pattern-pattern@2\)/)
    assert.match(explained('project_name = "Blue"'), /because it stands in a field that the policy names \(custom-key-key@/)
    assert.match(explained('we call it falcon. Yes'), /because it is in the policy's list of values \(custom-value-value/)
    assert.match(explained('we call it **falcon** now'), /because it is in the policy's list of values \(custom-value-value/)
  })

  test('of the others by what their recogniser looks at', () => {
    for (const [text, why] of [
      ['host 10.1.2.3 is up', 'IP address, because its own form or marker tells it (ipv4@'],
      ['pay 4111 1111 1111 1111', 'card number, because its check digits hold (card'],
      ['CVV: 123', 'card security code, because the words or the field name around it say so (card-cvv'],
      ['CPR-nummer 150370-1234', 'national id number, because it keeps the rules by which such values are made (check digits, dates), and the words or the field name around it say so (dk-cpr@'],
      ['ring +49 30 1234567', 'phone number, because its country code and its length fit together (phone-international'],
      ['Mira Castellanos was there', 'name of a person, because it reads like one where it stands (names@2)'],
      ['id,phone,name\n1,"(415) 555-2671",x\n', 'phone number, because the name of its field or column says so (phone'],
    ] as const)
      assert.ok(explained(text).includes(why), explained(text))
  })
})

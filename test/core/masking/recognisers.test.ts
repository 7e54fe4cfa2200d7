import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findAll, selfTest } from '../../../src/core/masking/findAll.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import type { Recogniser } from '../../../src/core/masking/recognisers/recogniser.ts'
import { requiredLiterals } from '../../../src/core/masking/scan/regex/literals.ts'
import { ENTITY_WORDS } from '../../../src/core/policy/entityTypes.ts'

const ALL: readonly Recogniser[] = FAMILIES.flatMap((family) => family.recognisers)

describe('each recogniser finds its examples wholly and nothing in its counter-examples', () => {
  for (const family of FAMILIES) {
    test(`in the family ${family.name}`, () => {
      assert.deepEqual(selfTest([family]), [])
    })
  }
})

describe('a field of JSON says what its text is', () => {
  const found = (key: string, text: string): readonly string[] => findAll(text, FAMILIES, undefined, key).map(({ start, end }) => text.slice(start, end))

  test('a password that is a word, or has marks that end one', () => {
    for (const text of ['Sunflower', 'correct-horse-battery', 'K9.mX2.zQ', '$K9mX2zQ', 'Summer!', 'a[K9$mP2]zX7']) assert.deepEqual(found('db.password', text), [text])
    for (const text of ['Kennwort', 'string', 'Enter your password', '${DB_PASSWORD}']) assert.deepEqual(found('db.password', text), [])
  })

  test('a key that a person chose, and the one that an object is there for', () => {
    for (const key of ['JWT_SECRET', 'client_secret', 'apiKey']) assert.deepEqual(found(key, 'tideWater31'), ['tideWater31'])
    assert.deepEqual(found('Jwt.Key', 'q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbT'), ['q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbT'])
    assert.deepEqual(found('Sort.Key', 'q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbT'), [])
  })
})

describe('a field of JSON says whose text it is', () => {
  const found = (key: string, text: string): readonly string[] => findAll(text, FAMILIES, undefined, key).map(({ start, end }) => text.slice(start, end))

  test('a name that no list knows', () => {
    for (const key of ['last_name', 'patient.firstName', 'name.family', 'subject.display']) assert.deepEqual(found(key, 'Qvistgaard'), ['Qvistgaard'])
  })

  test('a number of a patient or member that looks like none', () => {
    for (const key of ['mrn', 'patientId', 'identifier.value', 'member_id']) assert.deepEqual(found(key, 'PT-Q7-0091'), ['PT-Q7-0091'])
  })

  test('not what forms, schemas and queries have there, nor the number of another thing', () => {
    for (const text of ['string', 'asc', 'Nachname', 'Apellidos', 'required', '{{first}}', 'Northgate Bank']) assert.deepEqual(found('sort.last_name', text), [])
    assert.deepEqual(found('identifier.value', '10.5281/zenodo.1234'), [])
    assert.deepEqual(found('policy_id', 'pol-Q7-0091'), [])
  })
})

describe('recognisers are declared well', () => {
  test('their names are unique, so that evidence tells which one it was', () => {
    const names = ALL.map((one) => one.name)
    assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), [])
  })

  test('each type has words for a sentence', () => {
    assert.deepEqual([...new Set(ALL.map((one) => one.type))].filter((type) => !(type in ENTITY_WORDS)), [])
  })

  test('each has at least one example, and those that need context say what it is', () => {
    assert.deepEqual(ALL.filter((one) => one.examples.length === 0).map((one) => one.name), [])
    assert.deepEqual(ALL.filter((one) => one.context?.required === true && !one.context.left && !one.context.key).map((one) => one.name), [])
  })

  test('what must be said before a telephone number is looked for by its letters, not at each number: of more words than the engine looks for it does not', () => {
    const phones = ALL.filter((one) => one.type === 'PHONE' && one.context?.left)
    assert.deepEqual(phones.filter((one) => one.context?.left && requiredLiterals(one.context.left) === undefined).map((one) => one.name), [])
  })

  test('patterns carry no state between calls', () => {
    const stateful = ALL.flatMap((one) => [one.pattern, one.grow, one.context?.left, one.context?.key, one.context?.not, one.early?.opening, one.early?.body, one.early?.until].filter((pattern) => pattern && /[gyd]/.test(pattern.flags)).map(() => one.name))
    assert.deepEqual(stateful, [])
  })

  test('a group named value is in every alternative or in none', () => {
    const uneven = ALL.filter((one) => one.pattern.source.includes('(?<value>') && one.examples.every((example) => !example.includes('«')))
    assert.deepEqual(uneven.map((one) => one.name), [])
  })
})

/** What an attacker may send to make one pattern slow: long runs that nearly match. */
const NASTY: Readonly<Record<string, string>> = {
  digits: '1'.repeat(96),
  grouped: '1234 '.repeat(19).trim(),
  dashed: '12-34-'.repeat(16).slice(0, 95),
  letters: 'a'.repeat(512),
  capitals: 'ABCD '.repeat(19).trim(),
  words: `12 ${'Street '.repeat(26)}`.slice(0, 190),
  lines: `12 ${'Ab\n'.repeat(60)}`.slice(0, 190),
  dots: 'a.'.repeat(256),
  ats: 'a@'.repeat(256),
  colons: 'a:'.repeat(256),
  hex: 'f0:'.repeat(170),
  urls: `http://${'a=b&'.repeat(126)}`,
  dashes: `sk-${'-'.repeat(500)}`,
  underscores: `ghp_${'_'.repeat(500)}`,
  commas: `the corner of ${'A and '.repeat(30)}`,
}

describe('no pattern runs away on long near misses', () => {
  for (const [name, text] of Object.entries(NASTY)) {
    test(`made of ${name}`, () => {
      const started = performance.now()
      for (const one of ALL) {
        const before = performance.now()
        one.pattern.exec(text)
        one.grow?.test(text)
        one.context?.left?.test(text.slice(-64))
        one.context?.not?.test(text.slice(-64))
        one.early?.opening.test(text.slice(0, 256))
        const spent = performance.now() - before
        assert.ok(spent < 250, `${one.name} took ${spent.toFixed(0)} ms`)
      }
      assert.ok(performance.now() - started < 3000)
    })
  }

  test('nor behind the words that open a phrase', () => {
    for (const one of ALL) {
      for (const word of one.opens?.words?.slice(0, 3) ?? []) {
        for (const tail of [word, 'a', 'A', '1', '- -', 'a b', '\\n: ', "x: y'", 'A 1, ', 'of the ', '\\ ']) {
          const text = (word + ` ${tail}`.repeat(one.hold)).slice(0, one.hold)
          const before = performance.now()
          one.grow?.test(text)
          one.grow?.test(`${text}\u0000`)
          one.pattern.exec(text)
          assert.ok(performance.now() - before < 250, `${one.name} behind ${word} on ${tail}`)
        }
      }
    }
  })
})

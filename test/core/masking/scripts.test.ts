/** Letters of a second script: a word that has no others is read in one go, and one that mixes them as the Latin word it looks like. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createMasker } from '../../../src/core/masking/createMasker.ts'
import type { Recogniser } from '../../../src/core/masking/recognisers/recogniser.ts'
import { KEYS, optionsFor } from './masker.ts'

const base = { version: 1, certainty: 'shape', hold: 40, counterExamples: [] } as const

/** Small letters alone, so that the fast lane may take all of them. */
const KEY: Recogniser = { ...base, type: 'SECRET', name: 'key', window: 'word', starts: ['key-'], pattern: /\bkey-[a-z]{8}\b/, examples: ['«key-abcdefgh»'] }
const STREET: Recogniser = {
  ...base,
  type: 'ADDRESS',
  name: 'street',
  window: 'phrase',
  opens: { words: ['улица', 'οδός'] },
  grow: /^(?:улица|οδός)(?: [а-яα-ωό]*)?$/,
  pattern: /^(?:улица|οδός) [а-яα-ωό]+/,
  examples: ['«улица мира»'],
}
const masker = createMasker({ ...KEYS, families: [{ name: 'own', recognisers: [KEY, STREET] }] })

function expect(text: string, masked: string): void {
  assert.equal(masker.mask(text, optionsFor('text')).text, masked)
  for (let cut = 1; cut < text.length; cut++) {
    const stream = masker.session('scripts').open(optionsFor('text'))
    assert.equal(stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.flush(), masked, `cut at ${cut}`)
  }
}

describe('a literal is heard in a word', () => {
  for (const [how, key] of [
    ['of one script', 'key-abcdefgh'],
    ['with one letter of another', 'kеy-abcdefgh'],
    ['with such letters only behind the literal', 'key-аbсdеfgh'],
    ['of which each Latin letter is written in full width', 'ｋеｙ-ｂеｄеｆеｇｈ'],
    ['with an escape', '\\u006bеy-abcdefgh'],
  ] as const)
    test(how, () => {
      expect(`это ${key} и всё`, 'это [SECRET] и всё')
    })

  test('but not in one of a second script alone, though it looks the same', () => {
    expect('это кеу-асеорхсу и всё', 'это кеу-асеорхсу и всё')
  })
})

describe('a word of a second script', () => {
  test('opens what it names, between words that are read in one go', () => {
    expect('живёт там: улица мира, а не тут', 'живёт там: [ADDRESS], а не тут')
    expect('η νέα οδός ερμων, εδώ', 'η νέα [ADDRESS], εδώ')
  })

  test('opens it behind invisible characters too', () => {
    expect('там ули\u200bца мира, и', 'там [ADDRESS], и')
  })
})

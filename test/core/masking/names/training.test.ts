import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createNameTagger } from '../../../../src/core/masking/names/tagger.ts'
import { readSentences, write } from '../../../../src/core/masking/names/training/conll.ts'
import { PLAN, train, type Material } from '../../../../src/core/masking/names/training/course.ts'
import { generate, generateForeign } from '../../../../src/core/masking/names/training/generate.ts'
import { exponential } from '../../../../src/core/masking/names/training/learn.ts'
import { readLists } from '../../../../src/core/masking/names/training/lists.ts'
import { Dice } from '../../../../src/core/masking/names/training/random.ts'

const GIVEN = Array.from({ length: 40 }, (_, i) => `Ann${'abcdefghijklmnopqrstuvwxyz'.charAt(i % 26)}${i < 26 ? 'o' : 'i'}`)
const FAMILY = Array.from({ length: 30 }, (_, i) => `Berg${'abcdefghijklmnopqrstuvwxyz'.charAt(i % 26)}${i < 26 ? 'er' : 'ul'}`)

const material: Material = {
  faker: {
    en: { person: { first_name: GIVEN, last_name: FAMILY }, location: { country: ['Norland', 'Sudland'], state: ['Westmark'] }, company: { legal_entity_type: ['Ltd'] } },
  },
  places: [{ name: 'Grandville', country: 'XX', population: 900_000 }, { name: 'Smallton', country: 'XX', population: 30_000 }],
  words: 'the of and to is was table chair green walk under seldom'.split(' ').map((word) => ({ word, count: 5000 })),
  technical: ['The Parser reads a Stream.\n'.repeat(200)],
  corpus: 'Anno\tB-PER\nBerger\tI-PER\nwalks\tO\n.\tO\n\nin\tO\nSmallton\tB-LOC\n\n@ada\tO\nhi\tO\n',
}
const plan = { ...PLAN, generated: 300, foreign: 100, windowsPerFile: 10, settings: { ...PLAN.settings, rowsLog2: 12, epochs: 2 } }
const quiet = (): void => undefined

describe('the training of the name tagger', () => {
  test('gives the same bytes every time, and others for another seed', () => {
    const first = Buffer.from(train(material, quiet, plan))
    assert.ok(first.equals(Buffer.from(train(material, quiet, plan))))
    assert.ok(!first.equals(Buffer.from(train(material, quiet, { ...plan, seed: 1 }))))
  })

  test('learns from what it is given', () => {
    const stream = createNameTagger(train(material, quiet, { ...plan, generated: 3000 })).open()
    const text = 'My name is Annbo Bergaer and I live in Grandville.'
    stream.push(text)
    stream.end()
    const found = stream.take().map(({ start, end, type }) => [type, text.slice(start, end)])
    assert.deepEqual(found, [['PERSON', 'Annbo Bergaer'], ['LOCATION', 'Grandville']])
  })

  test('marks in generated text exactly what it drew', () => {
    const lists = readLists(material.faker, material.places, material.words)
    const texts = [...generate(lists, new Dice(3), 2000), ...generateForeign(lists, new Dice(3), 2000)]
    assert.equal(texts.length, 4000)
    for (const { text, names } of texts) {
      assert.doesNotMatch(text, /undefined|\[object/)
      names.forEach((name, i) => {
        assert.ok(name.start >= (names[i - 1]?.end ?? 0) && name.end > name.start && name.end <= text.length, text)
        const marked = text.slice(name.start, name.end)
        assert.equal(marked, marked.trim())
      })
    }
  })

  test('reads a corpus of a token a line, and takes a handle for a person', () => {
    const [first, second, third] = readSentences(material.corpus)
    assert.ok(first && second && third)
    const dice = new Dice(1)
    assert.deepEqual(write(first, dice).names.map(({ start, end, type }) => [start, end, type]), [[0, 11, 'PERSON']])
    assert.deepEqual(write(second, dice), { text: 'in Smallton', names: [{ start: 3, end: 11, type: 'LOCATION' }] })
    assert.deepEqual(write(third, dice), { text: '@ada hi', names: [{ start: 1, end: 4, type: 'PERSON' }] })
  })

  test('computes an exponential that is the same everywhere and right', () => {
    for (let x = -30; x < 30; x += 0.37) assert.ok(Math.abs(exponential(x) / Math.exp(x) - 1) < 1e-12, String(x))
    assert.equal(exponential(-1000), 0)
  })
})

/** What people do to a value so that it is not seen. The corpus only grows: who finds a new trick adds a line. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { foldText } from '../../../src/core/masking/scan/fold.ts'
import { maskerWith, optionsFor, rulesFor } from './masker.ts'

const { masker } = maskerWith()
const CORPUS = readFileSync(path.join(import.meta.dirname, 'evasion.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { how: string; text: string; masked: string })

describe('a value is found behind', () => {
  for (const { how, text, masked } of CORPUS) {
    test(how, () => {
      assert.equal(masker.mask(text, optionsFor('text')).text, masked)
      for (let cut = 1; cut < text.length; cut++) {
        const stream = masker.session('evasion').open(optionsFor('text'))
        assert.equal(stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.flush(), masked, `cut at ${cut}`)
      }
    })
  }
})

describe('nothing of a disguised value is left', () => {
  const DISGUISED = [...CORPUS.filter(({ text, masked }) => masked !== text).map(({ text }) => text), 'SSN: ２１９-０９-９９９８', 'ssn ٢١٩-٠٩-٩٩٩٨', 'card ４１１１ １１１１ １１１１ １１１１', 'cvv: ４８２', 'phone: +１ ４１５ ５５５ ２６７１', 'age: ４７']
  const bare = (text: string): string => foldText(text).replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()

  for (const transform of ['replace', 'partial', 'hash', 'pseudonym'] as const)
    test(`with ${transform}`, () => {
      for (const text of DISGUISED) {
        const { spans } = masker.mask(text, optionsFor('text', { rules: rulesFor(transform) }))
        assert.ok(spans.length > 0, text)
        for (const { start, end, token } of spans) assert.ok(!bare(token).includes(bare(text.slice(start, end))), `${text}: ${token}`)
      }
    })
})

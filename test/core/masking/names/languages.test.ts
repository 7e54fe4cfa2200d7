import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { createNameTagger } from '../../../../src/core/masking/names/tagger.ts'

/** A text of `languages.jsonl`, none of which the tagger was trained on, and the names in it. */
interface Sentence {
  readonly language: string
  readonly text: string
  readonly names: readonly string[]
}

type Range = readonly [start: number, end: number]

const sentences = readFileSync(new URL('languages.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Sentence)
const languages = [...new Set(sentences.map(({ language }) => language))]
const tagger = createNameTagger()

/** Words that may be masked for nothing in the forty nameless texts of a language, and in the twenty others; names of those that may be missed. */
const MOST = { inNameless: 4, besideNames: 2, missed: 2 }

function masked(text: string): Range[] {
  const stream = tagger.open()
  stream.push(text)
  stream.end()
  return stream.take().map(({ start, end }): Range => [start, end])
}

function words(text: string): Range[] {
  return [...text.matchAll(/[\p{L}\p{M}]+/gu)].map(({ 0: word, index }): Range => [index, index + word.length])
}

function touches(ranges: readonly Range[], [start, end]: Range): boolean {
  return ranges.some((range) => range[0] < end && start < range[1])
}

/** The words that are masked without being part of a name, and the names of which a word is not masked. */
function tried({ text, names }: Sentence): { false: string[]; missed: string[] } {
  const found = masked(text)
  const named = names.map((name): Range => [text.indexOf(name), text.indexOf(name) + name.length])
  const written = (ranges: readonly Range[]): string[] => ranges.map(([start, end]) => text.slice(start, end))
  return {
    false: written(words(text).filter((word) => touches(found, word) && !touches(named, word))),
    missed: written(named.filter((name) => words(text).some((word) => touches([name], word) && !touches(found, word)))),
  }
}

describe('the name tagger in other languages than English', () => {
  for (const language of languages) {
    const texts = sentences.filter((sentence) => sentence.language === language)

    test(`leaves ${language} mail alone in which nobody is named`, () => {
      const nameless = texts.filter(({ names }) => names.length === 0)
      assert.equal(nameless.length, 40)
      const wrong = nameless.flatMap((sentence) => tried(sentence).false)
      assert.ok(wrong.length <= MOST.inNameless, `${String(wrong.length)} words: ${wrong.join(', ')}`)
    })

    test(`finds the names in ${language} mail, and masks no words around them`, () => {
      const naming = texts.filter(({ names }) => names.length > 0)
      assert.equal(naming.length, 20)
      const results = naming.map(tried)
      const missed = results.flatMap((result) => result.missed)
      const wrong = results.flatMap((result) => result.false)
      assert.ok(missed.length <= MOST.missed, `missed ${missed.join(', ')}`)
      assert.ok(wrong.length <= MOST.besideNames, `${String(wrong.length)} words: ${wrong.join(', ')}`)
    })
  }
})

/** A phrase that is read along with its window is what its expressions say of the window's plain form. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readExample } from '../../../src/core/masking/findAll.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { FOLD, FOREIGN, readLastUnit, unit } from '../../../src/core/masking/scan/characters.ts'
import { Dispatch } from '../../../src/core/masking/scan/dispatch.ts'
import { Compiled } from '../../../src/core/masking/scan/match.ts'
import { Open, firstLength, goesOn } from '../../../src/core/masking/scan/openPhrase.ts'
import { Phrase } from '../../../src/core/masking/scan/phrase.ts'
import { KnownKeys } from '../../../src/core/masking/scan/knownKeys.ts'
import { WordIndex } from '../../../src/core/masking/scan/regex/wordIndex.ts'
import { Source } from '../../../src/core/masking/scan/source.ts'

const DISPATCH = new Dispatch([])

/** Ways to write a character: as itself most often, as an escape, in full width, with something invisible behind it, or as a look-alike. */
const FORMS: readonly ((char: string) => string)[] = [
  (char) => char,
  (char) => char,
  (char) => char,
  (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  (char) => (char > ' ' && char <= '~' ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : '\u00a0'),
  (char) => `${char}\u200b`,
  (char) => 'аеорсх'.charAt('aeopcx'.indexOf(char)) || char,
]

/** Opens a window at the beginning of a text and asks it at the end of each character. */
function compare(phrase: Phrase, text: string): void {
  const source = new Source(DISPATCH)
  source.append(text)
  const one = new Open(phrase, 0, '', -1, 0)
  for (let at = 0; at < text.length; ) {
    readLastUnit(text, at, text.length)
    if (unit.bits & FOLD) source.lastFold = at
    if (unit.bits & FOREIGN) source.lastForeign = at
    at += unit.length
    const plain = source.plain(0, at)
    const where = `${phrase.compiled.detector} at ${JSON.stringify(text.slice(0, at))}`
    assert.equal(goesOn(one, source, at), phrase.grow?.test(plain) ?? true, where)
    assert.equal(firstLength(one, source, at), phrase.compiled.firstEnd(plain), where)
  }
}

test('a phrase is read by its plain form, however its characters are written', () => {
  let state = 7
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % below
  }
  for (const recogniser of FAMILIES.flatMap(({ recognisers }) => recognisers).filter((one) => one.window === 'phrase')) {
    const phrase = new Phrase(new Compiled(recogniser, new WordIndex(), new KnownKeys()))
    for (const example of recogniser.examples) {
      const { text } = readExample(example)
      for (const { index } of text.matchAll(/(?<![A-Za-z\d])[A-Za-z\d]/g)) {
        const rest = text.slice(index)
        compare(phrase, rest)
        for (let turn = 0; turn < 4; turn++) compare(phrase, rest.replace(/[ -~]/g, (char) => (FORMS[next(FORMS.length)] ?? String)(char)))
      }
    }
  }
})

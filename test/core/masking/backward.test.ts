import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readExample } from '../../../src/core/masking/findAll.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { LEFT } from '../../../src/core/masking/scan/match.ts'
import { tailOf } from '../../../src/core/masking/scan/regex/backward.ts'
import { insideOf, isInside } from '../../../src/core/masking/scan/regex/inside.ts'

const RECOGNISERS = FAMILIES.flatMap((family) => family.recognisers)
const textsOf = (one: (typeof RECOGNISERS)[number]): string[] => [...one.examples.map((example) => readExample(example).text), ...one.counterExamples]
const TEXTS = RECOGNISERS.flatMap(textsOf)
const JOINTS = ['', '', ' ', ': ', '="', '\n', ' is ', ' -p ', "['", ', "', '>', 'é', '：']

/** A small generator: the same texts in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % below
  }
}

function mixture(next: (below: number) => number): string {
  const [before = '', after = ''] = [TEXTS[next(TEXTS.length)], TEXTS[next(TEXTS.length)]]
  return before.slice(0, next(before.length + 1)) + (JOINTS[next(JOINTS.length)] ?? '') + after.slice(0, next(after.length + 1)) + (JOINTS[next(JOINTS.length)] ?? '')
}

/** @returns whether the end of the text told the answer */
function compare(pattern: RegExp, text: string): boolean {
  const tail = tailOf(pattern)
  const isEnd = tail?.steps.back(text, 0, text.length)
  const isMatch = pattern.test(text)
  if (isEnd === false || (isEnd === true && tail?.isWhole === true)) assert.equal(isEnd, isMatch, `${pattern.source} in ${JSON.stringify(text)}`)
  return isEnd === false || tail?.isWhole === true
}

/** The contexts that are asked from their end, with the texts of those that have them. */
function contexts(): Map<RegExp, string[]> {
  const known = new Map<string, RegExp>()
  const texts = new Map<RegExp, string[]>()
  for (const one of RECOGNISERS)
    for (const pattern of [one.context?.left, one.context?.not]) {
      if (!pattern || !tailOf(pattern)) continue
      const same = known.get(pattern.source) ?? pattern
      known.set(pattern.source, same)
      texts.set(same, [...(texts.get(same) ?? []), ...textsOf(one)])
    }
  return texts
}

test('the end of a text tells of a context what the expression does', () => {
  const next = numbers(1)
  const asked = contexts()
  let told = 0
  for (const [pattern, texts] of asked) {
    for (const text of texts.slice(0, 40)) for (let at = 1; at <= text.length; at++) if (compare(pattern, text.slice(Math.max(0, at - LEFT), at))) told++
    for (let i = 0; i < 400; i++) if (compare(pattern, mixture(next).slice(-LEFT))) told++
  }
  assert.ok(asked.size > 30 && told > 12_000, `${String(asked.size)} ${String(told)}`)
})

test('small patterns are read from their end as they are from their beginning', () => {
  const next = numbers(2)
  const patterns = [/ab$/, /(?:a|ab)c?$/, /^ab$|b$/, /(?:^|[^a])b{1,3}$/, /(?:aa|b|(?:ab){2})c{0,2}$/i, /a+b*c$/, /(?:a[^b]{0,9}|b)c$/, /\bb$/, /a(?!c)[bc]$/, /(?:a|b|c|aa|bb|cc|ab|ac|bc)[abc]{0,9}c$/, /ä[b-ä]$/i]
  for (const pattern of patterns) {
    assert.ok(tailOf(pattern), pattern.source)
    for (let i = 0; i < 300; i++) compare(pattern, Array.from({ length: next(9) }, () => 'aabcBA äÄ'.charAt(next(9))).join(''))
  }
})

test('what the end of a text does not tell is left to the expression', () => {
  for (const pattern of [/a/, /abc/, /a$|b/, /ab$|cd/, /a[^b]{0,9}$/, /(a)\1$/, /a?$/, /\p{Lu}$/u, /^a$/m]) assert.equal(tailOf(pattern), undefined, pattern.source)
  assert.deepEqual([/a\b$/, /(?<=b)a$/, /a(?!b)$/, /(?:a|b|c|d|e|f|g|h|i)[a-z]{0,9}k$/].map((pattern) => tailOf(pattern)?.isWhole), [false, false, false, false])
})

test('a value that begins inside of a word has what must stand before it in the word', () => {
  const next = numbers(3)
  const words = TEXTS.flatMap((text) => text.split(/\s+/))
  let told = 0
  for (const { pattern, name } of RECOGNISERS) {
    const inside = insideOf(pattern)
    if (!inside) continue
    const global = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`)
    for (let i = 0; i < 400; i++) {
      const text = (words[next(words.length)] ?? '') + (['', '=', ':', '>', '-p', '\\n', '：'][next(7)] ?? '') + (words[next(words.length)] ?? '')
      const isIn = isInside(inside, text)
      if (!isIn) told++
      for (const match of text.matchAll(global)) assert.ok(match.index === 0 || isIn, `${name} in ${JSON.stringify(text)}`)
    }
  }
  assert.ok(told > 1000, String(told))
  assert.deepEqual([/a/, /(?<=b?)a/, /(?<!b)a/, /^a|b/, /^a/m].map(insideOf), Array.from({ length: 5 }, () => undefined))
})

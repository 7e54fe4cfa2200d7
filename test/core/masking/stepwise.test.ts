import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readExample } from '../../../src/core/masking/findAll.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { Reading, Stepwise } from '../../../src/core/masking/scan/regex/stepwise.ts'

const RECOGNISERS = FAMILIES.flatMap((family) => family.recognisers)
const TEXTS = RECOGNISERS.flatMap((one) => [...one.examples.map((example) => readExample(example).text), ...one.counterExamples])

/** A small generator: the same texts in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % below
  }
}

function endOf({ source, flags }: RegExp, text: string): number {
  const pattern = new RegExp(source, `${flags}g`)
  return pattern.test(text) ? pattern.lastIndex : -1
}

/** Reads a text in pieces and asks after each of them. */
function compare(pattern: RegExp, text: string, next: (below: number) => number): void {
  const stepwise = Stepwise.of(pattern)
  assert.ok(stepwise, `${pattern.source} can be read stepwise`)
  const base = 7
  const reading = new Reading(stepwise, base)
  for (let at = 0; at < text.length; ) {
    at = Math.min(text.length, at + 1 + next(6))
    const end = stepwise.run(reading, text, base, base + at)
    assert.ok(end !== undefined, `${pattern.source} has an answer`)
    assert.equal(end < 0 ? end : end - base, endOf(pattern, text.slice(0, at)), `${pattern.source} in ${JSON.stringify(text.slice(0, at))}`)
  }
}

test('reading stepwise finds the first match of an expression', () => {
  const next = numbers(1)
  const patterns = [
    /^(?:a|ab)(?:c|bcd)?/, /^(?:ab|a)(?:bcd|c)?/, /^a+?b*/, /^a*?$/, /^(?:a{1,3}?b?){0,2}/, /^a(?!b)[ab]*/, /^a(?=b)[ab]?/, /^(?!aab|b)[abc]+(?![c])/, /^a(?: |$)b?/, /^[^b]{2,3}[a-b]?/i,
    /^(?!\w+ \w+ a)[ab ]+$/, /^a$|^ab/, /^ä[b-ä]?/i, /^(?:a[bc]?|b)*c$/,
  ]
  for (const pattern of patterns) for (let i = 0; i < 200; i++) compare(pattern, Array.from({ length: 1 + next(9) }, () => 'aabcBA äÄ'.charAt(next(9))).join(''), next)
})

test('the patterns of phrases that can be read stepwise are read as the expressions are', () => {
  const next = numbers(2)
  const phrases = RECOGNISERS.filter((one) => one.window === 'phrase').flatMap((one) => [one.pattern, ...(one.grow ? [one.grow] : [])])
  const readable = phrases.filter((pattern) => Stepwise.of(pattern))
  assert.ok(readable.length > phrases.length / 2)
  for (const pattern of readable)
    for (let i = 0; i < 100; i++) {
      const text = TEXTS[next(TEXTS.length)] ?? ''
      const from = next(3) === 0 ? 0 : next(text.length)
      compare(pattern, text.slice(from) + (TEXTS[next(TEXTS.length)] ?? ''), next)
    }
})

test('a pattern that is more than steps can tell is left to the expression', () => {
  for (const pattern of [/a/, /^a|b/, /^(a)\1/, /^a(?=bc)/, /^a(?<!b)/, /^a\b/, /^(?:a?)*/, /^\p{Lu}/u]) assert.equal(Stepwise.of(pattern), undefined, pattern.source)
})

test('texts of ever new forms are left to the expression, and are never answered wrongly', () => {
  const next = numbers(3)
  const pattern = /^(?:[ab]{1,4}c[abc]{0,3}){0,5}d?/
  const stepwise = Stepwise.of(pattern, -2000)
  assert.ok(stepwise)
  let left = 0
  for (let i = 0; i < 300; i++) {
    const text = Array.from({ length: 30 }, () => 'abc'.charAt(next(3))).join('')
    const reading = new Reading(stepwise, 0)
    for (let at = 0; at < text.length; ) {
      at = Math.min(text.length, at + 1 + next(9))
      const end = stepwise.run(reading, text, 0, at)
      if (end === undefined) left++
      else assert.equal(end, endOf(pattern, text.slice(0, at)))
    }
  }
  assert.ok(left > 0 && left < 500, String(left))
})

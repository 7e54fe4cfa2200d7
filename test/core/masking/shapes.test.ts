import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isLuhnAt } from '../../../src/core/masking/checks/digits.ts'
import { readExample } from '../../../src/core/masking/findAll.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { Dispatch } from '../../../src/core/masking/scan/dispatch.ts'
import { Pipeline } from '../../../src/core/masking/scan/pipeline.ts'
import { Compiled } from '../../../src/core/masking/scan/match.ts'
import { outlineOf, outlinePattern } from '../../../src/core/masking/scan/regex/outline.ts'
import { END, INDEX, firstShape } from '../../../src/core/masking/scan/regex/shapeRow.ts'
import { shapesOf } from '../../../src/core/masking/scan/regex/shapes.ts'
import { KnownKeys } from '../../../src/core/masking/scan/knownKeys.ts'
import { WordIndex } from '../../../src/core/masking/scan/regex/wordIndex.ts'
import { Signs } from '../../../src/core/masking/scan/signs.ts'
import { Trials, Untold } from '../../../src/core/masking/scan/trials.ts'

const NUMBERS = FAMILIES.flatMap(({ recognisers }) => recognisers).filter(({ window }) => window === 'group')
const textsOf = ({ examples, counterExamples }: (typeof NUMBERS)[number]): readonly string[] => [...examples.map((one) => readExample(one).text), ...counterExamples].filter((text) => /^[\0-\x7f]{1,60}$/.test(text))
const TEXTS = NUMBERS.flatMap(textsOf)
/** A pattern, and a text of its own or of another one. */
const PAIRS = fc.constantFrom(...NUMBERS.filter((one) => textsOf(one).length > 0)).chain((one) => fc.tuple(fc.constant(one.pattern), fc.oneof(fc.constantFrom(...textsOf(one)), fc.constantFrom(...TEXTS))))

/** A text as the engine reads it. */
function codesOf(text: string): Uint16Array {
  return Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
}

/** Places of the outline at which a pattern's own outline matches. */
function placesIn(pattern: RegExp, outline: string): readonly number[] {
  const own = outlinePattern(pattern)
  if (!own) return Array.from({ length: outline.length + 1 }, (_, at) => at)
  return Array.from({ length: outline.length + 1 }, (_, at) => at).filter((at) => {
    own.lastIndex = at
    return own.exec(outline)?.index === at
  })
}

/** First match from a place on, as the outline tells it; undefined when it does not. */
function told(pattern: RegExp, text: string, from: number): readonly number[] | null | undefined {
  const outline = outlineOf(text)
  const shapes = shapesOf(pattern, outline, placesIn(pattern, outline), 0, { steps: 100_000 })
  if (!shapes) return undefined
  const shape = firstShape(shapes, 0, from, codesOf(text))
  return shape < shapes.length ? [shapes[shape + INDEX] ?? -1, shapes[shape + END] ?? -1] : null
}

/** The same as the pattern itself finds it. */
function matched(pattern: RegExp, text: string, from: number): readonly number[] | null {
  const own = new RegExp(pattern.source, `${pattern.flags.replace(/[gyd]/g, '')}g`)
  own.lastIndex = from
  const match = own.exec(text)
  return match && [match.index, match.index + match[0].length]
}

/** Another text of the same outline. */
function redrawn(text: string, draw: (below: number) => number): string {
  return text
    .replace(/\d/g, () => String(draw(10)))
    .replace(/[A-Z]/g, () => String.fromCharCode(65 + draw(26)))
    .replace(/[a-z]/g, () => String.fromCharCode(97 + draw(26)))
}

test('an outline tells of every number pattern where it matches in any text of that outline', () => {
  let count = 0
  fc.assert(
    fc.property(PAIRS, fc.infiniteStream(fc.nat(1000)), fc.nat(20), fc.boolean(), ([pattern, example], numbers, from, isSame) => {
      const draw = (below: number): number => Number(numbers.next().value) % below
      const text = isSame ? example : redrawn(example, draw)
      const answer = told(pattern, text, from)
      if (answer === undefined) return
      if (answer) count++
      assert.deepEqual(answer, matched(pattern, text, from), `${pattern.source} in ${JSON.stringify(text)}`)
    }),
    { numRuns: 20_000 },
  )
  assert.ok(count > 1000, `only ${count} of them matched anywhere`)
})

test('of several ways through a text the one that the pattern tries first is told', () => {
  for (const [pattern, text] of [
    [/\d{2,4}/, '123456'],
    [/\d{2,4}?/, '123456'],
    [/(?:12|\d)\d/, '1234'],
    [/(?:12|\d)\d/, '2234'],
    [/(?:1|12)(?:3|23)/, '123'],
    [/[A-C]{1,3}[C-E]/, 'ABCCE'],
    [/\d+(?!5)/, '1225'],
    [/(?<!7)\d\d/, '7812'],
    [/(?=[12])\d(?<=2)\d/, '1123'],
    [/\d([ -])\d\1\d/, '1-2 3 4 5-6-7'],
    [/\b\d+\b/, 'a1 22 b3'],
    [/^\d|\d$/, '12'],
  ] as const)
    for (let from = 0; from <= text.length; from++) assert.deepEqual(told(pattern, text, from), matched(pattern, text, from), `${pattern.source} in ${text} from ${from}`)
})

test('a pattern of which an outline tells too little is asked itself', () => {
  for (const pattern of [/(\d)\1/, /(?<a>\d)\k<a>/, /(?:(\d)-)+/, /^\d/m, /\d(?!\d\d[5-9][5-9])/, /(?:\d?\d?\d?){20}[1-3]{40}/]) assert.equal(told(pattern, `12-${'3'.repeat(90)}`, 0), undefined, pattern.source)
})

/** Finds with one memory of outlines for all texts. */
function finder(): (text: string) => readonly unknown[] {
  const dispatch = new Dispatch(FAMILIES)
  return (text) => {
    const pipeline = new Pipeline({ dispatch, tagger: undefined, masks: () => false })
    pipeline.push(text)
    pipeline.end()
    return pipeline.takeCounted()
  }
}

test('a number is judged the same the first time its outline comes by and whenever it comes by again', () => {
  const found = finder()
  const first = new Map(TEXTS.map((text) => [text, found(text)]))
  assert.ok([...first.values()].filter((values) => values.length > 0).length > 300)
  for (let times = 2; times <= 130; times++) for (const [text, values] of first) assert.deepEqual(found(text), values, `${JSON.stringify(text)}, the ${times}th time`)
})

test('a number is found whatever another text wrote in its place before', () => {
  for (const [disguised, number] of [
    ['4бббббббббббб11З', '4111111111111111'],
    ['DE8З ЗЗЗЗ ЗЗЗЗ ЗЗЗЗ ЗЗЗЗ ЗЗ', 'DE89 3704 0044 0532 0130 00'],
  ] as const) {
    const found = finder()
    found(disguised)
    assert.equal(found(number).length, 1, `${number} after ${disguised}`)
  }
})

test('all that an outline keeps is counted: who controls the text controls how many there are', () => {
  const words = new WordIndex()
  const room = { taken: 0 }
  const all = NUMBERS.map((one) => new Compiled(one, words, new KnownKeys()))
  const trials = new Trials(new Untold(all).of(all), '0'.repeat(10), true, room)
  const alone = room.taken
  for (let times = 1; times <= 2; times++) assert.ok(trials.able.length > 10)
  const listed = room.taken
  assert.ok(listed > alone, 'the list of those that are let through')
  for (let times = 3; times <= 32; times++) assert.ok(trials.able.length > 0)
  const bytes = trials.able.reduce((sum, able) => sum + 8 * (able.shapes?.length ?? 0), 0)
  assert.ok(bytes > 0 && room.taken - listed >= Math.floor(bytes / 200), `${bytes} bytes, ${room.taken - listed} pieces counted`)
})

test('a text that a pattern matches has the sign that its recogniser needs', () => {
  const words = new WordIndex()
  const all = FAMILIES.flatMap(({ recognisers }) => recognisers).filter(({ window }) => window === 'cjk').map((one) => new Compiled(one, words, new KnownKeys()))
  const signs = new Signs(all)
  const marked = all.filter((one) => signs.bitOf(one) !== 0)
  assert.ok(marked.length > 8, `${marked.length} need a sign`)
  const texts = all.flatMap(({ recogniser: { examples, counterExamples } }) => [...examples.map((example) => readExample(example).text), ...counterExamples])
  for (const one of marked) {
    const own = texts.filter((text) => one.recogniser.pattern.test(text))
    assert.ok(own.length > 0, one.recogniser.name)
    for (const text of own) assert.equal(signs.of(codesOf(text), text.length) & signs.bitOf(one), signs.bitOf(one), `${one.recogniser.name} in ${text}`)
    assert.equal(signs.of(codesOf('abc 123'), 7) & signs.bitOf(one), 0)
  }
})

test('digits of which a recogniser says that they hold a sum do, in every value that it finds', () => {
  const all = NUMBERS.filter(({ luhn }) => luhn === true)
  assert.ok(all.length > 0)
  for (const one of all) {
    let count = 0
    const values = one.examples.map((example) => readExample(example)).flatMap(({ text, values: own }) => own.map(({ start, end }) => text.slice(start, end)))
    fc.assert(
      fc.property(fc.constantFrom(...values), fc.infiniteStream(fc.nat(1000)), (example, numbers) => {
        const value = redrawn(example, (below) => Number(numbers.next().value) % below)
        if (!one.valid?.(value, value, '')) return
        count++
        assert.ok(isLuhnAt(codesOf(`5${value}5`), 1, value.length + 1), `${one.name}: ${value}`)
      }),
      { numRuns: 8000 },
    )
    assert.ok(count > 20, `${one.name}: only ${count} were valid`)
  }
})

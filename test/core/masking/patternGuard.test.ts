/** What a policy's patterns cost, and whether they find what the expression itself finds. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { findAll } from '../../../src/core/masking/findAll.ts'
import { customFamily } from '../../../src/core/masking/recognisers/custom.ts'
import { whyRefused } from '../../../src/core/masking/recognisers/patternGuard.ts'
import { tailOf } from '../../../src/core/masking/scan/regex/backward.ts'
import { requiredLiterals } from '../../../src/core/masking/scan/regex/literals.ts'
import { outlineOf, outlinePattern } from '../../../src/core/masking/scan/regex/outline.ts'
import { parseRegex, type Node } from '../../../src/core/masking/scan/regex/parse.ts'
import { requirementsOf } from '../../../src/core/masking/scan/regex/requirements.ts'

/** An expression that goes back and tries again, and counts what it does. */
class Backtracker {
  steps = 0
  readonly #text: string
  readonly #most: number

  constructor(text: string, most: number) {
    this.#text = text
    this.#most = most
  }

  match(node: Node, at: number, then: (at: number) => boolean): boolean {
    if (++this.steps > this.#most) throw new RangeError('Too many steps.')
    switch (node.kind) {
      case 'char':
        return this.#text[at] === node.char && then(at + 1)
      case 'set':
        return at < this.#text.length && new RegExp(`^${node.source}$`).test(this.#text.charAt(at)) && then(at + 1)
      case 'sequence':
        return this.#items(node.items, 0, at, then)
      case 'either':
        return node.options.some((option) => this.match(option, at, then))
      case 'group':
        return this.match(node.body, at, then)
      case 'repeat':
        return this.#repeat(node, 0, at, then)
      case 'look':
        return this.match(node.body, at, () => true) !== node.isNegative && then(at)
      default:
        return then(at)
    }
  }

  #items(items: readonly Node[], index: number, at: number, then: (at: number) => boolean): boolean {
    const item = items[index]
    return item ? this.match(item, at, (to) => this.#items(items, index + 1, to, then)) : then(at)
  }

  #repeat(node: Node & { readonly kind: 'repeat' }, count: number, at: number, then: (at: number) => boolean): boolean {
    const isLazy = node.source.length > 1 && node.source.endsWith('?')
    const goOn = (): boolean => count < node.max && this.match(node.body, at, (to) => (to > at || count < node.min) && this.#repeat(node, count + 1, to, then))
    const stop = (): boolean => count >= node.min && then(at)
    return isLazy ? stop() || goOn() : goOn() || stop()
  }
}

/** Whatever it finds is not enough: all ways are tried. @returns Infinity for very many */
function stepsOf(tree: Node, text: string): number {
  const backtracker = new Backtracker(text, 300_000)
  try {
    backtracker.match(tree, 0, () => false)
    return backtracker.steps
  } catch (error) {
    if (error instanceof RangeError) return Infinity
    throw error
  }
}

const atom = fc.constantFrom('a', 'b', '1', '-', '\\d', '\\w', '[ab]', '[^a]', '.')
const quantifier = fc.constantFrom('', '', '', '+', '*', '?', '{2}', '{1,3}', '{3,}', '+?', '{0,40}')
const { pattern } = fc.letrec<{ pattern: string; item: string }>((tie) => ({
  pattern: fc.array(tie('item'), { minLength: 1, maxLength: 4 }).map((items) => items.join('')),
  item: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(atom, quantifier).map(([one, often]) => one + often),
    fc.tuple(tie('pattern'), quantifier).map(([body, often]) => `(?:${body})${often}`),
    fc.tuple(tie('pattern'), tie('pattern'), quantifier).map(([a, b, often]) => `(?:${a}|${b})${often}`),
    tie('pattern').map((body) => `(?=${body})`),
  ),
}))

/** Pieces of patterns, each with a text that it matches. */
const PIECES = [
  ['K', 'K'], ['z', 'z'], ['-', '-'], ['é', 'é'], ['É', 'É'], ['_', '_'], ['@', '@'], ['=', '='], ['!', '!'], ['}', '}'], [',', ','], ['§', '§'], ['中', '中'], ['–', '–'], ['１', '１'],
  ['\\x41', 'A'], ['\\u0041', 'A'], ['\\u00fc', 'ü'], ['\\xa7', '§'], ['\\cM', '\r'], ['\\0', '\0'], ['\\t', '\t'], ['\\/', '/'], ['\\.', '.'], ['\\$', '$'], ['\\q', 'q'], ['\\k', 'k'], ['\\1', '\u0001'], ['\\p{2}', 'pp'], ['\\u{2}', 'uu'],
  ['.', 'y'], ['[^]', 'y'], ['\\d', '3'], ['\\d{4}', '1234'], ['\\D', 'y'], ['\\W', '-'], ['\\w+?', 'b1'], ['a{2,}?', 'aaa'], ['a{,3}', 'a{,3}'], ['x{0}', ''], ['(?:)', ''], ['(?:x|)', ''],
  ['[A-Z]', 'Q'], ['[a-z]+', 'ab'], ['[\\x41-\\x43]', 'B'], ['[\\u0041-C]', 'B'], ['[^\\d]', 'y'], ['[\\W]', '.'], ['[\\d-x]', '-'], ['[é-ü]', 'ö'], ['[\\xe0-\\xff]', 'é'], ['[\\xa7]', '§'], ['[\\p{L}]', 'L'], ['[^-]', 'a'],
  ['(?<n>ab)', 'ab'], ['(?<value>\\d{3})', '555'], ['(a|b)', 'b'], ['(?:ab|c)', 'c'], ['(?i:prj)', 'prj'], ['(?-i:-)', '-'], ['(?<!x)', ''], ['(?<=J)', ''], ['(?=\\d)', ''], ['(?!x)', ''], ['\\b', ''], ['^', ''], ['$', ''],
] as const
const chosen = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 })

test('a pattern is refused that none of its texts would be found by, also where it looks around, and one that looks far within a look', () => {
  for (const pattern of ['PRJ１\\w+?(?=\\d)', 'PRJ１b(?=\\d)', 'PRJ[\\d-x]\\b.a{,3}', 'PRJ-(?=.)–\\d?']) assert.match(whyRefused(pattern) ?? '', /would not be found/, pattern)
  for (const pattern of ['P(?=\\w+(?=[^a]+?a))a', 'P(?:(?=(?:x(?=\\w+b))+)a)']) assert.match(whyRefused(pattern) ?? '', /looks around over a repetition/, pattern)
  for (const pattern of ['PRJ\\w+?(?=\\d)', 'PRJ-(?=[A-Z])[A-Z0-9]{6}', 'PRJ(?=.*\\d)-\\w{4}']) assert.equal(whyRefused(pattern), undefined, pattern)
})

describe('a pattern that is let through', () => {
  test('takes linear time on every text, and what is refused for its time is not all that there is', () => {
    let accepted = 0
    fc.assert(
      fc.property(pattern, fc.stringMatching(/^[ab1-]{0,6}$/), fc.stringMatching(/^[ab1-]{1,4}$/), (source, head, pump) => {
        if (whyRefused(`P${source}!`) !== undefined) return
        accepted++
        const tree = parseRegex(`P${source}!`, '')
        const [short, long] = [40, 80].map((times) => stepsOf(tree, `P${head}${pump.repeat(times)}`))
        assert.ok((long ?? 0) <= 2.5 * (short ?? 0) + 100 * source.length, `${source} on ${head} and ${pump} again and again: ${short}, ${long}`)
      }),
      { numRuns: 2000 },
    )
    assert.ok(accepted > 100, `${accepted}`)
  })

  test('finds what the expression finds, however it is written', () => {
    let found = 0
    fc.assert(
      fc.property(chosen, fc.boolean(), (pieces, ignoreCase) => {
        const source = `PRJ${pieces.map(([piece]) => piece).join('')}`
        const text = `PRJ${pieces.map(([, own]) => own).join('')}`
        const flags = ignoreCase ? 'i' : ''
        if (whyRefused(source, flags) !== undefined) return
        const match = new RegExp(source, flags).exec(text)
        if (!match) return
        found++
        const said = `see ${text} now`
        const values = findAll(said, [customFamily([{ name: 'CUSTOM_X', ignoreCase, pattern: source }])]).map(({ start, end }) => said.slice(start, end))
        assert.ok(values.includes(match.groups?.['value'] ?? match[0]), `${source} in ${JSON.stringify(text)}: ${JSON.stringify(values)}`)
      }),
      { numRuns: 1000 },
    )
    assert.ok(found > 200, `${found}`)
  })
})

test('what is read off a pattern is true of every text that it matches, also where it is not understood', () => {
  fc.assert(
    fc.property(chosen, fc.constantFrom('', 'i', 'm', 's', 'u'), (pieces, flags) => {
      const text = pieces.map(([, own]) => own).join('')
      const pattern = expression(pieces.map(([piece]) => piece).join(''), flags)
      const match = pattern?.exec(text)
      if (!pattern || !match) return
      const { length, digits } = requirementsOf(pattern)
      assert.ok(match[0].length >= length && match[0].replace(/\D/g, '').length >= digits, `${pattern} in ${JSON.stringify(text)}`)
      const literals = requiredLiterals(pattern)?.literals
      assert.ok(literals === undefined || literals.some((one) => text.toLowerCase().includes(one)), `${pattern} in ${JSON.stringify(text)}`)
      assert.ok(outlinePattern(pattern)?.test(outlineOf(text)) !== false, `${pattern} in ${JSON.stringify(text)}`)
      const tail = expression(`(?:${pattern.source})$`, flags)
      if (tail?.test(text)) assert.ok(tailOf(tail)?.steps.back(text, 0, text.length) !== false, `${tail} in ${JSON.stringify(text)}`)
    }),
    { numRuns: 3000 },
  )
})

function expression(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags)
  } catch {
    return undefined
  }
}

/** Tables in HTML: what stands in a cell is what the first row calls it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { maskerWith, optionsFor } from './masker.ts'

const { masker } = maskerWith()
const mask = (text: string): string => masker.mask(text, optionsFor('text')).text

const VALUES = ['1', '1990-04-12', '4829', 'tideWater31', 'paid']
const MASKED = ['1', '[DATE_OF_BIRTH]', '[SECRET]', '[SECRET]', 'paid']
const cells = (tag: string, values: readonly string[]): string => values.map((value) => `<${tag}>${value}</${tag}>`).join('')
const NAMES = ['id', 'dob', 'PIN', 'password', 'note']

const WRITTEN: Readonly<Record<string, (values: readonly string[]) => string>> = {
  'one line': (values) => `see <table><tr>${cells('th', NAMES)}</tr><tr>${cells('td', values)}</tr><tr>${cells('td', values)}</tr></table> and 4829`,
  'as pandas writes a frame': (values) => `<table border="1" class="dataframe">\n  <thead>\n    <tr style="text-align: right;">\n      <th></th>\n${NAMES.map((name) => `      <th>${name}</th>\n`).join('')}    </tr>\n  </thead>\n  <tbody>\n    <tr>\n      <th>0</th>\n${values.map((value) => `      <td>${value}</td>\n`).join('')}    </tr>\n  </tbody>\n</table>`,
  'as an editor writes it': (values) => `<table><tr><td colspan="5"><h2>Users</h2></td></tr><tr>${NAMES.map((name) => `<th><p><b>${name}</b>&nbsp;:</p></th>`).join('')}</tr><tr>${values.map((value) => `<td><span class="t">${value}</span><br/></td>`).join('')}</tr></table>`,
  'without heads, capitals, cells without ends': (values) => `<TABLE><TR>${NAMES.map((name) => `<TD>${name}`).join('')}<TR>${values.map((value) => `<TD width="9">${value}`).join('')}</TABLE>`,
}

describe('what stands in a cell', () => {
  for (const [name, write] of Object.entries(WRITTEN))
    test(`is masked by the first row: ${name}`, () => {
      assert.equal(mask(write(VALUES)), write(MASKED))
    })

  test('is masked where it stands, and not where a tag says the same', () => {
    assert.equal(mask('<table><tr><th>id<th>password<tr><td>1<td><b a="Kq2,vT7x">Kq2,vT7x</b></table>').includes('>Kq2,vT7x<'), false)
  })

  test('is left alone where that says nothing, outside of tables, and behind them', () => {
    const row = `<tr>${cells('td', ['1', '1990-04-12', '4829'])}</tr>`
    for (const text of [`<table><tr>${cells('th', ['a', 'b', 'c'])}</tr>${row}</table>`, `<tr>${cells('th', ['id', 'dob', 'pin'])}</tr>${row}`, `<table><tr>${cells('th', ['id', 'dob!', 'pin = 3'])}</tr>${row}</table>`]) assert.equal(mask(text), text)
    assert.equal(mask(`<table><tr>${cells('th', ['id', 'pin'])}</tr></table>${row}<table>${row}</table>`), `<table><tr>${cells('th', ['id', 'pin'])}</tr></table>${row}<table>${row}</table>`)
  })
})

test('tables in HTML are masked alike however they are cut', () => {
  const PIECES = ['<table>', '</table>', '<tr>', '</tr>', '<td>', '</td>', '<th>', '<th a="b">', '</th>', '<', '>', '<t', 'pin', 'password', 'id', '4829', 'tideWater31', 'tide;Water31', '<b>', '</b>', '1990-04-12', '\n', ' ', ', ', '"pin": [', ']', '\nid,pin\n', '-----BEGIN PRIVATE KEY-----', '\u200b', '&#60;', '😀', '12 Main Street']
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }), fc.array(fc.nat(400), { maxLength: 12 }), fc.boolean(), (pieces, cuts, isSingle) => {
      const whole = `<table>${pieces.join('')}`
      const offsets = (isSingle ? Array.from(whole, (_, i) => i) : cuts.map((cut) => Math.min(cut, whole.length))).sort((a, b) => a - b)
      const stream = masker.session('html').open(optionsFor('text'))
      const out = [0, ...offsets].map((from, i) => stream.push(whole.slice(from, offsets[i] ?? whole.length))).join('') + stream.flush()
      assert.equal(out, mask(whole))
    }),
    { numRuns: 1000 },
  )
})

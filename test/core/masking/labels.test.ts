/** A label says what its value is, however the two are written side by side. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { maskerWith, optionsFor } from './masker.ts'

const { masker } = maskerWith()
const masked = (text: string): string => masker.mask(text, optionsFor('text')).text

const PAIRS: readonly (readonly [label: string, value: string])[] = [
  ['Date of birth', '03/07/1990'],
  ['DOB', '1990-03-07'],
  ['Geburtsdatum', '07.03.1981'],
  ['Password', 'Sommer2024!'],
  ['Passwort', 'Sommer2024!'],
  ['API key', 'q7Zk2Vd9Xw4Lm8Rt3Yc6'],
  ['Token', '8f3a1c9e5b7d2046'],
  ['PIN', '4821'],
  ['CVV', '123'],
  ['Expiry date', '08/27'],
  ['Account number', '9876543210'],
  ['BIC', 'DEUTDEFF'],
  ['MRN', '12345678'],
  ['Member ID', 'W123456789'],
  ['Username', 'ada.lovelace42'],
  ['Age', '41'],
]

const FORMS: Readonly<Record<string, (label: string, value: string) => string>> = {
  'with a colon': (l, v) => `${l}: ${v}`,
  'with a bold label': (l, v) => `- **${l}:** ${v}`,
  'with a bold label and the colon behind it': (l, v) => `**${l}**: ${v}`,
  'with both of them bold': (l, v) => `**${l}:** **${v}**`,
  'with an underlined label': (l, v) => `* ${l}:__ ${v}`,
  'with the value in italics': (l, v) => `**${l}:** _${v}_`,
  'with the value as code': (l, v) => `**${l}:** \`${v}\``,
  'as cells of a table': (l, v) => `| ${l} | ${v} |`,
  'as bold cells of a table': (l, v) => `| **${l}** | **${v}** |`,
  'as cells of a table that is set evenly': (l, v) => `| ${l.padEnd(24)} | ${v} |`,
  'with a bold label of HTML': (l, v) => `<p><b>${l}:</b> ${v}</p>`,
  'as cells of HTML': (l, v) => `<tr><td>${l}</td><td>${v}</td></tr>`,
  'as cells of HTML on lines of their own': (l, v) => `<th>${l}</th>\n    <td>${v}</td>`,
  'as elements of HTML': (l, v) => `<label>${l}</label><span>${v}</span>`,
  'as elements of HTML with a colon': (l, v) => `<span>${l}:</span> <span>${v}</span>`,
  'as elements of HTML on lines of their own': (l, v) => `<div>${l}</div>\n  <div>${v}</div>`,
  'with a dash': (l, v) => `${l} - ${v}`,
  'with a long dash': (l, v) => `${l} – ${v}`,
  'with an arrow': (l, v) => `${l} -> ${v}`,
  'with a double arrow': (l, v) => `'${l}' => '${v}'`,
  'with a drawn arrow': (l, v) => `${l} → ${v}`,
  'as it is set in code': (l, v) => `${l} := "${v}"`,
  'with a value in typographic quotes': (l, v) => `${l}: “${v}”`,
  'with a value in French quotes': (l, v) => `${l} : « ${v} »`,
  'with dots between': (l, v) => `${l} ........ ${v}`,
}

/** Behind words as common as these, or as far from telling, only what is near is looked at. */
const isFar = (text: string): boolean => /user|age|member/i.test(text) && /\s{4}|</.test(text)

describe('a value is found beside its label', () => {
  for (const [how, form] of Object.entries(FORMS))
    test(how, () => {
      const left = PAIRS.map(([label, value]) => [form(label, value), value] as const).filter(([text, value]) => masked(text).includes(value) && !isFar(text))
      assert.deepEqual(left.map(([text]) => text), [])
    })

  test('in a row of fields', () => {
    const left = PAIRS.filter(([label]) => !/age|member/i.test(label)).flatMap(([label, value]) => [`${label};${value}`, `${label},"${value}"`].filter((text) => masked(text).includes(value)))
    assert.deepEqual(left, [])
  })

  test('and the marks of Markdown around it stay', () => {
    assert.equal(masked('- **CVV:** **123**\n- **PIN:** `4821`'), '- **CVV:** **[CARD_CVV]**\n- **PIN:** `[SECRET]`')
    assert.equal(masked('**Password:** **Sommer2024!**\n**Token:** **8f3a1c9e5b7d2046**\n**Username**: **ada_l**'), '**Password:** **[SECRET]**\n**Token:** **[SECRET]**\n**Username**: **[USERNAME]**')
  })
})

test('what merely stands beside such a word is not taken for its value', () => {
  for (const text of [
    'if (age >= 18 || age > 65) return',
    '| Age | Count |\n|---|---|',
    'the page - 41 of them',
    '| pass | 1284 tests |\n| PASS - suite_12 |',
    '| Password | Required | 12 characters |',
    '| Token | Limit |\n|---|---|\n| tokens | 4096 |',
    'Insurance - 45000 euro, | Policy | 100000 |',
    'password - min. 8 characters',
    'the account - 12 of them - was closed',
    '| Expires | 2027-08-01 |',
    'Born, 1,200 of them',
  ])
    assert.equal(masked(text), text)
})

test('emphasis hides no value, and what joins a name in code is no emphasis', () => {
  assert.equal(masked('from _192.168.1.105_ at noon, mac _00:1A:2B:3C:4D:5E_, KEY="_AKIAQ4Z7WX2LM6NP3RST_", SSN _219-09-9431_, DNI _12345678Z_'), 'from _[IP]_ at noon, mac _[MAC]_, KEY="_[SECRET]_", SSN _[US_SSN]_, DNI _[NATIONAL_ID]_')
  for (const text of ['host_192.168.1.105', '192.168.1.105_old', 'x_00:1A:2B:3C:4D:5E', 'MY_AKIAQ4Z7WX2LM6NP3RST', 'AKIAQ4Z7WX2LM6NP3RST_2']) assert.equal(masked(text), text)
})

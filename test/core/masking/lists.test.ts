/** Rows that are lists: what stands in them is what the list of names before them says. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { maskerWith, optionsFor } from './masker.ts'

const { masker } = maskerWith()
const mask = (text: string): string => masker.mask(text, optionsFor('text')).text

const VALUES = ['1', '1990-04-12', '4829', 'tideWater31', 'paid']
const MASKED = ['1', '[DATE_OF_BIRTH]', '[SECRET]', '[SECRET]', 'paid']

/** A mask in the place of a number in JSON stands in quotes. */
const inJson = (number: string): string => (number.startsWith('[') ? `"${number}"` : number)

/** Each with one or more rows. */
const WRITTEN: Readonly<Record<string, (values: readonly string[]) => string>> = {
  'a statement of SQL': ([id = '', dob = '', pin = '', password = '', note = '']) => `INSERT INTO users (id, dob, pin, password, note) VALUES\n  (${id}, '${dob}', ${pin}, '${password}', '${note}'),\n  (${id},'${dob}',${pin},'${password}','${note}');\nSELECT (1, '1990-04-12', 4829)`,
  'a statement with quoted names': ([id = '', dob = '', pin = '', password = '', note = '']) => `insert into \`users\` (\`id\`,\`dob\`,\`pin\`,\`password\`,\`note\`) values (${id}, '${dob}', ${pin}, '${password}', 'it''s ${note}, (so)');`,
  'columns and data in JSON': ([id = '', dob = '', pin = '', password = '', note = '']) => `here: {"columns":["id","dob","pin","password","note"],"data":[[${id},"${dob}",${inJson(pin)},"${password}","${note}"],[${id},"${dob}",${inJson(pin)},"${password}","a \\"b\\", [c]"]]}, [1,"1990-04-12",4829]`,
  'rows under names': ([id = '', dob = '', pin = '', password = '', note = '']) => `rows = [["id", "dob", "pin", "password", "note"],\n  [${id}, "${dob}", ${pin}, "${password}", "${note}"]]\n`,
  'pandas with an index': ([id = '', dob = '', pin = '', password = '', note = '']) => `{"columns":["id","dob","pin","password","note"],"index":[0,1],"data":[[${id},"${dob}",${inJson(pin)},"${password}","${note}"]]}`,
  'functions and prefixes': ([id = '', dob = '', pin = '', password = '', note = '']) => `INSERT INTO t (id, note, dob, pin, password) VALUES (${id}, CONCAT('a, b', N'c)${note}'), DATE '${dob}', ${pin}, N'${password}'), ROW(DEFAULT, NULL, '${dob}', '${pin}', concat('${password}'))`,
  'columns of a frame': ([, dob = '', pin = '', password = '']) => `{'id': {0: 1, 1: 2}, 'dob': {0: '${dob}', 1: '${dob}'}, "pin": {"0": ${inJson(pin)}, "1": ${inJson(pin)}}, 'password': {0: '${password}'}, 'n': {0: 4829}}`,
  'a choice': ([id = '', dob = '', pin = '', password = '']) => `SELECT id FROM t WHERE id IN (${id}) AND u.pin in (${pin}, ${pin}) AND "dob" NOT IN ('${dob}', '${dob}') OR password IN('${password}') -- 4829`,
  'keys and tuples': ([id = '', dob = '', pin = '', password = '', note = '']) => `(['id', 'dob', 'pin', 'password', 'note'], [(${id}, '${dob}', ${pin}, '${password}', '${note}')])`,
  'lists of one field': ([, dob = '', pin = '', password = '']) => `{'dob': ['${dob}', '${dob}'], "pin": [${inJson(pin)}, ${inJson(pin)}, ${inJson(pin)}], passwords=['x'], 'password': ['${password}'], 'n': [4829]}`,
}

test('a list is of the field that the line above gave out', () => {
  for (const line of ["df['pin'].unique()\narray(", '>>> df.pin.tolist()\n', "In [5]: df['pin'].unique()\nOut[5]: array(", "df['pin'].unique()\n<StringArray>\n", "Series: 'pin' [str]\n"]) assert.equal(mask(`${line}['4821', '4822']`), `${line}['[SECRET]', '[SECRET]']`)
  for (const line of ["df['note'].unique()\narray(", "df['pin'] = 3\n", 'the pin\n', "f(df['pin'], array("]) assert.equal(mask(`${line}['4821', '4822']`), `${line}['4821', '4822']`)
})

describe('what stands in a list', () => {
  for (const [name, write] of Object.entries(WRITTEN))
    test(`is masked by the name of its place: ${name}`, () => {
      assert.equal(mask(write(VALUES)), write(MASKED))
    })

  test('is left alone behind names that say nothing, behind other words, and in programs', () => {
    for (const text of [
      'INSERT INTO t (a, b) VALUES (1, 4829)',
      'INSERT INTO t (id, pin) SELECT (1, 4829)',
      'f(id, pin)(1, 4829)',
      '["id", "pin"] [1, 4829]',
      `["id", "pin"], and ${'more words '.repeat(5)}, [1, 4829]`,
      'df[["id", "pin"]].head(4829)',
      'pins: [4829]',
      "{'age': {'min': 18, 'max': 65}, 'pin': {}, 'n': [4829]}",
      "'password' => ['required', 'min:8'], 'username' => ['required', 'unique:users']",
      'INSERT INTO t (username, password, pin) VALUES (p_username, hash(h1), @Pin1)',
      '{"pin": [[4829], [4829]]}',
      '{"PW": [7, [1], "6[2-4689]"]}',
      '["id", "pin"], {"a": 1}, [1, 4829]',
    ])
      assert.equal(mask(text), text)
  })

  test('ends no long value, and a row without an end ends by its length', () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC,BKcwggSjAgEAAoIBAQ\n'.repeat(6)}-----END PRIVATE KEY-----`
    assert.equal(mask(`INSERT INTO t (id, password) VALUES (1, '${key}'), (2, 'tideWater31')`), "INSERT INTO t (id, password) VALUES (1, '[SECRET]'), (2, '[SECRET]')")
    const text = `INSERT INTO t (id, pin) VALUES (1, ${'x '.repeat(3000)} 4829`
    assert.equal(mask(text), text)
  })
})

test('lists are masked alike however they are cut', () => {
  const PIECES = ['INSERT INTO t ', '(id, dob, pin)', '["id","pin"]', "['password', 'dob']", ' VALUES ', 'pin IN ', ', ', ',', '[', ']', '(', ')', '"', "'", '\\', "''", '\n', '\nid,pin\n', ' ', '"data":', "'pin': ", "'pin': {0: ", '{', '}', ': ', 'member_id=', '4829', '1990-04-12', 'tideWater31', '-----BEGIN PRIVATE KEY-----', '\u200b', '&#91;', '４８２９', 'tide;Water31', '"a, b1"', '12 Main Street', '"😀", ', 'é', 'b'.repeat(50)]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 50 }), fc.array(fc.nat(400), { maxLength: 12 }), fc.boolean(), (pieces, cuts, isSingle) => {
      const whole = pieces.join('')
      const offsets = (isSingle ? Array.from(whole, (_, i) => i) : cuts.map((cut) => Math.min(cut, whole.length))).sort((a, b) => a - b)
      const stream = masker.session('lists').open(optionsFor('text'))
      const out = [0, ...offsets].map((from, i) => stream.push(whole.slice(from, offsets[i] ?? whole.length))).join('') + stream.flush()
      assert.equal(out, mask(whole))
    }),
    { numRuns: 1000 },
  )
})

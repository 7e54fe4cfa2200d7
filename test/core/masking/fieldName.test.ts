/** Values that only the name of their field gives away, where programs print records: in plain text, in JSON, in columns. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { maskerWith, optionsFor } from './masker.ts'

const { masker } = maskerWith()
const mask = (text: string, kind: 'text' | 'json' = 'text'): string => masker.mask(text, optionsFor(kind)).text

/** None of these is known by its looks, nor by one word before it. */
const FIELDS: readonly (readonly [string, string, string])[] = [
  ['member_id', 'XYZ482913001', 'HEALTH_ID'],
  ['sort_code', '20-00-00', 'US_BANK'],
  ['atm_pin', '4829', 'SECRET'],
  ['card_cvv', '482', 'CARD_CVV'],
  ['license_plate', '7ABC123', 'LICENSE_PLATE'],
  ['nhs_number', '9434765919', 'HEALTH_ID'],
]
const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())

/** How programs write them. */
const WRITTEN: Readonly<Record<string, (name: string, value: string) => string>> = {
  YAML: (name, value) => `user:\n  ${name}: ${value}\n`,
  'a dictionary of Python': (name, value) => `[{'id': 1, '${name}': '${value}', 'n': 2}]`,
  'JSON in text': (name, value) => `got {"id":1,"${name}":"${value}"}`,
  'JSON in a string in JSON': (name, value) => String.raw`"{\"id\": 1, \"${name}\": \"${value}\"}"`,
  'settings in capitals': (name, value) => `${name.toUpperCase()}=${value}\n`,
  arguments: (name, value) => `Customer(id=1, ${name}='${value}', n=2)`,
  'a command': (name, value) => `run --${name.replaceAll('_', '-')}=${value} --fast`,
  Ruby: (name, value) => `{"id"=>1, "${name}"=>"${value}"}`,
  'words run together': (name, value) => `{id: 1, ${camel(name)}: "${value}"}`,
  'settings set evenly': (name, value) => `${name.padEnd(20)} = ${value}\n`,
  'what PowerShell lists': (name, value) => `\nId${' '.repeat(18)} : 1\n${camel(name).padEnd(20)} : ${value}\n`,
  'a record as pandas prints it': (name, value) => `id${' '.repeat(20)}1\n${name.padEnd(20)}  ${value}\nName: 0, dtype: object`,
  'a subscript': (name, value) => `user["${name}"] = "${value}"`,
  'what PHP prints': (name, value) => `    [${name}] => ${value}\n`,
  'a pair': (name, value) => `[('id', 1), ('${name}', '${value}')]`,
  'name and value': (name, value) => `{"name":"${name}","value":"${value}"}`,
  'what Kubernetes reads': (name, value) => `env:\n  - name: ${name.toUpperCase()}\n    value: "${value}"\n`,
  'XML with attributes': (name, value) => `<${name} type="text">${value}</${name}>`,
  'an error of PostgreSQL': (name, value) => `DETAIL:  Key (${name})=(${value}) already exists.`,
  'what numpy prints': (name, value) => `{'id': np.int64(1), '${name}': np.str_('${value}'), 'n': Decimal('4829')}`,
  'a comparison': (name, value) => `SELECT 1 FROM t WHERE ${name} <> '${value}' OR ${name} != N'${value}'`,
  Markdown: (name, value) => `- **${name}**: \`${value}\`\n`,
  'one field a line': (name, value) => `-[ RECORD 1 ]--\nid           | 1\n${name.padEnd(20)} | ${value}\n`,
}

describe('a value is masked by the name of its field', () => {
  for (const [way, write] of Object.entries(WRITTEN))
    test(`in ${way}`, () => {
      for (const [name, value, type] of FIELDS) assert.equal(mask(write(name, value)), write(name, `[${type}]`))
    })

  test('and not by a name that says nothing, by one word, or in a program', () => {
    for (const text of ['order_id: 482913001', 'build_no=20-00-00', 'page_size: 4829', 'pin_code_length_in_characters_that_is_far_too_long: 4829', 'sort_code / 20-00-00', 'sort_code > 200000', 'user_name = h2o', 'const member_id = await x1()']) assert.equal(mask(text), text)
  })

  test('in JSON, where a person is described', () => {
    const { text } = masker.mask(
      JSON.stringify({ gender: 'female', race: 'Hispanic', diagnosis: 'Type 2 diabetes', icd10: 'E11.9', medications: ['metformin'], blood_type: 'O-', dob: '7 March 1990', birth_date: 'Mar 7, 1990', salary: 85000, region: 'north', note: 'May 5, 2024' }),
      optionsFor('json'),
    )
    const masked = JSON.parse(text) as Record<string, unknown>
    assert.deepEqual(masked, { gender: '[SPECIAL]', race: '[NRP]', diagnosis: 'Type 2 [SPECIAL]', icd10: '[SPECIAL]', medications: ['[SPECIAL]'], blood_type: '[SPECIAL]', dob: '[DATE_OF_BIRTH]', birth_date: '[DATE_OF_BIRTH]', salary: masked['salary'], region: 'north', note: 'May 5, 2024' })
    assert.notEqual(masked['salary'], 85000)
  })

  test('a password wholly, whatever stands in it, where its end is told', () => {
    for (const value of ['P@ss;w0rd!2024', 'Summer(2024)!', 'tide\\Water31', 'tide Water31', 'a"b;C1dE"f', '<Kq2>vT7|x9', "it's;4me"]) {
      const source = JSON.stringify(value)
      assert.equal(mask(`{"user":1,"password":${source},"note":"a;b1"}`, 'json'), '{"user":1,"password":"[SECRET]","note":"a;b1"}')
      assert.equal(mask(`{"columns":["id","password"],"data":[[1,${source}],[2,${source}]]}`, 'json'), '{"columns":["id","password"],"data":[[1,"[SECRET]"],[2,"[SECRET]"]]}')
      for (let cut = 0; cut <= source.length; cut++) {
        const stream = masker.session('cut').open(optionsFor('json', { key: 'password' }))
        assert.equal(stream.push(source.slice(0, cut)) + stream.push(source.slice(cut)) + stream.flush(), '"[SECRET]"', `${source} cut at ${cut}`)
      }
    }
    for (const text of ['{"password":"Forgot password?"}', '{"password":"Forgot (my) password"}', '{"password":"${DB_PASSWORD, 1}"}']) assert.equal(mask(text, 'json'), text)
    assert.equal(mask(`id,password,n\n1,"tide;Water31",x\n2,"a ""b1"",c",y\n`), 'id,password,n\n1,"[SECRET]",x\n2,"[SECRET]",y\n')
  })

  test('in JSON whose rows are lists', () => {
    const rows = '[1,"1990-04-12",4829,"tideWater31"]'
    const masked = '[1,"[DATE_OF_BIRTH]",1000,"[SECRET]"]'
    const names = '["id","dob","pin","password"]'
    for (const write of [
      (row: string) => `{"columns":${names},"data":[${row},${row}]}`,
      (row: string) => `[${names},${row},${row}]`,
      (row: string) => `{"range":"A1:D2","values":[${names},${row}]}`,
      (row: string) => `{"result":{"column_names":${names},"n":[1,2],"rows":[${row}]}}`,
      (row: string) => `{"columns":[{"name":"id"},{"type":"text","name":"dob"},{"name":"pin","x":"y"},{"name":"password"}],"data":[${row}]}`,
    ]) {
      assert.equal(mask(write(rows), 'json'), write(masked))
      for (const text of [write(rows).replaceAll(/"(?:dob|pin|password)"(?=[,\]}])/g, '"a"'), `[${write('[]')},${rows}]`]) assert.equal(mask(text, 'json'), text)
    }
    assert.equal(mask('{"columns":["password"],"values":[["tideWater31"]],"limits":[["tideWater31"]]}', 'json'), '{"columns":["password"],"values":[["[SECRET]"]],"limits":[["tideWater31"]]}')
    assert.equal(mask('{"columns":["id","Password (temp)"],"data":[[1,"tideWater31"]]}', 'json'), '{"columns":["id","Password (temp)"],"data":[[1,"[SECRET]"]]}')
    const deep = `${'['.repeat(40)}${names},${rows}${']'.repeat(40)}`
    assert.equal(mask(deep, 'json'), deep)
  })

  test('also where a frame prints whole numbers with a point', () => {
    assert.equal(mask("{'pin': np.int64(4829), 'ssn': 219099998.0, 'atm_pin': 4829.0, 'account_number': 12345678.0, 'n': 4829.0}"), "{'pin': np.int64([SECRET]), 'ssn': '[US_SSN].0', 'atm_pin': '[SECRET].0', 'account_number': '[US_BANK].0', 'n': 4829.0}")
    assert.equal(mask('phone: 4155552671.0, card 4111111111111111.0, age: 47.0, net 10.0.0, 4155552671.05'), 'phone: [PHONE].0, card [CREDIT_CARD].0, age: [AGE].0, net 10.0.0, 4155552671.05')
  })

  test('by one word where its place makes it a name', () => {
    assert.equal(mask('Array\n(\n    [pin] => 4829\n    [dob] => 1990-04-12\n)'), 'Array\n(\n    [pin] => [SECRET]\n    [dob] => [DATE_OF_BIRTH]\n)')
    assert.equal(mask(`email    ada@example.com\npin${' '.repeat(40)}4829\nNAME: 0`), `email    [EMAIL]\npin${' '.repeat(40)}[SECRET]\nNAME: 0`)
  })

  test('and by that of the field that its text stands in, whatever stands there', () => {
    assert.equal(mask('{"password":"member_id: Tulpe92x"}', 'json'), '{"password":"member_id: [SECRET]"}')
    assert.equal(mask('{"account_number":"sort_code: 12345678"}', 'json'), '{"account_number":"sort_code: [US_BANK]"}')
    assert.equal(mask('{"password":"id,dob\\n1,Tulpe92x\\n"}', 'json'), '{"password":"id,dob\\n1,[SECRET]\\n"}')
    assert.equal(mask('{"note":"sort_code: 200000"}', 'json'), '{"note":"sort_code: [US_BANK]"}')
  })

  test('in columns', () => {
    assert.equal(mask('id\tpass\tgender\taccount\tdob\n1\ttideWater31\tF\t12345678\t7 March 1990\n'), 'id\tpass\tgender\taccount\tdob\n1\t[SECRET]\t[SPECIAL]\t[US_BANK]\t[DATE_OF_BIRTH]\n')
  })
})

test('names of fields are read alike however a text is cut', () => {
  const PIECES = ['member_id', 'sortCode', '--atm-pin', 'x.card_cvv', '_', '-', 'a', ': ', ':', '=', ' = ', '=>', '->', ' | ', '"', "'", String.raw`\"`, ' ', '    ', '**', '[', ']', '(', ')', '<pin a="b">', 'value', 'name', '\npin', '→', '：', 'N', '!=', 'np.int64(', 'Decimal(', '4829.0', '\n', '\t', ',', '20-00-00', '4829', 'XYZ482913001', 'F', '\u200b', '&#61;', '１２３', 'b'.repeat(40)]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }), fc.array(fc.nat(300), { maxLength: 12 }), (pieces, cuts) => {
      const whole = pieces.join('')
      const offsets = cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b)
      const stream = masker.session('fields').open(optionsFor('text'))
      const out = [0, ...offsets].map((from, i) => stream.push(whole.slice(from, offsets[i] ?? whole.length))).join('') + stream.flush()
      assert.equal(out, mask(whole))
    }),
    { numRuns: 1000 },
  )
})

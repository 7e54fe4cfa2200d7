/** Types of which a policy knows the names of their fields: all that stands in such a field is masked as one, and nothing around it is. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createMasker } from '../../../src/core/masking/createMasker.ts'
import { customFamily } from '../../../src/core/masking/recognisers/custom.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { MOST_HELD } from '../../../src/core/masking/scan/wholeWindow.ts'
import type { Transform } from '../../../src/protocol/masking.ts'
import { KEYS, optionsFor, rulesFor } from './masker.ts'

const OWN = [
  { name: 'CUSTOM_K', ignoreCase: false, keys: ['project', 'salary', 'cost center'] },
  { name: 'CUSTOM_L', ignoreCase: false, keys: ['project', 'client-name'] },
] as const
const masker = createMasker({ ...KEYS, families: [...FAMILIES, customFamily([OWN[0]])] })
const both = createMasker({ ...KEYS, families: [...FAMILIES, customFamily(OWN)] })
const alone = createMasker({ ...KEYS, families: [customFamily(OWN)] })
const REDACT = { CUSTOM_K: 'redact' } as const

function masked(text: string, kind: 'text' | 'json' = 'text'): string {
  return masker.mask(text, optionsFor(kind, { rules: REDACT })).text
}

/** Each `«…»` of a text is what is masked of it, as one. */
function holds(texts: readonly string[], kind: 'text' | 'json' = 'text'): void {
  for (const text of texts) assert.equal(masked(text.replace(/[«»]/g, ''), kind), text.replace(/«[^»]*»/g, '[CUSTOM_K]'), text)
}

describe('all that stands in a field of a type’s own is masked as one', () => {
  test('behind its name in settings, records and sentences', () => {
    holds([
      'salary=«5000»',
      'salary: «-5,000.50 EUR»\nname: x\n',
      'project: «Heavy one»\r\nname: x\r\n',
      'project = «Heavy, one»',
      'export PROJECT="«Heavy one»"\n',
      'Cost Center: «55 a»\ncost_center=«12 b»\ncostCenter: «x y»',
      'user=ada project=«Heavy one» salary=«5000», x=1',
      'GET /?project=«Heavy%20one»&x=1',
      'deploy --project=«Heavy» --env=prod',
      'The project: «Heavy (two) one», and more',
      'f(project="«Heavy, one»", salary=«5,000»)',
      '- **Project:** «Heavy one»\n- **Place:** Rome',
      '<li>Project: «Heavy one»</li><li>City: Rome</li>',
      '<b>Project</b>: «Heavy one»<br>x',
      "$row['project'] = '«it\\'s one»'; $x = 1",
      '[project] => «Heavy one»\n[x] => 1',
      '# project: «Heavy one»\nprojects: Heavy one\nsubproject: x\n',
      'project: [«EMEA] Heavy one»\nx: y',
      'project={«EMEA} Heavy one»\n',
      'project = («Heavy\n  one»)\nx = 1',
      'project: («Heavy (two)\none»)\nx: y',
      'project: («Heavy\none»\n\nx: y',
      "project: '«Heavy»' «one»\nx: y",
      'project: «<Heavy> one»\n',
      'WHERE salary >= «5000»\n',
      '{"name":"project","value":"«Heavy one»","x":1}',
      'project               :                                              «Heavy one»\n',
    ])
  })

  test('in dictionaries, and in JSON within a text', () => {
    holds([
      "{'project': '«Heavy one»', 'x': 'y z'}",
      "{'project': N'«Heavy, one»', 'x': 1}",
      '{\\"project\\":\\"«Heavy \\\\\\"one»\\",\\"x\\":\\"y\\"}',
      '{\n  "project":\n    "«Heavy one»",\n  "x": "y"\n}',
      "{'salary': «Decimal('5000»'), 'x': 1}",
      'say {project: «Heavy», salary: «5000»} now',
    ])
    assert.equal(masked("{'salary': 5000}"), "{'salary': '[CUSTOM_K]'}")
    assert.equal(masked('[{"project":"a b","salary":5000,"x":"c d"}]'), '[{"project":"[CUSTOM_K]","salary":"[CUSTOM_K]","x":"c d"}]')
    for (const text of ['{"project":{"name":"Deep blue","list":["a }",5]},"x":"y z"}', "{'project': [{'name': 'Deep blue'}, 'a b'], 'x': 'y z'}", 'project: {\n  name: "Deep blue",\n}\nx: "y z"']) {
      const out = masked(text)
      assert.ok(!/Deep|blue|a b|a \}|5/.test(out) && out.includes('y z'), out)
    }
  })

  test('between tags', () => {
    holds([
      '<project>«Heavy one»</project><x>y z</x>',
      '<a:project id="1">\n  «Heavy\n  one»\n</a:project> y z',
      '<project><name>«Deep blue»</name><n>«5»</n></project> y z',
      '<project><![CDATA[«Heavy one»]]></project> y z',
      '<item project="«Heavy one»" x="y"/>',
      'a Promise<Project> and <project/> of it',
    ])
  })

  test('in the lines below its name', () => {
    holds(['project:\n  «name: Deep blue»\n\n  - «a b»\nx: y\n', 'a:\n  project:\n  - «a b»\n  - «c»\n  x: y\n', 'project: |\n  «Heavy one»\n  «two»\nx: y\n', 'project: >-\n  «Heavy one»\n\n  «two»\nx: y', 'project: «# ours»\n  «name: x»\nx: y\n', 'Project:\n\nNow to something else\n'])
  })

  test('in the cells of tables and lists of all kinds, and not the rules and tags around them', () => {
    holds([
      '| id | project |\n|---|:--|\n| 1 | «Heavy one» |\n| 2 | **«Light»** |\n',
      'id,project,salary\n1,«Heavy one»,«5000»\n2,"«Heavy, two»",null\n3,,«1»\n',
      'id\tproject\n1\t«Heavy one»\n',
      ' id |  project  \n----+-----------\n  1 | «Heavy one»\n',
      '<table><tr><th>id</th><th>project</th></tr><tr><td>1</td><td><b>«Heavy one»</b></td></tr></table> y z',
      '<table><tr><th>id<th>project<tr><td>1<td>«Heavy one»</table>',
      '     project  salary\n0  «Heavy one»    «5000»\n1      «Light»    «6000»\n\nso much',
      'project       x\n«Heavy one»     1\n«Light»         2\n',
      "INSERT INTO t (id, project) VALUES (1, '«Heavy one»'), (2, '«x y»'); y z",
      'salary IN («5000», «6000»)',
    ])
  })

  test('in JSON, with all that stands below its name, however deep', () => {
    holds(['{"project":"«Heavy one»","x":"y z"}', '{"project":"«say \\"hi\\" to him»"}', '{"project":{"name":"«Deep blue»","x":{"y":{"z":[{"k":"«v w»"}]}}},"x":{"y":"z"}}', '{"project":["«a b»",{"c":"«d e»"},null,""]}', '{"note":"project: «Heavy one»","x":"project"}', '[["id","project"],[1,"«Heavy one»"]]', '{"properties":{"project":{"type":"string"}}}', '{"project":"null","salary":null}'], 'json')
    const { project, salary, x } = JSON.parse(masked('{"project":{"n":[4821,17]},"salary":-5000.5,"x":42}', 'json')) as { project: { n: number[] }; salary: number; x: number }
    assert.ok(!project.n.includes(4821) && !project.n.includes(17) && salary !== -5000.5 && x === 42)
  })

  test('in what is called properties as well, but for what a JSON schema says there', () => {
    const schema = '{"properties":{"project":{"type":["string","null"],"title":"Its name","description":"As in the plan","minLength":3,"enum":["a b"],"default":"«Heavy one»","examples":["«Light»"]},"x":{"type":"object"}},"required":["project"]}'
    const deep = '{"definitions":{"project":{"type":"object","properties":{"x":{"type":"string","description":"y z"}},"additionalProperties":false}}}'
    holds([schema, deep, '{"properties":{"project":{"x":"«Heavy one»"}}}', '{"properties":{"project":{"value":"«Heavy one»","versions":[{"text":"«Light»"}]}}}', '{"properties":{"project":{"type":"title","title":[{"text":{"content":"«Heavy one»"}}]}}}'], 'json')
  })

  test('but words for nothing', () => {
    holds(['salary: null\nproject: ""\nsalary: «5»\nproject:\nx: y', 'the salary: None, x', 'project: «None of it»\n', 'project=\nx=1\n', "{'salary': None, 'project': ''}"])
  })
})

test('a value that its field makes one is masked whatever else would be found in it, and what policy keeps hides nothing', () => {
  const rules = { ...rulesFor('redact'), ...REDACT }
  assert.equal(masker.mask('project: ada@example.com and 4111 1111 1111 1111\nada@example.com', optionsFor('text', { rules })).text, 'project: [CUSTOM_K]\n[EMAIL]')
  assert.equal(masker.mask('project: ada@example.com is it\n', optionsFor('text', { rules: { ...rules, CUSTOM_K: 'keep' } })).text, 'project: [EMAIL] is it\n')
  const two = both.mask('project: Heavy one\nclient name: A b\nsalary: 5', optionsFor('text', { rules: { CUSTOM_K: 'keep', CUSTOM_L: 'redact' } }))
  assert.equal(two.text, 'project: [CUSTOM_L]\nclient name: [CUSTOM_L]\nsalary: 5')
})

describe('what stands in the place of such a value already', () => {
  const FIELDS = [
    (value: string): string => `project: ${value}\nx: y\n`,
    (value: string): string => `project="${value}", x=1`,
    (value: string): string => `| id | project |\n|---|---|\n| 1 | ${value} |\n`,
    (value: string): string => `<project>${value}</project>`,
    (value: string): string => JSON.stringify({ project: value, x: 1 }),
    (value: string): string => JSON.stringify({ project: [value, { deep: value }, 5, 12, true], note: `project: ${value}` }),
  ] as const

  test('is left as it is, whichever way it was masked, in every turn, of a session that is over too', async () => {
    for (const transform of ['redact', 'partial', 'replace', 'hash', 'pseudonym'] as const)
      for (const field of FIELDS)
        for (const kind of ['text', 'json'] as const)
          for (const value of ['Heavy one', 'x', 'Heavy [one]', '5000']) {
            // In a text a list is one value.
            if (kind === 'text' && field(value).includes('deep')) continue
            const session = masker.session(`${transform} ${kind} ${field(value)}`)
            const options = optionsFor(kind, { rules: { CUSTOM_K: transform } })
            const once = masker.mask(field(value), options, session).text
            assert.notEqual(once, field(value))
            assert.equal(masker.mask(once, options, session).text, once, transform)
            if (transform === 'replace') continue
            assert.equal(masker.mask(once, options, masker.session('later')).text, once, transform)
          }
    for (const value of ['[CUSTOM_K]', '[CUSTOM_K_7]', '[CUSTOM_K:0123456789ab]', '[EMAIL]'])
      for (const field of FIELDS.slice(0, -1)) {
        assert.equal(masked(field(value)), field(value))
        assert.deepEqual((await masker.inspect([{ path: '/x', role: 'user', origin: 'prompt', kind: 'text', text: field(value) }], [])).findings, [], value)
      }
  })

  test('but nothing beside it', () => {
    holds(['project: [CUSTOM_K] «falcon»\n', 'project: [CUSTOM_K_1]«falcon»\n', 'project="[CUSTOM_K:0123456789ab], «falcon»"', 'project: [«FALCON_1»]\n', 'project: [«CUSTOM_K:falcon»]\n'])
  })
})

describe('a stream of such fields', () => {
  const inChunks = (chunks: readonly string[], kind: 'text' | 'json', which = both, rules: Readonly<Record<string, Transform>> = RULES): unknown => {
    const stream = which.session('s').open(optionsFor(kind, { rules }))
    const text = chunks.map((chunk) => stream.push(chunk)).join('') + stream.flush()
    return { text, spans: stream.spans, found: stream.found }
  }
  const RULES = { ...rulesFor('redact'), CUSTOM_K: 'redact', CUSTOM_L: 'keep' } as const
  const SETS: readonly Readonly<Record<string, Transform>>[] = [RULES, { ...rulesFor('keep'), CUSTOM_K: 'hash', CUSTOM_L: 'redact' }, { ...rulesFor('redact'), CUSTOM_K: 'keep', CUSTOM_L: 'keep' }]
  const PIECES = ['project', 'salary', 'cost center', 'client_name', 'projects', ': ', '=', ':', ' = ', '=>', '"', "'", '\\"', "''", '`', '<project>', '</project>', '<b>', '</td>', '<![CDATA[', '{', '}', '[', ']', '(', ')', ', ', ',', ';', ' | ', '|', '&', '\n', '\n\n', '\n  ', '\n- ', '\r\n', ' ', '  ', '        ', '\t', 'Heavy one', 'Light', '5000', '5,000', '-', '--', '---', '-5', 'null', 'nul', 'None', 'n', "N'", 'f"', '**', '_', 'ada@example.com', '4111 1111 1111 1111', ' x=', ' y: ', '\u200b', '\ud83d', '\ude00', 'ａ', '\\u0041', '项目：', 'password: ', '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n', '-----END PRIVATE KEY-----']
  const HEADS = ['| id | project |\n|---|---|\n| 1 |', 'id,project,salary\n1,', '     project  salary\n0  Heavy one    5000\n', 'project       x\nHeavy one     1\n', '<table><tr><th>id</th><th>project</th></tr><tr><td>', "INSERT INTO t (id, project) VALUES (1, '", "'project': ['a b', ", 'a:\n  project:\n  ', '']
  const cutAt = (text: string, cuts: readonly number[]): string[] => {
    const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length]
    return places.slice(1).map((place, i) => text.slice(places[i], place))
  }
  const piece = fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) })

  test('is the same however a text is cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...HEADS), fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 30 }), fc.constantFrom(...SETS), fc.constantFrom(both, alone), (head, pieces, cuts, rules, which) => {
        const text = head + pieces.join('')
        const expected = inChunks([text], 'text', which, rules)
        assert.deepEqual(inChunks(text.split(''), 'text', which, rules), expected, JSON.stringify(text))
        assert.deepEqual(inChunks(cutAt(text, cuts), 'text', which, rules), expected, JSON.stringify(text))
      }),
      { numRuns: 3000 },
    )
  })

  test('is the same however JSON is cut, which stays valid', () => {
    const json = fc.oneof(fc.jsonValue(), fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')))
    fc.assert(
      fc.property(json, json, json, fc.array(fc.nat(), { maxLength: 30 }), fc.constantFrom(...SETS), (a, b, c, cuts, rules) => {
        const text = JSON.stringify({ a, project: b, x: [{ salary: c, project: { deep: { down: a } } }, ['id', 'project'], [1, b]] })
        const expected = inChunks([text], 'json', both, rules)
        assert.doesNotThrow(() => JSON.parse((expected as { text: string }).text) as unknown)
        assert.deepEqual(inChunks(text.split(''), 'json', both, rules), expected, text)
        assert.deepEqual(inChunks(cutAt(text, cuts), 'json', both, rules), expected, text)
      }),
      { numRuns: 1000 },
    )
  })

  test('gives back what a placeholder stands for in such a field, however the answer is cut', () => {
    const session = both.session('answers')
    const rules = { ...rulesFor('pseudonym'), CUSTOM_K: 'pseudonym', CUSTOM_L: 'keep' } as const
    assert.equal(both.mask('project: Heavy one\nmail ada@example.com', optionsFor('text', { rules }), session).text, 'project: [CUSTOM_K_1]\nmail [EMAIL_1]')
    const redacted = { ...rules, CUSTOM_K: 'redact' } as const
    const answer = (chunks: readonly string[], kind: 'text' | 'json', own: Readonly<Record<string, Transform>> = rules): string => {
      const stream = session.open(optionsFor(kind, { rules: own, direction: 'answer' }))
      return chunks.map((chunk) => stream.push(chunk)).join('') + stream.flush()
    }
    assert.equal(answer(['project: [CUSTOM_K_1]\nproject: by [EMAIL_1].\n'], 'text'), 'project: Heavy one\nproject: [CUSTOM_K_2].\n')
    assert.equal(answer(['{"project":"[CUSTOM_K_1]","salary":["[EMAIL_1]",null]}'], 'json'), '{"project":"Heavy one","salary":["ada@example.com",null]}')
    for (const [text, restored] of [
      ['project: [email_1] falcon\n', 'project: ada@example.com [CUSTOM_K]\n'],
      ['project: \\[EMAIL\\_1\\] falcon\n', 'project: ada@example.com [CUSTOM_K]\n'],
      ['project: falcon \\[EMAIL\\_1\\]\n', 'project: [CUSTOM_K]\n'],
      ['project: falcon [email_1]\n', 'project: [CUSTOM_K]\n'],
      ['project: [CUSTOM_K:0123456789ab]\n', 'project: [CUSTOM_K:0123456789ab]\n'],
      ['project: [Email:0123456789ab]\n', 'project: [[CUSTOM_K]]\n'],
    ] as const) {
      assert.equal(answer([text], 'text', redacted), restored)
      assert.equal(answer(text.split(''), 'text', redacted), restored)
    }
    for (const [text, kind] of [
      ['-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n<project>-----END PRIVATE KEY-----</td>', 'text'],
      [JSON.stringify({ project: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n-----END PRIVATE KEY-----\\[EMAIL\\_1\\]' }), 'json'],
    ] as const) assert.equal(answer(text.split(''), kind, redacted), answer([text], kind, redacted))
    const known = fc.oneof({ weight: 2, arbitrary: piece }, { weight: 1, arbitrary: fc.constantFrom('[CUSTOM_K_1]', '[EMAIL_1]', '[email_1]', '\\[EMAIL\\_1\\]', '\\[Email_1]', '[CUSTOM_K]', '[CUSTOM_K:0123456789ab]', '[custom_k:', 'project: ', '[CUSTOM_K_', '1]', '\\]', '\\', '[HEAVY]', '[', '\n') })
    fc.assert(
      fc.property(fc.array(known, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 30 }), fc.boolean(), fc.constantFrom(rules, redacted), (pieces, cuts, isJson, which) => {
        const kind = isJson ? 'json' : 'text'
        const text = isJson ? JSON.stringify({ project: pieces.join(''), x: pieces }) : pieces.join('')
        const expected = answer([text], kind, which)
        assert.equal(answer(text.split(''), kind, which), expected, JSON.stringify(text))
        assert.equal(answer(cutAt(text, cuts), kind, which), expected, JSON.stringify(text))
      }),
      { numRuns: 2000 },
    )
  })

  test('is the same for values longer than are masked as one, which are masked to their end', () => {
    for (const length of [1, 95, 96, 97, 255, 256, 257, MOST_HELD - 161, MOST_HELD - 160, MOST_HELD - 1, MOST_HELD, MOST_HELD + 1, 3 * MOST_HELD])
      for (const [before, after, kind] of [['project: ', '\nx: y', 'text'], ['{"project":"', '","x":"y"}', 'json'], ['id,project\n1,', '\n2,z\n', 'text'], ['<project>', '</project>', 'text'], ["{'project': '", "', 'x': 1}", 'text']] as const) {
        const text = `${before}${'Heavy one '.repeat(length).slice(0, length)}${after}`
        const expected = inChunks([text], kind)
        assert.ok(!/Heavy|one/.test((expected as { text: string }).text), `${length} in ${before}`)
        assert.deepEqual(inChunks(text.split(''), kind), expected, `${length} in ${before}`)
        assert.deepEqual(inChunks(cutAt(text, Array.from({ length: 9 }, (_, i) => i * 997)), kind), expected, `${length} in ${before}`)
      }
  })

  test('holds back one value of bounded length at a time, and nothing of one whose placeholder does not depend on it', () => {
    const begun = masker.session('h').open(optionsFor('text', { rules: REDACT }))
    assert.equal(begun.push('the project: Heavy on'), 'the project: [CUSTOM_K]')
    const stream = masker.session('h').open(optionsFor('text', { rules: { CUSTOM_K: 'hash' } }))
    const text = `project: ${'Heavy one '.repeat(2000)}`
    let last = 0
    for (let i = 0; i < text.length; i++) {
      if (stream.push(text.charAt(i)) !== '') last = i
      assert.ok(i - last <= MOST_HELD, `${i - last} characters are held back`)
    }
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { runCases, checkCases } from '../../../src/core/policy/cases.ts'
import { parsePolicy } from '../../../src/core/policy/parse.ts'
import { policyJsonSchema } from '../../../src/core/policy/schema.ts'

const BASE = `version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1/, outside: true }
limits: { sessionIdle: 90s, body: 512KiB }
mask:
  answer: { EMAIL: redact, CREDIT_CARD: partial }
rules:
  - id: cards
    when: { outside: true, prompt: { finds: [CREDIT_CARD] }, size: { over: 1KiB } }
    effect: hold
    approval: { reviewers: { group: reviewers }, wait: 2m }
    message: Cards wait.
  - id: team
    when: { groups: [data-eng], model: ["gpt-*"] }
    effect: allow
`

/** The problems of a text: `line:column message`. */
function problems(text: string): string[] {
  try {
    parsePolicy(text)
  } catch (error) {
    assert.ok(error instanceof CountersignError)
    assert.equal(error.code, 'CS_POLICY_INVALID')
    return [...error.message.matchAll(/line (\d+), column (\d+): (.*)/g)].map(([, line, column, message]) => `${line}:${column} ${message}`)
  }
  return []
}

/** Where a word first stands: `line:column`, both from 1. */
function place(text: string, word: string): string {
  const before = text.slice(0, text.indexOf(word)).split('\n')
  return `${before.length}:${before.at(-1)!.length + 1}`
}

describe('a policy text', () => {
  test('becomes a document with its durations in milliseconds, sizes in bytes, defaults filled in and URLs without a slash at the end', () => {
    const document = parsePolicy(BASE)
    assert.equal(document.upstreams['openai']?.url, 'https://api.openai.com/v1')
    assert.deepEqual(document.limits, { sessionIdle: 90_000, sessionAbsolute: 12 * 3_600_000, agentLinger: 600_000, body: 524_288 })
    assert.deepEqual(document.rules[0], {
      id: 'cards',
      when: { outside: true, prompt: { finds: ['CREDIT_CARD'] }, size: { over: 1024 } },
      effect: 'hold',
      approval: { reviewers: { group: 'reviewers' }, count: 1, assurance: 'session', requesterReason: 'optional', wait: 120_000 },
      message: 'Cards wait.',
    })
    assert.deepEqual(document.mask, { prompt: {}, answer: { EMAIL: 'redact', CREDIT_CARD: 'partial' } })
  })

  test('may say what a gateway of the organisation\'s own asks for: headers, and where it takes its key', () => {
    const document = parsePolicy(BASE.replace('outside: true }', 'outside: false, headers: { X-Team: data }, key: { header: Ocp-Apim-Subscription-Key }, uninspected: ["GET /files/*"] }'))
    assert.deepEqual(document.upstreams['openai'], { url: 'https://api.openai.com/v1', outside: false, headers: { 'x-team': 'data' }, key: { header: 'ocp-apim-subscription-key', prefix: '' }, uninspected: ['GET /files/*'] })
    for (const [wrong, message] of [
      ['headers: { Authorization: Bearer x }', /not for a policy to set/], ['headers: { host: x }', /not for a policy to set/], ['headers: { "a b": x }', /name of a header/],
      ['uninspected: ["/files"]', /a method and a path/], ['uninspected: ["POST /a?b"]', /a method and a path/],
    ] as const)
      assert.match(problems(BASE.replace('outside: true }', `outside: true, ${wrong} }`)).join('\n'), message, wrong)
  })

  const mistakes: readonly (readonly [name: string, from: string, to: string, at: string, message: RegExp])[] = [
    ['an unknown effect', 'effect: allow', 'effect: permit', 'permit', /effect/],
    ['an entity type that does not exist', '[CREDIT_CARD]', '[CARDS]', 'CARDS', /no entity type/],
    ['a member that does not exist', 'groups: [data-eng]', 'group: [data-eng]', '[data-eng]', /"group" is not known here/],
    ['a duration without a unit', 'wait: 2m', 'wait: 120', '120', /duration such as/],
    ['a wait of nothing', 'wait: 2m', 'wait: 0s', '0s }\n    message', /from 1s to 24h/],
    ['a kind of sign-in without a sign-in', 'wait: 2m', 'acr: [mfa], wait: 2m', '[mfa]', /goes with .*assurance: fresh/],
    ['a size in words', '512KiB', 'large', 'large', /size such as/],
    ['plain http to another machine', 'https://api', 'http://api', 'http://api', /write https/],
    ['a URL with a key in it', 'https://api', 'https://me:key@api', 'https://me', /without user, query and fragment/],
    ['an upstream that is not defined', 'model: ["gpt-*"]', 'upstream: [other]', '[other]', /no upstream "other"/],
    ['a second rule of the same id', 'id: team', 'id: cards', 'cards\n    when: { groups', /taken by an earlier rule/],
    ['no default', 'default: deny\n', '', 'version', /say what happens when no rule matches/],
    ['another version', 'version: 1', 'version: 2', '2', /write version: 1/],
    ['an unknown transform', 'EMAIL: redact', 'EMAIL: hide', 'hide', /EMAIL/],
  ]
  for (const [name, from, to, at, message] of mistakes)
    test(`with ${name} is refused at its place`, () => {
      const text = BASE.replace(from, to)
      assert.notEqual(text, BASE)
      const found = problems(text)
      assert.equal(found.length, 1, found.join('\n'))
      assert.match(found[0]!, message)
      assert.equal(found[0]!.split(' ')[0], place(text, at))
    })

  test('with a name that is no entity type is refused with the one that was meant', () => {
    const told = (mask: string): string => problems(BASE.replace('EMAIL: redact', mask)).join('\n')
    assert.match(told('PERSN: redact'), /"PERSN" is no entity type; did you mean PERSON\?.*countersign mask --types/)
    assert.match(told('email: redact'), /"email" is no entity type; did you mean EMAIL\?/)
    assert.match(told('EMIAL: redact'), /"EMIAL" is no entity type; did you mean EMAIL\?/)
    assert.match(told('PHONENUMBER: redact'), /did you mean PHONE_NUMBER\?/)
    assert.match(told('COLOUR: redact'), /"COLOUR" is no entity type \(countersign mask --types/)
    assert.match(problems(BASE.replace('openai:', 'Open.AI:'))[0]!, /upstreams\.Open\.AI: (?!Invalid key)/)
  })

  test('may not name one entity type twice in one direction: the later would undo the earlier', () => {
    for (const masks of ['EMAIL: redact, EMAIL_ADDRESS: keep', 'EMAIL_ADDRESS: keep, EMAIL: redact', 'US_PASSPORT: redact, UK_PASSPORT: keep']) {
      const text = BASE.replace('EMAIL: redact', masks)
      const [first, second] = [...masks.matchAll(/\w+(?=:)/g)].map(String)
      const found = problems(text)
      assert.equal(found.length, 1)
      assert.match(found[0]!, new RegExp(`"${first!}" and "${second!}" are one entity type`))
    }
    for (const [from, to] of [['EMAIL: redact', 'US_PASSPORT: redact, UK_PASSPORT: redact'], ['  answer:', '  prompt: { EMAIL_ADDRESS: keep }\n  answer:']] as const) assert.deepEqual(problems(BASE.replace(from, to)), [])
  })

  test('may not name a type of its own that it does not define, wherever it names one', () => {
    const OWN = `${BASE}types: { CUSTOM_PROJECT: { pattern: "PRJ-[0-9]+" } }\ntests: [{ name: x, call: { history: { finds: { CUSTOM_PROJECT: 1 } } }, expect: { effect: deny } }]\n`
      .replace('EMAIL: redact', 'CUSTOM_PROJECT: redact')
      .replace('[CREDIT_CARD]', '[CUSTOM_PROJECT]')
      .replace('    message: Cards wait.', '    mask: { prompt: { CUSTOM_PROJECT: keep } }')
    assert.deepEqual(problems(OWN), [])
    const typo = problems(OWN.replaceAll('CUSTOM_PROJECT', 'CUSTOM_PROJCT').replace('types: { CUSTOM_PROJCT', 'types: { CUSTOM_PROJECT'))
    assert.equal(typo.length, 4, typo.join('\n'))
    for (const one of typo) assert.match(one, /CUSTOM_PROJCT is not defined, so nothing would find it; did you mean CUSTOM_PROJECT\?/)
    const text = BASE.replace('EMAIL: redact', 'CUSTOM_X: hash')
    assert.deepEqual(problems(text), [`${place(text, 'hash')} CUSTOM_X is not defined, so nothing would find it; define it under types`])
  })

  test('tells all its problems at once', () => {
    const found = problems(BASE.replace('effect: allow', 'effect: permit').replace('wait: 2m', 'wait: soon').replace('EMAIL: redact', 'MAIL: redact'))
    assert.equal(found.length, 3, found.join('\n'))
  })

  test('must say who decides when a rule holds, and may not when it does not', () => {
    assert.match(problems(BASE.replace('    approval: { reviewers: { group: reviewers }, wait: 2m }\n', ''))[0]!, /must say who decides/)
    assert.match(problems(BASE.replace('effect: hold', 'effect: deny'))[0]!, /approval means nothing here/)
  })

  test('may not have a rule that hides all later ones', () => {
    assert.match(problems(BASE.replace('when: { outside: true, prompt: { finds: [CREDIT_CARD] }, size: { over: 1KiB } }', 'when: {}'))[0]!, /no rule after it can ever decide/)
  })

  test('that is written wrongly is told what to write instead, in no programmer\'s words', () => {
    for (const [from, to, message] of [
      ['effect: allow', 'effect: alow', 'rules.1.effect: "alow" is none of allow, deny, hold; did you mean allow?'],
      ['outside: true }', 'outside: no }', 'upstreams.openai.outside: write true or false'],
      ['groups: [data-eng]', 'group: [data-eng]', '"group" is not known here (in rules.1.when); did you mean groups?'],
      ['groups: [data-eng]', 'groups: data-eng', 'rules.1.when.groups: write a list, also of one: [a]'],
      ['groups: [data-eng]', 'groups: [08]', 'rules.1.when.groups.0: write a text; what reads like a number or like true goes between quotes'],
      ['when: { groups: [data-eng], model: ["gpt-*"] }', 'when:\n    groups: [data-eng]', '"groups" is not known here (in rules.1); it has its place elsewhere, so look at how far it is indented'],
      ['  answer: {', '  EMAIL: redact\n  answer: {', '"EMAIL" is not known here (in mask); mask has prompt and answer, so write prompt: { EMAIL: … }'],
      ['{ group: reviewers }', 'reviewers', 'rules.0.approval.reviewers: write self, or { group: NAME }'],
      ['https://api.openai.com/v1/', 'api.openai.com', 'upstreams.openai.url: write a whole URL, such as https://api.openai.com/v1'],
      ['Cards wait.', 'x'.repeat(501), 'rules.0.message: at most 500 characters'],
      ['["gpt-*"]', '[*]', '* begins an alias here; between quotes it is a star: "*"'],
      ['["gpt-*"]', String.raw`["\d"]`, 'between double quotes a backslash begins an escape; write it twice, or use single quotes'],
      ['version: 1\n', `version: 1\nlimits: ${'{a: '.repeat(5000)}\n`, 'this is nested deeper than any policy'],
    ] as const) {
      assert.ok(BASE.includes(from), from)
      assert.ok(problems(BASE.replace(from, to)).some((one) => one.endsWith(` ${message}`)), `${message}: ${problems(BASE.replace(from, to)).join('\n').slice(0, 400)}`)
    }
  })

  test('may not ask for what can never be, or for nothing: such a rule would stop nothing, or everything', () => {
    const asking = (condition: string): string => BASE.replace('groups: [data-eng], model: ["gpt-*"]', condition)
    for (const [condition, at, message] of [
      ['provider: [opanai]', 'opanai', 'did you mean openai?'],
      ['provider: [nobody-knows-it]', 'nobody-knows-it', 'there are anthropic, azure,'],
      ['groups: ["contractors-*"]', '"contractors-*"', 'fits nobody'],
      ['principal: ["*"]', '"*"', 'fits nobody'],
      ['groups: ["data-eng "]', '"data-eng "', 'a blank, a quote or an invisible character'],
      ['groups: [data\u200b-eng]', 'data\u200b-eng', String.raw`"data\u200b-eng" has a blank`],
      ['model: [“gpt-*”]', '“gpt-*”', 'a blank, a quote or an invisible character'],
      ['model: ["^gpt-(4|5).*$"]', '"^gpt', 'only * stands for other characters'],
      ['tools: ["!search"]', '"!search"', 'only * stands for other characters'],
      ['time: { zone: UTC }', '{ zone', 'time asks for nothing here'],
      ['prompt: {}', '{}', 'prompt asks for nothing here'],
      ['size: {}', '{}', 'size asks for nothing here'],
      ['time: { from: "18:00", to: "18:00" }', '{ from', 'no call fits'],
      ['size: { over: 2MiB, under: 1MiB }', '{ over: 2MiB', 'no call is over 2MiB and under 1MiB'],
    ] as const) {
      const [first = ''] = problems(asking(condition))
      assert.ok(first.startsWith(`${place(asking(condition), at)} `), `${condition}: ${first}`)
      assert.ok(first.includes(message), first)
    }
    for (const fine of ['provider: [openai, ollama]', 'model: ["*"]', 'time: { days: [mon] }', 'time: { from: "22:00", to: "06:00" }', 'groups: ["O\'Neill (Köln)"]']) assert.deepEqual(problems(asking(fine)), [], fine)
  })

  test('may not say what means nothing where it stands: slashes around a pattern, a session of no time, a fresh sign-in of oneself, a case about no upstream', () => {
    for (const [text, message] of [
      [BASE.replace('rules:', 'types: { CUSTOM_X: { pattern: "/X-[0-9]{4}/i" } }\nrules:'), 'write the pattern without slashes'],
      [BASE.replace('sessionIdle: 90s', 'sessionIdle: 0s'), 'with sessionIdle: 0s nobody can do anything'],
      [BASE.replace('body: 512KiB', 'body: 00B'), 'with body: 00B nobody can do anything'],
      [BASE.replace('reviewers: { group: reviewers }', 'reviewers: self, assurance: fresh'), 'is not asked for one'],
      [`${BASE}tests:\n  - { name: a, call: { upstream: nowhere }, expect: { effect: deny } }\n`, 'there is no upstream "nowhere"'],
    ] as const)
      assert.ok(problems(text).join('\n').includes(message), `${message}: ${problems(text).join()}`)
    assert.deepEqual(problems(BASE.replace('sessionIdle: 90s', 'agentLinger: 0s')), [], 'an agent may end with the last window')
  })

  test('is no place for aliases, double keys, tags or endless texts', () => {
    assert.match(problems(`${BASE}tests: &a []\n`)[0]!, /anchors and aliases/)
    assert.match(problems(BASE.replace('default: deny', 'default: deny\ndefault: allow'))[0]!, /stands here already/)
    assert.notDeepEqual(problems(BASE.replace('default: deny', 'default: !!js/function deny')), [])
    assert.match(problems(`#${'x'.repeat(1_000_001)}`)[0]!, /a million characters/)
    assert.notDeepEqual(problems('version: [1'), [])
    for (const nothing of ['', 'Dear Ada,', '- 1']) assert.match(problems(nothing).join(), /this is no policy; one begins with "version: 1"/)
    assert.match(problems('version: 1\ndefault: deny\nrules: [{ id: a, when: {} }]\n').join('\n'), /upstreams: is missing\n.*rules\.0\.effect: is missing/)
  })

  test('never throws anything but its own refusal, whatever it says', () => {
    const noise = fc.oneof(fc.string({ unit: 'binary' }), fc.tuple(fc.nat(BASE.length), fc.nat(40), fc.string()).map(([at, cut, put]) => BASE.slice(0, at) + put + BASE.slice(at + cut)))
    fc.assert(fc.property(noise, (text) => { problems(text) }), { numRuns: 300 })
  })

  test('has a JSON Schema whose required members are those a person must write', () => {
    const schema = policyJsonSchema() as { required: string[]; properties: Record<string, unknown> }
    assert.deepEqual(schema.required.toSorted(), ['default', 'rules', 'upstreams', 'version'])
    assert.ok('tests' in schema.properties)
  })
})

describe('the test cases of a policy', () => {
  const tests = `tests:
  - name: the team may use gpt
    call: { groups: [data-eng], model: gpt-5 }
    expect: { effect: allow, rule: team }
  - name: cards wait, also in earlier turns
    call: { groups: [data-eng], model: gpt-5, size: 2KiB, history: { finds: { CREDIT_CARD: 2 } } }
    expect: { effect: hold }
  - name: nobody else may
    expect: { effect: deny, rule: null }
`

  test('hold when the policy decides so, and say why', () => {
    const results = runCases(BASE + tests)
    assert.deepEqual(results.map(({ holds }) => holds), [true, true, true])
    assert.match(results[1]!.says, /holds this call because it contains 2 card numbers/)
    checkCases(BASE + tests)
  })

  test('fail when it decides otherwise, in effect or in rule, and say what was decided', () => {
    const [first] = runCases(BASE + tests.replace('rule: team', 'rule: cards'))
    assert.equal(first?.holds, false)
    assert.match(first.says, /expected allow by rule "cards", decided allow by rule "team"/)
    assert.throws(() => { checkCases(BASE + tests.replace('effect: deny, rule: null', 'effect: allow')) }, /nobody else may.*expected allow, decided deny by the default/s)
  })

  test('are refused at their place when they are written wrongly', () => {
    const text = BASE + tests.replace('model: gpt-5 }', 'modell: gpt-5 }')
    assert.deepEqual(problems(text).map((one) => one.split(' ')[0]), [place(text, 'gpt-5 }')])
  })
})

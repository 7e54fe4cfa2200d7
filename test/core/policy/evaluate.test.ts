import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { ActivePolicy, Condition, Facts, PolicyRule } from '../../../src/protocol/policy.ts'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { explainMask, explainRule } from '../../../src/core/policy/explain.ts'
import { globMatches, matches } from '../../../src/core/policy/match.ts'

const NONE = { finds: {}, has: [] }

function facts(more: Partial<Facts> = {}): Facts {
  return {
    issuer: 'https://id.example',
    subject: 'ada',
    groups: ['data-eng'],
    provider: 'openai',
    upstream: 'openai',
    outside: true,
    operation: 'chat.completions',
    model: 'gpt-5',
    tools: [],
    bytes: 2000,
    at: Date.UTC(2026, 10, 24, 12),
    inspected: 'ok',
    prompt: NONE,
    history: NONE,
    ...more,
  }
}

function policy(rules: readonly PolicyRule[], otherwise: 'allow' | 'deny' = 'deny'): ActivePolicy {
  return {
    document: { version: 1, default: otherwise, upstreams: { openai: { url: 'https://api.openai.com/v1', outside: true } }, limits: { sessionIdle: 1, sessionAbsolute: 1, agentLinger: 1, body: 1 }, mask: { prompt: { SECRET: 'redact' }, answer: { EMAIL: 'redact' } }, rules },
    version: 7,
    digest: 'd',
    source: 'hub',
    expiresAt: undefined,
  }
}

const rule = (id: string, effect: PolicyRule['effect'], when: Condition = {}, more: Partial<PolicyRule> = {}): PolicyRule => ({ id, effect, when, ...more })

describe('a condition', () => {
  const table: readonly (readonly [name: string, when: Condition, holds: Partial<Facts>, fails: Partial<Facts>])[] = [
    ['principal by subject', { principal: ['ada'] }, {}, { subject: 'grace' }],
    ['principal by issuer and subject', { principal: ['https://id.example ada'] }, {}, { issuer: 'https://other.example' }],
    ['groups', { groups: ['ops', 'data-eng'] }, {}, { groups: ['sales'] }],
    ['provider', { provider: ['openai'] }, {}, { provider: 'anthropic' }],
    ['upstream', { upstream: ['openai'] }, {}, { upstream: 'local' }],
    ['model', { model: ['gpt-*', 'o1'] }, { model: 'o1' }, { model: 'claude-5' }],
    ['operation', { operation: ['chat.*'] }, {}, { operation: 'embeddings' }],
    ['project', { project: ['acme/europe-*', 'other/*'] }, { project: 'acme/europe-west1' }, { project: 'acme/us-east1' }],
    ['project, of a call that names none', { project: ['acme/*'] }, { project: 'acme/global' }, {}],
    ['outside', { outside: true }, {}, { outside: false }],
    ['findings', { prompt: { finds: ['US_SSN', 'CREDIT_CARD'] } }, { prompt: { finds: { CREDIT_CARD: 1 }, has: [] } }, { prompt: { finds: { EMAIL: 4, CREDIT_CARD: 0 }, has: [] } }],
    ['content', { prompt: { has: ['file'] } }, { prompt: { finds: {}, has: ['file'] } }, { prompt: { finds: {}, has: ['image'] } }],
    ['findings and content, both', { prompt: { finds: ['EMAIL'], has: ['file'] } }, { prompt: { finds: { EMAIL: 1 }, has: ['file'] } }, { prompt: { finds: { EMAIL: 1 }, has: [] } }],
    ['earlier turns', { history: { finds: ['EMAIL'] } }, { history: { finds: { EMAIL: 1 }, has: [] } }, { prompt: { finds: { EMAIL: 1 }, has: [] } }],
    ['tools', { tools: ['delete_*'] }, { tools: ['read', 'delete_row'] }, { tools: ['read'] }],
    ['size over', { size: { over: 1000 } }, { bytes: 1001 }, { bytes: 1000 }],
    ['size under', { size: { under: 1000 } }, { bytes: 999 }, { bytes: 1000 }],
    ['days', { time: { days: ['tue'] } }, {}, { at: Date.UTC(2026, 10, 25, 12) }],
    ['hours', { time: { from: '08:00', to: '18:00' } }, { at: Date.UTC(2026, 10, 24, 8) }, { at: Date.UTC(2026, 10, 24, 18) }],
    ['hours over midnight', { time: { from: '22:00', to: '06:00' } }, { at: Date.UTC(2026, 10, 24, 23) }, { at: Date.UTC(2026, 10, 24, 6) }],
    ['hours over midnight of a day, before it', { time: { days: ['tue'], from: '22:00', to: '06:00' } }, { at: Date.UTC(2026, 10, 24, 22) }, { at: Date.UTC(2026, 10, 23, 22) }],
    ['hours over midnight of a day, after it', { time: { days: ['sun'], from: '22:00', to: '06:00' } }, { at: Date.UTC(2026, 10, 23, 5, 59) }, { at: Date.UTC(2026, 10, 22, 5) }],
    ['hours in a zone', { time: { from: '08:00', to: '18:00', zone: 'Asia/Tokyo' } }, { at: Date.UTC(2026, 10, 24, 0) }, { at: Date.UTC(2026, 10, 24, 12) }],
  ]
  for (const [name, when, holds, fails] of table)
    test(`on ${name} holds for what it names and for nothing else`, () => {
      assert.equal(matches(when, facts(holds)), true)
      assert.equal(matches(when, facts(fails)), false)
    })

  test('of several members holds only when all do, and an empty one always', () => {
    assert.equal(matches({ groups: ['data-eng'], model: ['claude-*'] }, facts()), false)
    assert.equal(matches({}, facts()), true)
  })

  test('is not fooled by names that every object has', () => {
    assert.equal(matches({ prompt: { finds: ['constructor', '__proto__', 'toString'] } }, facts()), false)
  })

  test('with stars says what the regular expression says, in linear time', () => {
    const piece = fc.constantFrom('*', 'a', 'b', '-', '.')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.constantFrom('a', 'b', '-', '.'), { maxLength: 12 }), (pattern, text) => {
        const regular = new RegExp(`^${pattern.map((one) => (one === '*' ? '[^]*' : `\\${one === 'a' || one === 'b' ? `x${one.charCodeAt(0).toString(16)}` : one}`)).join('')}$`)
        assert.equal(globMatches(pattern.join(''), text.join('')), regular.test(text.join('')))
      }),
    )
    // Whoever goes back and tries all ways comes to no end with this.
    assert.equal(globMatches(`${'a*'.repeat(40)}b`, 'a'.repeat(20_000)), false)
  })
})

describe('a decision', () => {
  test('is the first rule\'s that matches, else the default\'s', () => {
    const rules = [rule('one', 'deny', { model: ['claude-*'] }), rule('two', 'allow', { groups: ['data-eng'] }), rule('three', 'deny')]
    assert.deepEqual([evaluate(policy(rules), facts()).rule, evaluate(policy(rules), facts()).effect], ['two', 'allow'])
    const other = evaluate(policy([rules[0]!]), facts())
    assert.deepEqual([other.rule, other.effect], [null, 'deny'])
    assert.match(other.explanation, /no rule allows the model "gpt-5" at openai for you/)
    assert.equal(evaluate(policy([], 'allow'), facts()).effect, 'allow')
  })

  test('denies a call with a value that policy refuses, whatever its rule says, and says which', () => {
    const refusing = { mask: { prompt: { US_SSN: 'refuse' as const }, answer: {} } }
    const held = facts({ prompt: { finds: { US_SSN: 2, EMAIL: 1 }, has: [] } })
    for (const effect of ['allow', 'hold'] as const) {
      const decision = evaluate(policy([rule('all', effect, {}, refusing)]), held)
      assert.deepEqual([decision.effect, decision.rule, decision.approval], ['deny', 'all', undefined])
      assert.match(decision.explanation, /refuses calls that contain .*social security numbers?, and this one contains 2/)
      assert.equal(evaluate(policy([rule('all', effect, {}, refusing)]), facts({ prompt: { finds: { US_SSN: 0, EMAIL: 1 }, has: [] } })).effect, effect)
    }
  })

  test('never lets pass what was not inspected: absence is not proved', () => {
    for (const inspected of ['partial', 'failed'] as const) {
      const open = evaluate(policy([rule('all', 'allow')], 'allow'), facts({ inspected }))
      assert.equal(open.effect, 'deny')
      assert.match(open.explanation, /inspected/)
      assert.equal(evaluate(policy([rule('wait', 'hold')]), facts({ inspected })).effect, 'deny')
      const denied = evaluate(policy([rule('no', 'deny', {}, { message: 'Not this.' })]), facts({ inspected }))
      assert.deepEqual([denied.effect, denied.rule, denied.message], ['deny', 'no', 'Not this.'])
    }
  })

  test('says in one sentence what it is because of, with counts and never a value', () => {
    const held = evaluate(policy([rule('cards', 'hold', { outside: true, prompt: { finds: ['CREDIT_CARD', 'US_SSN', 'SECRET'] } })]), facts({ prompt: { finds: { CREDIT_CARD: 3, SECRET: 1, EMAIL: 9 }, has: [] } }))
    assert.equal(held.explanation, 'rule "cards" holds this call because it contains 3 card numbers and 1 secret and it would leave the organisation.')
    assert.deepEqual(held.policy, { version: 7, digest: 'd', source: 'hub' })
    assert.deepEqual(held.because, ['CREDIT_CARD', 'SECRET'])
    assert.equal(evaluate(policy([rule('all', 'hold')]), facts({ prompt: { finds: { EMAIL: 9 }, has: [] } })).because, undefined)
  })

  test('lays the rule\'s masks over the document\'s, and keep takes a type out', () => {
    const { mask } = evaluate(policy([rule('r', 'allow', {}, { mask: { prompt: { PHONE: 'hash' }, answer: { EMAIL: 'keep' } } })]), facts())
    assert.deepEqual(mask, { prompt: { SECRET: 'redact', PHONE: 'hash' }, answer: {} })
  })

  test('names a model of the client\'s choosing without its control characters', () => {
    const { explanation } = evaluate(policy([]), facts({ model: `evil\u202E\n"${'x'.repeat(500)}` }))
    assert.doesNotMatch(explanation, /[\u202E\n]/)
    assert.ok(explanation.length < 250)
  })

  test('is total and the same each time', () => {
    const anyFacts = fc.record({ model: fc.string(), groups: fc.array(fc.string(), { maxLength: 3 }), bytes: fc.nat(), at: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map(Number), inspected: fc.constantFrom('ok', 'partial', 'failed'), outside: fc.boolean() })
    const when = fc.record({ model: fc.array(fc.string(), { minLength: 1 }), groups: fc.array(fc.string(), { minLength: 1 }), outside: fc.boolean() }, { requiredKeys: [] })
    fc.assert(
      fc.property(anyFacts, fc.array(fc.record({ when, effect: fc.constantFrom('allow', 'deny', 'hold') }), { maxLength: 5 }), (some, given) => {
        const active = policy(given.map((one, i) => rule(`r${i}`, one.effect, one.when)))
        const decision = evaluate(active, facts(some))
        assert.deepEqual(evaluate(active, facts(some)), decision)
        assert.match(decision.explanation, /\.$/)
        if (some.inspected !== 'ok') assert.equal(decision.effect, 'deny')
      }),
    )
  })
})

describe('a rule by itself', () => {
  test('reads as one sentence with every condition in it', () => {
    assert.equal(explainRule(rule('a', 'allow', { groups: ['data-eng'], model: ['gpt-*', 'o1'] })), 'Allows calls by people of data-eng to models named gpt-* or o1.')
    assert.equal(
      explainRule(rule('b', 'hold', { outside: true, prompt: { finds: ['CREDIT_CARD', 'US_SSN'] } }, { approval: { reviewers: { group: 'reviewers' }, count: 2, assurance: 'session', requesterReason: 'none', wait: 1 } })),
      'Holds calls that leave the organisation and that contain card numbers or US social security numbers, until 2 people from reviewers decide.',
    )
    assert.equal(explainRule(rule('c', 'hold', {}, { approval: { reviewers: 'self', count: 1, assurance: 'session', requesterReason: 'none', wait: 1 } })), 'Holds every call, until the requester acknowledges.')
    assert.equal(explainRule(rule('d', 'deny', { time: { days: ['sat', 'sun'], from: '22:00', zone: 'Europe/Berlin' } })), 'Denies calls made on Saturday or Sunday from 22:00 to 24:00 (Europe/Berlin).')
    assert.equal(explainRule(rule('d', 'deny', { time: { days: ['fri'], from: '22:00', to: '06:00' } })), 'Denies calls made on Friday from 22:00 to 06:00 of the next day (UTC).')
  })

  test('calls a type of the policy\'s own by its words, in the rule, in the decision and in a refusal', () => {
    const types = [{ name: 'CUSTOM_X', words: ['contract number', 'contract numbers'], pattern: 'XX-[0-9]{4}', ignoreCase: false }] as const
    const one = rule('x', 'deny', { prompt: { finds: ['CUSTOM_X', 'CUSTOM_Y'] } })
    assert.equal(explainRule(one, types), 'Denies calls that contain contract numbers or values of type CUSTOM_Y.')
    const { document, ...rest } = policy([one, rule('all', 'allow')])
    const found = facts({ prompt: { finds: { CUSTOM_X: 1 }, has: [] } })
    assert.equal(evaluate({ document: { ...document, types }, ...rest }, found).explanation, 'rule "x" denied this call because it contains 1 contract number.')
    const refuses = { ...document, types, rules: [rule('all', 'allow')], mask: { prompt: { CUSTOM_X: 'refuse' }, answer: {} } } as const
    assert.equal(evaluate({ document: refuses, ...rest }, found).explanation, 'the policy refuses calls that contain contract numbers, and this one contains 1 contract number.')
  })

  test('says what it masks in its own way, and nothing where it does not', () => {
    assert.equal(explainMask(rule('a', 'allow', {}, { mask: { prompt: { EMAIL: 'pseudonym', PHONE: 'keep' }, answer: { EMAIL: 'keep' } } })), 'It masks in its own way in prompts EMAIL (pseudonym), PHONE (keep); in answers EMAIL (keep).')
    assert.equal(explainMask(rule('a', 'allow')), '')
  })

  test('leaves no condition unsaid', () => {
    const each: readonly Condition[] = [{ principal: ['p'] }, { groups: ['g'] }, { provider: ['x'] }, { upstream: ['u'] }, { model: ['m'] }, { operation: ['o'] }, { project: ['a/b'] }, { outside: false }, { prompt: { finds: ['EMAIL'] } }, { prompt: { has: ['file'] } }, { history: { finds: ['EMAIL'] } }, { history: { has: ['file'] } }, { tools: ['t'] }, { size: { over: 1 } }, { size: { under: 1 } }, { time: { zone: 'UTC' } }]
    const sentences = each.map((when) => explainRule(rule('r', 'deny', when)))
    assert.equal(new Set(sentences).size, each.length)
    for (const sentence of sentences) assert.notEqual(sentence, 'Denies every call.')
  })
})

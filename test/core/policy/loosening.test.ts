import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { MaskRules, Transform } from '../../../src/protocol/masking.ts'
import type { ActivePolicy, Facts, PolicyDocument } from '../../../src/protocol/policy.ts'
import { diffText, lineDiff } from '../../../src/core/words/lineDiff.ts'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { loosenings } from '../../../src/core/policy/loosening.ts'
import { parsePolicy } from '../../../src/core/policy/parse.ts'

const SAMPLE = `version: 1
default: deny
upstreams:
  openai: { url: https://api.openai.com/v1, outside: true }
limits: { sessionIdle: 8h, sessionAbsolute: 12h, agentLinger: 10m, body: 32MiB }
mask:
  prompt: { SECRET: redact }
  answer: { EMAIL: redact, CREDIT_CARD: partial, IP: redact, SECRET: redact }
rules:
  - id: no-files
    when: { prompt: { has: [file, image, audio] } }
    effect: deny
    message: Files cannot be inspected yet.
  - id: cards-wait
    when: { outside: true, prompt: { finds: [CREDIT_CARD, US_SSN] } }
    effect: hold
    approval: { reviewers: { group: security-reviewers }, count: 1, assurance: session, requesterReason: optional, wait: 4m }
  - id: data-team
    when: { groups: [data-eng], provider: [openai], model: ["gpt-*", "claude-*", "simulated-*"] }
    effect: allow
`

function change(from: string, to: string): string[] {
  const text = SAMPLE.replace(from, to)
  assert.notEqual(text, SAMPLE)
  return loosenings(parsePolicy(SAMPLE), parsePolicy(text))
}

describe('a change of policy', () => {
  const tighter: readonly (readonly [string, string, string])[] = [
    ['a comment', 'version: 1', '# a word\nversion: 1'],
    ['another message', 'Files cannot be inspected yet.', 'No files.'],
    ['a new rule that denies', 'rules:\n', 'rules:\n  - id: no-nights\n    when: { groups: [nights] }\n    effect: deny\n'],
    ['another comment', '[CREDIT_CARD, US_SSN] } }\n    effect: hold', '[CREDIT_CARD, US_SSN] } }\n    effect: hold # more below'],
    ['fewer models', '"gpt-*", "claude-*", "simulated-*"', '"gpt-*"'],
    ['one more approver', 'count: 1', 'count: 2'],
    ['a fresh sign-in of reviewers', 'assurance: session', 'assurance: fresh'],
    ['a stronger sign-in of reviewers', 'assurance: session', 'assurance: fresh, acr: [mfa]'],
    ['a shorter wait', 'wait: 4m', 'wait: 2m'],
    ['a stronger mask', 'CREDIT_CARD: partial', 'CREDIT_CARD: redact'],
    ['one more masked type', 'prompt: { SECRET: redact }', 'prompt: { SECRET: redact, EMAIL: hash }'],
    ['shorter sessions', 'sessionIdle: 8h', 'sessionIdle: 1h'],
    ['deny in place of hold', /effect: hold\n.*\n/.exec(SAMPLE)?.[0] ?? '', 'effect: deny\n'],
  ]
  for (const [what, from, to] of tighter)
    test(`that brings ${what} needs no second person`, () => {
      assert.deepEqual(change(from, to), [])
    })

  const looser: readonly (readonly [string, string, string, RegExp])[] = [
    ['an operation that goes through unread', 'outside: true }', 'outside: true, uninspected: ["POST /files"] }', /^POST \/files at the upstream openai could go through unread\.$/],
    ['other headers', 'outside: true }', 'outside: true, headers: { X-Team: data } }', /^Calls to the upstream openai would carry other headers\.$/],
    ['another way to send the key', 'outside: true }', 'outside: true, key: { header: apikey } }', /would carry other headers/],
    ['allow as the default', 'default: deny', 'default: allow', /was denied and would be allowed/],
    ['a new rule that allows', 'rules:\n', 'rules:\n  - id: all\n    when: { groups: [x] }\n    effect: allow\n', /New rule "all" allows calls/],
    ['a new rule that holds', 'rules:\n', 'rules:\n  - id: ask\n    when: { groups: [x] }\n    effect: hold\n    approval: { reviewers: self }\n', /lets calls be approved/],
    ['allow in place of deny', 'effect: deny', 'effect: allow', /Rule "no-files" would allow what it denied/],
    ['more models', '"gpt-*"', '"gpt-*", "o1"', /other calls than it allowed/],
    ['more groups', '[data-eng]', '[data-eng, everybody]', /other calls than it allowed/],
    ['fewer denied contents', '[file, image, audio]', '[file, image]', /would deny fewer calls/],
    ['fewer held findings', '[CREDIT_CARD, US_SSN]', '[CREDIT_CARD]', /would hold other calls/],
    ['other reviewers', 'group: security-reviewers', 'group: everybody', /let other people decide/],
    ['reviewers who are the requesters', '{ group: security-reviewers }', 'self', /let other people decide/],
    ['a longer wait', 'wait: 4m', 'wait: 1h', /wait longer/],
    ['a weaker mask', 'EMAIL: redact', 'EMAIL: partial', /EMAIL in answers would be masked less/],
    ['a mask less', 'IP: redact, ', '', /IP in answers would be masked less/],
    ['another place for an upstream', 'https://api.openai.com/v1', 'https://elsewhere.example/v1', /would go to https:\/\/elsewhere/],
    ['an upstream that counts as inside', 'outside: true', 'outside: false', /count as inside/],
    ['a new upstream', 'upstreams:\n', 'upstreams:\n  local: { url: http://127.0.0.1:1, outside: false }\n', /new upstream, local/],
    ['larger calls', 'body: 32MiB', 'body: 64MiB', /larger/],
    ['longer sessions', 'sessionAbsolute: 12h', 'sessionAbsolute: 24h', /last longer/],
  ]
  for (const [what, from, to, says] of looser)
    test(`that brings ${what} needs one, and says why`, () => {
      const found = change(from, to)
      assert.ok(found.some((one) => says.test(one)), found.join('\n'))
    })

  test('S17 of how reviewers have to sign in needs one, unless fewer ways are left', () => {
    const asking = (approval: string): ReturnType<typeof parsePolicy> => parsePolicy(SAMPLE.replace('assurance: session', approval))
    const before = asking('assurance: fresh, acr: [mfa, phr]')
    assert.deepEqual(loosenings(before, asking('assurance: fresh, acr: [phr]')), [])
    for (const weaker of ['assurance: fresh, acr: [mfa, phr, pwd]', 'assurance: fresh']) assert.match(loosenings(before, asking(weaker)).join(), /weaker or other sign-ins/)
    assert.match(loosenings(before, asking('assurance: session')).join(), /no longer ask reviewers to sign in anew/)
  })

  test('that denies more by a rule that denied already needs none', () => {
    const before = parsePolicy(SAMPLE)
    const [files, ...rest] = before.rules
    assert.deepEqual(loosenings(before, { ...before, rules: [{ ...files!, when: { prompt: { has: ['file', 'image', 'audio', 'video'] } } }, ...rest] }), [])
    assert.deepEqual(loosenings(before, { ...before, rules: [{ ...files!, when: {} }, ...rest] }), [])
  })

  test('in the order of rules needs one, and a rule that is gone too unless it only allowed', () => {
    const before = parsePolicy(SAMPLE)
    const { rules } = before
    assert.match(loosenings(before, { ...before, rules: rules.toReversed() }).join(), /order of the rules/)
    assert.match(loosenings(before, { ...before, rules: rules.slice(1) }).join(), /"no-files" would be gone; it denied calls/)
    assert.deepEqual(loosenings(before, { ...before, rules: rules.slice(0, 2) }), [])
  })
})

describe('the law of tightening', () => {
  const RANK = { allow: 0, hold: 1, deny: 2 } as const
  const STRENGTH: Record<Transform, number> = { keep: 0, partial: 1, pseudonym: 2, hash: 3, replace: 3, redact: 4, refuse: 5 }
  const transforms = fc.constantFrom<Transform>('keep', 'partial', 'hash', 'redact', 'refuse')
  const maskOf = fc.record({ EMAIL: transforms, PHONE: transforms }, { requiredKeys: [] })
  const mask = fc.record({ prompt: maskOf, answer: maskOf })
  const listOf = (...values: string[]): fc.Arbitrary<string[]> => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 })
  const when = fc.record(
    {
      groups: listOf('a', 'b'),
      model: listOf('gpt-*', 'gpt-5', 'o1'),
      outside: fc.boolean(),
      prompt: fc.record({ finds: listOf('EMAIL', 'PHONE') }),
      size: fc.record({ over: fc.constantFrom(10, 100), under: fc.constantFrom(50, 500) }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  )
  const approval = fc.record({ reviewers: fc.constantFrom('self' as const, { group: 'r' }), count: fc.constantFrom(1, 2), assurance: fc.constantFrom('session' as const, 'fresh' as const), requesterReason: fc.constantFrom('none' as const, 'required' as const), wait: fc.constantFrom(1000, 2000) })
  const rule = fc.record({ id: fc.constantFrom('r1', 'r2', 'r3', 'r4'), when, effect: fc.constantFrom('allow' as const, 'deny' as const, 'hold' as const), mask: fc.option(mask, { nil: undefined, freq: 4 }), approval })
  const rules = fc.uniqueArray(rule, { selector: ({ id }) => id, maxLength: 4 })
  const document = fc.record({ default: fc.constantFrom('allow' as const, 'deny' as const), mask, rules })
  const facts = fc.record({ groups: listOf('a', 'b', 'c'), model: fc.constantFrom('gpt-5', 'gpt-4', 'o1', 'x'), outside: fc.boolean(), bytes: fc.constantFrom(5, 60, 200, 900), prompt: fc.record({ finds: fc.record({ EMAIL: fc.constantFrom(0, 2), PHONE: fc.constantFrom(0, 1) }), has: fc.constant([]) }) })

  type Some = Partial<Omit<PolicyDocument, 'rules'>> & { readonly rules: readonly { readonly mask?: MaskRules | undefined }[] }
  const whole = (some: Some): PolicyDocument => ({ version: 1, default: 'deny', upstreams: { u: { url: 'https://u.example', outside: true } }, limits: { sessionIdle: 1, sessionAbsolute: 1, agentLinger: 1, body: 1 }, mask: { prompt: {}, answer: {} }, ...some, rules: some.rules.map(({ mask: own, ...rest }) => ({ ...rest, ...(own ? { mask: own } : {}) })) as unknown as PolicyDocument['rules'] })
  const active = (given: PolicyDocument): ActivePolicy => ({ document: given, version: 1, digest: '', source: 'hub', expiresAt: undefined })
  const factsOf = (some: Partial<Facts>): Facts => ({ issuer: 'i', subject: 's', groups: [], provider: 'openai', upstream: 'u', outside: true, operation: 'o', model: 'm', tools: [], bytes: 1, at: 0, inspected: 'ok', prompt: { finds: {}, has: [] }, history: { finds: {}, has: [] }, ...some })

  function holds(before: PolicyDocument, after: PolicyDocument, some: Facts): void {
    if (loosenings(before, after).length > 0) return
    const old = evaluate(active(before), some)
    const now = evaluate(active(after), some)
    assert.ok(RANK[now.effect] >= RANK[old.effect], `${old.effect} by ${old.rule ?? 'default'} became ${now.effect} by ${now.rule ?? 'default'}`)
    if (now.effect === 'deny') return
    for (const direction of ['prompt', 'answer'] as const)
      for (const type of ['EMAIL', 'PHONE']) assert.ok(STRENGTH[now.mask[direction][type] ?? 'keep'] >= STRENGTH[old.mask[direction][type] ?? 'keep'], `${type} in ${direction} is masked less`)
  }

  test('holds for any two policies and any call: what counts as tighter lets nothing more pass', () => {
    fc.assert(fc.property(document, document, facts, (before, after, some) => { holds(whole(before), whole(after), factsOf(some)) }), { numRuns: 3000 })
  })

  test('holds for small changes, of which many do count as tighter', () => {
    let counted = 0
    const edit = fc.record({ at: fc.nat(3), effect: fc.option(fc.constantFrom('allow' as const, 'deny' as const, 'hold' as const)), when: fc.option(when), drop: fc.boolean(), add: fc.option(rule), mask: fc.option(mask) })
    fc.assert(
      fc.property(document, edit, facts, (before, { at, effect, when: other, drop, add, mask: masked }, some) => {
        const edited = before.rules.flatMap((one, index) => (index !== at ? [one] : drop ? [] : [{ ...one, ...(effect ? { effect } : {}), ...(other ? { when: other } : {}) }]))
        const more = add && !edited.some(({ id }) => id === add.id) ? [...edited.slice(0, at), add, ...edited.slice(at)] : edited
        const after = { ...before, rules: more, ...(masked ? { mask: masked } : {}) }
        if (loosenings(whole(before), whole(after)).length === 0) counted++
        holds(whole(before), whole(after), factsOf(some))
      }),
      { numRuns: 4000 },
    )
    assert.ok(counted > 100, `${counted} counted as tighter`)
  })
})

describe('a difference of texts', () => {
  test('leads from the one to the other, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = lineDiff(before, after)
        assert.equal(diff.filter(({ kind }) => kind !== 'added').map((one) => one.text).join('\n'), before)
        assert.equal(diff.filter(({ kind }) => kind !== 'removed').map((one) => one.text).join('\n'), after)
        if (before === after) assert.equal(diffText(diff), '')
      }),
    )
  })
})

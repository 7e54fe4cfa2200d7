import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { CompactSign } from 'jose'
import { openDecision, type Expected } from '../../../src/agent/approval/decision.ts'
import type { DecisionPayload, ReviewEntry } from '../../../src/protocol/approval.ts'
import type { WellKnown } from '../../../src/protocol/hub.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')
const known: WellKnown = { format: 1, organisation: 'Northfield', audience: 'https://hub', issuer: 'https://id', clientId: 'c', groupsClaim: 'groups', cosigner: 'x', policyKey: { ...publicKey.export({ format: 'jwk' }) } }
const DIGEST = 'd'.repeat(43)
const AP = `ap_${'0'.repeat(26)}`
const expected: Expected = { ap: AP, digest: DIGEST, requester: { issuer: 'https://id', subject: 'ada' }, group: 'security', count: 1, rule: 'r', policy: { version: 1, digest: 'p' }, assurance: 'session' }
const grace: ReviewEntry = { issuer: 'https://id', subject: 'grace', groups: ['security'], authTime: 1, verdict: 'approve', reason: 'fine', at: 10 }
const payload: DecisionPayload = { format: 1, audience: 'Northfield', ap: AP, digest: DIGEST, state: 'approved', requester: expected.requester, rule: 'r', policy: { version: 1, digest: 'p' }, reviews: [grace], decidedAt: 10, expiresAt: 100 }

const signed = (more: Partial<DecisionPayload> = {}, options: { key?: typeof privateKey; typ?: string } = {}): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify({ ...payload, ...more }))).setProtectedHeader({ alg: 'EdDSA', typ: options.typ ?? 'countersign-decision+jws' }).sign(options.key ?? privateKey)

describe('a decision of the hub', () => {
  test('is taken when the organisation signed it for exactly this call', async () => {
    assert.equal((await openDecision(await signed(), known, expected)).state, 'approved')
  })

  test('is refused when it was forged, or is another kind of document of the organisation', async () => {
    await assert.rejects(openDecision(await signed({}, { key: other.privateKey }), known, expected), /did not sign it/)
    await assert.rejects(openDecision(await signed({}, { typ: 'countersign-policy+jws' }), known, expected), /did not sign it/)
    const jws = await signed()
    await assert.rejects(openDecision(`${jws.slice(0, -2)}${jws.endsWith('AA') ? 'BA' : 'AA'}`, known, expected), /did not sign it/)
    const [, body = '', signature = ''] = jws.split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'countersign-decision+jws' })).toString('base64url')
    await assert.rejects(openDecision(`${none}.${body}.${signature}`, known, expected), /did not sign it/)
  })

  for (const [what, more] of [
    ['another request', { ap: `ap_${'1'.repeat(26)}` }],
    ['other bytes', { digest: 'e'.repeat(43) }],
    ['another person', { requester: { issuer: 'https://id', subject: 'bob' } }],
    ['another organisation', { audience: 'Southfield' }],
    ['another rule or policy', { rule: 'other' }],
    ['another rule or policy', { policy: { version: 2, digest: 'p' } }],
    ['the requester stands among', { reviews: [{ ...grace, subject: 'ada' }] }],
    ['not everybody who decided', { reviews: [{ ...grace, groups: [] }] }],
    ['one person stands in it twice', { reviews: [grace, grace] }],
    ['too few people', { reviews: [{ ...grace, verdict: 'deny' as const }] }],
    ['after its time', { decidedAt: 101 }],
  ] as const)
    test(`is refused when it is of ${what}: ${JSON.stringify(more).slice(0, 40)}`, async () => {
      await assert.rejects(openDecision(await signed(more as Partial<DecisionPayload>), known, expected), new RegExp(what.replace('after its time', 'after its time')))
    })

  test('S17 is refused when the rule asks for a fresh sign-in and somebody approved without one, with an old or with a weaker one', async () => {
    const at = 1_000_000_000
    const by = (review: Partial<ReviewEntry>): Promise<string> => signed({ reviews: [{ ...grace, at, authTime: at / 1000 - 60, confirmation: 'c'.repeat(43), acr: 'mfa', ...review }], decidedAt: at, expiresAt: at + 1 })
    const strict: Expected = { ...expected, assurance: 'fresh', acr: ['mfa'] }
    assert.equal((await openDecision(await by({}), known, strict)).state, 'approved')
    for (const weak of [{ authTime: at / 1000 - 600 }, { confirmation: undefined }, { acr: undefined }, { acr: 'pwd' }] as Partial<ReviewEntry>[])
      await assert.rejects(openDecision(await by(weak), known, strict), /fresh sign-in/)
    assert.equal((await openDecision(await by({ acr: undefined }), known, { ...strict, acr: undefined })).state, 'approved')
  })

  test('S18 about a program\'s call is refused when whoever started it decided, or was not counted as its requester', async () => {
    const started: Expected = { ...expected, requester: { ...expected.requester, startedBy: ['grace', 'kim@x.example'] } }
    const by = (startedBy: string[] | undefined, subject = 'hana'): Promise<string> => signed({ requester: { ...expected.requester, ...(startedBy ? { startedBy } : {}) }, reviews: [{ ...grace, subject }] })
    assert.equal((await openDecision(await by(['kim@x.example', 'grace', 'k.tanaka']), known, started)).state, 'approved')
    await assert.rejects(openDecision(await by(['kim@x.example', 'grace'], 'Grace'), known, started), /whoever started the program stands among/)
    for (const counted of [undefined, [], ['grace']]) await assert.rejects(openDecision(await by(counted), known, started), /did not count whoever started the program/)
  })

  test('is refused when the rule asks for two people and one approved', async () => {
    await assert.rejects(openDecision(await signed(), known, { ...expected, count: 2 }), /too few people/)
  })
})

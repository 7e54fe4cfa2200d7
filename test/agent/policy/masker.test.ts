import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { policyMasker } from '../../../src/agent/policy/masker.ts'
import { parsePolicy } from '../../../src/core/policy/parse.ts'
import type { PolicyDocument } from '../../../src/protocol/policy.ts'

const keys = { commit: () => 'c'.repeat(22), keyedHash: () => '0'.repeat(8) }
const policy = (more: string): PolicyDocument => parsePolicy(`version: 1\ndefault: allow\nupstreams: {}\nrules: []\n${more}`)
const TEXT = 'Mira Castellanos works on FALCON-77 in Berlin.'

describe('the masker of the policy in force', () => {
  test('looks for names only where the policy speaks of them', async () => {
    let document: PolicyDocument | undefined = undefined
    const masker = policyMasker(keys, () => document)
    const found = async (): Promise<string[]> => (await masker.inspect([{ path: '/x', role: 'user', origin: 'prompt', kind: 'text', text: TEXT }], [])).findings.map(({ type }) => type)
    assert.deepEqual(await found(), [])
    document = policy('mask: { prompt: { PERSON: redact } }\n')
    assert.ok((await found()).includes('PERSON'))
    const { text } = masker.mask(TEXT, { direction: 'prompt', path: '/x', kind: 'text', rules: { PERSON: 'redact' } })
    assert.doesNotMatch(text, /Castellanos/)
  })

  test('knows the types a policy adds from the moment it is in force, and keeps what sessions remember', () => {
    const inForce = { document: policy('') }
    const masker = policyMasker(keys, () => inForce.document)
    const pseudonym = (text: string): string => masker.mask(text, { direction: 'prompt', path: '/x', kind: 'text', rules: { EMAIL: 'pseudonym' } }, masker.session('a')).text
    assert.equal(pseudonym('mira@example.com'), '[EMAIL_1]')
    const mask = (): string => masker.mask(TEXT, { direction: 'prompt', path: '/x', kind: 'text', rules: { CUSTOM_PROJECT: 'redact' } }).text
    assert.match(mask(), /FALCON-77/)
    inForce.document = policy('types:\n  CUSTOM_PROJECT: { words: [project, projects], pattern: "FALCON-[0-9]+" }\n')
    assert.match(mask(), /\[CUSTOM_PROJECT\]/)
    const answer = (): unknown => masker.mask(TEXT, { direction: 'answer', path: '/x', kind: 'text', rules: { CUSTOM_PROJECT: 'refuse' } })
    assert.throws(answer, { code: 'CS_DENIED', message: /refuses answers that contain projects, and/ })
    assert.equal(pseudonym('jan@example.com, mira@example.com'), '[EMAIL_2], [EMAIL_1]')
  })
})

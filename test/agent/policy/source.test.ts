import assert from 'node:assert/strict'
import { generateKeyPairSync, hash } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { beforeEach, describe, test } from 'node:test'
import { CompactSign } from 'jose'
import { HubPolicy, keptPolicy, LocalPolicy, NoPolicy } from '../../../src/agent/policy/source.ts'
import { openStore } from '../../../src/agent/state/store.ts'
import type { AuditEvent } from '../../../src/protocol/audit.ts'
import type { WellKnown } from '../../../src/protocol/hub.ts'
import type { PolicyEnvelope } from '../../../src/protocol/policy.ts'
import { withUpstreams } from '../../../src/sandbox/samplePolicy.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519').privateKey
const known: WellKnown = { format: 1, organisation: 'Northfield', audience: 'https://hub', issuer: 'https://id', clientId: 'c', groupsClaim: 'groups', cosigner: 'x', policyKey: { ...publicKey.export({ format: 'jwk' }) } }
const NOW = Date.parse('2026-11-24T12:00:00Z')
const TEXT = withUpstreams(undefined, {})

function envelope(version: number, more: Partial<PolicyEnvelope> = {}, options: { key?: typeof privateKey; typ?: string } = {}): Promise<string> {
  const document = more.document ?? `${TEXT}# ${version}\n`
  const content: PolicyEnvelope = { format: 1, version, audience: 'Northfield', author: { issuer: 'https://id', subject: 'kim' }, reason: 'why', issuedAt: '2026-11-24T00:00:00Z', expiresAt: '2027-01-01T00:00:00Z', document, digest: hash('sha256', document, 'base64url'), ...more }
  return new CompactSign(Buffer.from(JSON.stringify(content))).setProtectedHeader({ alg: 'EdDSA', typ: options.typ ?? 'countersign-policy+jws' }).sign(options.key ?? privateKey)
}

let events: AuditEvent[]
let file: string
let now: number
const open = async (): Promise<HubPolicy> =>
  new HubPolicy(await openStore(file, keptPolicy, { envelope: null, version: 0 }), {
    now: () => now,
    record: (event) => {
      events.push(event)
      return Promise.resolve()
    },
    onChange: () => undefined,
  })
beforeEach(async () => {
  events = []
  now = NOW
  file = path.join(await mkdtemp(path.join(os.tmpdir(), 'countersign-policy-')), 'policy.json')
})
const codes = (): string[] => events.map((event) => (event.type === 'policy.refused' ? event.code : event.type))

describe('the policy from the hub', () => {
  test('S47 without one nothing passes', async () => {
    const policy = await open()
    assert.throws(() => policy.current(), { code: 'CS_NO_POLICY' })
    assert.throws(() => new NoPolicy().current(), { code: 'CS_NO_POLICY' })
  })

  test('is in force once its signature holds, on record with author and reason, and after a restart again', async () => {
    const policy = await open()
    await policy.accept(await envelope(3), known)
    assert.equal(policy.current().version, 3)
    assert.deepEqual(events, [{ type: 'policy.activated', version: 3, digest: policy.current().digest, source: 'hub', author: 'https://id kim', reason: 'why' }])
    const again = await open()
    await again.restore(known)
    assert.equal(again.current().version, 3)
  })

  test('S48 a forged, foreign, older, changed or expired one is refused, on record, and the last good one stays', async () => {
    const policy = await open()
    await policy.accept(await envelope(3), known)
    for (const [jws, code] of [
      [await envelope(4, {}, { key: stranger }), 'CS_POLICY_SIGNATURE'],
      [await envelope(4, {}, { typ: 'countersign-decision+jws' }), 'CS_POLICY_SIGNATURE'],
      [await envelope(4, { audience: 'Southfield' }), 'CS_POLICY_SIGNATURE'],
      [await envelope(4, { digest: 'x' }), 'CS_POLICY_SIGNATURE'],
      [await envelope(2), 'CS_POLICY_OLDER'],
      [await envelope(3, { document: `${TEXT}# another\n` }), 'CS_POLICY_OLDER'],
      [await envelope(4, { document: 'version: 1\ndefault: perhaps\n' }), 'CS_POLICY_INVALID'],
      [await envelope(4, { expiresAt: '2026-11-01T00:00:00Z' }), 'CS_POLICY_EXPIRED'],
      ['nonsense', 'CS_POLICY_SIGNATURE'],
    ] as const) {
      await policy.accept(jws, known)
      assert.equal(codes().at(-1), code)
      assert.equal(policy.current().version, 3, code)
    }
  })

  test('S48 the version never goes back, also not over a restart', async () => {
    const policy = await open()
    await policy.accept(await envelope(5), known)
    const again = await open()
    await again.accept(await envelope(4), known)
    assert.equal(codes().at(-1), 'CS_POLICY_OLDER')
  })

  test('S47 lets nothing pass after its time', async () => {
    const policy = await open()
    await policy.accept(await envelope(1), known)
    now = Date.parse('2027-01-01T00:00:00Z')
    assert.throws(() => policy.current(), { code: 'CS_POLICY_EXPIRED' })
  })
})

describe('a policy file without a hub', () => {
  test('is shown as local, taken up anew when it changes, and kept when the change is wrong', async () => {
    const source = path.join(path.dirname(file), 'p.yaml')
    await writeFile(source, TEXT)
    const policy = new LocalPolicy(source, { now: () => NOW, record: (event) => { events.push(event); return Promise.resolve() }, onChange: () => undefined })
    await policy.load()
    assert.equal(policy.current().source, 'local')
    await writeFile(source, 'nonsense: [')
    await policy.load()
    assert.equal(codes().at(-1), 'CS_POLICY_INVALID')
    assert.equal(policy.current().version, 1)
    await writeFile(source, `${TEXT}# changed\n`)
    await policy.load()
    assert.equal(policy.current().version, 2)
  })
})

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ChatOpenAI } from '@langchain/openai'
import type { SharedRequest } from '../../src/protocol/approval.ts'
import type { AuditRecord } from '../../src/protocol/audit.ts'
import { findJournal } from '../../src/cli/journalFolder.ts'
import { tellVerdict } from '../../src/cli/verdictText.ts'
import { verifyJournal } from '../../src/cli/verify.ts'
import { startPerson, type AnotherPerson } from '../../src/sandbox/person.ts'
import { withUpstreams } from '../../src/sandbox/samplePolicy.ts'
import { completeSignIn } from '../../src/sandbox/signIn.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { COUNTERSIGN, eventsOf, run, startTrial, until } from '../fakes/trial.ts'

const MFA = 'urn:example:mfa'
const SAMPLE = withUpstreams(undefined, {})
const POLICY = SAMPLE.replace('assurance: session', `assurance: fresh, acr: ["${MFA}"]`)

let acrOf: (asked: readonly string[]) => string | undefined = (asked) => asked[0]
let signInAge = 0
let trial: Sandbox
let grace: AnotherPerson
before(async () => {
  assert.notEqual(POLICY, SAMPLE)
  trial = await startTrial({ policy: POLICY, idp: { acrOf: (asked) => acrOf(asked), signInAge: () => signInAge } })
  grace = await startPerson(trial, COUNTERSIGN, 'grace')
  await until(async () => (await grace.control.request('approvals.list', {})).relay === 'here' || undefined, 'Grace\'s line to the hub')
})
after(async () => {
  await grace.close()
  await trial.close()
})

let count = 0
async function held(): Promise<{ call: Promise<{ text?: string; error?: Error }>; request: SharedRequest }> {
  const since = Date.now() - 1
  const chat = new ChatOpenAI({ model: 'simulated-1', apiKey: trial.line.key, configuration: { baseURL: `${trial.line.agent}/openai/v1` } })
  const call = chat.invoke(`Charge 4111 1111 1111 1111, attempt ${++count}.`).then(({ text }) => ({ text }), (error: unknown) => ({ error: error as Error }))
  const request = await until(async () => (await grace.control.request('approvals.list', {})).requests.find((one) => one.state === 'pending' && one.openedAt > since), 'a request at Grace\'s')
  return { call, request }
}

/** Decides as the sidebar does: the browser goes to the provider, and the agent decides when it is back. */
async function confirm(request: SharedRequest, login = 'grace'): Promise<URL> {
  const { attempt, authorizeUrl } = await grace.control.request('approval.confirm', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'The customer asked for it.' })
  const done = grace.control.request('approval.confirmed', { attempt })
  done.catch(() => undefined)
  await completeSignIn(authorizeUrl, trial.idp.people.find((one) => one.login === login)!)
  await done
  return new URL(authorizeUrl)
}

const deny = (request: SharedRequest): Promise<unknown> => grace.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict: 'deny', reason: 'done' })
const stateOf = async (request: SharedRequest): Promise<string | undefined> => (await grace.control.request('approvals.list', {})).requests.find((one) => one.ap === request.ap)?.state

describe('a rule that asks for a fresh sign-in', () => {
  test('S17 S20 S23 the reviewer signs in for this very approval; what the provider signed is kept, and proves it offline', async (t) => {
    const { call, request } = await held()
    const asked = (await confirm(request)).searchParams
    assert.deepEqual([asked.get('prompt'), asked.get('max_age'), asked.get('acr_values'), asked.get('scope'), asked.get('login_hint')], ['login', '0', MFA, 'openid', 'grace@northfield.example'])
    assert.ok((await call).text)
    const settled = eventsOf(trial.home, 'approval.settled').at(-1)!
    const [reviewer] = settled.reviewers
    assert.equal(reviewer?.acr, MFA)
    const hub = path.join(trial.line.dir, 'hub')
    const [kept] = readdirSync(path.join(hub, 'confirmations'))
    assert.equal(kept, `${reviewer.confirmation}.json`)
    const file = path.join(hub, 'confirmations', kept)
    const { idToken, key } = JSON.parse(readFileSync(file, 'utf8')) as { idToken: string; key: { d?: string } }
    assert.equal(key.d, undefined)
    const claims = JSON.parse(Buffer.from(idToken.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>
    assert.deepEqual([claims['sub'], claims['nonce'], claims['acr'], claims['email']], ['grace', asked.get('nonce'), MFA, undefined])
    await t.test('countersign verify says so, for the hub and for the requester\'s machine', async () => {
      for (const folder of [hub, trial.line.dir]) {
        const verdict = await verifyJournal(findJournal(folder), { receipt: [] })
        assert.ok(verdict.good, tellVerdict(verdict))
        assert.match(tellVerdict(verdict), /sign-ins {4}1 of 1 approval confirmed anew is proved by the identity provider's signature, with the key that the hub saw then/)
      }
    })
    const out = path.join(trial.line.dir, 'report')
    const written = await run([...COUNTERSIGN, 'report', hub, '--from', '2020-01-01', '--to', '2999-12-31', '--out', out])
    assert.equal(written.code, 0, written.err)
    const verify = (): Promise<{ code: number; out: string }> => run([process.execPath, path.join(out, 'verify.mjs')], {}, { cwd: out })
    await t.test('and so does the report\'s own verifier', async () => {
      const { code, out: text } = await verify()
      assert.equal(code, 0, text)
      assert.match(text, /1 of 1 approval confirmed anew is proved/)
    })
    await t.test('with the provider\'s own keys, of which another provider\'s are none', async () => {
      const right = path.join(trial.line.dir, 'jwks.json')
      const wrong = path.join(trial.line.dir, 'other-jwks.json')
      const { jwks_uri: where } = (await (await fetch(`${trial.idp.issuer}/.well-known/openid-configuration`)).json()) as { jwks_uri: string }
      writeFileSync(right, await (await fetch(where)).text())
      writeFileSync(wrong, JSON.stringify({ keys: [generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })] }))
      for (const command of [[...COUNTERSIGN, 'verify', hub], [process.execPath, path.join(out, 'verify.mjs')]]) {
        const good = await run([...command, '--issuer-keys', right])
        assert.equal(good.code, 0, good.out + good.err)
        assert.match(good.out, /1 of 1 approval confirmed anew is proved by the identity provider's signature, with a key that you gave/)
        const bad = await run([...command, '--issuer-keys', wrong])
        assert.equal(bad.code, 1)
        assert.match(bad.out, /does not prove it: none of the keys that you gave signed it[^]*0 of 1 approval/)
        assert.equal((await run([...command, '--issuer-keys', `${wrong}.none`])).code, 2)
      }
    })
    await t.test('for the program that the hub\'s record names', () => {
      const [reviewed] = readdirSync(path.join(hub, 'log')).filter((name) => name.startsWith('segment-')).flatMap((name) => readFileSync(path.join(hub, 'log', name), 'utf8').trim().split('\n')).map((line) => (JSON.parse(line) as AuditRecord).event).filter((event) => event.type === 'approval.reviewed')
      assert.equal(reviewed?.client, claims['aud'])
    })
    await t.test('a sign-in for another verdict, or a changed one, proves nothing', async () => {
      const whole = readFileSync(file, 'utf8')
      writeFileSync(file, whole.replace('"salt":"', '"salt":"A'))
      const { code, out: text } = await run([...COUNTERSIGN, 'verify', hub])
      writeFileSync(file, whole)
      assert.equal(code, 1)
      assert.match(text, /the sign-in behind the approval in record \d+ does not prove it: it was changed/)
    })
  })

  test('S17 without one, or with the sign-in the reviewer has already, nothing is approved; a denial needs none', async () => {
    const { call, request } = await held()
    await assert.rejects(grace.control.request('approval.review', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'quick' }), /asks for a new sign-in/)
    assert.equal(await stateOf(request), 'pending')
    await deny(request)
    assert.match((await call).error?.message ?? '', /Grace Lindqvist denied/)
  })

  test('S17 a provider that ignores acr_values, or answers with an old sign-in, is noticed; the call goes on waiting', async () => {
    const { call, request } = await held()
    for (const lax of [() => undefined, () => 'urn:example:password']) {
      acrOf = lax
      await assert.rejects(confirm(request), /stronger sign-in .*and your identity provider did not confirm one\..*Nothing was decided/, 'said here, before the hub is asked')
    }
    acrOf = (asked) => asked[0]
    signInAge = 600
    await assert.rejects(confirm(request), /was asked for a new sign-in and answered with an older one.*Nothing was decided/)
    signInAge = 0
    assert.equal(await stateOf(request), 'pending')
    await confirm(request)
    assert.ok((await call).text)
  })

  test('S18 somebody else who signs in instead does not decide in the reviewer\'s name', async () => {
    const { call, request } = await held()
    await assert.rejects(confirm(request, 'sam'), /Sign in as yourself/)
    assert.equal(await stateOf(request), 'pending')
    await deny(request)
    await call
  })

  test('cancelled in the sidebar, the call goes on waiting and the page leads nowhere', async () => {
    const { call, request } = await held()
    const { attempt } = await grace.control.request('approval.confirm', { ap: request.ap, digest: request.digest, verdict: 'approve', reason: 'x' })
    const done = assert.rejects(grace.control.request('approval.confirmed', { attempt }), /cancelled/)
    await grace.control.request('signIn.cancel', { attempt })
    await done
    assert.equal(await stateOf(request), 'pending')
    await deny(request)
    await call
  })
})

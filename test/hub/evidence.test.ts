import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { request, type IncomingMessage } from 'node:http'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import fastify from 'fastify'
import type { AuditEvent, ExchangeDecided } from '../../src/protocol/audit.ts'
import { makeEvidence } from '../../src/cli/evidence/archive.ts'
import type { Manifest } from '../../src/cli/evidence/manifest.ts'
import { overviewPage } from '../../src/hub/pages/overview.ts'
import type { MakeEvidence } from '../../src/hub/evidence/exports.ts'
import { confirmationDigest } from '../../src/core/approval/confirmation.ts'
import { reviewedDigest } from '../../src/core/log/verifyStory.ts'
import { sendEvidence } from '../../src/hub/http/evidence.ts'
import { CookieJar, walk } from '../../src/sandbox/signIn.ts'
import { openTestLog, POLICY, post, refusal, startHubWorld, TestDevice, type HubWorld } from '../fakes/hub.ts'
import { callStory, deliver } from '../fakes/journal.ts'
import { heldRequest, viewerOf } from '../fakes/held.ts'

const PERIOD = { from: '2020-01-01', to: '2999-12-31' }

/** A hub that holds a device's log, all of it under a receipt. */
async function worldWithLog(t: Parameters<typeof startHubWorld>[0], make: MakeEvidence = makeEvidence): Promise<HubWorld> {
  const world = await startHubWorld(t, { makeEvidence: make })
  const device = await TestDevice.enrolled(world)
  const log = await openTestLog(device, path.join(world.dir, 'journal'))
  await log.add(...callStory('ex_01STORY'))
  await deliver(device, log)
  await log.writer.close()
  return world
}

async function ask(world: HubWorld, login: string, period: Record<string, string> = PERIOD): Promise<Response> {
  return post(`${world.url}/v1/evidence`, period, { authorization: `Bearer ${await world.tokenOf(login)}` })
}

/** Unpacks an archive as any program would: by its central directory (APPNOTE 4.3.12). */
async function unpack(zip: Buffer, folder: string): Promise<string[]> {
  const names: string[] = []
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006'))
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [packed, nameLength, extra, comment, local] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32), zip.readUInt32LE(at + 42)]
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const bytes = zip.subarray(start, start + packed)
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), zip.readUInt16LE(at + 10) === 0 ? bytes : inflateRawSync(bytes))
    names.push(name)
    at += 46 + nameLength + extra + comment
  }
  return names
}

function verify(script: string, hubKey: string): Promise<{ code: unknown; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, '--hub-key', hubKey], { env: {}, cwd: '/' }, (error, stdout, stderr) => { resolve({ code: error?.code ?? 0, out: stdout + stderr }) })
  })
}

describe('evidence from the hub', () => {
  test('is downloaded by an auditor as one archive that verifies offline, and who took it is on record with its digest', async (t) => {
    const world = await worldWithLog(t)
    const reply = await ask(world, 'sam')
    assert.equal(reply.status, 200, world.said.join('\n') + await reply.clone().text())
    assert.equal(reply.headers.get('content-disposition'), 'attachment; filename="countersign-evidence-2020-01-01-to-2999-12-31.zip"')
    const zip = Buffer.from(await reply.arrayBuffer())
    const digest = createHash('sha256').update(zip).digest('base64url')
    assert.equal(reply.headers.get('x-countersign-digest'), digest)
    const out = path.join(world.dir, 'unpacked')
    const names = await unpack(zip, out)
    assert.ok(names.includes('countersign-evidence/calls.csv'), names.join())
    const { code, out: said } = await verify(path.join(out, 'countersign-evidence', 'verify.mjs'), world.running.hub.known.cosigner)
    assert.match(said, /integrity {3}GOOD: .* in 2 logs/)
    assert.match(said, /the hub's receipt of .* covers records 0 to 2/)
    assert.match(said, /the hub's own log: the hub's checkpoints cover/)
    assert.equal(code, 0)
    assert.match(await readFile(path.join(out, 'countersign-evidence', 'calls.csv'), 'utf8'), /ex_01STORY/)
    const [taken] = world.events('evidence.exported')
    assert.deepEqual([taken?.sub, taken?.groups, taken?.from, taken?.to, taken?.logs, taken?.digest, taken?.bytes], ['sam', ['auditors'], PERIOD.from, PERIOD.to, 2, digest, zip.length])
  })

  test('is whole up to the moments it names, though the hub goes on writing and a device goes on sending while it is made', async (t) => {
    const world = await startHubWorld(t, {
      makeEvidence: async (...given) => {
        await world.running.hub.log.append({ type: 'hub.stopped', reason: 'a record that no checkpoint covers yet' })
        return makeEvidence(...given)
      },
    })
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    await log.add(...callStory('ex_01STORY'))
    await deliver(device, log)
    await log.add(...callStory('ex_02UNDERWAY'))
    const checkpoint = await log.note()
    assert.equal((await device.post('/v1/log/checkpoint', { old: 3, proof: log.writer.tree.consistency(3, log.writer.size).map((one) => one.toString('base64')), checkpoint })).status, 200)
    const entries = (await log.leaves()).slice(3, -1)
    assert.equal((await device.post('/v1/log/entries', { stream: log.stream, start: 3, end: 3 + entries.length, entries })).status, 202)
    await log.writer.close()
    const out = path.join(world.dir, 'unpacked')
    await unpack(Buffer.from(await (await ask(world, 'sam')).arrayBuffer()), out)
    const { out: said } = await verify(path.join(out, 'countersign-evidence', 'verify.mjs'), world.running.hub.known.cosigner)
    assert.match(said, /integrity {3}GOOD: .* in 2 logs/)
    assert.match(said, /coverage {4}WHOLE/)
    assert.match(said, /the hub's checkpoints cover records 0 to \d+, up to \d{4}-\d\d-\d\dT[\d:.]+Z,/)
    assert.match(said, /the hub's receipt of .* covers records 0 to 2\n/)
  })

  test('says who is behind a subject, as far as the hub was told a name: of callers, and of who published', async (t) => {
    const world = await startHubWorld(t, { makeEvidence })
    const { issuer } = world.idp
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    const [started, ...rest] = callStory('ex_01STORY') as [Extract<AuditEvent, { type: 'session.started' }>, ...AuditEvent[]]
    const stranger = { ...started, actor: { ...started.actor, iss: issuer, sub: '5f0c', session: 'se_02' } }
    await log.add({ ...started, actor: { ...started.actor, iss: issuer } }, stranger, ...rest)
    for (const actor of [{ ...started.actor, iss: issuer }, stranger.actor]) await log.add({ type: 'call.refused', ex: `ex_${actor.sub}`, actor, code: 'CS_MALFORMED', status: 400, route: '/', method: 'POST' })
    await deliver(device, log)
    await log.writer.close()
    assert.equal((await post(`${world.url}/v1/policy`, { document: `${POLICY}# again\n`, reason: 'again' }, { authorization: `Bearer ${await world.tokenOf('kim')}` })).status, 200)
    await world.running.hub.labels.keepPerson({ issuer, subject: '5f0c', name: '=cmd, "x"', groups: [], authTime: 0 })
    const out = path.join(world.dir, 'unpacked')
    await unpack(Buffer.from(await (await ask(world, 'sam')).arrayBuffer()), out)
    const rows = (await readFile(path.join(out, 'countersign-evidence', 'people.csv'), 'utf8')).split('\r\n').map((row) => row.replace(`"${issuer}",`, '').replace(/^"log-[^"]*",/, ''))
    for (const row of ['"se_01TEST","ada","Ada Moreno",""', `"se_02","5f0c","'=cmd, ""x""",""`, '"","kim","Kim Tanaka",""']) assert.ok(rows.includes(row), `${row} in ${rows.join('\n')}`)
    assert.match((await verify(path.join(out, 'countersign-evidence', 'verify.mjs'), world.running.hub.known.cosigner)).out, /integrity {3}GOOD/)
  })

  test('leaves nothing behind at the hub', async (t) => {
    const world = await worldWithLog(t)
    const reply = await ask(world, 'sam')
    await reply.arrayBuffer()
    // The next one can be made only once the last one is gone.
    for (;;) {
      const again = await ask(world, 'sam', { from: '2020-01-01', to: '2020-01-02' })
      await again.arrayBuffer()
      if (again.status === 200) break
      assert.equal(again.status, 503)
    }
    assert.equal(world.events('evidence.exported').length, 2)
  })

  test('is for auditors, for real periods, and made for one at a time', async (t) => {
    let release = (): void => undefined
    let begun = (): void => undefined
    const waits = new Promise<void>((resolve) => { release = resolve })
    const started = new Promise<void>((resolve) => { begun = resolve })
    const world = await worldWithLog(t, async (...given) => {
      begun()
      await waits
      return makeEvidence(...given)
    })
    for (const login of ['ada', 'grace', 'kim']) assert.deepEqual([(await ask(world, login)).status, (await refusal(await ask(world, login))).message], [403, 'downloading evidence needs the group auditors.'])
    for (const period of [{ from: '2026-13-01', to: '2026-12-01' }, { from: 'yesterday', to: '2026-12-01' }, { from: '2026-12-02', to: '2026-12-01' }]) assert.equal((await ask(world, 'sam', period)).status, 400, JSON.stringify(period))
    const first = ask(world, 'sam')
    await started
    assert.deepEqual(await refusal(await ask(world, 'sam')), { code: 'CS_BUSY', message: 'evidence is being made for, or taken by, somebody else. Try again in a minute.' })
    release()
    assert.equal((await first).status, 200)
  })

  test('is not kept for somebody who takes nothing of it: their download ends short, and the next one\'s turn comes', async (t) => {
    const app = fastify()
    t.after(() => app.close())
    const content = Readable.from((function* () { for (;;) yield Buffer.alloc(1 << 16) })())
    app.get('/', (_request, reply) => sendEvidence(reply, { name: 'x.zip', bytes: 2 ** 40, digest: 'd', content }, 50))
    const client = request(await app.listen({ host: '127.0.0.1', port: 0 })).end()
    const [reply] = (await once(client, 'response')) as [IncomingMessage]
    // Not read: what the sockets do not hold stays at the hub.
    await once(content, 'close')
    await assert.rejects(reply.toArray(), { code: 'ECONNRESET' })
  })

  test('is not made of a copy that was changed, and nothing is sent', async (t) => {
    const world = await worldWithLog(t)
    const [{ folder } = { folder: '' }] = world.running.hub.mirrors.all.map(({ device, epoch }) => ({ folder: path.join(world.dir, 'hub', 'mirrors', device.id, `epoch-${String(epoch).padStart(4, '0')}`) }))
    const segment = path.join(folder, 'segment-0000000000000000.jsonl')
    assert.ok(existsSync(segment))
    await writeFile(segment, (await readFile(segment, 'utf8')).replace('ex_01STORY', 'ex_01OTHER'))
    const reply = await ask(world, 'sam')
    assert.equal(reply.status, 500)
    assert.match((await refusal(reply)).message, /does not verify, so no report was made of it/)
    assert.equal(world.events('evidence.exported').length, 0)
  })

  test('is made without a log in which its own device signed nonsense, and says so: nobody keeps the evidence of others back', async (t) => {
    const world = await worldWithLog(t)
    const [, , completed] = callStory('ex_01NEVER')
    const nonsense = [[completed], [{ type: 'exchange.decided', ex: 'ex_01BARE' }], [{ type: 'session.started', actor: null }, { type: 'approval.settled', ex: 'ex_01NULL', reviewers: [null] }]] as unknown as AuditEvent[][]
    for (const [i, events] of nonsense.entries()) {
      const device = await TestDevice.enrolled(world, 'grace')
      const log = await openTestLog(device, path.join(world.dir, `rogue-${i}`))
      await log.add(...events)
      await deliver(device, log)
      await log.writer.close()
    }
    const reply = await ask(world, 'sam')
    assert.equal(reply.status, 200, await reply.clone().text())
    const out = path.join(world.dir, 'unpacked')
    await unpack(Buffer.from(await reply.arrayBuffer()), out)
    const { out: said } = await verify(path.join(out, 'countersign-evidence', 'verify.mjs'), world.running.hub.known.cosigner)
    assert.match(said, /integrity {3}GOOD: .* in 2 logs/)
    assert.equal(said.match(/gap: the log countersign\/[\w-]{43}\/1 is left out, as its device signed what does not hang together: /g)?.length, 3, said)
    assert.match(said, /coverage {4}NOT/, said)
    assert.match(await readFile(path.join(out, 'countersign-evidence', 'calls.csv'), 'utf8'), /ex_01STORY/)
  })

  test('counts no approval that only the requester\'s machine tells of: the hub\'s own log has to have it, for that person, call and bytes', async (t) => {
    const world = await startHubWorld(t, { makeEvidence })
    const [ada, grace] = [await viewerOf(world, 'ada'), await viewerOf(world, 'grace')]
    const device = await TestDevice.enrolled(world)
    const log = await openTestLog(device, path.join(world.dir, 'journal'))
    world.running.hub.approvals.connected(grace, () => undefined)
    const { issuer } = world.idp
    const reviewer = { issuer, subject: 'grace', groups: ['security-reviewers'], authTime: 1, verdict: 'approve' as const, at: 1 }
    const tell = async (ex: string, apOf: (digest: string) => Promise<string>): Promise<void> => {
      const [, bare, completed] = callStory(ex) as [AuditEvent, ExchangeDecided, AuditEvent]
      const decided = { ...bare, actor: { ...bare.actor, iss: issuer, sub: 'ada' } }
      const { actor, endpoint, policy } = decided
      const digest = reviewedDigest(decided)
      const asked = { ex, actor, rule: 'cards', policy, found: {}, digest }
      await log.add({ type: 'approval.requested', endpoint, ...asked }, { type: 'approval.settled', ...asked, ap: await apOf(digest), state: 'approved', cause: 'reviewer', reviewers: [reviewer], decision: 'j', ms: 1, sd: [] }, decided, completed)
    }
    const { approvals } = world.running.hub
    let given = ''
    await tell('ex_01TRUE', async (digest) => {
      given = (await approvals.open(ada, { ...heldRequest(world), ex: 'ex_01TRUE', digest })).ap
      await approvals.review(given, grace, { digest, verdict: 'approve', reason: 'fine' })
      await approvals.used(given, ada.device, 'ex_01TRUE')
      return given
    })
    await tell('ex_01MADEUP', () => Promise.resolve(`ap_${'0'.repeat(26)}`))
    await tell('ex_01AGAIN', () => Promise.resolve(given))
    await deliver(device, log)
    await log.writer.close()
    assert.match(overviewPage(world.running.hub).body.text, /An approval that a device tells of and that this hub never gave<\/a><\/td><td class="r">2</)
    const out = path.join(world.dir, 'unpacked')
    await unpack(Buffer.from(await (await ask(world, 'sam')).arrayBuffer()), out)
    const table = await readFile(path.join(out, 'countersign-evidence', 'approvals.csv'), 'utf8')
    assert.deepEqual(['ex_01TRUE', 'ex_01MADEUP', 'ex_01AGAIN'].map((ex) => /,"?approved"?,"?reviewer"?,"?([^,"]*)"?,/.exec(table.split('\n').find((line) => line.includes(ex)) ?? '')?.[1]), ['yes', 'no: the hub\'s own log has no such approval', 'no: the hub\'s own log has no such approval'])
    const manifest = JSON.parse(await readFile(path.join(out, 'countersign-evidence', 'manifest.json'), 'utf8')) as Manifest
    assert.equal(manifest.totals.approved, 1)
    assert.match((await verify(path.join(out, 'countersign-evidence', 'verify.mjs'), world.running.hub.known.cosigner)).out, /integrity {3}GOOD/)
  })

  test('stays good when one device claims a sign-in that proves something else: that is told as a fault of its log, by name', async (t) => {
    const world = await worldWithLog(t)
    const kept = JSON.stringify({ format: 1, verdict: { ap: 'ap_1', digest: 'd', verdict: 'approve', reason: 'x' }, salt: 's', idToken: 'a.b.c', key: {} })
    const confirmation = confirmationDigest(kept)
    await mkdir(path.join(world.dir, 'hub', 'confirmations'), { recursive: true })
    await writeFile(path.join(world.dir, 'hub', 'confirmations', `${confirmation}.json`), kept)
    const device = await TestDevice.enrolled(world, 'grace')
    const log = await openTestLog(device, path.join(world.dir, 'rogue'))
    const [started, decided] = callStory('ex_01FALSE') as [AuditEvent, ExchangeDecided]
    const { ex, actor, endpoint, policy } = decided
    const digest = reviewedDigest(decided)
    const reviewer = { issuer: 'https://id.example', subject: 'grace', groups: [], authTime: 1, verdict: 'approve' as const, at: 1, confirmation }
    await log.add(
      started,
      { type: 'approval.requested', ex, actor, endpoint, rule: 'cards', policy, found: {}, digest },
      { type: 'approval.settled', ex, actor, ap: 'ap_1', state: 'denied', cause: 'reviewer', reviewers: [reviewer], digest, rule: 'cards', policy, found: {}, decision: null, ms: 1, sd: [] },
      { ...decided, decision: { effect: 'deny', rule: 'cards', why: 'denied' } },
    )
    await deliver(device, log)
    await log.writer.close()
    const out = path.join(world.dir, 'unpacked')
    await unpack(Buffer.from(await (await ask(world, 'sam')).arrayBuffer()), out)
    const { out: said } = await verify(path.join(out, 'countersign-evidence', 'verify.mjs'), world.running.hub.known.cosigner)
    assert.match(said, /integrity {3}GOOD: .* in 3 logs/)
    assert.match(said, /coverage {4}NOT WHOLE/)
    const id = `log-${log.stream.split('/')[1]?.slice(0, 10)}-epoch-1`
    assert.match(said, new RegExp(`  - ${id}: fault: the sign-in behind the approval in record \\d+ does not prove it: .*; its device signed that`))
    assert.match(said, /sign-ins: 0 of 1 approval confirmed anew is proved/)
    await writeFile(path.join(out, 'countersign-evidence', 'confirmations', `${confirmation}.json`), kept.replace('"s"', '"t"'))
    assert.match((await verify(path.join(out, 'countersign-evidence', 'verify.mjs'), world.running.hub.known.cosigner)).out, new RegExp(`integrity {3}BROKEN[^]*  - ${id}: the sign-in behind the approval in record \\d+ does not prove it: it was changed`))
  })

  test('is on a page of its own, with a form that only the hub\'s own page can send', async (t) => {
    const world = await worldWithLog(t)
    const sam = world.idp.people.find((one) => one.login === 'sam')
    assert.ok(sam)
    const jar = new CookieJar()
    const { text } = await walk(`${world.url}/evidence`, sam, jar)
    assert.match(text, /Nobody has taken evidence along yet/)
    assert.ok(text.includes(world.running.hub.known.cosigner.replaceAll('+', '&#43;')) || text.includes(world.running.hub.known.cosigner))
    const [, token = ''] = /name="token" value="([^"]+)"/.exec(text) ?? []
    const send = (form: Record<string, string>, origin = world.url): Promise<Response> => fetch(`${world.url}/evidence`, { method: 'POST', headers: { cookie: jar.header(world.url), origin }, body: new URLSearchParams(form) })
    assert.equal((await send({ ...PERIOD, token: 'guessed' })).status, 403)
    assert.equal((await send({ ...PERIOD, token }, 'https://evil.example')).status, 403)
    assert.match(await (await send({ from: '', to: '', token })).text(), /Give both days as year-month-day/)
    const reply = await send({ ...PERIOD, token })
    assert.equal(reply.headers.get('content-type'), 'application/zip')
    const digest = createHash('sha256').update(Buffer.from(await reply.arrayBuffer())).digest('base64url')
    const after = (await walk(`${world.url}/evidence`, sam, jar)).text
    assert.match(after, /1 download/)
    assert.ok(after.includes(digest))
    const ada = world.idp.people.find((one) => one.login === 'ada')
    assert.ok(ada)
    assert.equal((await walk(`${world.url}/evidence`, ada, new CookieJar())).status, 403)
  })
})

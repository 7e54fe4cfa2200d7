import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import fc from 'fast-check'
import type { ApprovalSettled, AuditEvent, AuditRecord, ExchangeDecided } from '../../src/protocol/audit.ts'
import { csvCell, csvTable } from '../../src/cli/evidence/csv.ts'
import type { Manifest } from '../../src/cli/evidence/manifest.ts'
import { survey } from '../../src/cli/evidence/survey.ts'
import { countsAsApproval, Tables } from '../../src/cli/evidence/tables.ts'
import { walk } from '../../src/cli/evidence/verifyPack.ts'
import { findJournal } from '../../src/cli/journalFolder.ts'
import { periodOf, report } from '../../src/cli/report.ts'
import { agentHome, temporary, withStory, type AgentHome } from '../fakes/agentHome.ts'
import { parseVkey } from '../../src/core/log/note.ts'
import { reviewedDigest } from '../../src/core/log/verifyStory.ts'
import { ACTOR, call, decided, ENDPOINT } from '../fakes/device.ts'

const ALL = { from: '2020-01-01', to: '2999-12-31', receipt: [] }
const REVIEWER = { issuer: 'https://id.example', subject: 'grace', groups: ['security-reviewers'], authTime: 1_790_000_000, verdict: 'approve' as const, reason: '=cmd|calc', at: 1_795_000_000_000 }

/** As records are now: what people wrote lies beside them. */
const { reason: _reason, ...WITHOUT_REASON } = REVIEWER
const REASONS = [
  { path: 'approval/decision', value: 'ey.signed.decision' },
  { path: 'approval/requesterReason', value: 'For my mother, Mira.' },
  { path: 'approval/reviewers/0/name', value: 'Grace Lindqvist' },
  { path: 'approval/reviewers/0/reason', value: '=HYPERLINK("x")' },
]

/** Every call here sends the same bytes. */
const REVIEWED = reviewedDigest(decided('ex') as ExchangeDecided)

function settled(ex: string, more: Partial<ApprovalSettled>): ApprovalSettled {
  return { type: 'approval.settled', ex, actor: ACTOR, ap: 'ap_1', state: 'approved', cause: 'reviewer', reviewers: [REVIEWER], digest: REVIEWED, rule: 'cards', policy: { version: 3, digest: 'd', source: 'hub' }, found: { CREDIT_CARD: 2 }, decision: 'x', ms: 1200, sd: [], ...more }
}

/** Everything a report tells apart, all of it under a receipt. */
async function wholeStory(one: AgentHome): Promise<void> {
  const journal = await one.open()
  await journal.append((sd) => ({ type: 'session.started', actor: ACTOR, endsAt: '2999-01-01T00:00:00.000Z', sd }), [{ path: 'name', value: 'Ada Lovelace' }], 'ada')
  await journal.append({ type: 'policy.activated', version: 3, digest: 'none', source: 'hub', author: 'kim', reason: 'first' })
  await call(journal, 'ex_1')
  await journal.append({ type: 'call.refused', ex: 'ex_2', actor: null, code: 'CS_MALFORMED', status: 400, route: '/openai/v1', method: 'POST' })
  for (const [ex, more] of [['ex_3', {}], ['ex_4', { state: 'acknowledged', reviewers: [] }], ['ex_5', { state: 'denied' }]] as const) {
    await journal.append({ type: 'approval.requested', ex, actor: ACTOR, endpoint: ENDPOINT, rule: 'cards', policy: { version: 3, digest: 'd', source: 'hub' }, found: {}, digest: REVIEWED })
    if (ex === 'ex_5') await journal.append((sd) => settled(ex, { ...more, reviewers: [WITHOUT_REASON], sd }), REASONS, 'ada')
    else await journal.append(settled(ex, more))
    await journal.append(decided(ex, ex === 'ex_5' ? 'deny' : 'allow'))
    if (ex !== 'ex_5') await journal.append({ type: 'exchange.failed', ex, actor: ACTOR, status: 502, code: 'CS_UPSTREAM_UNREACHABLE', reason: 'away', returned: null, masked: [], found: {}, timing: { total: 3 }, sd: [] })
  }
  await one.sync(journal)
  await journal.close()
}

async function written(t: TestContext, one: AgentHome, flags: Partial<Parameters<typeof report>[1]> = {}): Promise<string> {
  const out = path.join(await temporary(t), 'report')
  await report(findJournal(one.home), { ...ALL, out, ...flags })
  return out
}

interface Ran {
  readonly code: number
  readonly out: string
}

/** Runs the report's own verifier as an auditor would: plain Node, another folder, an empty environment. */
function verify(folder: string, args: readonly string[] = []): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [path.join(folder, 'verify.mjs'), ...args], { env: {}, cwd: '/' }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: stdout + stderr })
    })
  })
}

/** Rows without the header, cells as they stand. */
function rows(csv: string): string[][] {
  return csv.replace('\ufeff', '').split('\r\n').slice(1, -1).map((row) => [...row.matchAll(/"((?:[^"]|"")*)"|([^,]+)|(?<=^|,)(?=,|$)/g)].map((match) => match[1] ?? match[2] ?? ''))
}

describe('a report made while records arrive', () => {
  test('holds the notes that were checked, whatever lies in their files by then', async (t) => {
    const one = await agentHome(t)
    await wholeStory(one)
    const folder = path.join(one.folder, 'receipts')
    const names = await readdir(folder)
    const checked = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')))
    const replaced: string[] = []
    const period = {
      // Records are read after the notes: by then newer ones have come.
      get from(): number {
        for (const name of names.slice(replaced.length)) {
          writeFileSync(path.join(folder, name), 'a newer note')
          replaced.push(name)
        }
        return 0
      },
      to: Number.MAX_SAFE_INTEGER,
    }
    const { excerpt } = await survey({ folder: one.folder, expect: {}, cosigner: parseVkey(one.hubKey), receipts: [], mustHaveReceipt: false }, period)
    const packed = (excerpt?.heads ?? []).filter(({ kind }) => kind === 'receipt').map(({ note }) => note)
    assert.ok(replaced.length === names.length && packed.length > 0)
    for (const note of packed) assert.ok(checked.includes(note), note)
  })
})

describe('countersign report', () => {
  test('verifies elsewhere, offline, with nothing but Node, and gives two verdicts', async (t) => {
    const one = await agentHome(t)
    await wholeStory(one)
    const out = await written(t, one)
    const elsewhere = path.join(await temporary(t), 'moved here')
    await cp(out, elsewhere, { recursive: true })
    const { code, out: text } = await verify(elsewhere, ['--hub-key', one.hubKey])
    assert.match(text, /^integrity {3}GOOD: 17 records in 1 log, 2 checkpoints and receipts; every file and every table is what the records say\n/)
    assert.match(text, /coverage {4}WHOLE\n {2}- log-.*: the hub's receipt of 2026-11-18T11:06:40.000Z covers records 0 to 16\n/)
    assert.ok(!text.includes('compare it'))
    assert.equal(code, 0)
    assert.match((await verify(elsewhere)).out, /as the report itself names it: compare it with the one you know/)
  })

  test('tells the gap when the newest records have no receipt', async (t) => {
    const one = await agentHome(t)
    await withStory(one)
    const { code, out } = await verify(await written(t, one))
    assert.match(out, /coverage {4}NOT WHOLE\n.*covers records 0 to 5\n.*gap: no receipt covers records 6 to 8\n/)
    assert.equal(code, 0)
  })

  test('counts a second person\'s approval as one, and the requester\'s own word never', async (t) => {
    const one = await agentHome(t)
    await wholeStory(one)
    const out = await written(t, one)
    const { totals } = JSON.parse(await readFile(path.join(out, 'manifest.json'), 'utf8')) as Manifest
    assert.deepEqual(totals, { calls: 5, allowed: 3, denied: 1, refused: 1, approved: 1, acknowledged: 1 })
    const approvals = rows(await readFile(path.join(out, 'approvals.csv'), 'utf8'))
    assert.deepEqual(approvals.map((row) => [row[3], row[14], row[16]]), [['ex_3', 'approved', 'yes'], ['ex_4', 'acknowledged', 'no: the requester\'s own acknowledgement'], ['ex_5', 'denied', 'no']])
    const calls = rows(await readFile(path.join(out, 'calls.csv'), 'utf8'))
    assert.deepEqual(calls.map((row) => [row[3], row[22], row[23]]), [['ex_1', '', ''], ['ex_2', '', ''], ['ex_3', 'approved', 'yes'], ['ex_4', 'acknowledged', 'yes'], ['ex_5', 'denied', '']])
    const own = { ...REVIEWER, issuer: ACTOR.iss, subject: ACTOR.sub }
    for (const [reviewers, yes] of [[[REVIEWER], true], [[], false], [[own], false], [[REVIEWER, own], false]] as const) assert.equal(countsAsApproval({ state: 'approved', actor: ACTOR, reviewers }) === 'yes', yes)
  })

  test('has both reasons where they can be opened, proved by the records, and without them when they were erased', async (t) => {
    const one = await agentHome(t)
    await wholeStory(one)
    const out = await written(t, one)
    const reasonsIn = async (folder: string): Promise<unknown[]> => rows(await readFile(path.join(folder, 'approvals.csv'), 'utf8')).map((row) => [row[8], row[23]])
    assert.deepEqual(await reasonsIn(out), [['', "'=cmd|calc"], ['', ''], ['For my mother, Mira.', `'=HYPERLINK(""x"")`]])
    assert.match(await readFile(path.join(out, 'README.txt'), 'utf8'), /begins with an\napostrophe that is no part of it/)
    assert.doesNotMatch((await Promise.all((await walk(out)).map((file) => readFile(path.join(out, file), 'utf8')))).join(''), /Grace Lindqvist|signed\.decision/, 'nothing but the reasons is disclosed')
    assert.equal((await verify(out)).code, 0)
    const [file = ''] = (await walk(out)).filter((name) => name.endsWith('reasons.jsonl'))
    const { digest, disclosure } = JSON.parse((await readFile(path.join(out, file), 'utf8')).split('\n')[0] ?? '') as { digest: string; disclosure: string }
    const other = Buffer.from(JSON.stringify(['c2FsdHNhbHRzYWx0c2Fs', 'approval/requesterReason', 'I never asked.'])).toString('base64url')
    for (const forged of [{ digest, disclosure: other }, { digest: createHash('sha256').update(other).digest('base64url'), disclosure: other }]) {
      await writeFile(path.join(out, file), `${JSON.stringify(forged)}\n`)
      assert.match((await verify(out)).out, /line 1 of reasons\.jsonl is no reason that its records name/)
    }
    await writeFile(path.join(out, file), `${JSON.stringify({ digest, disclosure })}\n`)
    // Erased at home: the log and its proofs stay as they are.
    await rm(path.join(one.folder, 'disclosure-keys.jsonl'))
    const after = await written(t, one)
    assert.deepEqual((await reasonsIn(after)).at(-1), ['', 'not in this report: it was erased, or lies elsewhere'])
    assert.match((await verify(after)).out, /integrity {3}GOOD/)
  })

  test('takes people\'s reasons from their own journal and from the hub, never from another device\'s', () => {
    const record = (stream: string, event: AuditEvent): AuditRecord => ({ v: 1, id: 'r', stream, seq: 0, prev: '', time: '2026-11-24T20:00:00.000Z', mono: '0', boot: 'b', event })
    const claimed: AuditEvent[] = [
      { type: 'approval.reviewed', ap: 'ap_1', iss: REVIEWER.issuer, sub: REVIEWER.subject, groups: [], authTime: 1, verdict: 'approve', reason: 'for money', digest: REVIEWED },
      { type: 'approval.reason', ap: 'ap_1', iss: ACTOR.iss, sub: ACTOR.sub, reason: 'to leak it' },
    ]
    const reasons = (stream: string): unknown[] => {
      const tables = new Tables(periodOf(ALL), false)
      tables.record('a', record('countersign/KEY/1', settled('ex_1', { reviewers: [WITHOUT_REASON] })), { signed: 1, cosigned: 1 })
      for (const event of claimed) tables.record('b', record(stream, event), { signed: 1, cosigned: 1 })
      return rows(tables.files(new Map())['approvals.csv']).map((row) => [row[8], row[23]])
    }
    assert.deepEqual(reasons('countersign/OTHER/1'), [['', 'not in this report: it was erased, or lies elsewhere']])
    assert.deepEqual(reasons('countersign-hub/KEY'), [['to leak it', 'for money']])
  })

  test('counts what was masked where the evidence is too long for the record, and takes none of it for left', () => {
    const tables = new Tables(periodOf(ALL), false)
    const event = { ...(decided('ex_1') as ExchangeDecided), maskedApart: { EMAIL: 50 } }
    const many = { ...event, inspection: { ...event.inspection, found: { EMAIL: 50, VIN: 2 } } }
    tables.record('a', { v: 1, id: 'r', stream: 's', seq: 1, prev: '', time: '2026-11-24T20:00:00.000Z', mono: '0', boot: 'b', event: many }, { signed: 2, cosigned: 2 })
    const files = tables.files(new Map())
    assert.deepEqual(rows(files['masking.csv']).map((row) => row.slice(4, 9)), [['prompt', 'EMAIL', 'masked: the spans stand in an erasable text', '', '50'], ['prompt', 'VIN', 'left as it was', '', '2']])
    assert.match(files['calls.csv'], /"50 EMAIL, 2 VIN","50 EMAIL"/)
  })

  test('has tables whose rows all have their columns, and cells that no spreadsheet runs', async (t) => {
    const one = await agentHome(t)
    await wholeStory(one)
    const out = await written(t, one)
    for (const name of ['calls.csv', 'approvals.csv', 'masking.csv', 'policies.csv', 'people.csv']) {
      const text = await readFile(path.join(out, name), 'utf8')
      const [header = ''] = text.split('\r\n')
      const all = rows(text)
      assert.ok(all.length > 0, name)
      for (const row of all) assert.equal(row.length, header.split(',').length, `${name}: ${row.join('|')}`)
    }
    assert.ok((await readFile(path.join(out, 'approvals.csv'), 'utf8')).includes('"\'=cmd|calc"'))
    assert.match(await readFile(path.join(out, 'people.csv'), 'utf8'), /"se_1","https:\/\/id.example","ada","Ada Lovelace",""/)
    assert.ok(!(await readFile(path.join(out, 'calls.csv'), 'utf8')).includes('Lovelace'))
  })

  test('gives the same bytes again', async (t) => {
    const one = await agentHome(t)
    await wholeStory(one)
    const [a, b] = [await written(t, one), await written(t, one)]
    assert.deepEqual(await walk(a), await walk(b))
    for (const file of await walk(a)) assert.deepEqual(await readFile(path.join(a, file)), await readFile(path.join(b, file)), file)
  })

  test('takes out of a long log what a period needs, and that verifies without the rest', async (t) => {
    const one = await agentHome(t)
    await wholeStory(one)
    const times = (await readFile(path.join(one.folder, 'segment-0000000000000000.jsonl'), 'utf8')).split('\n').slice(0, -1).map((line) => JSON.parse(line) as { seq: number; time: string })
    // The clock of a fast run says the same millisecond several times; the period begins where it moves.
    const from = times.find(({ time }) => time > (times[2]?.time ?? ''))
    assert.ok(from && from.seq > 0)
    const out = await written(t, one, { from: from.time, to: new Date(Date.parse(from.time) + 1).toISOString() })
    const { logs } = JSON.parse(await readFile(path.join(out, 'manifest.json'), 'utf8')) as Manifest
    assert.equal(logs[0]?.first, from.seq)
    assert.ok(existsSync(path.join(out, 'logs', logs[0].id, 'start.json')))
    const { code, out: text } = await verify(out)
    assert.match(text, /integrity {3}GOOD/, text)
    assert.match(text, new RegExp(`covers records ${from.seq} to 16`))
    assert.equal(code, 0)
  })

  test('with no record in the period says so', async (t) => {
    const one = await agentHome(t)
    await withStory(one)
    const { out } = await verify(await written(t, one, { from: '2020-01-01', to: '2020-01-31' }))
    assert.match(out, /coverage {4}NOT WHOLE\n {2}- no record of the period is in this report/)
  })

  test('S54: any byte changed in any file of it is named, also when the manifest is made to fit', async (t) => {
    const one = await agentHome(t)
    await wholeStory(one)
    const out = await written(t, one)
    const { verifyPack } = await import('../../src/cli/evidence/verifyPack.ts')
    assert.equal((await verifyPack(out, one.hubKey)).integrity.good, true)
    const manifestFile = path.join(out, 'manifest.json')
    const manifest = await readFile(manifestFile, 'utf8')
    for (const file of await walk(out)) {
      const bytes = await readFile(path.join(out, file))
      if (file === 'manifest.json') continue
      const changed = Buffer.from(bytes)
      const at = bytes.length >> 1
      changed[at] = (changed[at] ?? 0) ^ 1
      await writeFile(path.join(out, file), changed)
      const plain = await verifyPack(out, one.hubKey)
      assert.equal(plain.integrity.good, false, file)
      assert.ok(plain.integrity.problems.some((problem) => problem.includes(file)), file)
      // Somebody who changes evidence changes the manifest too. These two files prove nothing and are proved by nothing else.
      await writeFile(manifestFile, manifest.replace(createHash('sha256').update(bytes).digest('hex'), createHash('sha256').update(changed).digest('hex')))
      if (!['README.txt', 'verify.mjs', 'people.csv'].includes(file)) assert.equal((await verifyPack(out, one.hubKey)).integrity.good, false, `${file}, and the manifest`)
      await writeFile(path.join(out, file), bytes)
      await writeFile(manifestFile, manifest)
    }
    await writeFile(path.join(out, 'extra.csv'), 'x')
    assert.deepEqual((await verifyPack(out, one.hubKey)).integrity.problems, ['extra.csv is no part of this report'])
    await rm(path.join(out, 'extra.csv'))
    await rm(path.join(out, 'people.csv'))
    assert.deepEqual((await verifyPack(out, one.hubKey)).integrity.problems, ['people.csv is missing'])
    const other = await agentHome(t)
    assert.ok((await verifyPack(out, other.hubKey)).integrity.problems.includes('the report names another hub key than the one you gave'))
  })

  test('is not made of a log that does not verify, nor into a folder with something in it', async (t) => {
    const one = await agentHome(t)
    await withStory(one)
    await assert.rejects(report(findJournal(one.home), { ...ALL, out: one.home }), { code: 'CS_SETTING', message: /is not empty/ })
    const segment = path.join(one.folder, 'segment-0000000000000000.jsonl')
    await writeFile(segment, (await readFile(segment, 'utf8')).replace('"temperature":0', '"temperature":1'))
    const out = path.join(await temporary(t), 'report')
    await assert.rejects(report(findJournal(one.home), { ...ALL, out }), { code: 'CS_STATE', message: /record 2 was changed/ })
    assert.ok(!existsSync(out))
  })

  test('takes days and instants in UTC, and nothing else', () => {
    assert.deepEqual(periodOf({ from: '2026-11-01', to: '2026-11-30' }), { from: Date.parse('2026-11-01T00:00:00Z'), to: Date.parse('2026-12-01T00:00:00Z') })
    assert.deepEqual(periodOf({ from: '2026-11-01T08:00:00Z', to: '2026-11-01T09:30:00.5Z' }), { from: Date.parse('2026-11-01T08:00:00Z'), to: Date.parse('2026-11-01T09:30:00.500Z') })
    for (const from of ['', 'yesterday', '2026-02-30', '2026-13-01', '1.11.2026', '2026-11-01T08:00', '2026-11-01T08:00:00+01:00', '2027-01-01']) assert.throws(() => periodOf({ from, to: '2026-11-30' }), { code: 'CS_SETTING' }, from)
  })
})

describe('a cell', () => {
  test('that begins like a formula becomes text, in front of whatever it stands', () => {
    for (const cell of ['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', '\n=1', '  =1', '\u00a0=1', '\uff1d1', '\uff0b1', '\uff0d1', '\uff20x']) assert.match(csvCell(cell), /^"'/, JSON.stringify(cell))
    assert.equal(csvCell(-1), '"\'-1"')
    assert.equal(csvCell('a=b'), '"a=b"')
    assert.equal(csvCell(12), '12')
    assert.equal(csvCell(null), '')
  })

  test('is one cell whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), (cells) => {
        const [row] = rows(csvTable(['h'], [cells]))
        assert.equal(row?.length, cells.length)
        for (const cell of row) assert.ok(!/^[=+\-@\t\r\n]/.test(cell))
      }),
    )
  })
})

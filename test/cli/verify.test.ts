import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { vkeyOf } from '../../src/core/log/note.ts'
import { findJournal } from '../../src/cli/journalFolder.ts'
import { readRecords } from '../../src/cli/records.ts'
import { tellVerdict } from '../../src/cli/verdictText.ts'
import { verifyJournal, type JournalReport } from '../../src/cli/verify.ts'
import { Disk } from '../fakes/disk.ts'
import { decided, fakeHub } from '../fakes/device.ts'
import { agentHome, publicHub, temporary, withStory } from '../fakes/agentHome.ts'

const ALONE = { receipt: [] }

async function textOf(dir: string, flags: Parameters<typeof verifyJournal>[1] = ALONE): Promise<string> {
  return tellVerdict(await verifyJournal(findJournal(dir), flags))
}

describe('countersign verify', () => {
  test('says in a few lines what is verified and how far each party vouches for it', async (t) => {
    const one = await agentHome(t)
    await withStory(one)
    assert.equal(
      await textOf(one.home),
      [
        one.folder,
        `  log         countersign/${one.keys.publicKey}/1`,
        '  integrity   good: 9 records, 2 checkpoints, 1 receipt, each one verified',
        '  coverage    receipt of 2026-11-18T11:06:40.000Z covers 6 of 9 records (hub\'s key: pinned at enrolment)',
        '              3 records at the end are not at the hub yet',
        '  texts       8 of 8 erasable texts are here and give the digests in the records',
        'verified',
        '',
      ].join('\n'),
    )
  })

  test('takes a trial\'s folder, a home, a journal and one epoch, in their places or copied elsewhere', async (t) => {
    const one = await agentHome(t)
    await withStory(one)
    for (const dir of [path.dirname(one.home), one.home, path.join(one.home, 'journal'), one.folder]) assert.match(await textOf(dir), /pinned at enrolment[^]*\nverified\n$/)
    const copy = path.join(await temporary(t), 'somewhere')
    await cp(one.folder, copy, { recursive: true })
    assert.match(await textOf(copy), /the hub's key is not known: give it with --hub-key[^]*NOT verified/)
    assert.match(await textOf(copy, { ...ALONE, hubKey: one.hubKey }), /8 of 8 erasable texts are here \(not opened: there is no data key here\)\nverified/)
  })

  test('asks the hub: a log that was cut to an earlier state passes alone and fails then', async (t) => {
    const one = await agentHome(t)
    const journal = await one.open()
    await one.sync(journal)
    await journal.close()
    const earlier = path.join(await temporary(t), 'agent')
    await cp(one.home, earlier, { recursive: true })
    await withStory(one)
    const hub = await publicHub(t, one.hubKey, () => one.receipt())
    assert.match(await textOf(one.home, { ...ALONE, hub: hub.url }), /\nverified/)
    assert.match(await textOf(earlier), /\nverified/)
    const text = await textOf(earlier, { ...ALONE, hub: hub.url })
    assert.match(text, /BROKEN\n {4}- the hub holds 7 records \(the hub at http:\/\/127.0.0.1:\d+\), and the log ends with 2: its end was cut or it was rolled back/)
    assert.match(text, /NOT verified: 1 thing is wrong/)
    const file = path.join(path.dirname(earlier), 'receipt.note')
    await writeFile(file, one.receipt() ?? '')
    assert.match(await textOf(earlier, { receipt: [file] }), /the hub holds 7 records/)
  })

  test('fails when the hub does not know the log, and when it answers with another key than the pinned one', async (t) => {
    const one = await agentHome(t)
    await withStory(one)
    await rm(path.join(one.folder, 'receipts'), { recursive: true })
    const stranger = await publicHub(t, one.hubKey, () => undefined)
    assert.match(await textOf(one.home, { ...ALONE, hub: stranger.url }), /no receipt of the hub is here/)
    const other = fakeHub(new Disk())
    const mirror = await other.mirror('x', one.keys.signing)
    await mirror.close()
    const hub = await publicHub(t, one.hubKey, () => one.receipt())
    assert.match(await textOf(one.home, { ...ALONE, hub: hub.url, hubKey: vkeyOf(other.signer) }), /did not sign this checkpoint/)
  })

  test('takes the key from the hub when nothing is pinned, and says so', async (t) => {
    const one = await agentHome(t, false)
    await withStory(one)
    const hub = await publicHub(t, one.hubKey, () => one.receipt())
    assert.match(await textOf(one.home, { ...ALONE, hub: hub.url }), /as the hub itself says; pin it with --hub-key[^]*\nverified/)
  })

  test('gives no verdict when it cannot ask: that is neither good nor broken', async (t) => {
    const one = await agentHome(t)
    await withStory(one)
    const hub = await publicHub(t, one.hubKey, () => one.receipt())
    await hub.close()
    await assert.rejects(textOf(one.home, { ...ALONE, hub: hub.url }), { code: 'CS_HUB_UNREACHABLE' })
    await assert.rejects(textOf(one.home, { ...ALONE, hub: 'http://example.com' }), { code: 'CS_SETTING' })
    await assert.rejects(textOf(one.home, { ...ALONE, hubKey: 'nonsense' }), { code: 'CS_SETTING' })
    await assert.rejects(textOf(one.home, { receipt: ['/nowhere'] }), { code: 'CS_SETTING' })
    assert.throws(() => findJournal(path.join(one.home, 'nowhere')), { code: 'CS_SETTING' })
    assert.throws(() => findJournal(path.join(one.folder, 'checkpoints')), { code: 'CS_SETTING' })
  })

  test('names a changed byte, a removed segment, a missing epoch, a changed text and a foreign key file', async (t) => {
    const one = await agentHome(t)
    await withStory(one)
    const segment = path.join(one.folder, 'segment-0000000000000000.jsonl')
    const bytes = await readFile(segment, 'utf8')
    await writeFile(segment, bytes.replace('"temperature":0', '"temperature":1'))
    assert.match(await textOf(one.home), /record 2 was changed: record 3 names another hash for it \(segment-0000000000000000.jsonl, line 3\)[^]*nothing is confirmed/)
    await writeFile(segment, '')
    assert.match(await textOf(one.home), /the log is empty/)
    await writeFile(segment, bytes)
    const texts = path.join(one.folder, 'disclosures.jsonl')
    const sealed = await readFile(texts, 'utf8')
    await writeFile(texts, sealed.replace('"box":"', '"box":"AAAA'))
    assert.match(await textOf(one.home), /an erasable text was changed \(disclosures.jsonl, line 1\)/)
    await writeFile(texts, sealed)
    await rename(one.folder, one.folder.replace('0001', '0002'))
    assert.match(await textOf(one.home), /the log is of epoch 1 and lies in the folder of epoch 2[^]*epoch 1 of this journal is missing/)
    await rename(one.folder.replace('0001', '0002'), one.folder)
    const other = await agentHome(t)
    await cp(path.join(other.home, 'device-key.pem'), path.join(one.home, 'device-key.pem'))
    assert.match(await textOf(one.home), /is signed by the key .*; this device's is/)
  })
})

describe('countersign records', () => {
  test('lists the newest records with names, states and what each receipt covers, over all epochs', async (t) => {
    const one = await agentHome(t)
    await withStory(one)
    const listing = await readRecords(findJournal(one.home), () => true, 4)
    assert.equal(listing.earlier, 5)
    assert.deepEqual(listing.records.map(({ record, cosigned }) => [record.seq, cosigned]), [[5, true], [6, false], [7, false], [8, false]])
    assert.equal(listing.nameOf('se_1'), 'Ada Lovelace')
  })

  test('opens the masked texts of one call, and says when they cannot be opened', async (t) => {
    const one = await agentHome(t)
    await withStory(one)
    const of = (ex: string) => ({ event }: { event: object }) => 'ex' in event && event.ex === ex
    const { records } = await readRecords(findJournal(one.home), of('ex_2'), 50)
    assert.deepEqual(records.flatMap(({ texts }) => texts.map(({ value }) => value)), ['prompt of ex_2', 'answer of ex_2'])
    await rm(path.join(one.home, 'data-key'))
    const closed = await readRecords(findJournal(one.home), of('ex_2'), 50)
    assert.deepEqual([closed.opened, closed.records.flatMap(({ texts }) => texts)], [false, []])
  })

  test('goes on behind a line that is no record, and counts it', async (t) => {
    const one = await agentHome(t)
    const journal = await one.open()
    await journal.append(decided('ex_1', 'deny'))
    await journal.close()
    const segment = path.join(one.folder, 'segment-0000000000000000.jsonl')
    await writeFile(segment, `nonsense\n${await readFile(segment, 'utf8')}`)
    const { records, unreadable } = await readRecords(findJournal(one.home), () => true, 50)
    assert.deepEqual([records.length, unreadable], [2, 1])
  })
})

describe('the command', () => {
  const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts')
  const run = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
      })
    })

  test('ends with 0 when all is good, 1 when something is wrong, 2 when it could not be asked', async (t) => {
    const one = await agentHome(t)
    await withStory(one)
    const good = await run('verify', one.home, '--json')
    assert.equal(good.code, 0)
    assert.equal((JSON.parse(good.out) as JournalReport).logs[0]?.verdict.coverage.cosigned, 6)
    assert.equal((await run('verify', one.home, '--hub', 'http://127.0.0.1:1')).code, 2)
    const nowhere = await run('verify', path.join(one.home, 'nowhere'))
    assert.deepEqual([nowhere.code, nowhere.out], [2, ''])
    assert.match(nowhere.err, /^countersign: there is no folder /)
    await rm(path.join(one.folder, 'segment-0000000000000000.jsonl'))
    const bad = await run('verify', one.home)
    assert.equal(bad.code, 1)
    assert.match(bad.out, /the log is empty[^]*NOT verified/)
  })

  test('prints records as they were written with --json, and inert for people', async (t) => {
    const one = await agentHome(t)
    const journal = await one.open()
    await journal.append({ type: 'launch.registered', launch: 'la_1', kind: 'run', label: '\u202eevil\u001b[2J' })
    await journal.close()
    const json = await run('records', one.home, '--json')
    assert.equal(json.out, await readFile(path.join(one.folder, 'segment-0000000000000000.jsonl'), 'utf8'))
    const people = await run('records', one.home, '--limit', '1')
    assert.match(people.out, /1 earlier record: --limit\n.*launch run "\\u\{202e\}evil\\u\{1b\}\[2J"\n/)
    assert.equal((await run('records', one.home, '--exchange', 'ex_none')).code, 2)
    assert.equal((await run('records', one.home, '--limit', '0')).code, 2)
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { leafHash } from '../../../src/core/log/leaf.ts'
import { freeSegmentName, leavesOf, linesOf, loadLog, parseSegmentName, segmentName, segmentsOf } from '../../../src/core/log/read.ts'
import { Disk } from '../../fakes/disk.ts'

/** Lines of a log: record `seq` says `what`. */
function linesFrom(start: number, count: number, what = 'x', prev = ''): string[] {
  const lines: string[] = []
  for (let seq = start; seq < start + count; seq++) {
    lines.push(JSON.stringify({ v: 1, id: what, stream: 's', seq, prev, time: '', mono: '0', boot: '', event: { type: 'agent.stopped', reason: what } }))
    prev = leafHash(Buffer.from(lines.at(-1) ?? '')).toString('base64url')
  }
  return lines
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

async function leaves(disk: Disk, from: number, end: number): Promise<string[]> {
  const all: string[] = []
  for await (const some of leavesOf(disk, 'log', from, end)) all.push(...some.map((one) => one.toString('utf8')))
  return all
}

describe('the names of segments', () => {
  test('say their first record and the attempt, and sort by them', async () => {
    assert.deepEqual(parseSegmentName(segmentName(7, 2)), { first: 7, attempt: 2 })
    assert.equal(parseSegmentName('segment-7.jsonl'), undefined)
    const disk = Disk.of({ [`log/${segmentName(10)}`]: '', [`log/${segmentName(2, 10)}`]: '', [`log/${segmentName(2, 1)}`]: '', [`log/${segmentName(2)}`]: '', 'log/other': '' })
    assert.deepEqual(await segmentsOf(disk, 'log'), [segmentName(2), segmentName(2, 1), segmentName(2, 10), segmentName(10)])
    assert.equal(await freeSegmentName(disk, 'log', 2), segmentName(2, 11))
    assert.equal(await freeSegmentName(disk, 'log', 3), segmentName(3))
  })

  test('lines end at their newline, and what follows the last one is counted', () => {
    const { lines, torn } = linesOf('s', Buffer.from('a\n\nbc\nd'))
    assert.deepEqual(lines.map(({ line, offset, bytes }) => [line, offset, bytes.toString()]), [[1, 0, 'a'], [2, 2, ''], [3, 3, 'bc']])
    assert.equal(torn, 1)
  })
})

describe('a log that a failed write left behind', () => {
  const good = linesFrom(0, 6)
  // The first attempt at records 3 to 4 was never acknowledged; they were written anew in a segment of their own.
  const failed = linesFrom(3, 2, 'failed', leafHash(Buffer.from(good[2] ?? '')).toString('base64url'))
  const disk = Disk.of({ [`log/${segmentName(0)}`]: `${text([...good.slice(0, 3), ...failed])}{"torn`, [`log/${segmentName(3)}`]: '', [`log/${segmentName(3, 1)}`]: text(good.slice(3)) })

  test('reads as the records that count, each once', async () => {
    const loaded = await loadLog(disk, 'log', 's')
    assert.deepEqual(loaded.records.map(({ seq, id }) => [seq, id]), [0, 1, 2, 3, 4, 5].map((seq) => [seq, 'x']))
    assert.equal(loaded.broken, undefined)
    assert.deepEqual(loaded.cuts.map(({ segment }) => segment), [segmentName(0)])
  })

  test('gives any range of them', async () => {
    for (let from = 0; from <= 6; from++) for (let end = from; end <= 6; end++) assert.deepEqual(await leaves(disk, from, end), good.slice(from, end), `${from} to ${end}`)
  })

  test('can be kept up to a record, and says what to cut for that', async () => {
    const loaded = await loadLog(disk, 'log', 's', 2)
    assert.equal(loaded.records.length, 2)
    const size = text(good.slice(0, 2)).length
    assert.deepEqual(loaded.cuts.map(({ segment, size: kept }) => [segment, kept]), [[segmentName(0), size], [segmentName(3, 1), 0]])
  })
})

describe('a chain that breaks', () => {
  test('is told with its place, and whether a crash can have done it', async () => {
    const lines = linesFrom(0, 4)
    const last = Disk.of({ [`log/${segmentName(0)}`]: text(lines.with(2, '{"no":1}')) })
    const { broken } = await loadLog(last, 'log', 's')
    assert.deepEqual(broken, { segment: segmentName(0), line: 3, seq: 2, tail: true })
    last.set(`log/${segmentName(4)}`, Buffer.alloc(0))
    assert.equal((await loadLog(last, 'log', 's')).broken?.tail, false)
    const gap = Disk.of({ [`log/${segmentName(0)}`]: text(lines.slice(0, 2)), [`log/${segmentName(3)}`]: text(lines.slice(3)) })
    assert.deepEqual((await loadLog(gap, 'log', 's')).broken, { segment: segmentName(3), line: 1, seq: 2, tail: false })
  })
})

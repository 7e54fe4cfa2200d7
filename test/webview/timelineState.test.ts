import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { matches, NO_FILTER } from '../../webview/state.filter.ts'
import { moved, offsets, reduceTimeline, saveTimeline, TIMELINE_START, visible, type TimelineAction, type TimelineState } from '../../webview/state.timeline.ts'
import { overviewOf, place, ticksBeside } from '../../webview/state.overview.ts'
import { barsOf, scaleOf } from '../../webview/state.waterfall.ts'
import { details, LAUNCHES, manyRows, NOW, ROWS, text, timeline } from './samples.ts'

const after = (...actions: TimelineAction[]): TimelineState => actions.reduce(reduceTimeline, TIMELINE_START)
const shown = (state: TimelineState): string[] => state.lines.map((line) => (line.kind === 'lane' ? `> ${line.launch}` : line.key))
const whole: TimelineAction = { type: 'model', model: timeline() }
const change = (rows: typeof ROWS, more: object = {}): TimelineAction => ({ type: 'rows', change: { type: 'rows', rows, launches: [], events: [], ...more } })

describe('the timeline, as state', () => {
  test('shows calls in the order received, each run of a launch under its line', () => {
    assert.deepEqual(shown(after(whole)), ['ev_1', '> la_1', 'ex_1', 'ex_2', 'ex_3', '> la_2', 'ex_4', 'ex_5', 'ex_6', 'ex_7', '> la_3', 'ex_8', '> la_4', 'ex_9', 'ex_10', 'ex_11', 'ex_12', 'ex_13'])
  })

  test('puts new calls at the end, and changes a running one in its place', () => {
    const before = after(whole)
    const now = reduceTimeline(before, change([{ ...ROWS[12]!, state: 'answered', running: false }, { ...ROWS[0]!, ex: 'ex_new', at: NOW }]))
    assert.deepEqual(shown(now), [...shown(before), '> la_1', 'ex_new'])
    assert.equal(now.rows.get('ex_13')?.state, 'answered')
  })

  test('counts what came below while somebody reads further up, and nothing while it follows', () => {
    const reading = after(whole, { type: 'follow', on: false }, change([{ ...ROWS[0]!, ex: 'ex_a', at: NOW }]), change([{ ...ROWS[0]!, ex: 'ex_b', at: NOW }]))
    assert.equal(reading.below, 2)
    assert.equal(reduceTimeline(reading, { type: 'follow', on: true }).below, 0)
    assert.equal(after(whole, change([{ ...ROWS[0]!, ex: 'ex_a', at: NOW }])).below, 0)
  })

  test('folds a launch and keeps its line', () => {
    const folded = after(whole, { type: 'fold', key: 'lane la_1 ex_1', folded: true })
    assert.deepEqual(shown(folded).slice(0, 3), ['ev_1', '> la_1', '> la_2'])
    assert.equal(folded.lines[1]?.kind === 'lane' && folded.lines[1].rows, 3)
  })

  test('never filters away the call that somebody looks at', () => {
    const state = after(whole, { type: 'select', ex: 'ex_1' }, { type: 'filter', filter: { tab: 'failed' } })
    assert.deepEqual(shown(state), ['> la_1', 'ex_1', '> la_2', 'ex_5'])
  })

  test('appends what is released to the answer of the selected call, and to no other', () => {
    const open = after(whole, { type: 'select', ex: 'ex_2' }, { type: 'details', details: details() })
    const live = reduceTimeline(open, { type: 'live', ex: 'ex_2', segments: [text(' More')] })
    const last = live.details?.answer.parts.at(-1)?.segments.at(-1)
    assert.equal(last?.kind === 'text' ? last.text : '', '. More')
    assert.equal(reduceTimeline(open, { type: 'live', ex: 'ex_9', segments: [text('x')] }), open)
    assert.equal(reduceTimeline(open, { type: 'details', details: details('ex_9') }), open)
  })

  test('a call asked for by name survives until everything was read', () => {
    const asked = after({ type: 'select', ex: 'ex_2' }, { type: 'model', model: timeline({ rows: [], loading: { read: 0, of: 9 } }) })
    assert.equal(asked.selected, 'ex_2')
    assert.equal(reduceTimeline(asked, { type: 'model', model: timeline({ rows: ROWS.slice(2) }) }).selected, null)
    const nothingYet = reduceTimeline(asked, { type: 'model', model: timeline({ rows: [] }) })
    assert.equal(reduceTimeline(nothingYet, whole).selected, 'ex_2', 'a window that has not reached the agent shows nothing, and forgets nothing')
  })

  test('what was kept comes back, sizes within their limits', () => {
    const kept = saveTimeline(after(whole, { type: 'select', ex: 'ex_2' }, { type: 'resize', side: 5000 }, { type: 'filter', filter: { text: 'gpt' } }))
    const back = reduceTimeline(TIMELINE_START, { type: 'restore', saved: { ...kept, sizes: { side: 1e9, under: -4 } } })
    assert.equal(back.selected, 'ex_2')
    assert.equal(back.filter.text, 'gpt')
    assert.deepEqual(back.sizes, { side: 900, under: 200 })
  })

  test('keys lead up, down, by pages, to the ends, and to the next call that needs a look', () => {
    const { lines } = after(whole)
    const at = (key: string) => lines.findIndex((line) => line.key === key)
    assert.equal(moved(lines, 0, 'up', 5), 0)
    assert.equal(moved(lines, 0, 'pageDown', 5), 5)
    assert.equal(moved(lines, 3, 'end', 5), lines.length - 1)
    assert.equal(moved(lines, at('ex_1'), 'nextLook', 5), at('ex_3'))
    assert.equal(moved(lines, at('ex_12'), 'previousLook', 5), at('ex_8'))
    assert.equal(moved(lines, at('ex_13'), 'nextLook', 5), at('ex_13'))
  })

  test('a window of ten thousand lines takes only what it shows', () => {
    const { rows, launches } = manyRows(10_000)
    const { lines } = after({ type: 'model', model: timeline({ rows, launches }) })
    const tops = offsets(lines)
    const window = visible(tops, 50_000, 600)
    assert.ok(window.to - window.from < 60, String(window.to - window.from))
    assert.ok((tops[window.from] ?? 0) <= 50_000 && (tops[window.to] ?? 0) >= 50_600)
  })
})

test('the filter takes fields and parts of names, and all words must hold', () => {
  const launch = LAUNCHES[0]
  const holds = (words: string, index: number) => matches({ ...NO_FILTER, text: words }, ROWS[index]!, launch)
  assert.equal(holds('found:person model:sonnet', 1), true)
  assert.equal(holds('found:iban', 1), false)
  assert.equal(holds('state:denied', 2), true)
  assert.equal(holds('triage haiku', 0), true)
  assert.equal(holds('triage gpt', 0), false)
})

test('a call that was not sent never crosses the line; one that was ends with its mark', () => {
  const scale = scaleOf(ROWS)
  assert.equal(scale, 4000)
  for (const row of ROWS) {
    const { wait, flow, end } = barsOf(row, scale)
    const sent = !['held', 'denied', 'withdrawn', 'expired'].includes(row.state)
    assert.equal(wait !== null, sent, row.ex)
    assert.equal(end !== null, sent, row.ex)
    if (!sent) assert.equal(flow, null)
  }
  assert.deepEqual(barsOf(ROWS[1]!, scale).end, { kind: 'done', x: 77.5 })
  assert.equal(barsOf(ROWS[4]!, scale).end?.kind, 'failed')
  assert.equal(barsOf(ROWS[6]!, scale).end?.kind, 'stopped')
  assert.equal(barsOf({ ...ROWS[12]!, doneMs: undefined }, scale, 2000).end?.x, 50)
})

test('the overview counts each call once and places it within its edges', () => {
  const overview = overviewOf(ROWS, NOW)
  assert.ok(overview)
  assert.equal(overview.bins.reduce((sum, bin) => sum + bin.calls, 0), ROWS.length)
  assert.equal(overview.holds.length, 5)
  for (const bin of overview.bins) assert.ok(place(overview, bin.at) >= 0 && place(overview, bin.at) <= 100)
  assert.equal(overviewOf([], NOW), null)
})

test('the overview draws no time under the label of its right edge, however wide it is', () => {
  const overview = overviewOf(ROWS, NOW)
  assert.ok(overview)
  const words = { tick: 5, now: 12 }
  for (const width of [200, 525, 1100]) {
    const ends = ticksBeside(overview, width, words).map((at) => (place(overview, at) / 100) * width + words.tick * 6)
    for (const end of ends) assert.ok(end < width - words.now * 6, `${end} at ${width}`)
  }
  assert.ok(ticksBeside(overview, 1100, words).length > ticksBeside(overview, 200, words).length)
})

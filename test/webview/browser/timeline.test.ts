import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { details, manyRows, mask, NOW, ROWS, text, timeline } from '../samples.ts'
import { startHost, until, within, type Host, type View } from './page.ts'

let host: Host
before(async () => { host = await startHost() })
after(async () => { await host.close() })

async function opened(more: Parameters<typeof timeline>[0] = {}, width = 1100): Promise<View> {
  const view = await host.open('timeline', { theme: 'dark', width, height: 664 })
  await view.send({ type: 'timeline', model: timeline(more) })
  return view
}
const focusedKey = (view: View) => view.page.evaluate<string>('document.activeElement.dataset.key ?? document.activeElement.tagName.toLowerCase()')
const press = async (view: View, ...keys: string[]) => { for (const key of keys) await view.page.keyboard.press(key) }
const row = (view: View, ex: string) => view.page.locator(`[data-key="${ex}"]`)

describe('the list of calls', () => {
  test('is a treegrid with its columns, its count, and each waterfall in words', async () => {
    const view = await opened()
    const grid = view.page.getByRole('treegrid', { name: 'Calls by launch' })
    assert.equal(await grid.getAttribute('aria-rowcount'), '19')
    assert.deepEqual(await grid.getByRole('columnheader').allInnerTexts().then((all) => all.map((one) => one.split('\n')[0])), ['State', 'Time', 'Model', 'Tokens', 'Found', 'Took', 'Held here'])
    assert.equal(await row(view, 'ex_2').getAttribute('aria-level'), '2')
    assert.match((await row(view, 'ex_2').textContent()) ?? '', /Answered[\s\S]*13:57:24[\s\S]*3,204 → 512[\s\S]*69[\s\S]*3\.1 s[\s\S]*inspected, held 48 s, first byte after 0\.7 s, and done after 3\.1 s/)
    assert.match((await row(view, 'ex_3').textContent()) ?? '', /inspected, held 22 s, and not sent/)
    await view.close()
  })

  test('is walked by keys: one Tab stop, arrows, folding, the next call that needs a look, details and back', async () => {
    const view = await opened()
    await row(view, 'ex_1').click()
    assert.equal(await focusedKey(view), 'ex_1')
    assert.equal(await view.page.locator('[data-key][tabindex="0"]').count(), 1)
    await press(view, 'ArrowDown')
    assert.equal(await focusedKey(view), 'ex_2')
    await press(view, 'Alt+ArrowDown')
    assert.equal(await focusedKey(view), 'ex_3')
    await press(view, 'Home')
    assert.equal(await focusedKey(view), 'ev_1')
    await press(view, 'ArrowDown', 'ArrowLeft')
    assert.equal(await row(view, 'ex_1').count(), 0)
    assert.equal(await view.page.evaluate('document.activeElement.ariaExpanded'), 'false')
    await press(view, 'ArrowRight', 'ArrowDown', 'ArrowDown')
    assert.equal(await focusedKey(view), 'ex_2')
    await view.send({ type: 'details', details: details() })
    await press(view, 'Enter')
    assert.equal(await focusedKey(view), 'h2')
    await press(view, 'Escape')
    assert.equal(await focusedKey(view), 'ex_2')
    await press(view, 'Escape')
    assert.equal(await view.page.locator('.tl-det').count(), 0)
    await press(view, 'End')
    assert.equal(await focusedKey(view), 'ex_13')
    await view.close()
  })

  test('asks for the details of what is selected, and again when that call ends', async () => {
    const view = await opened()
    await row(view, 'ex_13').click()
    await view.send({ type: 'rows', rows: [{ ...ROWS[12]!, state: 'answered', running: false }], launches: [], events: [] })
    assert.deepEqual((await view.said()).filter((message) => message.type === 'details').map((message) => message.ex), ['ex_13', 'ex_13'])
    assert.match((await row(view, 'ex_13').textContent()) ?? '', /^\s*Answered/)
    await view.close()
  })

  test('slash leads to the filter, which keeps the selected call and says how many match', async () => {
    const view = await opened()
    await row(view, 'ex_2').click()
    await press(view, '/')
    await view.page.keyboard.type('found:EMAIL state:failed')
    assert.deepEqual(await view.page.evaluate(`[...document.querySelectorAll('.tl-row')].map((one) => one.dataset.key)`), ['ex_2', 'ex_5'])
    await view.page.getByRole('button', { name: 'Denied 3' }).click()
    assert.equal(await view.page.getByRole('button', { name: 'Denied 3' }).getAttribute('aria-pressed'), 'true')
    await view.close()
  })

  test('follows the end until somebody scrolls up; then counts what came instead of moving', async () => {
    const { rows, launches } = manyRows(200)
    const view = await opened({ rows, launches, events: [] })
    const place = () => within(view, '.tl-scroll', '[Math.round(element.scrollTop), element.scrollTop + element.clientHeight >= element.scrollHeight - 4].join()')
    assert.match(String(await place()), /true$/)
    await view.page.mouse.move(300, 300)
    await view.page.mouse.wheel(0, -900)
    await view.page.getByRole('button', { name: 'Follow', pressed: false }).waitFor()
    const before = await place()
    await view.send({ type: 'rows', rows: [0, 1, 2, 3].map((i) => ({ ...rows[0]!, ex: `ex_new${i}`, at: NOW + i })), launches: [], events: [] })
    assert.equal(await place(), before)
    await view.page.getByRole('button', { name: '4 new calls below' }).click()
    await view.page.getByRole('button', { name: 'Follow', pressed: true }).waitFor()
    await row(view, 'ex_new3').waitFor()
    await view.close()
  })

  test('selecting a row further up moves nothing while it follows', async () => {
    const { rows, launches } = manyRows(200)
    const view = await opened({ rows, launches, events: [] })
    const before = await within(view, '.tl-scroll', 'element.scrollTop')
    await row(view, 'ex_m190').click()
    assert.equal(await row(view, 'ex_m190').getAttribute('aria-selected'), 'true')
    assert.equal(await within(view, '.tl-scroll', 'element.scrollTop'), before)
    await view.close()
  })

  test('shows a call asked for by name, whatever hid it', async () => {
    const { rows, launches } = manyRows(400)
    const view = await opened({ rows, launches, events: [] })
    await view.page.getByRole('button', { name: /^Failed/ }).click()
    await view.send({ type: 'show', ex: 'ex_m2' })
    await row(view, 'ex_m2').waitFor()
    assert.equal(await row(view, 'ex_m2').getAttribute('aria-selected'), 'true')
    await view.close()
  })

  test('a held call leads to its review, from within its row wherever the list is scrolled', async () => {
    const view = await host.open('timeline', { width: 1100, height: 360 })
    await view.send({ type: 'timeline', model: timeline() })
    const [inner, outer] = await Promise.all([row(view, 'ex_8').getByRole('button', { name: 'Show' }).boundingBox(), row(view, 'ex_8').boundingBox()])
    assert.ok(inner && outer && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height)
    await row(view, 'ex_8').getByRole('button', { name: 'Show' }).click()
    assert.deepEqual((await view.said()).filter((message) => message.type === 'review'), [{ type: 'review', request: 'ap_bundle' }])
    await view.close()
  })
})

describe('the details', () => {
  async function withDetails(more: Parameters<typeof details>[1] = {}): Promise<View> {
    const view = await opened()
    await view.send({ type: 'show', ex: 'ex_2' }, { type: 'details', details: details('ex_2', more) })
    return view
  }

  test('tell rule, people, steps, texts and record in this order', async () => {
    const view = await withDetails()
    const all = (await view.page.getByRole('complementary').innerText()).replace(/\s+/g, ' ')
    assert.match(
      all,
      /Answered after a hold of 48 s.*triage\.ipynb, cell \[7\].*Held by rule Patient data needs two people because the prompt contained 12 medical record numbers\..*Ada Moreno asked.*Lin Achterberg approved at 13:57:51.*with a fresh sign-in.*13:57:24\.000.*48 s.*43 found, 19 masked.*MEDICAL_RECORD 1.*13 parts more.*26 masked.*In the journal 4,102 to 4,110.*receipt 13:58:17, log size 4,133.*Fernhill SSO.*offline, root 3c9e…AA71/,
    )
    await view.close()
  })

  test('grow while the answer is released, with masks in their places', async () => {
    const view = await withDetails({ row: { ...ROWS[1]!, running: true, state: 'streaming' } })
    await view.send({ type: 'live', ex: 'ex_2', at: NOW, segments: [text(' Then write to '), mask('EMAIL', 7), text('.')] })
    const answer = view.page.getByRole('figure', { name: 'Answer as released' })
    assert.match((await answer.innerText()).replace(/\s+/g, ' '), /Then write to masked EMAIL 7|Then write to .*EMAIL 7/)
    assert.match(await view.page.getByRole('complementary').innerText(), /27 masked/)
    await view.close()
  })

  test('replay the answer as it was released, and end with all of it', async () => {
    const view = await withDetails({ replay: [{ ms: 0, upTo: 3 }, { ms: 60_000, upTo: 400 }] })
    const answer = view.page.getByRole('figure', { name: 'Answer as released' })
    const whole = await answer.innerText()
    await view.page.getByRole('button', { name: 'Replay' }).click()
    await until(view, `document.querySelectorAll('.tl-det figure')[1]?.innerText.trim() === '1.'`)
    await view.page.getByRole('button', { name: 'Stop replay' }).click()
    assert.equal(await answer.innerText(), whole)
    await view.close()
  })

  test('say so when the journal does not verify, and when a text is not kept any more', async () => {
    const view = await withDetails({ record: { first: 1, last: 2, journal: 'written', fault: 'record 4,107 was changed after it was written' }, prompt: { parts: [], found: 0, masked: 0 } })
    const all = await view.page.getByRole('complementary').innerText()
    assert.match(all, /Does not verify\s+record 4,107 was changed after it was written/)
    assert.match(all, /The text is not kept any more; its digest is\./)
    await view.close()
  })

  test('do not speak of a kept digest where a call was refused before its text was read', async () => {
    const nothing = { parts: [], found: 0, masked: 0 }
    const view = await withDetails({ row: { ...ROWS[1]!, state: 'denied', inspectedMs: undefined, heldMs: undefined }, rule: null, prompt: nothing, answer: nothing })
    const all = await view.page.getByRole('complementary').innerText()
    assert.match(all, /It was refused before its text was read\./)
    assert.doesNotMatch(all, /digest|0 found/)
    await view.close()
  })

  test('claim nothing to be left unmasked in a review whose text is not kept', async () => {
    const view = await withDetails({ reviewFor: 'Ada Moreno', prompt: { parts: [], found: 35, masked: 0 } })
    const all = await view.page.getByRole('complementary').innerText()
    assert.match(all, /35 found/)
    assert.doesNotMatch(all, /0 masked/)
    await view.close()
  })

  test('name what could not be inspected, in the prompt and in an answer without text', async () => {
    const view = await withDetails({ prompt: { ...details().prompt, opaque: ['an image'] }, answer: { parts: [], found: 0, masked: 0, opaque: ['signed thinking', 'a file'] } })
    const all = (await view.page.getByRole('complementary').innerText()).replace(/\s+/g, ' ')
    assert.match(all, /Prompt as sent.*Could not be inspected: an image\..*Answer as released.*Could not be inspected: signed thinking and a file\./)
    await view.close()
  })

  test('are made wider by keys and by dragging, and the place is kept', async () => {
    const view = await withDetails()
    const splitter = view.page.getByRole('separator', { name: 'Size of the details' })
    await splitter.focus()
    await press(view, 'ArrowLeft')
    assert.equal(await splitter.getAttribute('aria-valuenow'), '388')
    const box = await splitter.boundingBox()
    assert.ok(box)
    await view.page.mouse.move(box.x + 2, box.y + 200)
    await view.page.mouse.down()
    await view.page.mouse.move(box.x - 48, box.y + 200)
    await view.page.mouse.up()
    assert.equal(await splitter.getAttribute('aria-valuenow'), '438')
    await until(view, `(sessionStorage.getItem('state') ?? '').includes('438')`)
    await view.page.reload()
    await view.send({ type: 'init', protocol: 1, locale: 'en', words: {} }, { type: 'timeline', model: timeline() })
    assert.equal(await splitter.getAttribute('aria-valuenow'), '438')
    assert.equal(await row(view, 'ex_2').getAttribute('aria-selected'), 'true')
    await view.close()
  })
})

test('the overview is one sentence and also a table', async () => {
  const view = await opened()
  assert.match((await view.page.getByRole('img', { name: /^Calls per minute/ }).getAttribute('aria-label')) ?? '', /from 13:55 to 14:05; 5 holds; shown below: 13:57 to 14:05/)
  await view.page.getByRole('button', { name: 'As a table' }).click()
  const table = view.page.getByRole('table')
  assert.deepEqual(await table.getByRole('columnheader').allInnerTexts(), ['Minute', 'Calls', 'Held'])
  assert.deepEqual(await table.getByRole('row').nth(1).innerText().then((line) => line.split(/\s+/)), ['13:57', '2', '1'])
  await view.close()
})

test('period and launch are chosen by keys alone', async () => {
  const view = await opened()
  await view.page.getByRole('combobox', { name: 'Period' }).focus()
  await press(view, 'Enter', 'ArrowDown', 'Enter')
  assert.deepEqual((await view.said()).filter((message) => message.type === 'period'), [{ type: 'period', period: 'yesterday' }])
  await view.page.getByRole('combobox', { name: 'Launch' }).focus()
  await press(view, 'Enter', 'ArrowDown', 'ArrowDown', 'Enter')
  assert.deepEqual(await view.page.evaluate(`[...document.querySelectorAll('.tl-row')].map((one) => one.dataset.key)`), ['ex_4', 'ex_5', 'ex_6', 'ex_7'])
  await view.close()
})

test('reading, nothing yet and no match are each said', async () => {
  const view = await opened({ rows: [], events: [], loading: { read: 380, of: 10_412 } })
  assert.equal(await view.page.getByText('Reading 10,412 calls').getAttribute('role'), 'status')
  await view.send({ type: 'timeline', model: timeline({ rows: [], events: [] }) })
  assert.match(await view.page.locator('.tl-empty').innerText(), /No calls yet in this period/)
  await view.send({ type: 'timeline', model: timeline() })
  await view.page.getByRole('textbox', { name: 'Filter calls' }).fill('found:IBAN')
  assert.match(await view.page.locator('.tl-empty').innerText(), /No call matches found:IBAN/)
  await view.page.getByRole('button', { name: 'Clear filter' }).click()
  assert.equal(await view.page.locator('.tl-empty').count(), 0)
  await view.close()
})

test('is drawn and takes keys within a second of opening with 1,000 rows', async (t) => {
  const { rows, launches } = manyRows(1000)
  const message = JSON.stringify({ type: 'timeline', model: timeline({ rows, launches, events: [] }) })
  const times: number[] = []
  // Other work on this machine is no property of the view: the best of three openings counts. The page measures itself.
  for (let i = 0; i < 3; i++) {
    const view = await host.open('timeline', { width: 1100, height: 664 })
    await view.page.reload()
    const loaded = await view.page.evaluate<number>(`performance.getEntriesByType('navigation')[0].loadEventEnd`)
    const [drawn = NaN, answered = NaN] = await view.page.evaluate<number[]>(`new Promise((done) => {
      const from = performance.now()
      const when = (holds, then) => { if (holds()) then(performance.now() - from); else setTimeout(when, 1, holds, then) }
      window.postMessage(${message}, '*')
      when(() => document.querySelector('[data-key="ex_m999"]'), (drawn) => {
        const last = document.querySelector('[data-key="ex_m999"]')
        last.focus()
        last.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }))
        when(() => document.activeElement.dataset.key === 'ex_m998', (answered) => done([drawn, answered]))
      })
    })`)
    times.push(Math.round(loaded + answered))
    t.diagnostic(`1,000 rows: page and script loaded after ${Math.round(loaded)} ms, drawn ${Math.round(drawn)} ms after that, answering a key after ${Math.round(answered)} ms`)
    await view.close()
  }
  assert.ok(Math.min(...times) < 1000, times.join(', '))
})

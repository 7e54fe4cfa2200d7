import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FromView } from '../../../src/protocol/panel.ts'
import { bundle, own, review, settled, sidebar, waiting } from '../samples.ts'
import { startHost, until, within, type Host, type View } from './page.ts'

let host: Host
before(async () => { host = await startHost() })
after(async () => { await host.close() })

const decisions = (said: FromView[]) => said.filter((message) => message.type === 'decide')

/** A view whose clock the test moves: half a second of steadiness is not waited for. */
async function opened(requests: (now: number) => ReturnType<typeof review>[], steady = true): Promise<View & { now: number }> {
  const view = await host.open('sidebar', { clock: true })
  const now = await view.page.evaluate<number>('Date.now()')
  await view.send({ type: 'sidebar', model: sidebar(now, { requests: requests(now) }) })
  if (steady) await view.page.clock.fastForward(600)
  return { ...view, now }
}
/** The description of a toolkit element's inner control. */
const CONTROL_DESCRIPTION = "[...(element.shadowRoot.querySelector('[part=control]').ariaDescribedByElements ?? [])].map((one) => one.textContent.trim()).join()"
const field = (view: View) => view.page.getByRole('textbox', { name: 'Your reason' })

describe('deciding', () => {
  test('approves with a reason, by a click, with the digests that were on the screen', async () => {
    const view = await opened((now) => [review(now)])
    await field(view).fill('Agreed with the data owner.')
    await view.page.getByRole('button', { name: 'Approve once' }).click()
    const [decision] = decisions(await view.said())
    assert.ok(decision)
    assert.deepEqual({ ...decision, act: '' }, { type: 'decide', act: '', request: 'ap_review', verdict: 'approve', reason: 'Agreed with the data owner.', digests: review(0).digests })
    assert.equal(await view.page.getByRole('button', { name: 'Recording' }).getAttribute('aria-disabled'), 'true')
    await view.close()
  })

  test('says what would go along that nobody could inspect', async () => {
    const view = await opened((now) => [review(now, { findings: [], opaque: ['an image', 'a file'] })])
    assert.match((await view.page.getByRole('article').textContent()) ?? '', /Sent uninspected\s*an image and a file/)
    await view.close()
  })

  test('ignores a click for 500 ms after the card opened, changed or was pushed, and takes it after', async () => {
    const view = await opened((now) => [review(now)])
    await field(view).fill('Agreed.')
    const approve = view.page.getByRole('button', { name: 'Approve once' })
    const notice = { id: 'n1', kind: 'hubAway' as const, since: view.now, count: 3, actions: ['tryHub' as const] }
    await view.stop()
    for (const model of [sidebar(view.now, { requests: [review(view.now, { tokens: 1 })] }), sidebar(view.now, { requests: [review(view.now, { tokens: 1 })], notices: [notice] })]) {
      await view.send({ type: 'sidebar', model })
      await view.page.clock.runFor(400)
      await approve.click()
      assert.deepEqual(decisions(await view.said()), [])
      await view.page.clock.runFor(600)
    }
    await approve.click()
    assert.equal(decisions(await view.said()).length, 1)
    await view.close()
  })

  test('no script can approve: neither a click without a hand, nor a message', async () => {
    const view = await opened((now) => [review(now)])
    await field(view).fill('Agreed.')
    await view.page.evaluate(`document.querySelector('vscode-button.send').click()`)
    await view.page.evaluate(`document.querySelector('vscode-button.send').shadowRoot.querySelector('button').click()`)
    await view.page.evaluate(`document.querySelector('vscode-text-area').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, composed: true }))`)
    await view.sendRaw({ type: 'decide', act: 'x', request: 'ap_review', verdict: 'approve', reason: 'x', digests: ['7f3a'] })
    await view.sendRaw({ type: 'approve', request: 'ap_review' })
    assert.deepEqual(decisions(await view.said()), [])
    await view.close()
  })

  test('Ctrl+Enter in the reason approves; Enter makes a line', async () => {
    const view = await opened((now) => [review(now)])
    await field(view).focus()
    await view.page.keyboard.type('Agreed')
    await view.page.keyboard.press('Enter')
    assert.deepEqual(decisions(await view.said()), [])
    await view.page.keyboard.press('Control+Enter')
    assert.equal(decisions(await view.said()).length, 1)
    await view.close()
  })

  test('without a reason it says so beside the field, in it, and aloud', async () => {
    const view = await opened((now) => [review(now)])
    await view.page.getByRole('button', { name: 'Deny', exact: true }).click()
    assert.deepEqual(decisions(await view.said()), [])
    const control = view.page.locator('vscode-text-area textarea')
    assert.equal(await control.getAttribute('aria-invalid'), 'true')
    const described = await within(view, 'vscode-text-area', CONTROL_DESCRIPTION)
    assert.equal(described, 'Write a reason first; the rule asks for one.')
    assert.equal(await view.page.getByRole('alert').textContent(), described)
    assert.equal(await within(view, '[role=alert]', 'element.getBoundingClientRect().width'), 1)
    assert.equal(await within(view, 'vscode-text-area', 'element === document.activeElement'), true)
    await view.close()
  })

  test('what was not recorded stays undecided and says why', async () => {
    const view = await opened((now) => [review(now)])
    await field(view).fill('Agreed.')
    await view.page.getByRole('button', { name: 'Approve once' }).click()
    const [decision] = decisions(await view.said())
    assert.ok(decision?.type === 'decide')
    await view.send({ type: 'answer', to: decision.act, ok: false, message: 'Not approved: the disk is full. Nothing was sent.' })
    assert.match((await view.page.getByRole('article').textContent()) ?? '', /Not approved: the disk is full/)
    assert.equal(await field(view).inputValue(), 'Agreed.')
    assert.equal(await view.page.getByRole('button', { name: 'Approve once' }).getAttribute('aria-disabled'), null)
    await view.close()
  })

  test('a grant is chosen from a menu, named on the button, and approves nothing by itself', async () => {
    const view = await opened((now) => [review(now, { reasonNeeded: false })])
    await view.page.getByRole('button', { name: 'Approve for longer' }).click()
    await view.page.keyboard.press('ArrowDown')
    await view.page.keyboard.press('Enter')
    assert.deepEqual(decisions(await view.said()), [])
    // The longer word on the button may change the card's height, which counts as a move: drawn first, then time passes.
    const approve = view.page.getByRole('button', { name: 'Approve for 15 minutes' })
    await approve.waitFor()
    for (let frame = 0; frame < 3; frame++) await until(view, 'true')
    await view.page.clock.fastForward(600)
    await approve.click()
    const [decision] = decisions(await view.said())
    assert.equal(decision?.type === 'decide' ? decision.grant : '', 'g_15')
    await view.close()
  })

  test('one’s own held call offers Withdraw and a reason for the others, and no approval', async () => {
    const view = await opened((now) => [waiting(now)])
    assert.equal(await view.page.getByRole('button', { name: /approve|acknowledge|deny/i }).count(), 0)
    await view.page.getByRole('textbox', { name: 'Why do you need it?' }).fill('For the board.')
    await view.page.getByRole('button', { name: 'Send reason' }).click()
    const given = (await view.said()).find((message) => message.type === 'giveReason')
    assert.equal(given?.reason, 'For the board.')
    await view.send({ type: 'answer', to: given.act, ok: true })
    await view.page.getByRole('button', { name: 'Withdraw call' }).click()
    assert.ok((await view.said()).some((message) => message.type === 'withdraw'))
    await view.close()
  })

  test('a call of one’s own under a rule of its own is acknowledged, never approved', async () => {
    const view = await opened((now) => [own(now, { reasonNeeded: false })])
    await view.page.getByRole('button', { name: 'Acknowledge and send' }).click()
    const [decision] = decisions(await view.said())
    assert.equal(decision?.type === 'decide' ? decision.verdict : '', 'acknowledge')
    await view.close()
  })

  test('what cannot be decided now stays reachable and says why', async () => {
    const view = await opened((now) => [review(now, { decidable: { reason: 'hubAway' }, grants: [] })])
    const approve = view.page.getByRole('button', { name: 'Approve once' })
    assert.equal(await approve.getAttribute('aria-disabled'), 'true')
    assert.match(String(await within(view, 'vscode-button.send', CONTROL_DESCRIPTION)), /You can decide when the hub is back/)
    await approve.focus()
    await view.page.keyboard.press('Enter')
    assert.deepEqual(decisions(await view.said()), [])
    await view.close()
  })

  test('a bundle is turned with Alt and arrows, frozen, and what came later is counted', async () => {
    const view = await opened((now) => [bundle(now)])
    await view.page.locator('[data-head]').focus()
    await view.page.keyboard.press('Alt+ArrowRight')
    assert.deepEqual((await view.said()).filter((message) => message.type === 'bundlePart'), [{ type: 'bundlePart', request: 'ap_bundle', index: 1 }])
    await view.send({ type: 'bundlePart', request: 'ap_bundle', index: 1, parts: [{ role: 'user', index: 1, of: 1, segments: [{ kind: 'text', text: 'the second one' }] }] })
    assert.match((await view.page.getByRole('article').textContent()) ?? '', /the second one[\s\S]*2 of 112[\s\S]*9 more arrived while you read/)
    await view.close()
  })
})

describe('reading and moving', () => {
  test('the list is one Tab stop; arrows walk it, Enter opens, R and D only move focus, Escape closes', async () => {
    const view = await opened((now) => [review(now, { id: 'ap_a' }), own(now), bundle(now)])
    const focused = () => view.page.evaluate<string>('document.activeElement.dataset.head ?? document.activeElement.className')
    await view.page.keyboard.press('Tab')
    assert.equal(await focused(), 'ap_a')
    await view.page.keyboard.press('End')
    assert.equal(await focused(), 'ap_bundle')
    await view.page.keyboard.press('ArrowUp')
    assert.equal(await focused(), 'ap_own')
    assert.equal(await view.page.locator('[data-head][tabindex="0"]').count(), 1)
    await view.page.keyboard.press('d')
    assert.equal(await focused(), 'ap_own')
    await view.page.keyboard.press('Enter')
    assert.equal(await focused(), 'ap_own')
    await view.page.keyboard.press('d')
    assert.match(await focused(), /deny/)
    assert.deepEqual(decisions(await view.said()), [])
    await view.page.locator('[data-head="ap_own"]').focus()
    await view.page.keyboard.press('r')
    assert.match(await focused(), /reason/)
    await view.page.keyboard.press('Escape')
    assert.equal(await view.page.locator('[data-head="ap_own"]').getAttribute('aria-expanded'), 'false')
    assert.equal(await focused(), 'ap_own')
    await view.close()
  })

  test('after a verdict focus goes to the next row that waits, unopened; at the end to the heading', async () => {
    const view = await opened((now) => [review(now, { reasonNeeded: false }), own(now)])
    await view.page.locator('[data-head="ap_review"]').click()
    await view.page.clock.fastForward(600)
    await view.page.getByRole('button', { name: 'Approve once' }).click()
    const done = settled(view.now, 'approved', { id: 'ap_review', requester: { name: 'Ada Moreno', self: false } })
    await view.send({ type: 'sidebar', model: sidebar(view.now, { requests: [done, own(view.now, { reasonNeeded: false })] }) })
    const next = view.page.locator('[data-head="ap_own"]')
    assert.equal(await within(view, '[data-head="ap_own"]', 'element === document.activeElement'), true)
    assert.equal(await next.getAttribute('aria-expanded'), 'false')
    await next.click()
    await view.page.clock.fastForward(600)
    await view.page.getByRole('button', { name: 'Acknowledge and send' }).click()
    await view.send({ type: 'sidebar', model: sidebar(view.now, { requests: [done, settled(view.now, 'acknowledged', { id: 'ap_own' })] }) })
    assert.match(await view.page.evaluate<string>('document.activeElement.textContent'), /No calls are waiting/)
    await view.close()
  })

  test('who has made no call yet is told how to begin, and led to a terminal', async () => {
    const view = await opened(() => [])
    await view.send({ type: 'sidebar', model: sidebar(view.now, { today: { calls: 0, held: 0, masked: 0 } }) })
    await view.page.getByText('without a provider key').waitFor()
    await view.page.getByRole('button', { name: 'Open a governed terminal' }).click()
    assert.deepEqual((await view.said()).filter((message) => message.type === 'openTerminal'), [{ type: 'openTerminal' }])
    await view.send({ type: 'sidebar', model: sidebar(view.now, { today: { calls: 2, held: 0, masked: 0 } }) })
    assert.equal(await view.page.getByRole('button', { name: 'Open a governed terminal' }).count(), 0)
    await view.close()
  })

  test('lists what was started last first, wherever refused calls come in', async () => {
    const view = await opened(() => [])
    const launch = (id: string, startedAt: number) => ({ id, kind: 'script' as const, file: `${id}.py`, startedAt, calls: 1 })
    await view.send({ type: 'sidebar', model: sidebar(view.now, { launches: [launch('second', 20), launch('third', 30), launch('first', 10)] }) })
    assert.deepEqual((await view.page.locator('.cs-row .t').allInnerTexts()).map((text) => text.trim()), ['third.py', 'second.py', 'first.py'])
    await view.close()
  })

  test('a card that settles elsewhere keeps its box and place until Clear', async () => {
    const view = await opened((now) => [review(now), own(now)])
    await view.page.locator('[data-head="ap_review"]').click()
    const top = () => within(view, '[data-head="ap_own"]', 'element.closest("li").previousElementSibling.getBoundingClientRect().top')
    const before = await top()
    await view.send({ type: 'sidebar', model: sidebar(view.now, { requests: [settled(view.now, 'denied', { id: 'ap_review' }), own(view.now)] }) })
    assert.equal(await top(), before)
    assert.match((await view.page.getByRole('article').textContent()) ?? '', /Denied by Grace Lindqvist[\s\S]*Use the masked export/)
    await view.page.getByRole('button', { name: 'Clear' }).click()
    assert.deepEqual((await view.said()).filter((message) => message.type === 'clear'), [{ type: 'clear', requests: ['ap_review'] }])
    assert.equal(await view.page.locator('[data-head="ap_review"]').count(), 0)
    await view.close()
  })

  test('time left runs in the hub’s time, in place, and is no live region', async () => {
    const view = await opened((now) => [review(now, { expiresAt: now + 125_000, hubOffsetMs: 60_000 })])
    const timer = view.page.getByRole('timer')
    assert.equal(await timer.textContent(), '1 min left')
    await view.page.clock.fastForward(20_000)
    assert.equal(await timer.textContent(), '50 s left')
    assert.match((await timer.getAttribute('class')) ?? '', /soon/)
    assert.equal(await timer.getAttribute('aria-live'), 'off')
    assert.match((await timer.getAttribute('title')) ?? '', /^Ends \d\d:\d\d:\d\d, hub time$/)
    await view.close()
  })

  test('a mask opens with Enter, tells its rule and proof, and Escape leads back; a copy carries its name', async () => {
    const view = await opened((now) => [own(now)])
    const masks = view.page.locator('.cs-m')
    await masks.first().focus()
    await view.page.keyboard.press('ArrowRight')
    await view.page.keyboard.press('Enter')
    const dialog = view.page.getByRole('dialog', { name: 'EMAIL 1' })
    assert.match((await dialog.textContent()) ?? '', /Contact data is masked[\s\S]*e-mail recogniser 3.2, certain[\s\S]*characters 112 to 131[\s\S]*5be1…09d2/)
    await view.page.keyboard.press('Escape')
    assert.equal(await dialog.count(), 0)
    assert.equal(await within(view, '[data-copy="[EMAIL_1]"]', 'element === document.activeElement'), true)
    await view.page.evaluate(`getSelection().selectAllChildren(document.querySelector('.part'))`)
    await view.page.keyboard.press('Control+c')
    assert.match(await view.page.evaluate<string>('navigator.clipboard.readText()'), /^Which of these were charged twice\?\n\[PERSON_1\] \[EMAIL_1\] \[CREDIT_CARD_1\]/)
    await view.close()
  })

  test('what was typed and opened is there again after the view was hidden', async () => {
    const view = await opened((now) => [review(now), own(now)])
    await view.page.locator('[data-head="ap_own"]').click()
    await field(view).fill('Half a sen')
    await view.page.clock.fastForward(1000)
    await view.page.reload()
    await view.send({ type: 'init', protocol: 1, locale: 'en', words: {} }, { type: 'sidebar', model: sidebar(view.now, { requests: [review(view.now), own(view.now)] }) })
    assert.equal(await field(view).inputValue(), 'Half a sen')
    await view.close()
  })

  test('a message that does not parse changes nothing and is reported without its content', async () => {
    const view = await opened((now) => [review(now)])
    await view.sendRaw({ type: 'sidebar', model: { ...sidebar(view.now), person: 'secret-value' } })
    const fault = (await view.said()).find((message) => message.type === 'fault')
    assert.equal(fault?.code, 'message')
    assert.doesNotMatch(JSON.stringify(fault), /secret-value/)
    assert.equal(await view.page.getByRole('article').count(), 1)
    await view.close()
  })

  test('the card’s roles and names, as a screen reader finds them', async () => {
    const view = await opened((now) => [review(now)])
    const tree = await view.page.locator('main').ariaSnapshot()
    for (const line of [
      /- main "Approvals"/, /- heading "Waiting for you 1" \[level=2\]/, /- list:/, /- article "Ada Moreno asks to send a prompt to claude-sonnet-4-5 at Anthropic, held by rule Patient data needs two people because it contains 12 medical record numbers\."/,
      /- button "Ada Moreno \(ada\.moreno\) ends \d\d:\d\d" \[expanded\]/, /- heading "Ada Moreno asks[^"]*" \[level=3\]/, /- link "Patient data needs two people"/, /- blockquote/,
      /- '?button "hidden here, sent as is: MEDICAL_RECORD 1"/, /- button "masked PERSON 1"/, /- textbox "Your reason \(Ada will read it\)"/, /- button "Approve once"/, /- button "Deny"/,
    ])
      assert.match(tree, line)
    await view.close()
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ToView } from '../../../src/protocol/panel.ts'
import type { Row } from '../../../src/protocol/panelModels.ts'
import { bundle, details, EVENTS, LAUNCHES, NOW, own, review, ROWS, settled, sidebar, text, timeline, waiting } from '../samples.ts'
import { ALL_THEMES, startHost, type Host, type View, type ViewName } from './page.ts'

/** S51: everything that a requester, a model or a provider can write, in every place where it is drawn. */
const CORPUS = [
  '<img src=x onerror=window.owned=1>',
  '<script>window.owned=1</script>',
  '"><svg/onload=window.owned=1>',
  "' onfocus=window.owned=1 autofocus tabindex=0 x='",
  '</textarea><iframe src="javascript:window.owned=1">',
  '<a href="command:workbench.action.terminal.new">open</a>',
  '<style>*{display:none}</style><link rel=stylesheet href=//evil.example/x.css>',
  '${7*7}{{constructor.constructor("window.owned=1")()}}',
  'javascript:window.owned=1',
  '**bold** {rule} {name}',
  'invoice\u202egnp.exe',
  '\u2066\u2067\u2068left\u2069',
  'zero\u200bwidth\ufeff\u2060',
  'tags\u{e0041}\u{e0042}',
  'bell\u0007 escape\u001b[31m',
  'p\u0430ypal',
  'a'.repeat(200),
  '\u0301'.repeat(120),
]

let host: Host
before(async () => { host = await startHost() })
after(async () => { await host.close() })

/** Puts a payload into every string of a model that may hold any text. */
function poisoned<T>(value: T, payload: string, key = ''): T {
  if (typeof value === 'string') return (FREE.has(key) ? payload : value) as T
  if (Array.isArray(value)) return value.map((one: unknown) => poisoned(one, payload, FREE.has(key) ? key : '')) as T
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one, payload, name === 'scope' && !('holder' in value) ? '' : name)])) as T
  return value
}
const FREE = new Set(['name', 'account', 'department', 'model', 'provider', 'host', 'noun', 'text', 'file', 'purpose', 'requesterReason', 'group', 'person', 'reason', 'readingNow', 'identityProvider', 'limits', 'variesIn', 'by', 'scope', 'holder', 'approver', 'message', 'label', 'sentence', 'why', 'issuer', 'fault', 'error', 'recogniser', 'rule', 'tail', 'shown'])

/** What must be true of a page whatever was written on it. */
function inertness(view: View): Promise<unknown> {
  return view.page.evaluate(`(() => {
    const all = [...document.querySelectorAll('body *')]
    const within = (root) => [...root.querySelectorAll('*')].flatMap((one) => one.shadowRoot ? [...one.shadowRoot.querySelectorAll('*'), ...within(one.shadowRoot)] : [])
    const everything = [...all, ...within(document)]
    const deceiving = /[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\u2060\\ufeff\\u0007\\u001b\\u{e0041}]/u
    return {
      owned: window.owned ?? null,
      foreign: everything.filter((one) => /^(img|iframe|object|embed|form|base|meta|link|style)$/i.test(one.tagName)).map((one) => one.outerHTML.slice(0, 80)),
      scripts: everything.filter((one) => one.tagName === 'SCRIPT').length,
      handlers: everything.filter((one) => [...one.attributes].some((attribute) => /^on/i.test(attribute.name))).map((one) => one.outerHTML.slice(0, 80)),
      addresses: everything.filter((one) => one.hasAttribute('href') && !one.getAttribute('href').startsWith('#i-')).map((one) => one.outerHTML.slice(0, 80)),
      styled: all.filter((one) => one.hasAttribute('style')).map((one) => one.outerHTML.slice(0, 80)),
      drawn: deceiving.test(document.body.innerText),
      named: all.flatMap((one) => ['title', 'aria-label'].map((name) => one.getAttribute(name) ?? '')).filter((value) => deceiving.test(value)),
      violations: window.violations,
    }
  })()`)
}

const CLEAN = { owned: null, foreign: [], scripts: 2, handlers: [], addresses: [], styled: [], drawn: false, named: [], violations: [] }

async function tried(name: ViewName, messages: (now: number) => ToView[]): Promise<void> {
  const view = await host.open(name, { width: name === 'sidebar' ? 320 : 1100, height: 700 })
  const outside: string[] = []
  view.page.on('request', (request) => outside.push(request.url()))
  const now = Date.now()
  for (const payload of CORPUS) {
    await view.send(...poisoned(messages(now), payload))
    assert.deepEqual(await inertness(view), CLEAN, payload)
  }
  assert.deepEqual(outside, [])
  assert.deepEqual(view.complaints, [])
  assert.deepEqual((await view.said()).filter((message) => message.type === 'fault'), [])
  await view.close()
}

describe('S51: what others wrote is drawn, and does nothing', () => {
  test('in an open card of each kind, in rows, notes, grants and launches', async () => {
    const notices = [{ id: 'n1', kind: 'problem' as const, message: 'x', actions: ['showLog' as const] }, { id: 'n2', kind: 'notCovered' as const, file: 'x', count: 1, actions: ['restartKernel' as const] }]
    const grants = (now: number) => [{ id: 'g', scope: 'x', holder: 'x', approver: 'x', endsAt: now + 1e6, used: 1, canRevoke: true }]
    const ofProgram = (now: number) => review(now, { requester: { name: 'x', account: 'x', department: 'x', self: false } })
    for (const one of [ofProgram, own, waiting, bundle])
      await tried('sidebar', (now) => [
        { type: 'sidebar', model: sidebar(now, { requests: [one(now), settled(now, 'denied'), settled(now, 'withdrawn')], notices, grants: grants(now), launches: LAUNCHES, calls: ROWS }) },
        { type: 'reveal', request: one(now).id },
      ])
  })

  test('in an opened mask, in a settled card and in the words of a refusal', async () => {
    await tried('sidebar', (now) => [{ type: 'sidebar', model: sidebar(now, { requests: [settled(now, 'denied')] }) }, { type: 'reveal', request: 'ap_denied' }])
    const view = await host.open('sidebar', {})
    await view.send(...poisoned<ToView[]>([{ type: 'sidebar', model: sidebar(Date.now(), { requests: [own(Date.now())] }) }], CORPUS[0] ?? ''))
    await view.page.locator('.cs-m').first().click()
    assert.match(await view.page.getByRole('dialog').innerText(), /<img src=x onerror/)
    assert.deepEqual(await inertness(view), CLEAN)
    await view.close()
  })

  test('in rows, events, details, records and live text of the timeline', async () => {
    await tried('timeline', () => [
      { type: 'timeline', model: timeline({ rows: ROWS.map((row): Row => ({ ...row })), events: EVENTS, notices: [{ id: 'n', kind: 'notVerified', message: 'x', actions: ['reportProblem'] }] }) },
      { type: 'show', ex: 'ex_2' },
      { type: 'details', details: details('ex_2', { error: 'x', record: { first: 1, last: 2, journal: 'written', fault: 'x', signature: { issuer: 'x', at: NOW } } }) },
      { type: 'live', ex: 'ex_2', at: NOW, segments: [text('x')] },
    ])
  })
})

test('no state of either view, in any theme, meets the content security policy', async () => {
  for (const theme of ALL_THEMES) {
    const now = Date.now()
    const side = await host.open('sidebar', { theme })
    await side.send({ type: 'sidebar', model: sidebar(now, { phase: 'signedOut', person: null }) }, { type: 'sidebar', model: sidebar(now, { requests: [review(now)] }) })
    await side.page.locator('.cs-m').first().click()
    const time = await host.open('timeline', { theme, width: 1100 })
    await time.send({ type: 'timeline', model: timeline() }, { type: 'show', ex: 'ex_2' }, { type: 'details', details: details() })
    await time.page.getByRole('button', { name: 'As a table' }).click()
    for (const view of [side, time]) {
      assert.deepEqual(await view.page.evaluate('window.violations'), [], theme)
      assert.deepEqual(view.complaints, [], theme)
      await view.close()
    }
  }
})

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { SidebarModel } from '../../../src/protocol/panel.ts'
import { WORDS } from '../../../webview/words.ts'
import { bundle, details, LAUNCHES, mask, own, review, ROWS, settled, sidebar, text, timeline, waiting } from '../samples.ts'
import { ALL_THEMES, clipped, startHost, until, within, type Host, type View } from './page.ts'

let host: Host
before(async () => { host = await startHost() })
after(async () => { await host.close() })

/** As a language with longer words would: each word about 35 % longer, values where they were. */
function longer(english: string): string {
  return english.split(/(\{\w+\})/).map((part, i) => (i % 2 === 1 ? part : part.replace(/\p{L}{2,}/gu, (word) => word + word.slice(-Math.ceil(word.length * 0.35))))).join('')
}
const LONG: Record<string, string> = Object.fromEntries(Object.values(WORDS).flatMap((entry) => (typeof entry === 'string' ? [entry] : [entry.one, entry.other])).map((english) => [english, longer(english)]))

/** As the sample's own policy holds a call: one kind of finding, no words of the requester. */
const PLAIN = { requesterReason: undefined, findings: [{ type: 'CREDIT_CARD', count: 3, fate: 'asIs' as const }], because: [{ count: 3, noun: 'card numbers' }], reviewers: [] }
const STATES: Record<string, (now: number) => SidebarModel> = {
  empty: (now) => sidebar(now, { launches: LAUNCHES, calls: ROWS }),
  own: (now) => sidebar(now, { requests: [own(now)] }),
  review: (now) => sidebar(now, { requests: [review(now, { assurance: 'fresh' })] }),
  waiting: (now) => sidebar(now, { requests: [waiting(now)] }),
  bundle: (now) => sidebar(now, { requests: [bundle(now)] }),
  queue: (now) => sidebar(now, {
    requests: [review(now, { id: 'ap_a', expiresAt: now + 45_000 }), own(now), bundle(now)],
    grants: [{ id: 'g', scope: 'Cards to gpt-4.1', holder: 'you', approver: 'Grace Lindqvist', endsAt: now + 810_000, used: 4, of: 20, canRevoke: true }],
  }),
  signedOut: (now) => sidebar(now, { phase: 'signedOut', person: null }),
  notices: (now) => sidebar(now, {
    phase: 'starting',
    notices: [
      { id: 'n1', kind: 'hubAway', since: now, count: 31, actions: ['tryHub'] },
      { id: 'n2', kind: 'notCovered', file: 'ask.ipynb', count: 1, actions: ['restartKernel', 'why', 'hideNotice'] },
      { id: 'n3', kind: 'agentStopped', count: 2, actions: ['startAgent', 'showLog'] },
    ],
  }),
  hubAway: (now) => sidebar(now, { requests: [review(now, { decidable: { reason: 'hubAway' }, grants: [] })] }),
  signingIn: (now) => sidebar(now, { requests: [review(now, { signingIn: true, assurance: 'fresh' })] }),
}

async function timelineAt(width: number, words: Record<string, string> = {}, theme: (typeof ALL_THEMES)[number] = 'light'): Promise<View> {
  const view = await host.open('timeline', { width, height: 700, words, theme })
  await view.send({ type: 'timeline', model: timeline() }, { type: 'show', ex: 'ex_2' }, { type: 'details', details: details() })
  return view
}
/** Names of files and models may end in an ellipsis; words may not. */
const MAY_END = ['.tl-row > .model', '.tl-lane .t', '.tl-lane .t b', '.tl-lane .quiet', 'vscode-dropdown', '.tl-scroll', '.tl-foot']

describe('no text is cut off', () => {
  for (const width of [170, 240, 320])
    test(`in the sidebar at ${width} px, also with words 35 % longer`, async () => {
      for (const words of [{}, LONG]) {
        const view = await host.open('sidebar', { width, words, zoom: width === 170 ? 2 : 1 })
        for (const [name, model] of Object.entries(STATES)) {
          await view.send({ type: 'sidebar', model: sidebar(Date.now()) }, { type: 'sidebar', model: model(Date.now()) })
          assert.deepEqual(await clipped(view), [], name)
          assert.equal(await within(view, 'html', 'element.scrollWidth <= element.clientWidth'), true, name)
        }
        await view.close()
      }
    })

  for (const width of [170, 240, 320, 700, 920, 1100])
    test(`in the timeline at ${width} px, also with words 35 % longer`, async () => {
      for (const words of [{}, LONG]) {
        const view = await timelineAt(width, words)
        await until(view, `document.querySelector('.tl-rec')`)
        assert.deepEqual(await clipped(view, MAY_END), [])
        assert.equal(await within(view, '.tl-scroll', 'element.scrollWidth <= element.clientWidth'), true)
        await view.close()
      }
    })
})

test('controls are at least 24 px high and wide', async () => {
  const small = `[...document.querySelectorAll('button, vscode-button, vscode-dropdown, vscode-text-field, a[role=link]')].filter((one) => !one.matches('a, .meta') && one.getBoundingClientRect().height > 0 && (one.getBoundingClientRect().height < 23.9 || one.getBoundingClientRect().width < 23.9)).map((one) => one.outerHTML.slice(0, 80))`
  const side = await host.open('sidebar', { width: 320 })
  await side.send({ type: 'sidebar', model: STATES['review']!(Date.now()) })
  const time = await timelineAt(1100)
  for (const view of [side, time]) {
    assert.deepEqual(await view.page.evaluate(small), [])
    await view.close()
  }
})

test('the details stand below the list under 900 px, and the numbers that do not fit give way', async () => {
  const wide = await timelineAt(1100)
  assert.equal(await wide.page.getByRole('separator').getAttribute('aria-orientation'), 'vertical')
  assert.equal(await wide.page.getByRole('columnheader', { name: 'Tokens' }).isVisible(), true)
  await wide.close()
  const narrow = await timelineAt(700)
  assert.equal(await narrow.page.getByRole('separator').getAttribute('aria-orientation'), 'horizontal')
  assert.equal(await narrow.page.getByRole('columnheader', { name: 'Tokens' }).isVisible(), false)
  await narrow.close()
})

test('under 900 px the steps and the record stand together beside a long text, and text of right-to-left script reads from the right', async () => {
  const view = await host.open('timeline', { width: 700, height: 700 })
  const long = { role: 'user' as const, index: 1, of: 2, segments: [text('Sort these notes.\n'.repeat(80))] }
  const hebrew = { role: 'user' as const, index: 2, of: 2, segments: [text('שלום')] }
  await view.send({ type: 'timeline', model: timeline() }, { type: 'show', ex: 'ex_2' }, { type: 'details', details: details('ex_2', { prompt: { parts: [hebrew, long], found: 0, masked: 0 } }) })
  await until(view, `document.querySelector('.tl-rec')`)
  assert.equal(await within(view, '.tl-det .record', `element.getBoundingClientRect().top - element.ownerDocument.querySelector('.tl-det .steps').getBoundingClientRect().bottom < 40`), true)
  assert.equal(await within(view, '.tl-det .cs-text .part', `(() => { const range = document.createRange(); range.selectNodeContents(element); range.setStartAfter(element.querySelector('.role')); return element.getBoundingClientRect().right - range.getBoundingClientRect().right < 20 })()`), true)
  await view.close()
})

test('names of types are shown to their end, in chips and in texts', async () => {
  const name = `CUSTOM_${'INTERNAL_'.repeat(6)}NUMBER`
  const view = await host.open('sidebar', { width: 240 })
  await view.send({ type: 'sidebar', model: sidebar(Date.now(), { requests: [review(Date.now(), { findings: [{ type: name, count: 2, fate: 'masked' }], parts: [{ role: 'user', index: 1, of: 1, segments: [mask(name, 1)] }] })] }) })
  await until(view, `document.querySelector('.cs-m')`)
  assert.deepEqual(await clipped(view), [])
  for (const one of ['.cs-chip', '.cs-m']) assert.equal(await within(view, one, 'element.getBoundingClientRect().right <= innerWidth && element.getBoundingClientRect().height > 30'), true, one)
  await view.close()
})

test('a card to review shows what would be sent without scrolling: in the room of a usual window, and less of it in a low one', async () => {
  // The view in a window of 860 px, 800 px and 720 px with the other views folded, and of 860 px with all three open.
  for (const [height, least, more] of [[660, 120, {}], [605, 120, {}], [525, 40, {}], [430, 40, PLAIN]] as const) {
    const view = await host.open('sidebar', { width: 300, height })
    await view.send({ type: 'sidebar', model: sidebar(Date.now(), { requests: [review(Date.now(), more)] }) })
    await until(view, `document.querySelector('cs-decision .decide')`)
    const seen = await within(view, 'cs-text-box', `element.ownerDocument.querySelector('.decide').getBoundingClientRect().top - element.getBoundingClientRect().top`)
    assert.ok(Number(seen) >= least, `${String(seen)} px of the preview at ${height} px`)
    await view.close()
  }
})

test('under reduced motion the spinner stands still', async () => {
  for (const reducedMotion of [false, true]) {
    const view = await host.open('sidebar', { reducedMotion })
    await view.send({ type: 'sidebar', model: sidebar(Date.now(), { phase: 'starting' }) })
    assert.equal(await within(view, '.cs-spin', 'getComputedStyle(element).animationName'), reducedMotion ? 'none' : 'cs-turn')
    await view.close()
  }
})

test('pictures of both views in four themes lie in test-results', async () => {
  for (const theme of ALL_THEMES) {
    for (const width of [320, 240]) {
      const view = await host.open('sidebar', { theme, width, height: 300 })
      for (const name of ['review', 'own', 'waiting', 'queue', 'empty', 'signedOut', 'notices', 'hubAway']) {
        await view.send({ type: 'sidebar', model: sidebar(Date.now()) }, { type: 'sidebar', model: STATES[name]!(Date.now()) })
        await view.shot(`sidebar-${name}-${width}-${theme}`)
      }
      await view.send({ type: 'sidebar', model: sidebar(Date.now(), { requests: [review(Date.now())] }) })
      await view.send({ type: 'sidebar', model: sidebar(Date.now(), { requests: [settled(Date.now(), 'denied', { id: 'ap_review' })] }) })
      await view.shot(`sidebar-denied-${width}-${theme}`)
      await view.close()
    }
    for (const width of [1100, 700]) {
      const view = await timelineAt(width, {}, theme)
      await view.shot(`timeline-${width}-${theme}`)
      await view.close()
    }
  }
})

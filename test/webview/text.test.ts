import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'node:test'
import { segmentUnits, type Segment } from '../../src/protocol/panelModels.ts'
import { duration, timeLeft } from '../../webview/format.ts'
import { codePointName, plainly, runs } from '../../webview/inert.ts'
import { excerpt, firstPart, released } from '../../webview/state.excerpt.ts'
import { hear, passed, SILENCE, utter } from '../../webview/state.speech.ts'
import { pieces, say, sayCount, useTranslation, WORDS } from '../../webview/words.ts'
import { mask, review, text, NOW } from './samples.ts'

const drawn = (value: string): string => runs(value).map((run) => (run.kind === 'inert' ? `[${codePointName(run.codePoint)}]` : run.kind === 'mixed' ? `<${run.text}>` : run.text)).join('')

describe('text that somebody else wrote', () => {
  test('names characters that turn, hide or control, and leaves languages and emoji alone', () => {
    assert.equal(drawn('SUP-22\u202e91'), 'SUP-22[U+202E]91')
    assert.equal(drawn('a\u200bb\u0007c\u2066'), 'a[U+200B]b[U+0007]c[U+2066]')
    assert.equal(drawn('line\n\tnext \u{e0041}'), 'line\n\tnext [U+E0041]')
    assert.equal(drawn('مرحبا שלום हिन्दी 👩‍💻 ❤️ naïve'), 'مرحبا שלום हिन्दी 👩‍💻 ❤️ naïve')
    assert.equal(plainly('x\u2028y'), 'x[U+2028]y')
  })

  test('marks words that mix scripts which look alike, and no whole word of one script', () => {
    assert.equal(drawn('pay\u0440al is not Москва'), '<pay\u0440al> is not Москва')
  })

  test('loses nothing else, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const back = runs(value).map((run) => (run.kind === 'inert' ? String.fromCodePoint(run.codePoint) : run.text)).join('')
        assert.equal(back, value)
      }),
    )
  })
})

describe('the preview of a card', () => {
  const units = (segments: readonly Segment[]) => segments.reduce((sum, one) => sum + (one.kind === 'elided' ? (one.what === 'characters' ? one.count : 0) : segmentUnits(one)), 0)

  test('begins with the part that leaves something as it is', () => {
    assert.equal(firstPart(review(NOW).parts)?.index, 2)
  })

  test('stays within eight lines and counts what it leaves out', () => {
    const long = [text('word '.repeat(400)), mask('EMAIL', 1), text('\n'.repeat(40)), mask('PHONE', 1), text('end')]
    const shown = excerpt(long)
    assert.ok(units(shown) <= units(long) + 1)
    assert.ok(shown.some((one) => one.kind === 'elided'))
    assert.ok(shown.some((one) => one.kind === 'mask' && one.type === 'EMAIL'))
    const characters = shown.reduce((sum, one) => sum + (one.kind === 'elided' ? 0 : segmentUnits(one)), 0)
    assert.ok(characters < 350, String(characters))
    assert.deepEqual(excerpt([text('short')]), [text('short')])
  })

  test('a replay shows exactly as many units as were released', () => {
    const whole = [text('Dear '), mask('PERSON', 1), text(', hello')]
    assert.deepEqual(released(whole, 3), [text('Dea')])
    assert.deepEqual(released(whole, 6), whole.slice(0, 2))
    assert.deepEqual(released(whole, 99), whole)
    assert.deepEqual(released(whole, 0), [])
  })
})

describe('what is said aloud', () => {
  const join = (last: string, others: number) => `${last} +${others}`

  test('one sentence in five seconds, the others joined', () => {
    const first = utter(hear(SILENCE, ['A.']), 1000, true, join)
    assert.equal(first.say, 'A.')
    const more = hear(first.speech, ['B.', 'C.'])
    assert.equal(utter(more, 3000, true, join).say, null)
    assert.equal(utter(more, 6000, true, join).say, 'C. +1')
  })

  test('nothing while the view has no focus: the toast has said it', () => {
    const quiet = utter(hear(SILENCE, ['A.']), 1000, false, join)
    assert.equal(quiet.say, null)
    assert.equal(utter(quiet.speech, 2000, true, join).say, null)
  })

  test('half time and one minute, once each', () => {
    assert.equal(passed(0, 100, 0, 600_000), null)
    assert.equal(passed(299_000, 300_000, 0, 600_000), 'half')
    assert.equal(passed(539_000, 540_000, 0, 600_000), 'minute')
    assert.equal(passed(300_000, 301_000, 0, 600_000), null)
    assert.equal(passed(590_000, 700_000, 0, 600_000), null)
  })
})

describe('words', () => {
  test('time left never promises more than there is, and counts in tens of seconds at the end', () => {
    assert.deepEqual(timeLeft(299_999), { text: '4 min left', soon: false })
    assert.deepEqual(timeLeft(60_000), { text: '1 min left', soon: false })
    assert.deepEqual(timeLeft(49_000), { text: '50 s left', soon: true })
    assert.deepEqual(timeLeft(1), { text: '10 s left', soon: true })
    assert.deepEqual(timeLeft(0), { text: 'time is over', soon: true })
  })

  test('durations are as coarse as they may be read', () => {
    assert.deepEqual([6, 700, 3100, 48_200, 120_000, 3_900_000].map(duration), ['6 ms', '0.7 s', '3.1 s', '48 s', '2 min', '1 h 5 min'])
  })

  test('each sentence is whole: both forms of a number, balanced bold, no glue at its ends', () => {
    for (const [key, entry] of Object.entries(WORDS)) {
      const forms = typeof entry === 'string' ? [entry] : [entry.one, entry.other]
      for (const form of forms) {
        assert.equal(form.split('**').length % 2, 1, key)
        assert.equal(form, form.trim(), key)
        assert.doesNotMatch(form, /!|\bplease\b|error occurred/i, key)
      }
    }
  })

  test('a translation is found by its English sentence, and values go where it puts them', () => {
    useTranslation({ '{n} min left': 'noch {n} Min.', 'Ends {time}, hub time': '{time}: Ende' }, 'de')
    assert.equal(say('left.min', { n: 4 }), 'noch 4 Min.')
    assert.equal(say('left.ends', { time: '14:06' }), '14:06: Ende')
    assert.equal(sayCount('tl.calls', 2), '2 calls')
    useTranslation({}, 'en')
    assert.deepEqual(pieces('**{a} b**, c {d}'), [
      { kind: 'slot', name: 'a', strong: true }, { kind: 'text', text: ' b', strong: true }, { kind: 'text', text: ', c ', strong: false }, { kind: 'slot', name: 'd', strong: false },
    ])
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromView, toView } from '../../src/protocol/panel.ts'
import { request, segment, segmentUnits } from '../../src/protocol/panelModels.ts'
import { details, NOW, review, sidebar, timeline } from '../webview/samples.ts'

test('what both sides send parses, whole models included', () => {
  assert.equal(toView.safeParse({ type: 'sidebar', model: sidebar(NOW, { requests: [review(NOW)] }) }).success, true)
  assert.equal(toView.safeParse({ type: 'timeline', model: timeline() }).success, true)
  assert.equal(toView.safeParse({ type: 'details', details: details() }).success, true)
  assert.equal(fromView.safeParse({ type: 'ready', protocol: 1, view: 'sidebar' }).success, true)
})

test('a member nobody knows, a type nobody knows and a version nobody speaks are refused', () => {
  assert.equal(fromView.safeParse({ type: 'signIn', how: 'browser', command: 'x' }).success, false)
  assert.equal(fromView.safeParse({ type: 'approve', request: 'ap_1' }).success, false)
  assert.equal(fromView.safeParse({ type: 'ready', protocol: 2, view: 'sidebar' }).success, false)
  assert.equal(toView.safeParse({ type: 'sidebar', model: { ...sidebar(NOW), raw: 'value' } }).success, false)
})

test('a decision names the bytes that were on the screen', () => {
  const decide = { type: 'decide', act: 'a', request: 'ap_1', verdict: 'approve', reason: 'ok' }
  assert.equal(fromView.safeParse({ ...decide, digests: ['7f3a'] }).success, true)
  assert.equal(fromView.safeParse({ ...decide, digests: [] }).success, false)
  assert.equal(fromView.safeParse(decide).success, false)
})

test('a mask has no place for a value, and ids carry no markup', () => {
  assert.equal(segment.safeParse({ kind: 'mask', type: 'EMAIL', transform: 'redact', fate: 'masked', value: 'ada@example.com' }).success, false)
  assert.equal(segment.safeParse({ kind: 'mask', type: '<img src=x>', transform: 'redact', fate: 'masked' }).success, false)
  assert.equal(request.safeParse(review(NOW, { id: '"><script>' })).success, false)
})

test('replay counts a character of text as one, and everything else as one', () => {
  assert.equal(segmentUnits({ kind: 'text', text: 'abc' }), 3)
  assert.equal(segmentUnits({ kind: 'mask', type: 'EMAIL', transform: 'redact', fate: 'masked' }), 1)
})

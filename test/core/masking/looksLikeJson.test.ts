import assert from 'node:assert/strict'
import { test } from 'node:test'
import { looksLikeJson } from '../../../src/core/masking/json/looksLikeJson.ts'

test('a text is taken for JSON by its first marks, and an address in brackets is none', () => {
  for (const json of ['{"a":1}', '{ }', ' ["x"]', '[[1]]', '[]', '[1, 2]', '[1]']) assert.equal(looksLikeJson(json), true, json)
  for (const text of ['hello', '[2001:db8::1]', '[see above]', '{a}', '[12 of 30]']) assert.equal(looksLikeJson(text), false, text)
  for (const short of ['', ' ', '{', '[', '[20', '[2001']) assert.equal(looksLikeJson(short), undefined, short)
})

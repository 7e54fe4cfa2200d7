import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OwnKeys } from '../../../src/agent/upstream/ownKeys.ts'

const ada = { issuer: 'https://id.example', subject: 'ada' }
const grace = { issuer: 'https://id.example', subject: 'grace' }

test('a provider key that a person brought serves that person only, is news once, and goes when they say so', () => {
  const keys = new OwnKeys()
  assert.equal(keys.set('openai', 'sk-ada', ada), true)
  assert.equal(keys.set('openai', 'sk-ada', { ...ada }), false, 'a window that attaches brings it again')
  assert.equal(keys.get('openai', ada), 'sk-ada')
  for (const other of [grace, { ...ada, issuer: 'https://other.example' }, undefined]) assert.deepEqual([keys.get('openai', other), keys.namesFor(other)], [undefined, []])
  assert.deepEqual(keys.namesFor(ada), ['openai'])
  assert.equal(keys.set('openai', null, ada), true)
  assert.equal(keys.set('openai', null, ada), false)
  assert.equal(keys.get('openai', ada), undefined)
})

test('the same key of another person is theirs from then on', () => {
  const keys = new OwnKeys()
  keys.set('openai', 'sk-shared', ada)
  assert.equal(keys.set('openai', 'sk-shared', grace), true)
  assert.deepEqual([keys.get('openai', ada), keys.get('openai', grace)], [undefined, 'sk-shared'])
})

test('a key that the agent was started with serves whoever is signed in', () => {
  const keys = new OwnKeys(new Map([['openai', 'sk-configured']]))
  for (const person of [ada, grace, undefined]) assert.equal(keys.get('openai', person), 'sk-configured')
})

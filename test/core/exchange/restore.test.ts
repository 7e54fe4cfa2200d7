import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runExchange } from '../../../src/core/exchange/exchange.ts'
import { callOf, contentOf, fakeWorld, streamed, textOf } from '../../fakes/exchange.ts'

const POLICY = `version: 1
default: allow
upstreams:
  openai: { url: http://127.0.0.1:9/v1, outside: true }
mask:
  prompt: { EMAIL: pseudonym }
  answer: { SECRET: redact }
rules: []
`

test('a value that left under a pseudonym comes back to its owner, and stands in no record', async () => {
  const world = fakeWorld(POLICY)
  world.answerWith(streamed(['I wrote to [EMA', 'IL_1] for you, an', 'd AKIAQ4Z7WX2LM6NP3RST too.']))
  const body = { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Write to ada.lovelace@example.com please' }] }
  const out = await textOf(await runExchange(callOf(body), world.ports))
  assert.match(Buffer.from(world.sent[0]!.body).toString(), /Write to \[EMAIL_1\] please/)
  assert.equal(contentOf(out), 'I wrote to ada.lovelace@example.com for you, and [SECRET] too.')
  assert.doesNotMatch(JSON.stringify(world.records), /lovelace/)
  assert.match(JSON.stringify(world.records), /I wrote to \[EMAIL_1\] for you/)
  const end = world.records.find(({ event }) => event.type === 'exchange.completed')?.event
  assert.ok(end?.type === 'exchange.completed')
  assert.deepEqual([end.restored, end.masked.map(({ type }) => type)], [{ EMAIL: 1 }, ['SECRET']])
})

test('a placeholder that stands anywhere in a request already, from a session that is over, is not given to another value', async () => {
  const world = fakeWorld(POLICY)
  world.answerWith(streamed(['[EMAIL_1] is not [EMAIL_2].']))
  const messages = [
    { role: 'user', content: 'Write to ada.lovelace@example.com please' },
    { role: 'assistant', content: 'As [EMAIL_1] asked, I did.' },
    { role: 'user', content: 'Thanks' },
  ]
  const out = await textOf(await runExchange(callOf({ model: 'gpt-4o', stream: true, messages }), world.ports))
  assert.match(Buffer.from(world.sent[0]!.body).toString(), /Write to \[EMAIL_2\] please/)
  assert.equal(contentOf(out), '[EMAIL_1] is not ada.lovelace@example.com.')
})

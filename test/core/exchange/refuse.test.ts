import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runExchange } from '../../../src/core/exchange/exchange.ts'
import { callOf, fakeWorld, streamed, textOf, whole } from '../../fakes/exchange.ts'

const POLICY = `version: 1
default: allow
upstreams:
  openai: { url: http://127.0.0.1:9/v1, outside: true }
mask:
  prompt: { US_SSN: refuse, EMAIL: redact }
  answer: { EMAIL: refuse }
rules: []
`
const ask = (content: string, stream = false): ReturnType<typeof callOf> => callOf({ model: 'gpt-4o', stream, messages: [{ role: 'user', content }] })

test('a call with a value that policy refuses is denied as a whole, in a sentence that says why, and on record', async () => {
  const world = fakeWorld(POLICY)
  const answer = await runExchange(ask('SSN 219-09-9998 of ada@example.com'), world.ports)
  const text = await textOf(answer)
  assert.equal(answer.status, 403)
  assert.match(text, /refuses calls that contain US social security numbers, and this one contains 1 US social security number\. Take it out and run it again\. Nothing was sent\./)
  assert.equal(world.sent.length, 0)
  const decided = world.records.find(({ event }) => event.type === 'exchange.decided')
  assert.ok(decided?.event.type === 'exchange.decided')
  assert.equal(decided.event.decision.effect, 'deny')
  assert.doesNotMatch(text + JSON.stringify(world.records), /219-09|ada@example/)
})

test('a call is denied as well where the value stands in one of another type, which is not masked', async () => {
  const world = fakeWorld(POLICY.replace('US_SSN: refuse, EMAIL: redact', 'US_SSN: refuse, EMAIL: refuse'))
  for (const text of ['see https://x.example/?email=ada@example.com', 'curl -u ada@example.com:tideWater31 https://h', 'password=219-09-9998']) {
    const answer = await runExchange(ask(text), world.ports)
    assert.equal(answer.status, 403, text)
    assert.match(await textOf(answer), /refuses calls that contain/)
  }
  assert.equal(world.sent.length, 0)
})

test('an answer with a value that policy refuses there is an error where nothing of it is out, and ends before the value where something is', async () => {
  const world = fakeWorld(POLICY)
  world.answerWith(whole('Write to grace@example.org.'))
  const answer = await runExchange(ask('Who?'), world.ports)
  assert.equal(answer.status, 403)
  assert.match(await textOf(answer), /refuses answers that contain e-mail addresses, and this one does, so nothing more of it is let through\. Ask for an answer without them\./)
  world.answerWith(streamed(['You may write to ', 'grace@exam', 'ple.org, she ', 'knows.']))
  const out = await textOf(await runExchange(ask('Who?', true), world.ports))
  assert.match(out, /You may write to/)
  assert.match(out, /refuses answers that contain e-mail addresses/)
  assert.doesNotMatch(out + JSON.stringify(world.records), /grace|knows/)
  assert.deepEqual(world.records.filter(({ event }) => event.type === 'exchange.failed').length, 2)
})

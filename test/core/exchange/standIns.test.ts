import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runExchange } from '../../../src/core/exchange/exchange.ts'
import { callOf, fakeWorld, textOf, whole } from '../../fakes/exchange.ts'

const POLICY = `version: 1
default: allow
upstreams:
  openai: { url: http://127.0.0.1:9/v1, outside: true }
mask:
  prompt: { CREDIT_CARD: replace }
  answer: { CREDIT_CARD: replace }
rules:
  - id: no-cards-later
    when: { history: { finds: [CREDIT_CARD] } }
    effect: deny
`

test('what stands in the place of a value is no finding when the client sends it back, and a real value is', async () => {
  const world = fakeWorld(POLICY)
  world.answerWith(whole('The card is 5500 0055 5555 5559.'))
  const answer = JSON.parse(await textOf(await runExchange(callOf({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Which card?' }] }), world.ports))) as { choices: readonly { message: { content: string } }[] }
  const content = answer.choices[0]?.message.content ?? ''
  assert.match(content, /The card is 4000 \d{4} \d{4} \d{4}\./)
  const next = async (said: string): Promise<number> => {
    world.answerWith(whole('Yes.'))
    return (await runExchange(callOf({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Which card?' }, { role: 'assistant', content: said }, { role: 'user', content: 'Sure?' }] }), world.ports)).status
  }
  assert.equal(await next(content), 200)
  assert.equal(await next('The card is 5500 0055 5555 5559.'), 403)
})

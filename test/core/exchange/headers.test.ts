import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { runExchange } from '../../../src/core/exchange/exchange.ts'
import { createAnthropic } from '../../../src/core/provider/anthropic/anthropic.ts'
import { createOpenAi } from '../../../src/core/provider/openai/openai.ts'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { callOf, fakeWorld, textOf, whole } from '../../fakes/exchange.ts'

/** Text that tries to end a header or a line: line breaks in every spelling, NUL, and what parsers fold into them. */
const hostile = fc.array(fc.constantFrom('\r\n', '\n', '\r', '\0', '\u2028', '\u0085', '\u010a', '\u010d', 'X-Evil: 1', ': ', 'gpt-4', ' ', 'ü', '😀'), { maxLength: 12 }).map((pieces) => pieces.join(''))
const PLAIN = /^[\x20-\x7e]*$/

describe('S43 no value that somebody chose ends a header or a line that we build', () => {
  test('whatever a client writes into its headers and its model, what goes upstream is plain', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (agent, beta, model) => {
        const world = fakeWorld()
        world.answerWith(whole('ok'))
        const headers = { 'content-type': 'application/json', 'user-agent': agent, 'openai-beta': beta, 'x-stainless-lang': beta, [`x-stainless-${beta}`]: agent }
        const answer = await runExchange(callOf({ model: `simulated-${model}`, messages: [{ role: 'user', content: 'hi' }] }, { headers }), world.ports)
        await textOf(answer)
        for (const { headers: sent } of world.sent) for (const [name, value] of Object.entries(sent)) assert.ok(PLAIN.test(name) && PLAIN.test(value), JSON.stringify([name, value]))
        for (const [name, value] of Object.entries(answer.headers)) assert.ok(PLAIN.test(name) && PLAIN.test(value), JSON.stringify([name, value]))
        for (const record of world.records) assert.doesNotMatch(JSON.stringify(record.event), /[\r\n\0]/)
      }),
      { numRuns: 150 },
    )
  })

  test('a refusal says hostile words in its body only, as JSON that parses', () => {
    fc.assert(
      fc.property(hostile, (words) => {
        for (const provider of [createOpenAi(), createAnthropic()]) {
          const refusal = provider.refuse(new CountersignError('CS_DENIED', `rule "${words}" denied this call.`), 'ex_1')
          for (const [name, value] of Object.entries(refusal.headers)) assert.ok(PLAIN.test(name) && PLAIN.test(value))
          JSON.parse(Buffer.from(refusal.body).toString('utf8'))
        }
      }),
    )
  })
})

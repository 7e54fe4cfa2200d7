/**
 * Values put where nobody looks for them: in every string, number, name and list of every dialect's request body, one at a time.
 * Whatever the place, the value neither leaves nor stands in what the record keeps as it is. The table only grows.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { ROUTES } from '../../../src/core/provider/registry.ts'
import type { ModelCall, Operation, Provider } from '../../../src/core/provider/provider.ts'
import { CARD, EMAIL, smuggled, VALUE, type Json } from '../../fakes/smuggle.ts'
import { maskerWith, optionsFor } from '../masking/masker.ts'

interface Body {
  readonly prefix: string
  readonly path: string
  readonly body: Json
}

const { masker } = maskerWith()
const BODIES = JSON.parse(readFileSync(path.join(import.meta.dirname, 'bypassBodies.json'), 'utf8')) as Body[]
/** What would leave and what would be recorded as it is; nothing when the body is refused. */
function outcome(provider: Provider, operation: Operation, body: Json): { readonly sent: string; readonly kept: string } | undefined {
  let call: ModelCall
  try {
    call = provider.describe(operation, Buffer.from(JSON.stringify(body)))
    const texts = call.parts.map((part) => !VALUE.test(part.text) ? part.text : masker.mask(part.text, optionsFor(part.kind, { path: part.path, ...(part.key === undefined ? {} : { key: part.key }) })).text)
    return { sent: Buffer.from(call.rewrite(texts, { masking: true })).toString(), kept: JSON.stringify([call.params, call.opaque, call.model, call.parts.map((part) => part.path)]) }
  } catch (error) {
    if (error instanceof CountersignError) return undefined
    throw error
  }
}

interface AnswerBody extends Body {
  readonly kind: 'json' | 'sse' | 'error'
}

const ANSWERS = JSON.parse(readFileSync(path.join(import.meta.dirname, 'bypassAnswers.json'), 'utf8')) as AnswerBody[]
/** Numbers that the provider makes and that mean nothing else: a time, a place in a list of vectors, a vector. */
const COUNTED = /^a (?:card number|list of card numbers)(?: as text)? in place of \/(?:created|data\/0\/(?:index|embedding(?:\/\d)?))$|member of \/data\/0$/

/** What a client gets and what is recorded of it, nothing when the answer is refused. */
function returned(provider: Provider, operation: Operation, { kind, ask }: { readonly kind: AnswerBody['kind']; readonly ask: Json }, answer: Json): string | undefined {
  const call = provider.describe(operation, Buffer.from(JSON.stringify({ ...(ask as object), ...(kind === 'sse' ? { stream: true } : {}) })))
  call.rewrite(call.parts.map(({ text }) => text), { masking: true })
  const session = masker.session('bypass')
  const reply = { status: kind === 'error' ? 400 : 200, contentType: kind === 'sse' ? 'text/event-stream' : 'application/json' }
  const last = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
  const source = kind === 'sse' ? `data: ${JSON.stringify(answer)}\n\ndata: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n` : JSON.stringify(answer)
  try {
    const codec = provider.answer(call, reply, (channel) => session.open(optionsFor(channel.kind, { direction: 'answer', ...channel })))
    return Buffer.concat([codec.push(Buffer.from(source)), codec.end()]).toString() + JSON.stringify(codec.summary)
  } catch (error) {
    if (error instanceof CountersignError) return undefined
    throw error
  }
}

describe('a value put anywhere into an answer', () => {
  for (const { prefix, path: below, kind, body } of ANSWERS)
    test(`of ${prefix}${below} (${kind}) is masked or refused, and not recorded`, () => {
      const provider = ROUTES.find((route) => route.prefix === prefix)?.create()
      const operation = provider?.route('POST', below)
      const ask = BODIES.find((one) => one.prefix === prefix && one.path === below)?.body ?? { model: 'm', messages: [] }
      assert.ok(provider && typeof operation === 'object')
      assert.ok(returned(provider, operation, { kind, ask }, body), 'the plain answer passes')
      const bad: string[] = []
      for (const [how, smuggling] of smuggled(body)) if (!COUNTED.test(how) && VALUE.test(returned(provider, operation, { kind, ask }, smuggling) ?? '')) bad.push(how)
      assert.deepEqual(bad, [])
    })
})

test('a value in place of the type of an answer is not repeated by the refusal, a type is', () => {
  for (const { prefix, create } of ROUTES) {
    const call = { operation: { name: 'chat.completions', method: 'POST', path: '/chat/completions' }, model: 'm', streaming: false, parts: [], opaque: [], tools: [], params: {}, rewrite: () => Buffer.alloc(0) } as const
    const open = (): never => assert.fail('nothing is read')
    for (const type of [EMAIL, `text/${EMAIL}`, `text/html; x=${EMAIL}`, `text/${CARD}`, `${EMAIL}/x`])
      assert.throws(() => create().answer(call, { status: 200, contentType: type }, open), (error: unknown) => error instanceof CountersignError && !VALUE.test(error.message), prefix)
    assert.throws(() => create().answer(call, { status: 200, contentType: 'text/html; charset=utf-8' }, open), /answered with "text\/html"/, prefix)
  }
})

describe('a value put anywhere into a request', () => {
  for (const { prefix, path: below, body } of BODIES)
    test(`of ${prefix}${below} is masked or refused, and not recorded`, () => {
      const provider = ROUTES.find((route) => route.prefix === prefix)?.create()
      const operation = provider?.route('POST', below)
      assert.ok(provider && typeof operation === 'object')
      assert.ok(outcome(provider, operation, body), 'the plain body passes')
      const bad: string[] = []
      for (const [how, smuggling] of smuggled(body)) {
        const seen = outcome(provider, operation, smuggling)
        if (seen && VALUE.test(seen.sent)) bad.push(`sent: ${how}`)
        if (seen && VALUE.test(seen.kept)) bad.push(`recorded: ${how}`)
      }
      assert.deepEqual(bad, [])
    })

  test('as the model is refused without being repeated', () => {
    const withModel = BODIES.filter(({ body }) => typeof (body as { model?: Json }).model === 'string')
    assert.ok(withModel.length > 4)
    for (const { prefix, path: below, body } of withModel) {
      const provider = ROUTES.find((route) => route.prefix === prefix)?.create()
      const operation = provider?.route('POST', below) as Operation
      for (const model of [EMAIL, String(CARD), `ask ${EMAIL}`, '078-05-1120', '020 7946 0958'])
        assert.throws(() => provider?.describe(operation, Buffer.from(JSON.stringify({ ...(body as object), model }))), (error: unknown) => error instanceof CountersignError && !error.message.includes(model))
    }
  })

  test('leaves names of real models alone', () => {
    const provider = ROUTES.find(({ prefix }) => prefix === '/openai/v1')?.create()
    const operation = provider?.route('POST', '/chat/completions') as Operation
    for (const model of ['gpt-4o-2024-08-06', 'ft:gpt-4o-mini-2024-07-18:acme::9aBcDeFg', '@cf/meta/llama-3.1-8b-instruct', 'claude-3-5-sonnet@20240620', 'accounts/fireworks/models/llama-v3p1-8b', 'hf.co/bartowski/Llama-3.2-1B-GGUF:Q4_K_M', '/models/local', 'us.anthropic.claude-3-5-sonnet-20241022-v2:0'])
      assert.equal(provider?.describe(operation, Buffer.from(JSON.stringify({ model, messages: [] }))).model, model)
  })
})

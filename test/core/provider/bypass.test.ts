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
import { maskerWith, optionsFor } from '../masking/masker.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
interface Body {
  readonly prefix: string
  readonly path: string
  readonly body: Json
}

const { masker } = maskerWith()
const BODIES = JSON.parse(readFileSync(path.join(import.meta.dirname, 'bypassBodies.json'), 'utf8')) as Body[]
const EMAIL = 'mira.castellanos@northfield.example'
const CARD = 4111111111111111
const VALUE = /castellanos|4111111111111111/

const INSTEAD: readonly (readonly [string, Json])[] = [
  ['an address', EMAIL],
  ['a sentence', `Mail ${EMAIL} now`],
  ['a card number', CARD],
  ['a card number as text', String(CARD)],
  ['a list of one', [EMAIL]],
  ['a list of card numbers', [CARD]],
  ['a list in a list', [[EMAIL]]],
  ['an unknown member', { x: EMAIL }],
  ['a member name', { [EMAIL]: 1 }],
  ['an identifier', { id: EMAIL }],
  ['a type', { type: EMAIL }],
  ['a signature', { signature: EMAIL }],
  ['an address of data', `data:text/plain,${EMAIL}`],
]
const BESIDE: readonly (readonly [string, Json])[] = [
  ['true', true],
  ['null', null],
  ['a number', 1],
  ['a text', 'x'],
  ['an empty object', {}],
  ['an empty list', []],
]

function pathsOf(node: Json, at: readonly string[] = []): string[][] {
  return [[...at], ...(typeof node === 'object' && node !== null ? Object.entries(node).flatMap(([key, below]) => pathsOf(below, [...at, key])) : [])]
}

function at(root: Json, steps: readonly string[]): Record<string, Json> {
  return steps.reduce<Json>((node, step) => (node as Record<string, Json>)[step] ?? null, root) as Record<string, Json>
}

function changed(root: Json, steps: readonly string[], key: string, value: Json): Json {
  const copy = structuredClone(root)
  at(copy, steps)[key] = value
  return copy
}

function* smuggled(body: Json): Generator<readonly [string, Json]> {
  for (const steps of pathsOf(body)) {
    const name = `/${steps.join('/')}`
    const last = steps.at(-1)
    if (last !== undefined) for (const [how, value] of INSTEAD) yield [`${how} in place of ${name}`, changed(body, steps.slice(0, -1), last, value)]
    const node: unknown = at(body, steps)
    if (typeof node !== 'object' || node === null || Array.isArray(node)) continue
    for (const [how, value] of BESIDE) yield [`${how} under an address as name in ${name}`, changed(body, steps, EMAIL, value)]
    yield [`a card number in an unknown member of ${name}`, changed(body, steps, 'zzz', CARD)]
  }
}

/** What would leave and what would be recorded as it is; nothing when the body is refused. */
function outcome(provider: Provider, operation: Operation, body: Json): { readonly sent: string; readonly kept: string } | undefined {
  let call: ModelCall
  try {
    call = provider.describe(operation, Buffer.from(JSON.stringify(body)))
    const texts = call.parts.map((part) => !VALUE.test(part.text) ? part.text : masker.mask(part.text, optionsFor(part.kind, { path: part.path, ...(part.key === undefined ? {} : { key: part.key }) })).text)
    return { sent: Buffer.from(call.rewrite(texts, { masking: true })).toString(), kept: JSON.stringify([call.params, call.opaque, call.model]) }
  } catch (error) {
    if (error instanceof CountersignError) return undefined
    throw error
  }
}

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

/**
 * Values put where nobody looks for them, in each event of each dialect's streamed answer, one at a time: neither does the
 * client get them nor do they stand in what the record keeps of the answer. The table only grows.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { CountersignError } from '../../../src/protocol/errors.ts'
import { encodeMessage, eventStreamFraming } from '../../../src/core/framing/eventStream.ts'
import type { Operation } from '../../../src/core/provider/provider.ts'
import { ROUTES } from '../../../src/core/provider/registry.ts'
import { smuggled, VALUE, type Json } from '../../fakes/smuggle.ts'
import { maskerWith, optionsFor } from '../masking/masker.ts'

interface Streamed {
  readonly prefix: string
  readonly path: string
  readonly query?: string
  readonly framing: 'sse' | 'ndjson' | 'array' | 'eventstream'
  /** Its end is said in words of its own. */
  readonly done?: true
  /** Binary messages have their name in `:event`. */
  readonly events: readonly { readonly [key: string]: Json }[]
}

const STREAMS = JSON.parse(readFileSync(path.join(import.meta.dirname, 'bypassStreams.json'), 'utf8')) as Streamed[]
const TYPES = { sse: 'text/event-stream', ndjson: 'application/x-ndjson', array: 'application/json', eventstream: 'application/vnd.amazon.eventstream' }
const ASK = { model: 'm', stream: true, messages: [], input: 'x', prompt: 'x', message: 'x', inputs: 'x', contents: [{ parts: [{ text: 'x' }] }] }
/** A number that the provider makes and that means nothing else: a time. */
const COUNTED = /^a (?:card number|list of card numbers)(?: as text)? in place of \/created$/
const { masker } = maskerWith()

function bytesOf({ framing, done }: Streamed, events: readonly Json[]): Uint8Array {
  if (framing === 'array') return Buffer.from(JSON.stringify(events))
  if (framing === 'ndjson') return Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  if (framing === 'sse') return Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + (done ? 'data: [DONE]\n\n' : ''))
  return Buffer.concat(events.map((event) => message(event as Streamed['events'][number])))
}

function message({ ':event': name, ...payload }: Streamed['events'][number]): Uint8Array {
  const data = JSON.stringify(payload)
  const headers = { ':event-type': typeof name === 'string' ? name : JSON.stringify(name), ':content-type': 'application/json', ':message-type': 'event' }
  return encodeMessage(headers, name === 'chunk' ? JSON.stringify({ bytes: Buffer.from(data).toString('base64') }) : data)
}

function textOf({ framing }: Streamed, bytes: Buffer): string {
  if (framing !== 'eventstream') return bytes.toString()
  const payloads = eventStreamFraming().push(bytes).map(({ data }) => JSON.parse(data ?? 'null') as { bytes?: string })
  return payloads.map((payload) => (payload.bytes === undefined ? JSON.stringify(payload) : Buffer.from(payload.bytes, 'base64').toString())).join('\n')
}

/** What a client gets, also of an answer that stops in the middle, and what is recorded. */
function outcome(streamed: Streamed, events: readonly Json[]): { readonly sent: string; readonly kept: string; readonly refused: boolean } {
  const provider = ROUTES.find(({ prefix }) => prefix === streamed.prefix)?.create() ?? assert.fail(streamed.prefix)
  const call = provider.describe(provider.route('POST', streamed.path, streamed.query) as Operation, Buffer.from(JSON.stringify(ASK)))
  call.rewrite(call.parts.map(({ text }) => text), { masking: true })
  const session = masker.session('bypass')
  const codec = provider.answer(call, { status: 200, contentType: TYPES[streamed.framing] }, (channel) => session.open(optionsFor(channel.kind, { direction: 'answer', ...channel })))
  const out: Uint8Array[] = []
  let refused = false
  try {
    out.push(codec.push(bytesOf(streamed, events)))
    out.push(codec.end())
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error
    refused = true
  }
  return { sent: textOf(streamed, Buffer.concat(out)), kept: JSON.stringify(codec.summary), refused }
}

describe('a value put anywhere into an event of a streamed answer', () => {
  for (const streamed of STREAMS)
    test(`of ${streamed.prefix}${streamed.path} (${streamed.framing}) is masked or refused, and not recorded`, () => {
      assert.equal(outcome(streamed, streamed.events).refused, false, 'the plain answer passes')
      const bad: string[] = []
      streamed.events.forEach((event, i) => {
        for (const [how, smuggling] of smuggled(event)) {
          if (COUNTED.test(how)) continue
          const seen = outcome(streamed, streamed.events.with(i, smuggling as Streamed['events'][number]))
          if (VALUE.test(seen.sent)) bad.push(`sent: ${how} of event ${i}`)
          if (VALUE.test(seen.kept)) bad.push(`recorded: ${how} of event ${i}`)
        }
      })
      assert.deepEqual(bad, [])
    })
})

/**
 * Recorded answers of real providers, kept beside the project and replayed where they are present: unchanged when nothing is
 * masked, whatever the cut; with a value masked, it is gone from every copy. A clone without them runs the codecs' own tests.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { eventStreamFraming } from '../../../src/core/framing/eventStream.ts'
import { createAnthropic } from '../../../src/core/provider/anthropic/anthropic.ts'
import { createBedrock } from '../../../src/core/provider/bedrock/bedrock.ts'
import { createCohere } from '../../../src/core/provider/cohere/cohere.ts'
import { createGemini } from '../../../src/core/provider/gemini/gemini.ts'
import { createOllama } from '../../../src/core/provider/ollama/ollama.ts'
import { createOpenAi } from '../../../src/core/provider/openai/openai.ts'
import type { AnswerCodec, Operation, Provider } from '../../../src/core/provider/provider.ts'
import { cutAt, eventsOf, maskingOf, through, type FakeMasking } from '../../fakes/maskStream.ts'

const WIRE = path.resolve(import.meta.dirname, '../../../../shared/wire')
/** `COUNTERSIGN_WIRE=full` tries every cut of files up to 16 KiB and two thousand of larger ones: a minute or two. */
const FULL = process.env['COUNTERSIGN_WIRE'] === 'full'
const WHOLE_CUTS = FULL ? 16 * 1024 : 1500
const SOME_CUTS = FULL ? 2000 : 60
const BOUNDARIES = FULL ? Infinity : 12

interface Kind {
  readonly folder: string
  readonly provider: () => Provider
  readonly path: string
  readonly body: object
  /** Files of the folder that this is about. */
  readonly only?: RegExp
}

const KINDS: readonly Kind[] = [
  { folder: 'openai-chat', provider: createOpenAi, path: '/chat/completions', body: { model: 'm', messages: [], stream: true, stream_options: { include_usage: true } } },
  { folder: 'openai-responses', provider: createOpenAi, path: '/responses', body: { model: 'm', input: 'x', stream: true } },
  { folder: 'openai-legacy-completions', provider: createOpenAi, path: '/completions', body: { model: 'm', prompt: 'x', stream: true, stream_options: { include_usage: true } } },
  { folder: 'gemini', provider: createGemini, path: '/v1beta/models/gemini-x:streamGenerateContent', body: { contents: [{ parts: [{ text: 'x' }] }] } },
  { folder: 'ollama', provider: createOllama, path: '/api/chat', body: { model: 'm', messages: [] } },
  { folder: 'bedrock', only: /^converse/, provider: createBedrock, path: '/model/m/converse-stream', body: { messages: [] } },
  { folder: 'bedrock', only: /^invoke/, provider: createBedrock, path: '/model/amazon.titan/invoke-with-response-stream', body: { inputText: 'x' } },
  { folder: 'cohere', only: /^v1/, provider: createCohere, path: '/v1/chat', body: { model: 'm', message: 'x', stream: true } },
  { folder: 'cohere', only: /^v2/, provider: createCohere, path: '/v2/chat', body: { model: 'm', messages: [], stream: true } },
  { folder: 'mistral', provider: () => createOpenAi({ name: 'mistral', asksForUsage: false }), path: '/chat/completions', body: { model: 'm', messages: [], stream: true } },
  { folder: 'anthropic', provider: createAnthropic, path: '/v1/messages', body: { model: 'm', messages: [], max_tokens: 1, stream: true } },
]

function contentType(file: string): string {
  return file.endsWith('.sse') ? 'text/event-stream' : file.endsWith('.ndjson') ? 'application/x-ndjson' : file.endsWith('.eventstream') ? 'application/vnd.amazon.eventstream' : 'application/json'
}

function codecOf(kind: Kind, file: string, masking: FakeMasking, answersAreMasked: boolean): AnswerCodec {
  const provider = kind.provider()
  const call = provider.describe(provider.route('POST', kind.path) as Operation, Buffer.from(JSON.stringify(kind.body)))
  call.rewrite(call.parts.map(({ text }) => text), { masking: answersAreMasked })
  return provider.answer(call, { status: 200, contentType: contentType(file) }, masking.open)
}

/** All cuts of a small file; of a large one, eight bytes around each event boundary and as many others by a fixed seed. */
function cutsOf(bytes: Buffer): number[] {
  if (bytes.length <= WHOLE_CUTS) return Array.from({ length: bytes.length }, (_, i) => i)
  const cuts = new Set<number>()
  let boundaries = 0
  for (let at = bytes.indexOf('\n\n'); at >= 0 && boundaries < BOUNDARIES; at = bytes.indexOf('\n\n', at + 1), boundaries++) for (let i = -4; i < 4; i++) cuts.add(at + 2 + i)
  let seed = 1
  for (let i = 0; i < SOME_CUTS; i++) {
    seed = (seed * 48_271) % 2_147_483_647
    cuts.add(seed % bytes.length)
  }
  return [...cuts]
}

/** Every text of an answer, pieces of one field put together: what a client can read in any copy. */
function textsOf(answer: Buffer): Map<string, string> {
  const texts = new Map<string, string>()
  const visit = (value: unknown, at: string): void => {
    if (typeof value === 'string') texts.set(at, (texts.get(at) ?? '') + value)
    else if (Array.isArray(value)) value.forEach((item, i) => { visit(item, `${at}/${String((item as { index?: number } | null)?.index ?? i)}`) })
    else if (value !== null && typeof value === 'object') for (const [key, item] of Object.entries(value)) visit(item, `${at}/${key}`)
  }
  for (const event of valuesOf(answer)) {
    const { type, index, output_index, content_index, summary_index } = event as Record<string, string | number | undefined>
    visit(event, [type, index, output_index, content_index, summary_index].map((part) => String(part ?? '')).join(' '))
  }
  return texts
}

/** Events, lines, binary messages, or the one document. */
function valuesOf(answer: Buffer): unknown[] {
  if (answer[0] === 0)
    return eventStreamFraming().push(answer).map(({ data }) => {
      const { bytes, ...rest } = JSON.parse(data ?? 'null') as { bytes?: string }
      return bytes === undefined ? rest : (JSON.parse(Buffer.from(bytes, 'base64').toString('utf8')) as unknown)
    })
  const text = answer.toString('utf8')
  if (!/^[[{]/.test(text)) return eventsOf(answer)
  try {
    return [JSON.parse(text)]
  } catch {
    return text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown)
  }
}

/** Something the answer says that is long enough to be said nowhere by accident. */
function valueIn(kind: Kind, file: string, bytes: Buffer): string | undefined {
  const codec = codecOf(kind, file, maskingOf(), false)
  through(codec, [bytes])
  const text = codec.summary.texts.map(({ value }) => value).find((value) => value.length >= 24)
  const at = Math.floor((text?.length ?? 0) / 2) - 6
  return text?.slice(at, at + 12).replaceAll(/[^\p{L}\p{N} ]/gu, '\u0000').split('\u0000').toSorted((a, b) => b.length - a.length)[0]
}

for (const kind of KINDS) {
  const folder = path.join(WIRE, kind.folder)
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => (kind.only?.test(file) ?? true) && /\.(?:sse|json|ndjson|eventstream)$/.test(file) && !file.endsWith('.meta.json')) : []
  describe(`recorded answers: ${kind.folder} (${files.length} here)`, () => {
    for (const file of files) {
      const bytes = readFileSync(path.join(folder, file))

      test(`${file} passes unchanged, wherever it is cut`, () => {
        for (const cut of cutsOf(bytes)) {
          const out = through(codecOf(kind, file, maskingOf('\u0000 never said'), false), cutAt(bytes, cut))
          if (!out.equals(bytes)) assert.fail(`cut at ${cut}`)
        }
      })

      test(`${file} leaks a masked value in no copy`, () => {
        const value = valueIn(kind, file, bytes)
        if (value === undefined || value.length < 4) return
        for (const cut of [1, Math.floor(bytes.length / 3), Math.floor(bytes.length / 2)]) {
          const out = through(codecOf(kind, file, maskingOf(value), true), cutAt(bytes, cut))
          for (const [at, text] of textsOf(out)) assert.ok(!text.includes(value), `"${value}" stands in ${at}`)
          assert.ok([...textsOf(out).values()].some((text) => text.includes('[MASKED]')), 'nothing was masked')
        }
      })
    }
  })
}

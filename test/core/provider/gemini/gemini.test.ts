import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CountersignError } from '../../../../src/protocol/errors.ts'
import { createGemini } from '../../../../src/core/provider/gemini/gemini.ts'
import type { AnswerCodec, ModelCall, Operation } from '../../../../src/core/provider/provider.ts'
import { bytewise, cutAt, eventsOf, masked, maskingOf, through } from '../../../fakes/maskStream.ts'

const provider = createGemini()
const MAIL = 'mira.castellanos@northfield.example'
const CARD = '4111 1111 1111 1111'
const STREAM = '/v1beta/models/gemini-2.5-flash:streamGenerateContent'
const read = (body: object, path = STREAM): ModelCall => provider.describe(provider.route('POST', path) as Operation, Buffer.from(JSON.stringify(body)))
const codecFor = (contentType = 'text/event-stream', masking = maskingOf(MAIL, CARD)): AnswerCodec => provider.answer(read({ contents: [{ parts: [{ text: 'x' }] }] }), { status: 200, contentType }, masking.open)

interface Answer { candidates: { content: { parts: { text?: string; thought?: boolean; functionCall?: { args: unknown } }[] }; groundingMetadata?: { groundingSupports: { segment: { startIndex: number; endIndex: number; text: string } }[] } }[] }
const textOf = (answers: unknown[], thought = false): string => (answers as Answer[]).flatMap(({ candidates }) => candidates.flatMap(({ content }) => content.parts)).filter((part) => (part.thought ?? false) === thought).map(({ text }) => text ?? '').join('')

describe('a Gemini call as sent', () => {
  test('is read as parts, in both spellings of its members', () => {
    const call = read({
      systemInstruction: { parts: [{ text: 'sys' }] },
      contents: [
        { role: 'user', parts: [{ text: 'first' }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { to: 'x' } }, thoughtSignature: 'AAAA' }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { ok: 'y' } } }] },
        { role: 'user', parts: [{ text: 'last' }, { inline_data: { mime_type: 'image/png', data: 'AAAA' } }, { fileData: { mimeType: 'application/pdf', fileUri: 'https://f.example' } }] },
        { role: 'function', parts: [{ function_response: { name: 'f', response: { late: 'z' } } }] },
      ],
      tools: [{ function_declarations: [{ name: 'f', description: 'd', parameters: { type: 'OBJECT' } }] }, { googleSearch: {} }],
      generationConfig: { temperature: 0.5, stopSequences: ['halt'], responseSchema: { type: 'STRING' }, responseLogprobs: true, logprobs: 3 },
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
      cachedContent: 'cachedContents/c', labels: { who: 'mira' }, novel: MAIL,
    })
    assert.deepEqual(call.parts.map(({ path, role, origin }) => `${path} ${role} ${origin}`), [
      '/systemInstruction/parts/0/text system prompt',
      '/contents/0/parts/0/text user history',
      '/contents/1/parts/0/functionCall/args assistant history',
      '/contents/2/parts/0/functionResponse/response tool history',
      '/contents/3/parts/0/text user prompt',
      '/contents/3/parts/2/fileData/fileUri user prompt',
      '/contents/4/parts/0/function_response/response tool prompt',
      '/tools/0/function_declarations/0/description schema prompt',
      '/tools/0/function_declarations/0/parameters schema prompt',
      '/generationConfig/stopSequences/0 user prompt',
      '/generationConfig/responseSchema schema prompt',
      '/cachedContent user prompt',
      '/labels user prompt',
      '/novel user prompt',
    ])
    assert.deepEqual([call.model, call.streaming, call.tools], ['gemini-2.5-flash', true, ['f', 'googleSearch']])
    assert.deepEqual(call.opaque.toSorted(), ['file', 'image', 'signature', 'stored_context'])
    assert.match(Buffer.from(call.rewrite(call.parts.map(({ text }) => text), { masking: true })).toString(), /"responseSchema":\{"type":"STRING"\}\}/)
  })

  test('takes neither a number of somebody nor a key for the model in the path', () => {
    const body = { contents: [{ parts: [{ text: 'hi' }] }] }
    assert.equal(read(body, '/v1beta/models/gemini-2.5-flash:generateContent').model, 'gemini-2.5-flash')
    for (const model of ['x4111111111111111', 'AIzaSyAnLA7NfeLquW1tJFpx'])
      assert.throws(() => read(body, `/v1beta/models/${model}:generateContent`), { code: 'CS_MALFORMED', message: /^(?!.*(?:4111|AIza))/ }, model)
  })

  test('has its route by model and operation, and a query of its own', () => {
    const route = (query: string): string => (provider.route('POST', STREAM, query) as Operation).path
    assert.equal(route('alt=sse'), `${STREAM}?alt=sse`)
    assert.equal(route('key=AIza&alt=sse'), `${STREAM}?alt=sse`)
    assert.equal(route('alt=sse&note=mira'), STREAM)
    for (const path of ['/upload/v1beta/files', '/v1beta/cachedContents', '/v1beta/tunedModels/x:generateContent', '/v1beta/models/m:batchGenerateContent', '/v1beta/fileSearchStores/x:upload']) assert.equal(provider.route('POST', path), 'denied', path)
    for (const path of ['/v1beta/models/a%2fb:generateContent', '/v1beta//models/m:generateContent', '/nonsense', '/v1beta/models/../x:generateContent']) assert.equal(provider.route('POST', path), undefined, path)
  })
})

describe('a streamed Gemini answer', () => {
  const pieces = (text: string, size: number): string[] => text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? []
  const answer = (parts: object[], more: object = {}): object => ({ candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }], usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5 }, modelVersion: 'gemini-2.5-flash', responseId: 'r1' })
  const answers = (size: number): object[] => [
    ...pieces(`I think of ${MAIL}`, size).map((text) => answer([{ text, thought: true }])),
    ...pieces(`Write to ${MAIL} or ${CARD}.`, size).map((text) => answer([{ text }])),
    answer([{ functionCall: { name: 'f', args: { to: MAIL } }, thoughtSignature: 'AAAA' }], { finishReason: 'STOP', logprobsResult: { chosenCandidates: [{ token: CARD }] } }),
  ]
  const framed = (all: object[]): Buffer => Buffer.from(all.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join(''))

  test('is masked in every copy, wherever it is cut, and keeps its line endings', () => {
    for (const size of [1, 4, 60]) {
      const bytes = framed(answers(size))
      for (let i = 0; i < bytes.length; i += 53) {
        const codec = codecFor()
        const out = through(codec, cutAt(bytes, i))
        assert.doesNotMatch(out.toString(), /castellanos|1111 1111/)
        assert.doesNotMatch(out.toString(), /[^\r]\n/)
        const events = eventsOf(out)
        assert.equal(textOf(events), masked(`Write to ${MAIL} or ${CARD}.`, MAIL, CARD))
        assert.equal(textOf(events, true), 'I think of [MASKED]')
        assert.deepEqual([codec.summary.finish, codec.summary.usage, codec.summary.model, codec.summary.opaque], [['STOP'], { inputTokens: 3, outputTokens: 5 }, 'gemini-2.5-flash', ['signature']])
      }
    }
  })

  test('passes byte for byte when nothing is masked', () => {
    const bytes = framed(answers(5).slice(0, -1).concat(answer([{ text: '.' }], { finishReason: 'STOP' })))
    for (let i = 0; i < bytes.length; i += 7) assert.deepEqual(through(codecFor('text/event-stream', maskingOf('Write to mirabelle')), cutAt(bytes, i)), bytes)
  })

  test('may come as one array, in which texts run on all the same', () => {
    const out = through(codecFor('application/json'), bytewise(Buffer.from(JSON.stringify(answers(4)))))
    assert.doesNotMatch(out.toString(), /castellanos|1111 1111/)
    assert.equal(textOf(JSON.parse(out.toString()) as unknown[]), masked(`Write to ${MAIL} or ${CARD}.`, MAIL, CARD))
  })

  test('of that kind leaves element by element, and is never closed when it broke off', () => {
    const codec = codecFor('application/json')
    const [first, ...others] = ['Hello there. ', 'And on.'].map((text, i) => JSON.stringify(answer([{ text }], i === 1 ? { finishReason: 1 } : {})))
    assert.equal(Buffer.from(codec.push(Buffer.from(`[${first}`))).toString(), `[${first}`)
    const failed = Buffer.from(codec.fail(new CountersignError('CS_MASKING_FAILED', 'masking failed.'), 'ex_1')).toString()
    assert.throws(() => { JSON.parse(`[${first}${failed}`) })
    assert.match((JSON.parse(`[${first}${failed}]`) as { error: { message: string } }[])[1]?.error.message ?? '', /masking failed/)
    assert.equal(Buffer.from(codec.push(Buffer.from(`,\n${others.join()}\n]\n`))).toString() + Buffer.from(codec.end()).toString(), `,\n${others.join()}\n]\n`)
    assert.deepEqual(codec.summary.finish, ['1'])
    assert.throws(() => through(codecFor('application/json'), [Buffer.from(`[${first}`)]), { code: 'CS_UPSTREAM_NONSENSE' })
  })

  test('passes byte for byte as one array too', () => {
    const bytes = Buffer.from(`[${answers(5).slice(0, -1).concat(answer([{ text: '.' }], { finishReason: 'STOP' })).map((one) => JSON.stringify(one, null, 2)).join(',\r\n')}]`)
    for (let i = 0; i < bytes.length; i += 31) assert.deepEqual(through(codecFor('application/json', maskingOf('Write to mirabelle')), cutAt(bytes, i)), bytes)
  })

  test('is nonsense when nobody said it was finished, and breaks off with an error event', () => {
    assert.throws(() => through(codecFor(), [framed([answer([{ text: 'x' }])])]), { code: 'CS_UPSTREAM_NONSENSE' })
    const [failed] = eventsOf(codecFor().fail(new CountersignError('CS_MASKING_FAILED', 'masking failed.'), 'ex_1')) as { error: object }[]
    assert.deepEqual(failed?.error, { code: 502, message: 'Countersign: masking failed. [ex_1]', status: 'UNAVAILABLE' })
  })

  test('keeps its grounding on the words it grounds, counted in bytes', () => {
    const text = `Café: ${MAIL} is right. Rain tomorrow.`
    const claim = 'Rain tomorrow.'
    const startIndex = Buffer.byteLength(text.slice(0, text.indexOf(claim)))
    const whole = answer([{ text }], { finishReason: 'STOP', groundingMetadata: { groundingSupports: [{ segment: { startIndex, endIndex: startIndex + claim.length, text: claim } }, { segment: { endIndex: 5, text: 'Café' } }] } })
    const provider_ = read({ contents: [{ parts: [{ text: 'x' }] }] }, '/v1beta/models/m:generateContent')
    const out = JSON.parse(through(provider.answer(provider_, { status: 200, contentType: 'application/json' }, maskingOf(MAIL).open), [Buffer.from(JSON.stringify(whole))]).toString()) as Answer
    const said = Buffer.from(textOf([out]))
    const [moved, kept] = out.candidates[0]?.groundingMetadata?.groundingSupports ?? []
    assert.equal(said.subarray(moved?.segment.startIndex, moved?.segment.endIndex).toString(), claim)
    assert.equal(kept?.segment.endIndex, 5)
  })
})

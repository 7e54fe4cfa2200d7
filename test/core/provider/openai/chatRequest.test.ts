import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CountersignError } from '../../../../src/protocol/errors.ts'
import { createOpenAi } from '../../../../src/core/provider/openai/openai.ts'
import type { ModelCall, Operation } from '../../../../src/core/provider/provider.ts'

const provider = createOpenAi()
const CHAT = provider.route('POST', '/chat/completions') as Operation
const read = (body: unknown): ModelCall => provider.describe(CHAT, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
const ask = (more: object = {}): ModelCall => read({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], ...more })
const places = (call: ModelCall): string[] => call.parts.map(({ path, role, origin, kind }) => `${path} ${role} ${origin} ${kind}`)
const texts = (call: ModelCall): string[] => call.parts.map(({ text }) => text)
const rewritten = (call: ModelCall, change: (text: string) => string, masking = false): string => Buffer.from(call.rewrite(texts(call).map(change), { masking })).toString()

describe('a chat completion as sent', () => {
  test('is read as parts with their place, speaker and turn', () => {
    const call = read({
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'be kind' },
        { role: 'user', name: 'ada', content: [{ type: 'text', text: 'first' }, 'bare'] },
        { role: 'assistant', content: null, refusal: 'no', reasoning_content: 'hm', tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":"b"}' } }, { id: 'call_2', type: 'custom', custom: { name: 'g', input: 'free' } }] },
        { role: 'tool', tool_call_id: 'call_1', content: 'result' },
        { role: 'developer', content: 'late' },
        { role: 'user', content: 'last' },
        { role: 'assistant', content: '', function_call: { name: 'f', arguments: '{}' } },
      ],
    })
    assert.deepEqual(places(call).filter((place) => !place.includes('"')), [
      '/messages/0/content system prompt text',
      '/messages/1/name user history text',
      '/messages/1/content/0/text user history text',
      '/messages/1/content/1 user history text',
      '/messages/2/refusal assistant history text',
      '/messages/2/reasoning_content assistant history text',
      '/messages/2/tool_calls/0/function/arguments assistant history json',
      '/messages/2/tool_calls/1/custom/input assistant history text',
      '/messages/3/content tool history text',
      '/messages/4/content system prompt text',
      '/messages/5/content user prompt text',
      '/messages/6/function_call/arguments assistant prompt json',
    ])
    assert.equal(call.model, 'gpt-4o')
    assert.equal(call.streaming, false)
  })

  test('has tools, formats, predictions and free fields as text too', () => {
    const call = ask({
      tools: [{ type: 'function', function: { name: 'mail', description: 'to mira', parameters: { type: 'object', properties: { to: { enum: ['x@y.example'] } } } } }, { type: 'web_search' }],
      response_format: { type: 'json_schema', json_schema: { name: 'n', description: 'd', schema: { title: 't' } } },
      prediction: { type: 'content', content: [{ type: 'text', text: 'guess' }] },
      metadata: { customer: 'mira' },
      user: 'u',
      stop: ['s1', 's2'],
      web_search_options: { user_location: { city: 'Oakland' } },
    })
    assert.deepEqual(places(call).slice(1), [
      '/tools/0/function/description schema prompt text',
      '/tools/0/function/parameters schema prompt json',
      '/response_format/json_schema/description schema prompt text',
      '/response_format/json_schema/schema schema prompt json',
      '/prediction/content/0/text user prompt text',
      '/metadata user prompt json',
      '/user user prompt text',
      '/stop/0 user prompt text',
      '/stop/1 user prompt text',
      '/web_search_options user prompt json',
    ])
    assert.deepEqual(call.tools, ['mail', 'web_search'])
  })

  test('has no member that goes unread: what nobody knows is text, and a known one that does not look its part too', () => {
    const call = ask({ future: 'mira@x.example', deep: { er: ['also'] }, card: 4111111111111111, service_tier: 'Mira Castellanos', reasoning_effort: 'low', seed: 7, stream: 'yes' })
    assert.deepEqual(texts(call).slice(1), ['mira@x.example', '{"er":["also"]}', '4111111111111111', 'Mira Castellanos', 'yes'])
    const ids = read({ model: 'm', messages: [{ role: 'Mira!', content: 'x', tool_call_id: '4111111111111111' }] })
    assert.deepEqual(texts(ids), ['Mira!', 'x', '4111111111111111'])
  })

  test('names what nobody can read', () => {
    const content = (part: object): ModelCall => read({ model: 'm', messages: [{ role: 'user', content: [part] }] })
    assert.deepEqual(content({ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }).opaque, ['image'])
    const remote = content({ type: 'image_url', image_url: { url: 'https://h.example/?to=mira', detail: 'low' } })
    assert.deepEqual([remote.opaque, texts(remote)], [['image'], ['https://h.example/?to=mira']])
    assert.deepEqual(content({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }).opaque, ['audio'])
    const file = content({ type: 'file', file: { file_data: 'AAAA', filename: 'mira.pdf' } })
    assert.deepEqual([file.opaque, texts(file)], [['file'], ['mira.pdf']])
    assert.deepEqual(content({ type: 'video_url', video_url: { url: 'data:video/mp4;base64,AAAA' } }).opaque, ['file'])
  })

  test('keeps every other member for the record, as sent, and no text', () => {
    const call = ask({ temperature: 0.25, n: 2, stream: true, tool_choice: { type: 'function', function: { name: 'f' } }, stop: 'halt', seed: 9007199254740993n.toString() })
    assert.deepEqual(call.params, { model: 'gpt-4o', messages: [{ role: 'user' }], temperature: 0.25, n: 2, stream: true, tool_choice: { type: 'function', function: { name: 'f' } } })
  })

  test('is refused when it cannot be read in one way only', () => {
    for (const [body, why] of [
      ['[]', /not a JSON object/],
      ['{"messages":[]}', /"model"/],
      ['{"model":"m"}', /"messages"/],
      ['{"model":"sk-proj-9fJk2LmN8pQrS4tUvWxYz1234567890","messages":[]}', /looks like a key/],
      ['{"model":"m","messages":"hi"}', /"messages"/],
      ['{"model":"m","messages":[],"MODEL":"n"}', /twice/],
      ['{"model":"m","messages":[],"model":"n"}', /twice/],
    ] as const) assert.throws(() => read(body), (error) => error instanceof CountersignError && error.code === 'CS_MALFORMED' && why.test(error.message), body)
  })

  test('names like those every object inherits change nothing', () => {
    const call = read('{"model":"m","messages":[{"role":"constructor","content":"x","toString":"y","__proto__":"z"}],"hasOwnProperty":"w"}')
    assert.deepEqual(texts(call), ['x', 'y', 'z', 'w'])
    assert.equal(call.parts[0]?.role, 'user')
  })
})

describe('a chat completion rewritten', () => {
  const odd = '{ "model":"gpt-4o" , "seed":9007199254740993,\n"messages":[{"content":"caf\\u00e9 \\/ mira","role":"user"}, {"role":"assistant","tool_calls":[{"function":{"arguments":"{ \\"a\\" : 1.0 }"}}]}], "metadata" : { "k" : "mira" , "n" : 1.50 } }'

  test('stays byte for byte what it was when nothing is masked', () => {
    assert.equal(rewritten(read(odd), (text) => text, true), odd)
  })

  test('changes masked strings only', () => {
    assert.equal(rewritten(read(odd), (text) => text.replaceAll('mira', 'XX'), true), odd.replace('"caf\\u00e9 \\/ mira"', '"café / XX"').replace('"mira"', '"XX"'))
  })

  test('is not sent when a mask would make it unreadable', () => {
    assert.throws(() => rewritten(read(odd), (text) => text.replaceAll('"mira"', '[X]')), { code: 'CS_MASKING_FAILED' })
  })

  test('asks for no log probabilities while answers are masked', () => {
    const body = '{"top_logprobs":3,"model":"m","messages":[],"logprobs":true}'
    assert.equal(rewritten(read(body), (text) => text, true), '{"model":"m","messages":[],"logprobs":false}')
    assert.equal(rewritten(read(body), (text) => text, false), body)
  })

  test('asks for usage in a stream, once, wherever the member stands', () => {
    const head = '{"model":"m","messages":[],"stream":true'
    const sent = (more: string): string => rewritten(read(`${head}${more}}`), (text) => text)
    assert.equal(sent(''), `${head},"stream_options":{"include_usage":true}}`)
    assert.equal(sent(',"stream_options":null'), `${head},"stream_options":{"include_usage":true}}`)
    assert.equal(sent(',"stream_options":{"include_obfuscation":false}'), `${head},"stream_options":{"include_obfuscation":false,"include_usage":true}}`)
    assert.equal(sent(',"stream_options":{"include_usage":false}'), `${head},"stream_options":{"include_usage":true}}`)
    assert.equal(sent(',"stream_options":{"include_usage":true}'), `${head},"stream_options":{"include_usage":true}}`)
    assert.equal(rewritten(ask(), (text) => text), '{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}')
  })
})

describe('the routes of OpenAI', () => {
  test('are known by their exact spelling', () => {
    assert.equal((provider.route('POST', '/chat/completions') as Operation).name, 'chat.completions')
    assert.equal((provider.route('GET', '/models') as Operation).name, 'models.list')
    for (const path of ['/files', '/files/x/content', '/vector_stores', '/assistants', '/threads/t/runs', '/batches', '/audio/speech', '/images/generations', '/realtime', '/responses/resp_1', '/chat/completions/c1/messages', '/organization/users', '/uploads', '/videos'])
      assert.equal(provider.route('POST', path), 'denied', path)
    for (const path of ['/chat%2fcompletions', '/CHAT/completions', '//chat/completions', '/x/../chat/completions', '/nonsense', '', '/', '/chat/completions;x', '/chat/completions\u0000'])
      assert.equal(provider.route('POST', path), undefined, path)
    for (const [method, path] of [['GET', '/chat/completions'], ['DELETE', '/models'], ['POST', '/chat/completions/'], ['post', '/chat/completions']] as const)
      assert.ok([undefined, 'denied'].includes(provider.route(method, path) as 'denied'), `${method} ${path}`)
  })

  test('take no body where there is none', () => {
    const models = provider.route('GET', '/models') as Operation
    assert.deepEqual(provider.describe(models, Buffer.alloc(0)).parts, [])
    assert.throws(() => provider.describe(models, Buffer.from('{}')), { code: 'CS_MALFORMED' })
  })
})

describe('a refusal in OpenAI\'s shape', () => {
  test('says who speaks, what is true, and by what it can be found', () => {
    const { status, headers, body } = provider.refuse(new CountersignError('CS_REVIEW_DENIED', 'a reviewer denied this call. Nothing was sent.'), 'ex_1')
    assert.equal(status, 403)
    assert.equal(headers['x-should-retry'], 'false')
    assert.deepEqual(JSON.parse(Buffer.from(body).toString()), {
      error: { message: 'Countersign: a reviewer denied this call. Nothing was sent. [ex_1]', type: 'permission_error', param: null, code: 'countersign_review_denied' },
    })
  })

  test('lets clients try again where that may help', () => {
    assert.equal(provider.refuse(new CountersignError('CS_UPSTREAM_UNREACHABLE', 'x.'), null).headers['x-should-retry'], undefined)
  })
})

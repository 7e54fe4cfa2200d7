import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { startSimulatedModel, type SimulatedModel } from '../../src/sandbox/simulatedModel.ts'
import { eventsOf } from '../fakes/maskStream.ts'

const CUSTOMERS = readFileSync(new URL('../../media/sample/customers.csv', import.meta.url), 'utf8')
const PAYMENTS = readFileSync(new URL('../../media/sample/payments.csv', import.meta.url), 'utf8')
const TOOL = { type: 'function', function: { name: 'send_mail', parameters: { type: 'object', properties: { email: { type: 'string' }, times: { type: 'integer' } } } } }

let model: SimulatedModel
before(async () => { model = await startSimulatedModel({ key: 'right' }) })
after(() => model.close())

async function ask(path: string, body: object | string, key = 'right', signal?: AbortSignal): Promise<Response> {
  const init = { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body) }
  return fetch(`${model.url}${path}`, signal ? { ...init, signal } : init)
}
const chat = (content: string, more: object = {}): Promise<Response> => ask('/v1/chat/completions', { model: 'simulated-1', messages: [{ role: 'user', content }], ...more })

interface Completion {
  choices: { message: { content: string; tool_calls?: { function: { name: string; arguments: string } }[] }; delta: { content?: string; tool_calls?: { function: { arguments: string } }[] }; finish_reason: string | null; index: number }[]
  usage?: { prompt_tokens: number }
}
const completion = async (response: Promise<Response>): Promise<Completion> => (await (await response).json()) as Completion

describe('the simulated model', () => {
  test('says what it is, and quotes the records it was given', async () => {
    const customers = (await completion(chat(`Whom?\n\n${CUSTOMERS}`))).choices[0]?.message.content ?? ''
    assert.match(customers, /I am a simulated model/)
    assert.match(customers, /mira\.castellanos@northfield\.example.*\+1 415 555 0132/)
    assert.match(customers, /Elif Demir/)
    assert.match((await completion(chat(PAYMENTS))).choices[0]?.message.content ?? '', /4111 1111 1111 1111.*219-09-9999/)
  })

  test('is deterministic', async () => {
    const [one, two] = await Promise.all([chat(CUSTOMERS).then((r) => r.text()), chat(CUSTOMERS).then((r) => r.text())])
    assert.equal(one, two)
  })

  test('knows one key, in whatever header a client sends it', async () => {
    const before = model.received.length
    const wrong = await ask('/v1/chat/completions', {}, 'wrong')
    assert.equal(wrong.status, 401)
    assert.equal((await fetch(`${model.url}/v1/models`)).status, 401)
    assert.equal(model.received.length, before)
    assert.equal((await fetch(`${model.url}/v1/models`, { headers: { 'x-api-key': 'right' } })).status, 200)
  })

  test('keeps every byte it received', async () => {
    const body = '{ "model":"simulated-1", "messages":[{"role":"user","content":"caf\\u00e9"}] }'
    await (await ask('/v1/chat/completions', body)).text()
    const last = model.received.at(-1)
    assert.deepEqual([last?.path, last?.body.toString(), last?.headers['content-type']], ['/v1/chat/completions', body, 'application/json'])
  })

  test('streams the same words, choices interleaved, usage when it is asked for', async () => {
    const events = eventsOf(await (await chat(CUSTOMERS, { stream: true, n: 2, stream_options: { include_usage: true } })).text())
    assert.equal(events.at(-1), '[DONE]')
    const chunks = events.filter((event): event is Completion => typeof event === 'object')
    const said = (index: number): string => chunks.flatMap(({ choices }) => choices.filter((choice) => choice.index === index)).map(({ delta }) => delta.content ?? '').join('')
    const whole = (await completion(chat(CUSTOMERS))).choices[0]?.message.content
    assert.deepEqual([said(0), said(1)], [whole, whole])
    assert.ok((chunks.at(-1)?.usage?.prompt_tokens ?? 0) > 0)
  })

  test('calls a tool with values of the first record, and answers in words after its result', async () => {
    const first = (await completion(chat(CUSTOMERS, { model: 'simulated-tools', tools: [TOOL] }))).choices[0]
    assert.equal(first?.finish_reason, 'tool_calls')
    assert.deepEqual(JSON.parse(first.message.tool_calls?.[0]?.function.arguments ?? ''), { email: 'mira.castellanos@northfield.example', times: 3 })
    const second = await completion(ask('/v1/chat/completions', { model: 'simulated-tools', tools: [TOOL], messages: [{ role: 'tool', tool_call_id: 'call_1', content: 'sent' }] }))
    assert.match(second.choices[0]?.message.content ?? '', /You said: sent/)
    const must = await completion(chat('hi', { tools: [TOOL], tool_choice: { type: 'function', function: { name: 'send_mail' } } }))
    assert.equal(must.choices[0]?.message.tool_calls?.[0]?.function.name, 'send_mail')
  })

  test('calls every tool at once when it is told to, each under an id of its own, and another in the next turn', async () => {
    const tools = [TOOL, { ...TOOL, function: { ...TOOL.function, name: 'look_up' } }]
    const callsOf = async (...messages: object[]): Promise<{ id: string; function: { name: string } }[]> =>
      (await completion(ask('/v1/chat/completions', { model: 'simulated-every', tools, messages }))).choices[0]?.message.tool_calls as unknown as { id: string; function: { name: string } }[]
    const first = await callsOf({ role: 'user', content: 'hi' })
    assert.deepEqual(first.map((call) => call.function.name), ['send_mail', 'look_up'])
    const second = await callsOf({ role: 'user', content: 'hi' }, { role: 'assistant', content: 'done' }, { role: 'user', content: 'again' })
    assert.equal(new Set([...first, ...second].map(({ id }) => id)).size, 4)
  })

  test('answers with the keys that are named in quotes when any JSON will do', async () => {
    const answer = await completion(chat("Give me a joke as JSON with 'setup' and 'punchline' keys.", { response_format: { type: 'json_object' } }))
    assert.deepEqual(JSON.parse(answer.choices[0]?.message.content ?? ''), { setup: 'simulated', punchline: 'simulated' })
  })

  test('answers in the shape a schema asks for', async () => {
    const schema = { type: 'object', properties: { name: { type: 'string' }, kind: { enum: ['a', 'b'] }, tags: { type: 'array', items: { type: 'string' } }, at: { $ref: '#/$defs/at' } }, $defs: { at: { type: 'object', properties: { n: { type: 'number' } } } } }
    const answer = await completion(chat(CUSTOMERS, { response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } }))
    assert.deepEqual(JSON.parse(answer.choices[0]?.message.content ?? ''), { name: 'Mira Castellanos', kind: 'a', tags: ['simulated'], at: { n: 3 } })
  })

  test('speaks Anthropic\'s wire too', async () => {
    const body = { model: 'simulated-thinking', max_tokens: 100, messages: [{ role: 'user', content: [{ type: 'text', text: CUSTOMERS }] }] }
    const whole = (await (await ask('/v1/messages', body)).json()) as { content: { type: string; text?: string; thinking?: string; signature?: string }[] }
    assert.deepEqual(whole.content.map(({ type }) => type), ['thinking', 'text'])
    assert.match(whole.content[1]?.text ?? '', /mira\.castellanos@/)
    const events = eventsOf(await (await ask('/v1/messages', { ...body, stream: true })).text()) as { type: string; delta?: { text?: string } }[]
    assert.equal(events.map(({ delta }) => delta?.text ?? '').join(''), whole.content[1]?.text)
    assert.deepEqual([events[0]?.type, events.at(-1)?.type], ['message_start', 'message_stop'])
    const counted = (await (await ask('/v1/messages/count_tokens', body)).json()) as { input_tokens: number }
    assert.ok(counted.input_tokens > 10)
  })

  test('cuts its bytes anywhere without changing them', async () => {
    const [whole, cut] = await Promise.all(['simulated-1', 'simulated-cut-1'].map(async (name) => (await chat('café 😀', { model: name, stream: true })).text()))
    assert.equal(cut, whole?.replaceAll('simulated-1', 'simulated-cut-1'))
  })

  test('fails as it is told: by status, with nonsense, in the middle, or not at all', async () => {
    assert.equal((await chat('mira', { model: 'simulated-503' })).status, 503)
    assert.match(await (await chat('mira', { model: 'simulated-429' })).text(), /It was given: mira/)
    assert.match((await chat('mira', { model: 'simulated-nonsense' })).headers.get('content-type') ?? '', /text\/html/)
    assert.doesNotMatch(await (await chat('mira', { model: 'simulated-truncate', stream: true })).text(), /DONE/)
    await assert.rejects(chat('mira', { model: 'simulated-break', stream: true }).then((r) => r.text()))
    await assert.rejects(chat('mira', { model: 'simulated-break' }).then((r) => r.text()))
    const marked = await (await chat('x [[simulate: truncate]]', { stream: true })).text()
    assert.doesNotMatch(marked, /DONE/)
    const gone = new AbortController()
    const silent = ask('/v1/chat/completions', { model: 'simulated-stall', stream: true, messages: [{ role: 'user', content: 'x' }] }, 'right', gone.signal)
    const reader = (await silent).body?.getReader()
    await reader?.read()
    gone.abort()
    await assert.rejects(async () => { for (;;) if ((await reader?.read())?.done) break })
  })

  test('names what it does not offer', async () => {
    assert.equal((await ask('/v1/files', {})).status, 404)
    assert.equal((await ask('/v1/chat/completions', 'no json')).status, 400)
  })
})

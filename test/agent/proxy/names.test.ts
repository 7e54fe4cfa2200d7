/** What stands around the texts of a body: names of members, identifiers, the names that tell what a value is. Over real sockets. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { through } from '../../fakes/through.ts'

const EMAIL = 'mira.castellanos@northfield.example'
const CHAT = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }
const document = (data: object): object => ({ model: 'command-r', messages: [{ role: 'user', content: 'hi' }], documents: [{ id: 'd1', data }] })
const toolResult = (data: object): object => ({ messages: [{ role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ json: data }] } }] }] })
const searched = (data: object): object => ({ model: 'gpt-4o', input: [{ type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['x'], results: [{ attributes: data, text: 'x' }] }] })
/** Where a body holds records of a person's own making, walked value by value. */
const FREE = [
  ['/cohere/v2/chat', document],
  ['/bedrock/model/amazon.nova-lite-v1:0/invoke', toolResult],
  ['/openai/v1/responses', searched],
] as const

/** The same in answers: arguments and results of tools, passages found, what was cited. */
const ANSWERED = [
  ['/openai/v1/responses', { model: 'gpt-4o', input: 'x' }, (data: object): object => ({ id: 'resp_1', object: 'response', status: 'completed', model: 'gpt-4o', output: [{ type: 'file_search_call', id: 'fs_1', status: 'completed', queries: [], results: [{ attributes: data, text: 'x' }] }] })],
  ['/anthropic/v1/messages', { model: 'claude-x', max_tokens: 5, messages: [{ role: 'user', content: 'x' }] }, (data: object): object => ({ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', content: [{ type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', is_error: false, content: [{ type: 'text', text: 'x', more: data }] }], stop_reason: 'end_turn' })],
  ['/gemini/v1beta/models/gemini-pro:generateContent', { contents: [{ role: 'user', parts: [{ text: 'x' }] }] }, (data: object): object => ({ candidates: [{ content: { role: 'model', parts: [{ functionResponse: { name: 'f', response: data } }] }, finishReason: 'STOP', index: 0 }] })],
  ['/bedrock/model/amazon.nova-lite-v1:0/converse', { messages: [{ role: 'user', content: [{ text: 'x' }] }] }, (data: object): object => ({ output: { message: { role: 'assistant', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ json: data }] } }] } }, stopReason: 'end_turn' })],
  ['/bedrock/model/amazon.nova-lite-v1:0/invoke', { messages: [{ role: 'user', content: [{ text: 'x' }] }] }, (data: object): object => ({ output: { message: { role: 'assistant', content: [{ toolUse: { toolUseId: 'tooluse_1', name: 'f', input: data } }] } }, stopReason: 'end_turn' })],
  ['/cohere/v1/chat', { model: 'command-r', message: 'hi' }, (data: object): object => ({ text: 'x', tool_calls: [{ name: 'f', parameters: data }], documents: [data], finish_reason: 'COMPLETE' })],
] as const

describe('around the texts of an answer', () => {
  test('the name of a member tells what its value is, and may be a value itself', async (t) => {
    const agent = await through(t)
    for (const [path, body, answer] of ANSWERED)
      for (const data of [{ password: 'hunter2-x9Q' }, { login: { password: 'hunter2-x9Q' } }, { card_4111111111111111: 'x' }, { AKIAIOSFODNN7EXAMPLE: 'x' }, { signature: 'AKIAIOSFODNN7EXAMPLE' }, { settings: [{ name: 'password', value: 'hunter2-x9Q' }] }]) {
        agent.answerWith((_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(data))) })
        const passed = await agent.call(path, body)
        assert.equal(passed.status, 200, path)
        assert.match(passed.answer, /\[(?:SECRET|CREDIT_CARD)\]/, path)
        assert.doesNotMatch(passed.answer + passed.records, /hunter2|4111111111111111|AKIA/, path)
      }
  })
})

describe('around the texts of a body', () => {
  test('a member whose name is a value is recorded by its position', async (t) => {
    const agent = await through(t)
    for (const body of [{ ...CHAT, [EMAIL]: 'x' }, { ...CHAT, messages: [{ role: 'user', content: 'hi', [EMAIL]: 'x' }] }]) {
      const { status, sent, records } = await agent.call('/openai/v1/chat/completions', body)
      assert.equal(status, 200)
      assert.match(sent[0]?.body ?? '', /\[EMAIL\]/)
      assert.doesNotMatch(records, /castellanos/)
      assert.match(records, /"path":"(?:\/messages\/0)?\/2"/)
    }
  })

  test('a member given twice is not named where its name may be a value', async (t) => {
    const agent = await through(t)
    const { status, answer, sent } = await agent.call('/openai/v1/chat/completions', { ...CHAT, [EMAIL]: 1, [EMAIL.toUpperCase()]: 1 })
    assert.equal(status, 400)
    assert.match(answer, /gives a member twice, spelled differently/)
    assert.doesNotMatch(answer, /castellanos/i)
    assert.deepEqual(sent, [])
  })

  test('the name of a member tells what its value is, and its values in a list', async (t) => {
    const agent = await through(t)
    for (const [path, body] of FREE)
      for (const data of [{ password: 'hunter2-x9Q' }, { login: { password: 'hunter2-x9Q' } }, { password: ['hunter2-x9Q'] }, { settings: [{ name: 'password', value: 'hunter2-x9Q' }] }, { key: 'db.password', value: 'hunter2-x9Q' }]) {
        const { status, sent, records } = await agent.call(path, body(data))
        assert.equal(status, 200, path)
        assert.match(sent[0]?.body ?? '', /\[SECRET\]/, path)
        assert.doesNotMatch(records, /hunter2/, path)
      }
  })

  test('the key of an attribute of a trace tells what its value is', async (t) => {
    const agent = await through(t)
    const values = [{ stringValue: 'hunter2-x9Q' }, { arrayValue: { values: [{ stringValue: 'hunter2-x9Q' }] } }, { intValue: 730195 }]
    const attributes = values.map((value) => ({ key: 'db.password', value }))
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'x', attributes, events: [{ name: 'x', attributes }] }
    const { status, sent, records } = await agent.call('/langsmith/otel/v1/traces', { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: 'x', attributes }, spans: [span] }] }] })
    assert.equal(status, 200)
    assert.equal(sent[0]?.body.match(/\[SECRET\]/g)?.length, 8)
    assert.doesNotMatch(sent[0].body + records, /hunter2|730195/)
  })

  test('a number of nine characters is no identifier in a record of somebody', async (t) => {
    const agent = await through(t)
    for (const [path, body] of FREE)
      for (const value of ['12345678Z', 'AB123456C', 'X1234567L']) {
        const { status, sent, records } = await agent.call(path, body({ dni: 'x', customer_id: value, national_id: value }))
        assert.equal(status, 200, path)
        assert.doesNotMatch(sent[0]?.body ?? '', new RegExp(value), path)
        assert.doesNotMatch(records, new RegExp(value), path)
      }
  })

  test('a password of digits is a number, and a short signature is none', async (t) => {
    const agent = await through(t)
    for (const [path, body] of FREE)
      for (const data of [{ password: 730195 }, { password: [730195] }, { signature: 'AKIAIOSFODNN7EXAMPLE' }, { encrypted_key: 'AKIAIOSFODNN7EXAMPLE' }]) {
        const { status, sent, records } = await agent.call(path, body(data))
        assert.equal(status, 200, path)
        assert.doesNotMatch((sent[0]?.body ?? 'nothing') + records, /730195|AKIAIOS/, path)
      }
    const { sent } = await agent.call('/openai/v1/chat/completions', { ...CHAT, password: 730195, top_q: 4096 })
    assert.match(sent[0]?.body ?? '', /"password":100000,"top_q":4096/)
  })

  test('a name with a number of somebody in it is read as a text', async (t) => {
    const agent = await through(t)
    for (const [path, body] of FREE) {
      const { status, sent, records } = await agent.call(path, body({ card_4111111111111111: 'x' }))
      assert.equal(status, 200, path)
      assert.doesNotMatch((sent[0]?.body ?? '') + records, /4111111111111111/, path)
    }
  })
})

describe('around the answer', () => {
  test('a header in which something is found does not come back, and others do', async (t) => {
    const agent = await through(t)
    const ordinary = { 'x-request-id': 'req_011CUpAbCdEfGhIjKlMnOpQr', 'x-ratelimit-reset-tokens': '6m0s', 'x-ratelimit-remaining-tokens': '149984', 'anthropic-ratelimit-requests-reset': '2026-11-24T10:00:00Z', 'openai-version': '2020-10-01', 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }
    agent.answerWith((_request, response) => { response.writeHead(200, { 'content-type': 'application/json', ...ordinary }).end('{}') })
    const { answer } = await agent.call('/openai/v1/chat/completions', CHAT)
    for (const [name, value] of Object.entries(ordinary)) assert.ok(answer.includes(`${name}: ${value}\r\n`), name)
    agent.answerWith((_request, response) => { response.writeHead(200, { 'content-type': `application/json; x="${EMAIL}"`, 'x-request-id': EMAIL, 'openai-version': '4111 1111 1111 1111', 'x-ratelimit-x': 'AKIAIOSFODNN7EXAMPLE', 'openai-processing-ms': '12' }).end('{}') })
    const echoed = await agent.call('/openai/v1/chat/completions', CHAT)
    assert.equal(echoed.status, 200)
    assert.doesNotMatch(echoed.answer + echoed.records, /castellanos|4111|AKIA/)
    assert.match(echoed.answer, /content-type: application\/json\r\n[^]*openai-processing-ms: 12\r\n/)
  })
})

describe('what a tool of the provider is given', () => {
  test('is named for policy where nobody here saw it', async (t) => {
    const agent = await through(t, { rules: '[{ id: nothing-unseen, when: { prompt: { has: [file, image, stored_context] } }, effect: deny }, { id: all, when: {}, effect: allow }]' })
    const ask = (tool: object): object => ({ model: 'gpt-4o', input: 'x', tools: [tool] })
    for (const tool of [{ type: 'code_interpreter', container: { type: 'auto', file_ids: ['file-1'] } }, { type: 'code_interpreter', container: 'cntr_1' }, { type: 'file_search', vector_store_ids: ['vs_1'] }, { type: 'image_generation', input_image_mask: { file_id: 'file-1' } }]) {
      const { status, sent } = await agent.call('/openai/v1/responses', ask(tool))
      assert.equal(status, 403, JSON.stringify(tool))
      assert.deepEqual(sent, [])
    }
    for (const tool of [{ fileSearch: { fileSearchStoreNames: ['x'] } }, { file_search: {} }, { retrieval: {} }]) assert.equal((await agent.call('/gemini/v1beta/models/gemini-pro:generateContent', { contents: [{ role: 'user', parts: [{ text: 'x' }] }], tools: [tool] })).status, 403, JSON.stringify(tool))
    for (const tool of [{ type: 'code_interpreter', container: { type: 'auto' } }, { type: 'web_search' }]) assert.equal((await agent.call('/openai/v1/responses', ask(tool))).status, 200, JSON.stringify(tool))
  })
})

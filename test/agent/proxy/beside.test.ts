/** What stands beside a body (path, headers, the body's own word for its characters, more models than one), over real sockets. */
import assert from 'node:assert/strict'
import { connect, type ClientHttp2Stream } from 'node:http2'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { through } from '../../fakes/through.ts'

const MESSAGES = [{ role: 'user', content: 'hi' }]
const CHAT = { model: 'gpt-4o', messages: MESSAGES }
const PATH = '/openai/v1/chat/completions'
const NOVA = { messages: [{ role: 'user', content: [{ text: 'x' }] }] }
const INVOKE = '/bedrock/model/amazon.nova-lite-v1:0/invoke'

describe('beside a body', () => {
  test('a path is repeated without what is found in it, to the client and in the record', async (t) => {
    const agent = await through(t)
    for (const path of ['/openai/v1/123-45-6789', '/openai/v1/files/4111-1111-1111-1111', '/123-45-6789', `/openai/v1/${'x/'.repeat(90)}abc/123-45-67891234`, '/openai/v1/files/sk_live_abcdEFGH12ijKLMN34opqr', '/openai/v1/glpat-abcdefGHIJKLMNOPqrst', '/openai/v1/ASIAIOSFODNN7EXAMPLE']) {
      const { status, answer, records } = await agent.call(path, CHAT)
      assert.ok(status >= 400, path)
      assert.doesNotMatch(answer + records, /123-45|4111-1111|sk_live|glpat|ASIAIO/, path)
      assert.match(records, /"route":"\/[^"]*…/, path)
    }
    const { records } = await agent.call('/gemini/v1beta/models/gemini-2.5-flash:batchGenerateContent', CHAT)
    assert.match(records, /"route":"\/gemini\/v1beta\/models\/gemini-2\.5-flash:batchGenerateContent"/)
  })

  test('a file that names a person\'s data has no name in the record', async (t) => {
    const agent = await through(t)
    const { status, records } = await agent.call(PATH, CHAT, { headers: 'X-Countersign-Place: kind=notebook&cell=3&file=mira.castellanos@northfield.example.ipynb\r\n' })
    assert.equal(status, 200)
    assert.doesNotMatch(records, /castellanos/)
    assert.match(records, /"place":\{"kind":"notebook","file":"…","cell":3\}/)
    assert.match((await agent.call(PATH, CHAT, { headers: 'X-Countersign-Place: kind=script&file=ask_2026-11-24.py\r\n' })).records, /"file":"ask_2026-11-24.py"/)
  })

  test('a method that nobody knows is not recorded, over HTTP/2 neither', async (t) => {
    const agent = await through(t)
    const session = connect(`http://127.0.0.1:${agent.port}`)
    t.after(() => { session.destroy() })
    const stream: ClientHttp2Stream = session.request({ ':method': 'mira.castellanos', ':path': PATH, authorization: 'Bearer cs_key' })
    let body = ''
    stream.setEncoding('utf8').on('data', (chunk: string) => { body += chunk })
    const [head] = await once(stream, 'response') as [Record<string, unknown>]
    await once(stream, 'close')
    assert.equal(head[':status'], 403)
    assert.doesNotMatch(body + agent.recorded(), /castellanos/)
  })

  test('the provider is told how the body was read, whatever its client calls it', async (t) => {
    const agent = await through(t)
    for (const type of ['application/json; charset=utf-7', 'application/json; charset=ibm037', 'application/vnd.x+json', 'application/json, text/plain']) {
      const { status, sent } = await agent.call(PATH, CHAT, { type })
      assert.equal(status, 200, type)
      assert.equal(sent[0]?.headers['content-type'], 'application/json', type)
    }
  })

  test('no call names more models than the one that policy decides about', async (t) => {
    const agent = await through(t, { rules: '[{ id: one, when: { model: ["gpt-*"] }, effect: allow }]' })
    for (const more of [{ models: ['other/model'] }, { models: ['gpt-4o', 'other/model'] }, { fallbacks: [{ model: 'other/model' }] }, { fallback_models: ['other/model'] }]) {
      const { status, sent, answer, records } = await agent.call('/openrouter/api/v1/chat/completions', { ...CHAT, ...more })
      assert.equal(status, 403)
      assert.deepEqual(sent, [])
      assert.match(answer, /names other models besides.*Name one, in \\"model\\"/)
      assert.match(records, /CS_NOT_INSPECTABLE/)
    }
    for (const more of [{ models: ['gpt-4o'] }, { models: [] }, { models: null }]) assert.equal((await agent.call('/openrouter/api/v1/chat/completions', { ...CHAT, ...more })).status, 200)
  })

  test('a body that would not go along is not recorded as sent', async (t) => {
    const agent = await through(t, { upstream: ', uninspected: ["GET /files/*"]' })
    const { status, sent, records } = await agent.call('/openai/v1/files/file-abc', 'x=1', { method: 'GET' })
    assert.equal(status, 400)
    assert.deepEqual(sent, [])
    assert.match(records, /CS_MALFORMED/)
    assert.equal((await agent.call('/openai/v1/files/file-abc', '', { method: 'GET' })).status, 200)
  })

  test('a guardrail goes along, whatever number its account has, or the call does not go', async (t) => {
    const agent = await through(t)
    for (const account of ['123456789012', '234567890124', '999941057058']) {
      const arn = `arn:aws:bedrock:us-east-1:${account}:guardrail/abc123`
      const invoked = await agent.call(INVOKE, NOVA, { headers: `X-Amzn-Bedrock-GuardrailIdentifier: ${arn}\r\nX-Amzn-Bedrock-GuardrailVersion: DRAFT\r\n` })
      assert.equal(invoked.sent[0]?.headers['x-amzn-bedrock-guardrailidentifier'], arn)
      assert.equal(invoked.sent.at(0)?.headers['x-amzn-bedrock-guardrailversion'], 'DRAFT')
      const conversed = await agent.call(INVOKE.replace('invoke', 'converse'), { ...NOVA, guardrailConfig: { guardrailIdentifier: arn, guardrailVersion: '1' } })
      assert.match(conversed.sent[0]?.body ?? '', new RegExp(`"${arn}"`))
    }
    for (const value of ['"abc123"', 'mira.castellanos@northfield.example', '4111111111111111', 'a b', '']) {
      const { status, sent, answer, records } = await agent.call(INVOKE, NOVA, { headers: `X-Amzn-Bedrock-GuardrailIdentifier: ${value}\r\n` })
      assert.equal(status, 403, value)
      assert.deepEqual(sent, [])
      assert.doesNotMatch(answer + records, /castellanos|41111/)
    }
  })
})

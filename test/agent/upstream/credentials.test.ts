import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { credentialsOf } from '../../../src/agent/upstream/credentials.ts'
import type { PostForm } from '../../../src/agent/upstream/googleToken.ts'
import { openUpstream } from '../../../src/agent/upstream/pool.ts'
import { clear } from '../../../src/core/exchange/clearance.ts'
import { digestOf } from '../../../src/core/exchange/digest.ts'
import type { UpstreamRequest } from '../../../src/core/exchange/ports.ts'
import { createBedrock } from '../../../src/core/provider/bedrock/bedrock.ts'
import { createOpenAi } from '../../../src/core/provider/openai/openai.ts'

const body = Buffer.from('{"messages":[]}')
const BEDROCK = 'https://bedrock-runtime.eu-central-1.amazonaws.com/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse'
const request = (url: string): UpstreamRequest => ({ upstream: 'bedrock', url, method: 'POST', headers: { 'content-type': 'application/json' }, body, digest: digestOf(body) })
const noPost: PostForm = () => Promise.reject(new Error('nothing is exchanged here'))
const PAIR = { Version: 1, AccessKeyId: 'AKIDEXAMPLE000000000', SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

describe('the real key of an upstream', () => {
  const of = credentialsOf(() => Date.UTC(2026, 10, 29, 9, 30))

  test('is sent as its provider takes it when it is a word', async () => {
    assert.deepEqual(await of(createBedrock())('ABSKword', request(BEDROCK), noPost), { authorization: 'Bearer ABSKword' })
  })

  test('signs the call when it is a pair of access keys, as botocore signs it', async () => {
    const signed = await of(createBedrock())(JSON.stringify(PAIR), request(BEDROCK), noPost)
    const scope = 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE000000000/20261129/eu-central-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date'
    assert.deepEqual(signed, { 'x-amz-date': '20261129T093000Z', authorization: `${scope}, Signature=f07ae5febdf12320f39a87d3fd2f30715e8b2cb2f37f898e9094ecadda5cd641` })
    const temporary = await of(createBedrock())(JSON.stringify({ ...PAIR, SessionToken: 'TOKEN123' }), request(BEDROCK), noPost)
    assert.deepEqual(temporary, { 'x-amz-date': '20261129T093000Z', 'x-amz-security-token': 'TOKEN123', authorization: `${scope};x-amz-security-token, Signature=fdc3c1aa528f7ddd92c1ebfe8c300a27c350661ab5a1e6b10e991cce3c49fd17` })
  })

  test('signs the guardrail that a call names along with it', async () => {
    const signed = await of(createBedrock())(JSON.stringify(PAIR), { ...request(BEDROCK), headers: { 'content-type': 'application/json', 'x-amzn-bedrock-guardrailidentifier': 'g1', 'user-agent': 'x' } }, noPost)
    assert.match(signed['authorization'] ?? '', /SignedHeaders=content-type;host;x-amz-date;x-amzn-bedrock-guardrailidentifier,/)
  })

  test('names its region where the address does not, and is refused without one', async () => {
    const elsewhere = request('https://models.example.com/model/m/converse')
    await assert.rejects(of(createBedrock())(JSON.stringify(PAIR), elsewhere, noPost), { code: 'CS_UPSTREAM_KEY_MISSING', message: /names no "Region"/ })
    const signed = await of(createBedrock())(JSON.stringify({ ...PAIR, Region: 'us-west-2' }), elsewhere, noPost)
    assert.match(signed['authorization'] ?? '', /\/us-west-2\/bedrock\/aws4_request/)
  })

  test('is refused where it is none: access keys elsewhere than at Bedrock, any other JSON', async () => {
    for (const [provider, key] of [[createOpenAi(), JSON.stringify(PAIR)], [createBedrock(), '{"type":"authorized_user"}'], [createBedrock(), '{']] as const)
      await assert.rejects(of(provider)(key, request(BEDROCK), noPost), (error: Error & { code: string }) => error.code === 'CS_UPSTREAM_KEY_MISSING' && !error.message.includes('wJalr'))
  })
})

describe('a service account of Google', () => {
  test('is exchanged for a token once, renewed before it ends, and no call waits for two exchanges', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    let now = Date.now()
    let refusing = false
    const assertions: string[] = []
    const google = createServer((incoming, response) => {
      let form = ''
      incoming.setEncoding('utf8').on('data', (chunk: string) => { form += chunk })
      incoming.on('end', () => {
        assertions.push(new URLSearchParams(form).get('assertion') ?? '')
        response.writeHead(refusing ? 400 : 200, { 'content-type': 'application/json' }).end(refusing ? '{"error":"invalid_grant"}' : JSON.stringify({ access_token: `ya29.${assertions.length}`, expires_in: 3600, token_type: 'Bearer' }))
      })
    })
    const received: (string | undefined)[] = []
    const vertex = createServer((incoming, response) => {
      received.push(incoming.headers.authorization)
      incoming.resume().on('end', () => { response.writeHead(200, { 'content-type': 'application/json' }).end('{}') })
    })
    for (const server of [google, vertex]) await once(server.listen(0, '127.0.0.1'), 'listening')
    const urlOf = (server: typeof google): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`
    const key = JSON.stringify({ type: 'service_account', client_email: 'agent@p.iam.gserviceaccount.com', private_key: await exportPKCS8(privateKey), private_key_id: 'k1', token_uri: urlOf(google) })
    const authorize = credentialsOf(() => now)({ name: 'vertex', authorize: (token) => ({ authorization: `Bearer ${token}` }) })
    const upstream = openUpstream({ key: () => key, authorize: () => authorize, headersTimeout: 3000, bodyTimeout: 3000 })
    const send = async (): Promise<void> => {
      const clearance = clear('allow', { id: 'ev_1', seq: 0, leaf: '', type: 'exchange.decided' }, digestOf(body))
      for await (const _ of (await upstream.send(clearance, request(urlOf(vertex)), AbortSignal.timeout(3000))).body);
    }
    try {
      await Promise.all([send(), send()])
      await send()
      assert.deepEqual(received, ['Bearer ya29.1', 'Bearer ya29.1', 'Bearer ya29.1'])
      const { payload, protectedHeader } = await jwtVerify(assertions[0] ?? '', publicKey, { issuer: 'agent@p.iam.gserviceaccount.com', audience: urlOf(google) })
      assert.deepEqual([payload['scope'], protectedHeader.kid], ['https://www.googleapis.com/auth/cloud-platform', 'k1'])
      now += 59 * 60_000
      await send()
      assert.equal(received.at(-1), 'Bearer ya29.2')
      refusing = true
      now += 60 * 60_000
      await assert.rejects(send(), { code: 'CS_UPSTREAM_KEY_MISSING', message: /Google did not take the service account's key \(status 400\)/ })
      assert.equal(received.length, 4)
    } finally {
      await upstream.close()
      for (const server of [google, vertex]) server.close()
    }
  })
})

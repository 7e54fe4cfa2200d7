import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import type { CountersignError } from '../../../src/protocol/errors.ts'
import { openUpstream } from '../../../src/agent/upstream/pool.ts'
import { clear } from '../../../src/core/exchange/clearance.ts'
import { digestOf } from '../../../src/core/exchange/digest.ts'
import type { UpstreamRequest } from '../../../src/core/exchange/ports.ts'

const body = Buffer.from('{}')
const send = async (url: string, key = 'sk-real', header?: UpstreamRequest['key']): Promise<unknown> => {
  const upstream = openUpstream({ key: () => key, authorize: () => (key) => Promise.resolve({ authorization: `Bearer ${key}` }), headersTimeout: 500, bodyTimeout: 500, connectTimeout: 500 })
  const clearance = clear('allow', { id: 'ev_1', seq: 0, leaf: '', type: 'exchange.decided' }, digestOf(body))
  try {
    return await upstream.send(clearance, { upstream: 'openai', url, method: 'POST', headers: {}, body, digest: digestOf(body), ...(header ? { key: header } : {}) }, AbortSignal.timeout(3000))
  } finally {
    await upstream.close()
  }
}

describe('an upstream', () => {
  test('is never a cloud\'s metadata service, however its address is spelled', async () => {
    for (const host of ['169.254.169.254', '2852039166', '0xa9fea9fe', '[::ffff:169.254.169.254]', '[64:ff9b::a9fe:a9fe]', '[2002:a9fe:a9fe::1]', '[::a9fe:a9fe]', '[fd00:ec2::254]', '[fd20:ce::254]', '[fe80::1]', '168.63.129.16', '[64:ff9b::168.63.129.16]', '100.100.100.200', '192.0.0.192'])
      await assert.rejects(send(`http://${host}/latest`), { code: 'CS_UPSTREAM_UNREACHABLE', message: /cloud metadata address/ }, host)
  })

  test('gets no pair of access keys and no service account in a header of the policy\'s', async (t) => {
    const got: string[] = []
    const server = createServer((request, response) => {
      got.push(String(request.headers['api-key']))
      response.end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    for (const key of ['{"AccessKeyId":"AKIA","SecretAccessKey":"s3cret"}', '{"type":"service_account","private_key":"s3cret"}', '{ broken'])
      await assert.rejects(send(url, key, { header: 'api-key', prefix: '' }), ({ code, message }: CountersignError) => code === 'CS_UPSTREAM_KEY_MISSING' && /sends it in the header api-key, which takes a single word/.test(message) && !message.includes('s3cret'))
    assert.deepEqual(got, [])
    await send(url, 'word', { header: 'api-key', prefix: 'Key ' })
    assert.deepEqual(got, ['Key word'])
  })

  test('may be any other address, also one beside those', async () => {
    for (const host of ['127.0.0.1:9', '[::1]:9']) await assert.rejects(send(`http://${host}/`), { code: 'CS_UPSTREAM_UNREACHABLE', message: /could not be reached/ }, host)
  })
})

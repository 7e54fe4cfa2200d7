/** Amazon's check of a signed call, as its documentation of Signature Version 4 has it: written apart from what signs. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export const SIMULATED_ACCESS_KEY = 'SIMULATEDACCESSKEY01'

interface Signed {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/(bedrock)\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/
const LATEST_MS = 5 * 60_000

/** True when the call was signed with this secret, within minutes, over its body, its path and its host. */
export function isSignedWith({ method, path, headers, body }: Signed, secret: string): boolean {
  const [, id, date = '', region = '', service = '', names = '', signature = ''] = AUTHORIZATION.exec(headers.authorization ?? '') ?? []
  const at = String(headers['x-amz-date'])
  const when = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (id !== SIMULATED_ACCESS_KEY || !at.startsWith(date) || !(Math.abs(Date.now() - when) < LATEST_MS) || !names.split(';').includes('host')) return false
  const [plain = '', query = ''] = path.split('?')
  const canonical = [
    method,
    // Every service but S3 takes the path encoded once more than it is sent.
    plain.split('/').map(encodeURIComponent).join('/'),
    query.split('&').sort().join('&'),
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    names,
    createHash('sha256').update(body).digest('hex'),
  ].join('\n')
  const scope = `${date}/${region}/${service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', at, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest()
  const expected = hmac([date, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secret}`), text)
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
}

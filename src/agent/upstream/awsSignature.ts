/**
 * Signature Version 4 of Amazon, over the body that leaves: for Bedrock upstreams whose key is a pair of access keys, as
 * `aws configure export-credentials` prints one. What a client signed with ends at the proxy.
 */
import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import { z } from 'zod'
import { CountersignError } from '../../protocol/errors.ts'
import type { UpstreamRequest } from '../../core/exchange/ports.ts'

/** Output of `aws configure export-credentials`, or of a `credential_process`. Region: where the URL does not name it. */
export const awsKey = z.object({
  AccessKeyId: z.string().regex(/^\w{16,128}$/),
  SecretAccessKey: z.string().min(1),
  SessionToken: z.string().min(1).nullish(),
  Region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/).optional(),
})
export type AwsKey = z.infer<typeof awsKey>

const REGION = /(?:^|\.)bedrock(?:-runtime|-mantle)?(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d{1,2})\./

/** @returns the headers that carry the signature @throws CountersignError CS_UPSTREAM_KEY_MISSING when no region is known */
export async function signAws(key: AwsKey, request: UpstreamRequest, now: Date): Promise<Record<string, string>> {
  const url = new URL(request.url)
  const region = key.Region ?? REGION.exec(url.hostname)?.[1]
  if (region === undefined)
    throw new CountersignError('CS_UPSTREAM_KEY_MISSING', `the key of the upstream "${request.upstream}" names no "Region", and its URL does not either. Ask your security lead to add it. Nothing was sent.`)
  const signer = new SignatureV4({
    service: 'bedrock',
    region,
    sha256: Sha256,
    applyChecksum: false,
    credentials: { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey, ...(key.SessionToken ? { sessionToken: key.SessionToken } : {}) },
  })
  const guards = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name.startsWith('x-amzn-')))
  const own = { host: url.host, 'content-type': request.headers['content-type'] ?? 'application/json', ...guards }
  const signed = await signer.sign(
    { method: request.method, protocol: url.protocol, hostname: url.hostname, path: url.pathname, query: Object.fromEntries(url.searchParams), headers: own, body: request.body },
    { signingDate: now },
  )
  return Object.fromEntries(Object.entries(signed.headers).filter(([name]) => name !== 'host' && name !== 'content-type'))
}

/** The shape in which the signer takes its hash. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(chunk))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()))
  }

  reset(): void {
    throw new CountersignError('CS_INTERNAL', 'a hash of the signer is used once.')
  }
}

function bytesOf(source: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof source === 'string') return Buffer.from(source)
  return ArrayBuffer.isView(source) ? Buffer.from(source.buffer, source.byteOffset, source.byteLength) : Buffer.from(source)
}

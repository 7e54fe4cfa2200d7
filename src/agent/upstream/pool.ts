/** undici behind the Upstream port. The real provider keys live here and nowhere else on the machine. */
import { Agent, interceptors, type Dispatcher } from 'undici'
import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { Clearance } from '../../core/exchange/clearance.ts'
import type { Upstream, UpstreamReply, UpstreamRequest } from '../../core/exchange/ports.ts'
import type { Authorize } from './credentials.ts'
import type { PostForm } from './googleToken.ts'

export interface UpstreamOptions {
  /** @returns the key of an upstream, undefined when there is none */
  readonly key: (upstream: string) => string | undefined
  /** How an upstream's key is sent; undefined for one that no route leads to. */
  readonly authorize: (upstream: string) => Authorize | undefined
  /** Milliseconds until the answer's head, and between two chunks of it. */
  readonly headersTimeout: number
  readonly bodyTimeout: number
  readonly connectTimeout?: number
}

const EXCHANGE_MS = 15_000

/** Cloud metadata services hand out credentials to whoever asks from inside a machine: no name may lead there. */
const METADATA = new BlockList()
for (const [net, bits] of [['169.254.0.0', 16], ['168.63.129.16', 32], ['100.100.100.200', 32], ['192.0.0.192', 32]] as const) {
  METADATA.addSubnet(net, bits, 'ipv4')
  // The same places as networks that translate or tunnel spell them. The mapped spelling is the list's own affair.
  for (const prefix of ['64:ff9b::', '::']) METADATA.addSubnet(prefix + net, 96 + bits, 'ipv6')
  const [a = 0, b = 0, c = 0, d = 0] = net.split('.').map(Number)
  METADATA.addSubnet(`2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`, 16 + bits, 'ipv6')
}
for (const [net, bits] of [['fe80::', 10], ['fd00:ec2::254', 128], ['fd20:ce::254', 128]] as const) METADATA.addSubnet(net, bits, 'ipv6')

/** @param address may name the interface it is reached by */
function isMetadata(address: string, family: number): boolean {
  return METADATA.check(address.replace(/%.*$/, ''), family === 6 ? 'ipv6' : 'ipv4')
}

/** Checks the address that will really be used: there is no second resolution that could answer otherwise. */
const guardedLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, found) => {
    if (error) {
      done(error, '', 0)
      return
    }
    const allowed = found.filter(({ address, family }) => !isMetadata(address, family))
    const first = allowed[0]
    if (!first) done(Object.assign(new Error('metadata address'), { code: 'CS_METADATA_ADDRESS' }), '', 0)
    else if (options.all) (done as (e: null, a: typeof allowed) => void)(null, allowed)
    else done(null, first.address, first.family)
  })
}

export function openUpstream(options: UpstreamOptions): Upstream & { close(): Promise<void> } {
  const agent = new Agent({
    connections: 128,
    // One request at a time on a connection: an answer can never be taken for another's.
    pipelining: 1,
    headersTimeout: options.headersTimeout,
    bodyTimeout: options.bodyTimeout,
    connect: { timeout: options.connectTimeout ?? 10_000, lookup: guardedLookup },
    maxHeaderSize: 32 * 1024,
  })
  // Asked for `identity`; an upstream that compresses all the same is decoded, since bytes nobody can read cannot be masked.
  const dispatcher = agent.compose(interceptors.decompress({ skipErrorResponses: false }))
  return {
    async send(clearance, request, signal) {
      const key = options.key(request.upstream)
      if (key === undefined)
        throw new CountersignError('CS_UPSTREAM_KEY_MISSING', `there is no provider key for the upstream "${request.upstream}" on record with the hub. Ask your security lead to add it. Nothing was sent.`)
      refuseMetadata(request.url)
      const credential = request.key ? inHeader(key, request.key, request.upstream) : await options.authorize(request.upstream)?.(key, request, posting(dispatcher, request.upstream))
      return dispatch(dispatcher, clearance, request, { ...request.headers, ...credential }, signal)
    },
    close: () => agent.destroy(),
  }
}

/** A pair of access keys or a service account is no word for a header: the gateway would get the secret whole, and could not use it. */
function inHeader(key: string, { header, prefix }: NonNullable<UpstreamRequest['key']>, upstream: string): Readonly<Record<string, string>> {
  if (key.startsWith('{')) throw new CountersignError('CS_UPSTREAM_KEY_MISSING', `the key on record for the upstream "${upstream}" is a pair of access keys or a service account, and the policy sends it in the header ${header}, which takes a single word. Ask your security lead to take "key" out of the policy's upstream, or to give the gateway's own key. Nothing was sent.`)
  return { [header]: prefix + key }
}

/** An address written as such is never looked up, so it is checked here. */
function refuseMetadata(url: string): void {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  if (family !== 0 && isMetadata(host, family))
    throw new CountersignError('CS_UPSTREAM_UNREACHABLE', 'the upstream leads to a cloud metadata address, which is never called. Nothing was sent.')
}

/** For what a credential is exchanged: nothing of a call goes along, and a client that goes away does not end what others wait for. */
function posting(dispatcher: Dispatcher, upstream: string): PostForm {
  return async (url, form) => {
    refuseMetadata(url)
    const { origin, pathname, search } = new URL(url)
    try {
      const reply = await dispatcher.request({ origin, path: pathname + search, method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }, body: form.toString(), signal: AbortSignal.timeout(EXCHANGE_MS) })
      // What is no JSON is no token: its reader says so.
      return { status: reply.statusCode, body: await reply.body.json().catch(() => undefined) }
    } catch (error) {
      throw asUpstreamError(error, upstream)
    }
  }
}

async function dispatch(
  dispatcher: Dispatcher,
  clearance: Clearance,
  request: UpstreamRequest,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<UpstreamReply> {
  const url = new URL(request.url)
  try {
    // The last moment before bytes leave: forged, spent or foreign clearances end here.
    clearance.spend(request.digest)
    const reply = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method,
      headers,
      body: request.method === 'GET' ? null : request.body,
      signal,
    })
    return { status: reply.statusCode, headers: single(reply.headers), body: guarded(reply.body, request.upstream) }
  } catch (error) {
    throw asUpstreamError(error, request.upstream)
  }
}

async function* guarded(body: AsyncIterable<Uint8Array>, upstream: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of body) yield chunk
  } catch (error) {
    throw asUpstreamError(error, upstream)
  }
}

function single(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  return flat
}

function asUpstreamError(error: unknown, upstream: string): CountersignError {
  if (error instanceof CountersignError) return error
  const options = { cause: error, detail: describeError(error) }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return new CountersignError('CS_UPSTREAM_TIMEOUT', `the upstream "${upstream}" did not answer in time.`, options)
  if (typeof code === 'string' && (code.startsWith('HPE_') || code.startsWith('Z_') || code.startsWith('ERR_BUFFER') || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'))
    return new CountersignError('CS_UPSTREAM_NONSENSE', `the upstream "${upstream}" sent an answer that cannot be read.`, options)
  return new CountersignError('CS_UPSTREAM_UNREACHABLE', `the upstream "${upstream}" could not be reached, or broke off.`, options)
}

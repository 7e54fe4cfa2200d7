/**
 * From an HTTP request to a Call, in an order that matters: where it came from (Host, browser, peer), then who it is (session
 * key), then what it asks (route), and only then a byte of its body. Everything here is controlled by whoever can reach the
 * port: any program on this machine, and any web page in a browser on it.
 */
import type { IncomingMessage } from 'node:http'
import { CountersignError } from '../../protocol/errors.ts'
import type { Caller } from '../../protocol/identity.ts'
import { parsePlace, PLACE_HEADER, type CallPlace } from '../../protocol/place.ts'
import type { Masker } from '../../core/masking/masker.ts'
import type { Operation, Provider } from '../../core/provider/provider.ts'
import { UNINSPECTED } from '../../core/provider/uninspected.ts'
import { REFUSED } from '../../core/provider/registry.ts'

export interface Admission {
  readonly caller: Caller
  readonly provider: Provider
  readonly operation: Operation
  readonly upstream: string
  readonly headers: Readonly<Record<string, string>>
  /** Ends the call together with the key that it is made with. */
  readonly underWay: AbortSignal | undefined
}

export interface Gate {
  /** Looks at what a record or a sentence is about to repeat of a path. */
  readonly masker: Pick<Masker, 'inspect'>
  /** Port the listener is bound to: part of the only Host that is right. */
  readonly port: number
  /** @throws CountersignError CS_SESSION_* , CS_NOT_SIGNED_IN, CS_PROVIDER_KEY_PRESENTED */
  authenticate(key: string | undefined): Caller
  /** Aborted with a CountersignError when the key is revoked or its person signs out. */
  readonly underWay?: (key: string) => AbortSignal | undefined
  /** Undefined where the platform cannot tell. */
  peerUid(request: IncomingMessage): Promise<number | undefined>
  readonly uid: number | undefined
  /** Longest prefix first: `/openai/v1`. */
  readonly routes: readonly { readonly prefix: string; readonly provider: Provider; readonly upstream: string }[]
  /** Whether policy lets an operation through that cannot be inspected. @param what `POST /files` */
  readonly letsThroughUnread?: (upstream: string, what: string) => boolean
}

/** Path with the key and the route taken out; what a record may say of it. */
export interface Target {
  readonly path: string
  /** As received, without a `key=` that a client carries there. */
  readonly query: string
  readonly keyInQuery: string | undefined
  readonly keyInPath: string | undefined
  readonly route: Gate['routes'][number] | undefined
}

/** Google's clients may send their key so; it ends here like one in a header. */
const QUERY_KEY = 'key='
/** Hugging Face's client takes no key without it. */
const FOREIGN_PREFIX = /^hf_(?=cs_)/
const PATH_KEY = /^\/t\/([^/]+)(.*)$/

/** @param url the request line's target, attacker-controlled */
export function targetOf(url: string, routes: Gate['routes']): Target {
  const cut = url.indexOf('?')
  const whole = cut < 0 ? url : url.slice(0, cut)
  const withKey = PATH_KEY.exec(whole)
  const path = withKey?.[2] ?? whole
  const route = routes.find(({ prefix }) => isBelow(path, prefix))
  const pairs = cut < 0 ? [] : url.slice(cut + 1).split('&')
  const keyInQuery = pairs.find((pair) => pair.startsWith(QUERY_KEY))?.slice(QUERY_KEY.length)
  return { path, query: pairs.filter((pair) => !pair.startsWith(QUERY_KEY)).join('&'), keyInQuery, keyInPath: withKey?.[1], route }
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`)
}

interface Entered extends Pick<Admission, 'caller' | 'underWay'> {
  /** The session key that said who it is. */
  readonly key: string
}

/** Where it came from, and who it is. */
export async function enter(request: IncomingMessage, target: Target, gate: Gate): Promise<Entered> {
  checkHost(request, gate.port)
  checkNoBrowser(request)
  await checkPeer(request, gate)
  const presented = presentedKey(request, target)
  const caller = gate.authenticate(presented)
  const key = presented ?? ''
  // Before anything is waited for: from here on the key may end.
  const underWay = gate.underWay?.(key)
  const place = parsePlace(flat(request)[PLACE_HEADER])
  return { caller: place === undefined ? caller : { ...caller, place: await withoutValues(place, gate.masker) }, key, underWay }
}

/** The program names its file, in records and before reviewers: one in whose name something is found has none there. */
async function withoutValues(place: CallPlace, masker: Gate['masker']): Promise<CallPlace> {
  const { status, findings } = await masker.inspect([{ path: '/place', role: 'user', origin: 'prompt', kind: 'text', text: place.file }], [])
  return status === 'ok' && findings.length === 0 ? place : { ...place, file: '…' }
}

export async function admit(request: IncomingMessage, target: Target, gate: Gate): Promise<Admission> {
  const { caller, underWay } = await enter(request, target, gate)
  const { route } = target
  const refused = REFUSED.find(({ prefix }) => isBelow(target.path, prefix))
  if (refused) throw new CountersignError('CS_OPERATION_DENIED', `${refused.why} Nothing was sent.`)
  if (!route)
    throw new CountersignError('CS_ROUTE_UNKNOWN', `there is no route ${await printable(target.path, gate.masker)} here. Routes begin with ${gate.routes.map((one) => one.prefix).join(', ')}.`)
  const operation = await operationOf(request, target, { provider: route.provider, upstream: route.upstream, gate })
  checkEncoding(request, operation)
  return { caller, provider: route.provider, operation, upstream: route.upstream, headers: flat(request), underWay }
}

/** A page whose name was rebound to loopback sends no Origin; only Host betrays it. Node keeps the first of two Hosts silently. */
function checkHost(request: IncomingMessage, port: number): void {
  const hosts = request.headersDistinct['host'] ?? []
  const allowed = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  if (hosts.length !== 1 || !allowed.includes(hosts[0] ?? ''))
    throw new CountersignError('CS_HOST_REFUSED', `this address answers to http://127.0.0.1:${port} only.`)
}

function checkNoBrowser(request: IncomingMessage): void {
  const site = request.headers['sec-fetch-site']
  if (request.headers.origin !== undefined || (site !== undefined && site !== 'none') || request.method === 'OPTIONS')
    throw new CountersignError('CS_BROWSER_REFUSED', 'web pages may not call models through Countersign.')
}

async function checkPeer(request: IncomingMessage, gate: Gate): Promise<void> {
  if (gate.uid === undefined) return
  const peer = await gate.peerUid(request)
  if (peer !== undefined && peer !== gate.uid)
    throw new CountersignError('CS_PEER_REFUSED', 'this agent serves another user of this machine. Use your own.')
}

/**
 * Clients present their key in several places at once (an SDK may send two). Ours is told by its prefix; any other one is
 * judged as it stands, so that a real provider key in a notebook is named as such.
 */
function presentedKey(request: IncomingMessage, target: Target): string | undefined {
  const { authorization = '' } = request.headers
  // Amazon's clients sign with an access key and send the session token beside it; to their credentials endpoint they send a bare key.
  const signed = /^AWS4-HMAC-SHA256 Credential=(\w{16,128})\//.exec(authorization)?.[1]
  const bearer = /^(?:Bearer )?(\S+)$/i.exec(authorization)?.[1]
  const named = ['x-api-key', 'api-key', 'x-goog-api-key', 'x-amz-security-token'].map((name) => request.headers[name])
  const presented = [target.keyInPath, bearer, signed, ...named, target.keyInQuery].filter((key): key is string => typeof key === 'string' && key !== '').map((key) => key.replace(FOREIGN_PREFIX, ''))
  return presented.find((key) => key.startsWith('cs_')) ?? presented[0]
}

const METHODS: ReadonlySet<string> = new Set<Operation['method']>(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

async function operationOf(request: IncomingMessage, target: Target, { provider, upstream, gate }: { readonly provider: Provider; readonly upstream: string; readonly gate: Gate }): Promise<Operation> {
  const below = target.path.slice((target.route?.prefix ?? '').length)
  const { method = '' } = request
  const operation = provider.route(method, below, target.query)
  if (operation === undefined)
    throw new CountersignError('CS_ROUTE_UNKNOWN', `${provider.name} has no operation ${method} ${await printable(target.path, gate.masker)} that Countersign knows.`)
  if (operation === 'denied') {
    if (METHODS.has(method) && hasOneReading(below) && gate.letsThroughUnread?.(upstream, `${method} ${below}`) === true)
      return { name: UNINSPECTED, method: method as Operation['method'], path: target.query === '' ? below : `${below}?${target.query}`, uninspected: true }
    throw new CountersignError('CS_OPERATION_DENIED', `${method} ${await printable(target.path, gate.masker)} cannot be inspected, so it is not let through. Nothing was sent. A policy that has uninspected: ["${method} ${patternOf(below)}"] under upstreams.${upstream}, and a rule that allows the operation "${UNINSPECTED}", would let it through unread.`)
  }
  if (target.query !== '' && !operation.path.includes('?'))
    throw new CountersignError('CS_MALFORMED', `query parameters of ${await printable(target.path, gate.masker)} cannot be inspected. Send the call without them.`)
  return operation
}

/** An encoded path, one with dots or with empty segments could be another one to whoever reads it next: an operation that is inspected. */
function hasOneReading(path: string): boolean {
  return !path.includes('%') && !path.slice(1).split('/').some((segment) => /^\.{0,2}$/.test(segment))
}

const MEDIA = {
  json: { type: /^application\/(?:[\w.+-]*\+)?json\b/i, words: 'JSON bodies', header: 'application/json' },
  form: { type: /^multipart\/form-data\b/i, words: 'forms', header: 'multipart/form-data' },
  trace: { type: /^application\/(?:json|x-protobuf)\b/i, words: 'JSON bodies', header: 'application/json' },
} as const

/** The path as a policy would name it: whatever may be an identifier or a value stands for any. */
function patternOf(path: string): string {
  return path.slice(0, 200).split('/').map((segment) => (/^(?:[a-z_]{1,30}|v\d[a-z0-9]{0,6}|)$/.test(segment) ? segment : '*')).join('/')
}

function checkEncoding(request: IncomingMessage, operation: Operation): void {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new CountersignError('CS_ENCODING', 'compressed bodies cannot be inspected. Send the body without content-encoding.')
  if (operation.uninspected) return
  const type = request.headers['content-type'] ?? ''
  const wanted = MEDIA[operation.body ?? 'json']
  if (operation.method !== 'GET' && !wanted.type.test(type))
    throw new CountersignError('CS_ENCODING', `only ${wanted.words} can be inspected here. Send content-type: ${wanted.header}.`)
}

/** As a policy writes it. */
function sizeWords(bytes: number): string {
  const unit = ([['MiB', 1024 ** 2], ['KiB', 1024]] as const).find(([, size]) => bytes >= size && bytes % size === 0)
  return unit ? `${bytes / unit[1]} ${unit[0]}` : `${bytes} bytes`
}

/**
 * Reads a body up to the limit.
 * @param limit bytes @param take told of each piece before it is kept @throws CountersignError CS_TOO_LARGE, CS_BUSY, CS_CLIENT_GONE
 */
export async function readBody(request: IncomingMessage, limit: number, take: (bytes: number) => void): Promise<Uint8Array> {
  const tooLarge = (): CountersignError =>
    new CountersignError('CS_TOO_LARGE', `this call is over the policy's limit of ${sizeWords(limit)} (limits.body). Nothing was sent.`)
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > limit) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit) throw tooLarge()
      take(chunk.length)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof CountersignError) throw error
    throw new CountersignError('CS_CLIENT_GONE', 'The client broke off its call.', { cause: error })
  }
  return Buffer.concat(chunks, size)
}

function flat(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers[name] = value
  return headers
}

/** Part of a path as APIs have them. A key, an address, a number of somebody's or a sentence is none. */
const SEGMENT = /^(?!(?:cs_|sk-|AIza|gsk_|xai-|hf_|AKIA))(?!.*\d{5})[\w.:-]{1,40}$/
const LONGEST = 200

/**
 * A path as it may stand in a sentence and in a record, neither of which can be erased: bounded, and what may be a value or a key
 * is left out, by its shape and by what is found in it.
 */
export async function printable(path: string, masker: Gate['masker']): Promise<string> {
  const segments = path.slice(0, LONGEST).split('/')
  const kept = segments.map((text, i) => ({ text, path: `/${i}` })).filter(({ text }, i) => SEGMENT.test(text) && (path.length <= LONGEST || i < segments.length - 1))
  const { status, findings } = await masker.inspect(kept.map((one) => ({ ...one, role: 'user', origin: 'prompt', kind: 'text' })), [])
  const found = new Set(findings.map((finding) => finding.path))
  const shown = new Set(kept.filter((one) => status === 'ok' && !found.has(one.path)).map((one) => one.path))
  return segments.map((text, i) => (text === '' || shown.has(`/${i}`) ? text : '…')).join('/')
}

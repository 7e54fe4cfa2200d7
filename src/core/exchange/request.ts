/** The request that may leave: rebuilt from parsed parts, so that nothing a client wrote between them goes along. */
import { CountersignError } from '../../protocol/errors.ts'
import type { ActivePolicy } from '../../protocol/policy.ts'
import { digestOf } from './digest.ts'
import { letsThroughUnread } from '../policy/match.ts'
import type { Masker } from '../masking/masker.ts'
import type { Call } from './exchange.ts'
import type { UpstreamRequest } from './ports.ts'

/** Headers a client controls that any provider may need; some ask for more. Everything else (credentials, hops, cookies, who pays) stays here. */
const STAINLESS = ['arch', 'async', 'helper-method', 'lang', 'os', 'package-version', 'read-timeout', 'retry-count', 'runtime', 'runtime-version', 'stream-helper', 'timeout']
const FORWARDED = new Set(['accept', 'user-agent', 'openai-beta', 'anthropic-version', 'anthropic-beta', ...STAINLESS.map((name) => `x-stainless-${name}`)])
/** Names, versions and media types. CR, LF and NUL never get this far, and are refused here all the same. */
const PLAIN = /^[\w.,:;=+*/#()[\] -]{0,300}$/

type Sender = Pick<Call, 'headers'> & { readonly provider: Pick<Call['provider'], 'headers' | 'guards'> }

/** Headers that may go along when nothing is found in them: they are a client's words like its body. */
function forwardable({ headers, provider }: Sender): [string, string][] {
  const own = new Set(provider.headers)
  return Object.entries(headers).filter(([name, value]) => (FORWARDED.has(name) || own.has(name)) && PLAIN.test(value))
}

/** @throws CountersignError CS_NOT_INSPECTABLE */
function guardsOf({ headers, provider }: Sender): [string, string][] {
  return Object.entries(provider.guards ?? {}).flatMap(([name, looks]): [string, string][] => {
    const value = headers[name]
    if (value === undefined) return []
    if (!looks.test(value)) throw new CountersignError('CS_NOT_INSPECTABLE', `the header ${name} holds what is no such thing, so it cannot go along, and the call does not leave without it. Correct it; nothing was sent.`)
    return [[name, value]]
  })
}

/**
 * What is found in a header is not masked: the header stays here. So do all of them when they cannot be inspected.
 * @throws CountersignError CS_NOT_INSPECTABLE for one that guards the call, and cannot go along
 */
export async function cleanHeaders(sender: Sender, masker: Pick<Masker, 'inspect'>): Promise<Readonly<Record<string, string>>> {
  const kept = forwardable(sender)
  const { findings, status } = await masker.inspect(kept.map(([name, text]) => ({ path: `/headers/${name}`, role: 'user', origin: 'prompt', kind: 'text', text })), [])
  const found = new Set(findings.map(({ path }) => path))
  return Object.fromEntries([...guardsOf(sender), ...kept.filter(([name]) => status === 'ok' && !found.has(`/headers/${name}`))])
}

/** What the codec made of the call. */
interface Written {
  readonly body: Uint8Array
  readonly contentType: string | undefined
}

/** @param headers cleaned */
export function upstreamRequest(call: Call, policy: ActivePolicy, { body, contentType }: Written, headers: Readonly<Record<string, string>>): UpstreamRequest {
  const upstream = Object.hasOwn(policy.document.upstreams, call.upstream) ? policy.document.upstreams[call.upstream] : undefined
  if (!upstream)
    throw new CountersignError('CS_UPSTREAM_UNKNOWN', `The policy names no upstream "${call.upstream}". Ask for it to be added under "upstreams". Nothing was sent.`)
  // Asked again: policy may have changed while the body came in.
  if (call.operation.uninspected && !letsThroughUnread(policy.document, call.upstream, `${call.operation.method} ${call.operation.path.replace(/\?.*$/, '')}`))
    throw new CountersignError('CS_OPERATION_DENIED', 'the policy in force lets this operation through no more. Nothing was sent.')
  // A body was read as JSON in UTF-8, unless its codec says otherwise, and is called so: a provider that took the client's word for its characters would read another one.
  const type = call.operation.method === 'GET' ? {} : { 'content-type': 'application/json' }
  const own = contentType === undefined ? {} : { 'content-type': contentType }
  return { upstream: call.upstream, url: upstream.url + call.operation.path, method: call.operation.method, headers: { 'accept-encoding': 'identity', ...type, ...headers, ...own, ...upstream.headers }, ...(upstream.key ? { key: upstream.key } : {}), body, digest: digestOf(body) }
}

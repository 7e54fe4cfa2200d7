/** The request that may leave: rebuilt from parsed parts, so that nothing a client wrote between them goes along. */
import { CountersignError } from '../../protocol/errors.ts'
import type { ActivePolicy } from '../../protocol/policy.ts'
import { digestOf } from './digest.ts'
import type { Call } from './exchange.ts'
import type { UpstreamRequest } from './ports.ts'

/** Header names a client controls that a provider may need. Everything else (credentials, hops, organisations, cookies) stays here. */
const FORWARDED = new Set(['accept', 'content-type', 'user-agent', 'openai-beta', 'anthropic-version', 'anthropic-beta'])
/** Printable ASCII: what Node and providers agree on. CR, LF and NUL never get this far, and are refused here all the same. */
const PLAIN = /^[\x20-\x7e]*$/

export function upstreamRequest(call: Call, policy: ActivePolicy, body: Uint8Array): UpstreamRequest {
  const upstream = Object.hasOwn(policy.document.upstreams, call.upstream) ? policy.document.upstreams[call.upstream] : undefined
  if (!upstream)
    throw new CountersignError('CS_UPSTREAM_UNKNOWN', `The policy names no upstream "${call.upstream}". Ask for it to be added under "upstreams". Nothing was sent.`)
  const headers: Record<string, string> = { 'accept-encoding': 'identity' }
  for (const [name, value] of Object.entries(call.headers)) {
    if (!FORWARDED.has(name) && !name.startsWith('x-stainless-')) continue
    if (PLAIN.test(value)) headers[name] = value
  }
  return { upstream: call.upstream, url: upstream.url + call.operation.path, method: call.operation.method, headers, body, digest: digestOf(body) }
}

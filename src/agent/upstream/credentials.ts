/** How the real key of an upstream is sent: most are a word in a header; Amazon's sign each request, Google's are exchanged first. */
import { CountersignError } from '../../protocol/errors.ts'
import type { UpstreamRequest } from '../../core/exchange/ports.ts'
import type { Provider } from '../../core/provider/provider.ts'
import { awsKey, signAws } from './awsSignature.ts'
import { googleKey, GoogleTokens, type PostForm } from './googleToken.ts'

/** @returns the headers that carry the credential @throws CountersignError CS_UPSTREAM_KEY_MISSING when the key is none for this upstream */
export type Authorize = (key: string, request: UpstreamRequest, post: PostForm) => Promise<Readonly<Record<string, string>>>

/** @param now milliseconds since 1970 */
export function credentialsOf(now: () => number): (provider: Pick<Provider, 'name' | 'authorize'>) => Authorize {
  const tokens = new GoogleTokens(now)
  return (provider) => async (key, request, post) => {
    if (!key.startsWith('{')) return provider.authorize(key)
    const given = parsed(key)
    const aws = awsKey.safeParse(given)
    if (provider.name === 'bedrock' && aws.success) return signAws(aws.data, request, new Date(now()))
    const google = googleKey.safeParse(given)
    if (provider.name === 'vertex' && google.success) return provider.authorize(await tokens.tokenFor(google.data, post))
    throw new CountersignError('CS_UPSTREAM_KEY_MISSING', `the key on record for the upstream "${request.upstream}" is none that it takes. Ask your security lead to replace it. Nothing was sent.`)
  }
}

function parsed(key: string): unknown {
  try {
    return JSON.parse(key)
  } catch {
    // Refused by whoever reads it as a key.
    return undefined
  }
}

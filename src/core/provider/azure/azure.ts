/** Azure's OpenAI: the same dialect under paths that name a deployment, and with an API version in the query. */
import { createOpenAi, describeOpenAi } from '../openai/openai.ts'
import { routeOpenAi } from '../openai/routes.ts'
import type { Operation, Provider } from '../provider.ts'

const DEPLOYMENT = /^\/openai\/deployments\/([A-Za-z0-9][\w.-]{0,63})(\/.*)$/
const VERSION_ONE = /^\/openai\/v1(\/.*)$/
/** The only query a path may carry; anything else could be text. */
const QUERY = /^api-version=[\w-]{1,40}$/

export function createAzure(): Provider {
  return {
    ...createOpenAi({ name: 'azure' }),
    route,
    describe(operation, body) {
      const [, model] = DEPLOYMENT.exec(operation.path.replace(/\?.*$/, '')) ?? []
      return describeOpenAi(operation, body, model === undefined ? {} : { model })
    },
    authorize: (key) => ({ 'api-key': key }),
  }
}

function route(method: string, path: string, query = ''): Operation | 'denied' | undefined {
  const below = DEPLOYMENT.exec(path)?.[2] ?? VERSION_ONE.exec(path)?.[1]
  if (below === undefined) return /^\/openai\/(?:[\w./-]+)$/.test(path) && !path.includes('//') && !path.includes('..') ? 'denied' : undefined
  const operation = routeOpenAi(method, below)
  return typeof operation === 'object' ? { ...operation, path: QUERY.test(query) ? `${path}?${query}` : path } : operation
}

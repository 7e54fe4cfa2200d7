/** The hub's HTTP server: limits, the name it answers to, headers on everything, and how every refusal looks. */
import { createServer as createPlain, type RequestListener, type Server } from 'node:http'
import { createServer as createSecure } from 'node:https'
import fastify, { type FastifyInstance } from 'fastify'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { HubConfig } from '../config.ts'
import type { Hub } from '../hub.ts'
import { addPages } from '../pages/routes.ts'
import { addApprovals } from '../approvals/routes.ts'
import { addBroker } from '../saml/routes.ts'
import { addApi } from './api.ts'
import { callerOf } from './callers.ts'
import { RateLimit } from './rateLimit.ts'
import { refusalOf, RefusalRecords } from './refusals.ts'

const LIMITS = { maxHeaderSize: 32 * 1024, requestTimeout: 60_000, headersTimeout: 10_000, keepAliveTimeout: 15_000 }

/** @returns the server, listening, and the address it took @throws CountersignError CS_SETTING when the address is taken */
export async function listen(config: HubConfig, port: number): Promise<{ server: Server; address: string; port: number }> {
  const server = config.tls ? createSecure({ ...LIMITS, ...config.tls, minVersion: 'TLSv1.2' }) : createPlain(LIMITS)
  server.maxConnections = 5000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => { reject(new CountersignError('CS_SETTING', `the hub cannot listen on ${config.host}:${port}. Choose another address with --listen.`, { cause, detail: describeError(cause) })) })
    server.listen({ host: config.host, port }, resolve)
  })
  const bound = server.address()
  const taken = typeof bound === 'object' && bound ? bound.port : port
  return { server, address: `${config.tls ? 'https' : 'http'}://${config.host.includes(':') ? `[${config.host}]` : config.host}:${taken}`, port: taken }
}

export interface Served {
  close(): Promise<void>
}

/** @param server listening already: its port is part of the hub's name */
export async function serve(hub: Hub, server: Server, address: string): Promise<Served> {
  const refusals = new RefusalRecords(hub.log, hub.say, hub.now)
  const app = buildApp(hub, server, address, refusals)
  await app.ready()
  return {
    async close() {
      const closed = new Promise<void>((resolve) => { server.close(() => { resolve() }) })
      hub.approvals.endLines()
      server.closeIdleConnections()
      const force = setTimeout(() => { server.closeAllConnections() }, 2000)
      await closed
      clearTimeout(force)
      await app.close()
      await refusals.close()
    },
  }
}

function buildApp(hub: Hub, server: Server, address: string, refusals: RefusalRecords): FastifyInstance {
  const app = fastify({
    serverFactory: (handler: RequestListener) => server.on('request', handler),
    bodyLimit: 64 * 1024,
    trustProxy: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 300 },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })
  const hosts = knownHosts(hub.url, address)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(HEADERS)
    if (hub.config.tls) reply.header('strict-transport-security', 'max-age=31536000')
    if (!hosts.has(request.headers.host?.toLowerCase() ?? '')) throw new CountersignError('CS_HOST_REFUSED', `this hub is ${hub.url} and answers to no other name.`)
    done()
  })
  app.setErrorHandler(async (error: Parameters<typeof refusalOf>[0], request, reply) => {
    const { code, message, status } = refusalOf(error)
    if (status >= 500) hub.say(`${request.method} ${request.routeOptions.url ?? 'unknown route'} failed (${describeError(error)})`)
    await refusals.add({ code, route: request.routeOptions.url ?? 'unknown', status }, callerOf(request))
    if (code === 'CS_BUSY') reply.header('retry-after', '2')
    return reply.code(status).type('application/json; charset=utf-8').send({ error: { code, message } })
  })
  app.setNotFoundHandler(() => {
    throw new CountersignError('CS_ROUTE_UNKNOWN', 'the hub has nothing here.')
  })
  addApprovals(app, hub)
  const limit = new RateLimit({ burst: 300, perSecond: 50, now: hub.now })
  addApi(app, hub, limit)
  if (hub.broker) addBroker(app, hub, hub.broker, limit)
  addPages(app, hub, limit, refusals)
  return app
}

/** Pages set a content policy of their own that lets their style sheets through. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** A page that lets another name lead here (DNS rebinding) gets nothing. */
function knownHosts(url: string, address: string): ReadonlySet<string> {
  const listening = new URL(address)
  return new Set([new URL(url).host, listening.host, ...(listening.hostname === '127.0.0.1' ? [`localhost${listening.port === '' ? '' : `:${listening.port}`}`] : [])])
}

/** The relay's routes (protocol/approval.ts): held calls in, verdicts in, and one stream per person and device out. */
import type { FastifyInstance, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { decodeJwt } from 'jose'
import type { ServerResponse } from 'node:http'
import { describeError } from '../../protocol/errors.ts'
import { endingsRequest, giveReason, openRequest, reviewRequest, used, withdraw } from '../../protocol/approval.ts'
import type { Announced } from '../access/deviceRequests.ts'
import type { Device } from '../access/devices.ts'
import type { Hub } from '../hub.ts'
import { bytesOf, parseBody } from '../http/body.ts'
import { keepCaller } from '../http/callers.ts'
import { endingsFor } from './endings.ts'
import type { Viewer } from './lines.ts'

const KIB = 1024
const TIME_EVERY_MS = 15_000
/** A reader that does not read is cut off: it comes back with a snapshot. */
const MOST_UNREAD = 8 * 1024 * 1024

interface Named {
  readonly ap: string
}

export function addApprovals(app: FastifyInstance, hub: Hub): void {
  const announced = new WeakMap<FastifyRequest, Announced>()
  const signed = (bodyLimit: number): RouteShorthandOptions => ({
    bodyLimit,
    onRequest: async (request) => {
      const known = await hub.requests.announce(request.headers.authorization, request.method, request.url)
      announced.set(request, known)
      keepCaller(request, { device: known.device })
    },
  })
  const deviceOf = (request: FastifyRequest): Device => {
    const known = announced.get(request)
    if (!known) throw new TypeError('a route without its check')
    return hub.requests.spend(known, bytesOf(request))
  }
  const viewerOf = async (request: FastifyRequest): Promise<Viewer> => {
    const device = deviceOf(request)
    const person = await hub.tokens.verify(personHeader(request))
    keepCaller(request, { person })
    await hub.labels.keepPerson(person)
    return { device, person }
  }
  const done = {}

  app.post('/v1/approvals', signed(512 * KIB), async (request) => hub.approvals.open(await viewerOf(request), parseBody(request, openRequest)))
  app.post<{ Params: Named }>('/v1/approvals/:ap/reason', signed(16 * KIB), async (request) => {
    const viewer = await viewerOf(request)
    await hub.approvals.giveReason(request.params.ap, viewer, parseBody(request, giveReason).reason)
    return done
  })
  app.post<{ Params: Named }>('/v1/approvals/:ap/withdraw', signed(KIB), async (request) => {
    const device = deviceOf(request)
    await hub.approvals.withdraw(request.params.ap, device, parseBody(request, withdraw).cause)
    return done
  })
  app.post<{ Params: Named }>('/v1/approvals/:ap/used', signed(KIB), async (request) => {
    const device = deviceOf(request)
    await hub.approvals.used(request.params.ap, device, parseBody(request, used).ex)
    return done
  })
  app.post<{ Params: Named }>('/v1/approvals/:ap/review', signed(16 * KIB), async (request) => {
    const viewer = await viewerOf(request)
    await hub.approvals.review(request.params.ap, viewer, parseBody(request, reviewRequest))
    return done
  })
  app.post('/v1/approvals/endings', signed(16 * KIB), async (request) => {
    const { person } = await viewerOf(request)
    return { endings: endingsFor(hub.log.records, parseBody(request, endingsRequest).aps, person) }
  })
  app.get('/v1/events', signed(KIB), async (request, reply) => {
    const viewer = await viewerOf(request)
    // Since the token was read, somebody may have been removed; from here on a removal ends the line.
    hub.removals.checkPerson(viewer.person)
    hub.removals.checkDevice(viewer.device)
    const until = (decodeJwt(personHeader(request)).exp ?? 0) * 1000
    reply.hijack()
    stream(hub, viewer, reply.raw, until)
  })
}

function personHeader(request: FastifyRequest): string {
  const header = request.headers['x-countersign-person']
  return typeof header === 'string' ? header : ''
}

/** Ends when the person's token does: who they are and what groups they are in is proved anew then. */
function stream(hub: Hub, viewer: Viewer, response: ServerResponse, until: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  const send = (event: string, data: unknown): void => {
    if (response.writableLength > MOST_UNREAD) response.destroy()
    else response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  const disconnected = hub.approvals.connected(viewer, () => { response.destroy() })
  const unlisten = hub.approvals.listen((held) => {
    const request = hub.approvals.share(held, viewer)
    if (request) send('request', { now: hub.now(), request })
  })
  send('snapshot', { now: hub.now(), requests: hub.approvals.visible(viewer) })
  const time = setInterval(() => { send('time', { now: hub.now() }) }, TIME_EVERY_MS)
  const end = setTimeout(() => { response.end() }, Math.min(Math.max(0, until - hub.now()), 2 ** 31 - 1))
  response.on('error', (error) => { hub.say(`a stream ended badly (${describeError(error)})`) })
  response.on('close', () => {
    disconnected()
    unlisten()
    clearInterval(time)
    clearTimeout(end)
  })
}

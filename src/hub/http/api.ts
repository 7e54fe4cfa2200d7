/** The hub's wire (protocol/hub.ts): what agents, the command line and verifiers ask for. */
import type { FastifyInstance, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { CountersignError } from '../../protocol/errors.ts'
import { checkpointRequest, enrolRequest, entriesRequest, evidenceRequest, publishRequest, workloadRequest } from '../../protocol/hub.ts'
import { parseCheckpoint } from '../../core/log/checkpoint.ts'
import { parseNote } from '../../core/log/note.ts'
import type { Announced } from '../access/deviceRequests.ts'
import type { Device } from '../access/devices.ts'
import type { Person } from '../access/person.ts'
import type { Hub } from '../hub.ts'
import type { OpenMirror } from '../mirror/mirrors.ts'
import type { MirrorReply } from '../mirror/mirror.ts'
import { bytesOf, parseBody } from './body.ts'
import { callerOf, keepCaller } from './callers.ts'
import { sendEvidence } from './evidence.ts'
import type { RateLimit } from './rateLimit.ts'

const KIB = 1024
const MIB = 1024 * KIB

export function addApi(app: FastifyInstance, hub: Hub, limit: RateLimit): void {
  addPublicRoutes(app, hub, limit)
  addPeopleRoutes(app, hub, limit)
  addWorkloadRoute(app, hub, limit)
  addDeviceRoutes(app, hub)
}

function addPublicRoutes(app: FastifyInstance, hub: Hub, limit: RateLimit): void {
  const limited: RouteShorthandOptions = {
    onRequest: (request, _reply, done) => {
      limit.take(request.ip)
      done()
    },
  }
  app.get('/.well-known/countersign', limited, () => hub.known)
  app.get('/v1/log/receipt', limited, (request) => {
    const { stream } = request.query as { stream?: unknown }
    const note = typeof stream === 'string' ? hub.mirrors.receipt(stream) : undefined
    if (note === undefined) throw new CountersignError('CS_ROUTE_UNKNOWN', 'the hub has no receipt for a log of this name.')
    return { note }
  })
}

/** Whoever asks has no credential of ours yet: the platform's token is looked at, and what anybody may ask is limited by address. */
function addWorkloadRoute(app: FastifyInstance, hub: Hub, limit: RateLimit): void {
  const limited: RouteShorthandOptions = {
    bodyLimit: 20 * KIB,
    onRequest: (request, _reply, done) => {
      limit.take(request.ip)
      done()
    },
  }
  app.post('/v1/workload', limited, async (request) => {
    if (!hub.workloads) throw new CountersignError('CS_SIGN_IN_FAILED', 'this hub takes no workloads. Its operator lists them with --workloads FILE.')
    const { token, onBehalfOf } = parseBody(request, workloadRequest)
    return hub.workloads.exchange(token, onBehalfOf)
  })
}

function addPeopleRoutes(app: FastifyInstance, hub: Hub, limit: RateLimit): void {
  /** Who asks is known before a byte of the body is read. */
  const signedIn = (bodyLimit: number): RouteShorthandOptions => ({
    bodyLimit,
    onRequest: async (request) => {
      limit.take(request.ip)
      keepCaller(request, { person: await hub.tokens.bearer(request.headers.authorization) })
    },
  })
  const personOf = (request: FastifyRequest): Person => {
    const { person } = callerOf(request)
    if (!person) throw new CountersignError('CS_NOT_SIGNED_IN', 'nobody is signed in.')
    return person
  }

  app.post('/v1/enrol', signedIn(16 * KIB), async (request) => {
    const person = personOf(request)
    const { name, key, proof } = parseBody(request, enrolRequest)
    const reply = await hub.devices.enrol({ person, name, key, proof, audience: hub.url, now: hub.now })
    await hub.labels.keepPerson(person)
    await hub.labels.keepDevice(reply.device, name)
    return reply
  })

  app.post('/v1/sign-out', signedIn(KIB), async (request) => {
    await hub.tokens.end(request.headers.authorization)
    return {}
  })

  app.post('/v1/evidence', signedIn(KIB), async (request, reply) => {
    const person = personOf(request)
    await hub.labels.keepPerson(person)
    return sendEvidence(reply, await hub.exports.make(person, parseBody(request, evidenceRequest)))
  })

  app.post('/v1/policy', signedIn(3 * MIB), async (request, reply) => {
    const person = personOf(request)
    await hub.labels.keepPerson(person)
    if (person.kind === 'workload' || !person.groups.includes(hub.config.policyGroup)) throw new CountersignError('CS_OPERATION_DENIED', `publishing a policy needs the group ${hub.config.policyGroup}.`)
    const { document, reason } = parseBody(request, publishRequest)
    const { issuer, subject, name, email, groups } = person
    const done = await hub.policies.publish({ author: { issuer, subject, ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) }, groups, reason, document })
    if ('proposed' in done) return reply.code(202).send({ proposal: done.proposed.id, loosens: done.proposed.loosens })
    return { version: done.published.version, digest: done.published.digest }
  })
}

function addDeviceRoutes(app: FastifyInstance, hub: Hub): void {
  const announced = new WeakMap<FastifyRequest, Announced>()
  const signed = (bodyLimit: number): RouteShorthandOptions => ({
    bodyLimit,
    onRequest: async (request) => {
      const known = await hub.requests.announce(request.headers.authorization, request.method, request.url)
      announced.set(request, known)
      keepCaller(request, { device: known.device })
    },
  })
  const deviceOf = (request: FastifyRequest, evenRemoved = false): Device => {
    const known = announced.get(request)
    if (!known) throw new CountersignError('CS_HUB_REFUSED', 'this request is not signed by a device.')
    return hub.requests.spend(known, bytesOf(request), evenRemoved)
  }

  app.post('/v1/log/checkpoint', signed(64 * KIB), async (request, reply) => {
    const device = deviceOf(request, true)
    const body = parseBody(request, checkpointRequest)
    const { origin } = parseCheckpoint(parseNote(body.checkpoint).text)
    const open = await mirrorOf(hub, device, origin)
    const answer = await open.mirror.checkpoint(body)
    return reply.code(answer.status).send(await recorded(hub, open, answer))
  })

  app.post('/v1/log/entries', signed(18 * MIB), async (request, reply) => {
    const device = deviceOf(request, true)
    const body = parseBody(request, entriesRequest)
    const open = await mirrorOf(hub, device, body.stream)
    const answer = await open.mirror.entries(body)
    return reply.code(answer.status).send(await recorded(hub, open, answer))
  })

  app.get('/v1/policy', signed(KIB), async (request) => {
    deviceOf(request)
    await refuseRemoved(hub, request.headers['x-countersign-person'])
    const envelope = await hub.policies.envelope()
    if (envelope === undefined) throw new CountersignError('CS_ROUTE_UNKNOWN', 'no policy was published yet. Ask your security lead.')
    return { envelope }
  })

  app.get('/v1/upstream-keys', signed(KIB), async (request) => {
    const device = deviceOf(request)
    const header = request.headers['x-countersign-person']
    const person = await hub.tokens.verify(typeof header === 'string' ? header : '')
    keepCaller(request, { person })
    return { keys: await lease(hub, device, person) }
  })
}

/** A policy needs no person; when one is named, who was offboarded learns it here. A token that is not good says nothing. */
async function refuseRemoved(hub: Hub, token: string | string[] | undefined): Promise<void> {
  if (typeof token !== 'string') return
  try {
    await hub.tokens.verify(token)
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code === 'CS_OFFBOARDED') throw error
  }
}

/** A device writes to its own logs only. */
async function mirrorOf(hub: Hub, device: Device, stream: string): Promise<OpenMirror> {
  const open = await hub.mirrors.of(stream)
  if (open.device.id !== device.id) throw new CountersignError('CS_LOG_PROOF', 'this log is of another device.')
  return open
}

/** The answer, after what it says is in the hub's own log. */
async function recorded(hub: Hub, { stream, mirror }: OpenMirror, { status, body, alarm }: MirrorReply): Promise<unknown> {
  if (alarm !== undefined) {
    hub.say(`${stream}: ${alarm}`)
    await hub.log.append({ type: 'log.refused', stream, code: status === 409 ? 'CS_LOG_CONFLICT' : 'CS_LOG_PROOF', held: mirror.held, claimed: mirror.claimed })
  }
  if (typeof body['cosignature'] === 'string') {
    const { size, root } = parseCheckpoint(parseNote(body['cosignature']).text)
    await hub.log.append({ type: 'log.accepted', stream, size, root: root.toString('base64') })
  }
  return status === 409 ? { ...body, error: { code: 'CS_LOG_CONFLICT', message: 'the hub holds another number of records; go on from there.' } } : body
}

/** Keys of the upstreams that policy names, each lease on record before the key is in an answer. */
async function lease(hub: Hub, device: Device, person: Person): Promise<Record<string, string>> {
  const upstreams = hub.policies.upstreams
  const keys: Record<string, string> = {}
  for (const [name, key] of hub.config.upstreamKeys) {
    if (!upstreams.includes(name)) continue
    await hub.log.append({ type: 'key.leased', device: device.id, upstream: name, iss: person.issuer, sub: person.subject })
    keys[name] = key
  }
  return keys
}

/** Who makes a request, as soon as a route has verified it: what is refused after that is on record in their name. */
import type { FastifyRequest } from 'fastify'
import type { Device } from '../access/devices.ts'
import type { Person } from '../access/person.ts'

export interface Caller {
  readonly person?: Person
  readonly device?: Device
}

const callers = new WeakMap<FastifyRequest, Caller>()

export function keepCaller(request: FastifyRequest, verified: Caller): void {
  callers.set(request, { ...callers.get(request), ...verified })
}

/** Without members as long as nobody was verified. */
export function callerOf(request: FastifyRequest): Caller {
  return callers.get(request) ?? {}
}

/** Bodies arrive as bytes, because devices sign bytes; they become values here, checked against their schema. */
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { CountersignError } from '../../protocol/errors.ts'

export function bytesOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
}

/** @throws CountersignError CS_MALFORMED naming the members that are wrong, never their values */
export function parseBody<T>(request: FastifyRequest, schema: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(bytesOf(request).toString('utf8'))
  } catch (cause) {
    throw new CountersignError('CS_MALFORMED', 'the body is no JSON.', { cause })
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new CountersignError('CS_MALFORMED', `the body has a wrong shape: ${[...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || issue.code))].slice(0, 10).join(', ')}.`)
  return parsed.data
}

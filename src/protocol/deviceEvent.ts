/**
 * The members that every reader of another machine's journal counts on, as a schema: a record's inside is whatever its device
 * signed. More members are no fault, as a later version may write them.
 */
import { z } from 'zod'
import type { AuditEvent, AuditRecord } from './audit.ts'
import { CAUSES, ENDINGS } from './approval.ts'
import { FINDING_KINDS } from './finding.ts'
import { TRANSFORMS } from './masking.ts'

const text = z.string()
const optional = text.optional()
const count = z.number()
const counts = z.record(text, count)
const texts = z.array(text)
const sd = texts
/** Seconds since 1970, as far as a date reaches (ECMA-262 21.4.1.1). */
const seconds = z.number().min(0).max(8.64e12)
const actor = z.looseObject({ iss: text, sub: text, kind: z.literal('workload').optional(), groups: texts, authTime: seconds, session: text, launch: optional })
const endpoint = z.looseObject({ provider: text, operation: text, upstream: text, url: z.string().refine((url) => URL.canParse(url)), model: text, stream: z.boolean() })
const policy = z.looseObject({ version: count, digest: text, source: z.enum(['hub', 'local']) })
const masked = z.array(z.looseObject({ type: text, transform: z.enum(TRANSFORMS) }))
const maskedApart = counts.optional()
const rule = text.nullable()
const ex = text
const person = z.looseObject({ iss: text, sub: text })
const reviewer = z.looseObject({ issuer: text, subject: text, groups: texts, authTime: seconds, verdict: z.enum(['approve', 'deny']), reason: optional, confirmation: optional })
const answer = z.looseObject({ model: optional, id: optional, finish: texts, usage: z.looseObject({ inputTokens: count.optional(), outputTokens: count.optional() }), opaque: texts.optional() })

const ended = { ex, actor: actor.nullable(), status: count.nullable(), code: optional, reason: optional, answer: answer.optional(), returned: z.looseObject({ digest: text, bytes: count }).nullable(), masked, maskedApart, found: counts, restored: counts.optional(), timing: z.looseObject({ total: count }), sd }

const deviceEvent = z.discriminatedUnion('type', [
  event('log.opened', { stream: text, device: text, key: text, reason: text }),
  event('agent.started', { build: text, pid: count, listen: text, home: text }),
  event('agent.stopped', { reason: text }),
  event('agent.recovered', { cut: count, segment: text, what: text }),
  event('session.started', { actor, endsAt: text, sd }),
  event('session.confirmed', { actor }),
  event('session.ended', { actor, reason: text }),
  event('session.refused', { reason: text }),
  event('launch.registered', { launch: text, kind: text, label: text }),
  event('launch.revoked', { launch: text, actor: actor.nullable() }),
  event('key.set', { upstream: text, held: z.literal('developer'), actor: actor.nullable() }),
  event('key.removed', { upstream: text, held: z.literal('developer'), actor: actor.nullable() }),
  event('launch.finding', { launch: text, kind: z.enum(FINDING_KINDS), subject: text, file: optional, program: optional }),
  event('policy.activated', { version: count, digest: text, source: z.enum(['hub', 'local']), author: text, reason: text }),
  event('policy.refused', { code: text, why: text, kept: count.nullable() }),
  event('call.refused', { ex, actor: actor.nullable(), code: text, status: count, route: text, method: text }),
  event('approval.requested', { ex, actor, endpoint, rule, policy, found: counts, digest: text }),
  event('approval.settled', { ex, actor, ap: text.nullable(), state: z.enum(ENDINGS), cause: z.enum(CAUSES), reviewers: z.array(reviewer), digest: text, rule, policy, found: counts, ms: count, sd }),
  event('review.given', { ex, actor, ap: text, requester: person, verdict: z.enum(['approve', 'deny']), provider: text, host: text, model: text, rule: text, found: counts, digest: text, ms: count, sd }),
  event('review.ended', { ex, actor, ap: text, requester: person, state: z.enum(ENDINGS), cause: z.enum(CAUSES), reviewers: z.array(person.extend({ verdict: z.enum(['approve', 'deny']) })), digest: text, ms: count }),
  event('decision.refused', { ap: text, why: text, digest: text }),
  event('exchange.decided', {
    ex, actor, endpoint, policy, masked, maskedApart, sd,
    params: z.record(text, z.unknown()),
    digest: z.looseObject({ received: text, sent: text.nullable() }),
    bytes: z.looseObject({ received: count, sent: count.nullable() }),
    inspection: z.looseObject({ status: text, found: counts, opaque: texts }),
    decision: z.looseObject({ effect: z.enum(['allow', 'deny']), rule, why: text, code: optional }),
  }),
  event('exchange.completed', ended),
  event('exchange.aborted', ended),
  event('exchange.failed', ended),
  event('sync.receipt', { size: count, root: text, hub: text, at: text }),
  event('sync.gap', { size: count, why: text }),
])

function event<T extends AuditEvent['type'], S extends z.ZodRawShape>(type: T, shape: S): z.ZodObject<{ type: z.ZodLiteral<T> } & S, z.core.$loose> {
  return z.looseObject({ type: z.literal(type), ...shape })
}

/** @returns the record, or in its place one that says that it cannot be read: its bytes, number and proof stay what they are */
export function readableRecord(record: AuditRecord): AuditRecord {
  return deviceEvent.safeParse(record.event).success ? record : { ...record, event: { type: 'record.unreadable', claimed: record.event.type.slice(0, 60) } }
}

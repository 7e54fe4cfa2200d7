/** Records in the words of people: who, what happened, with which model, what was decided and why. */
import type { ApprovalSettled, AuditEvent, AuditRecord, Disclosure, ExchangeDecided, ExchangeEnded } from '../../protocol/audit.ts'
import { REQUESTER_NAME } from '../../protocol/audit.ts'
import { inert } from './inert.ts'

/** All entity types there are, found and masked, fit; a reader who misses one takes it for not there. */
const LONGEST = 4000

/** Name of a session's person, where it can be told. */
export type NameOf = (session: string) => string | undefined

/** Who acts in a record: the name behind the session, else the subject; a dash where nobody does. */
export function personOf(event: AuditEvent, nameOf: NameOf): string {
  if ('actor' in event && event.actor) return inert(nameOf(event.actor.session) ?? event.actor.sub, 40)
  if ('sub' in event) return inert(event.sub, 40)
  return '-'
}

/** One sentence. Everything in it that others control is inert. @param texts of the record, as far as they can be opened: names of people stand there */
export function wordsOf({ event }: AuditRecord, texts: readonly Disclosure[] = []): string {
  return inert(sentence(event, (path) => texts.find((one) => one.path === path)?.value), LONGEST)
}

function sentence(event: AuditEvent, textOf: (path: string) => string | undefined): string {
  switch (event.type) {
    case 'exchange.decided':
      return decided(event)
    case 'exchange.completed':
    case 'exchange.aborted':
    case 'exchange.failed':
      return ended(event)
    case 'call.refused':
      return `call refused before a decision: ${event.code}, ${event.method} ${event.route} (status ${event.status})`
    case 'approval.requested':
      return `call held for a decision: ${event.endpoint.model} at ${event.endpoint.upstream}${because(event.rule)}${counted('; found', event.found)}`
    case 'approval.settled':
      return settled(event, textOf)
    case 'review.given':
      return `${event.verdict === 'approve' ? 'approved' : 'denied'} a held call of ${textOf(REQUESTER_NAME) ?? event.requester.sub}: ${event.model} at ${event.host}${because(event.rule)}${counted('; found', event.found)}`
    case 'session.started':
      return `${event.actor.kind === 'workload' ? 'workload ' : ''}signed in (${event.actor.iss}), groups ${list(event.actor.groups)}, until ${event.endsAt}`
    case 'session.ended':
      return `session ended: ${event.reason}`
    case 'session.refused':
      return `sign-in refused: ${event.reason}`
    default:
      return machinery(event)
  }
}

function findingWords({ kind, subject, file, program }: Extract<AuditEvent, { type: 'launch.finding' }>): string {
  const where = `${file === undefined ? '' : ` in ${file}`}${program === undefined ? '' : ` of ${program}`}`
  const what = {
    environmentKey: `a provider key in the environment (${subject})`,
    codeKey: `a provider key written down (${subject})`,
    address: `a direct address (${subject})`,
    connection: `a connection to ${subject}`,
    isolated: `Python started without its preload (${subject})`,
  }[kind]
  return `a way around Countersign was seen: ${what}${where}`
}

function settled(event: ApprovalSettled, textOf: (path: string) => string | undefined): string {
  // Their own word on it is no review.
  if (event.state === 'acknowledged') return `acknowledged by the requester after ${seconds(event.ms)}`
  return `review ${event.state} (${event.cause.replaceAll('_', ' ')})${event.reviewers.length > 0 ? ` by ${event.reviewers.map(({ subject, reason = '' }, i) => `${textOf(`approval/reviewers/${i}/name`) ?? subject}${reason === '' ? '' : ` ("${reason}")`}`).join(', ')}` : ''} after ${seconds(event.ms)}`
}

type Machinery = Exclude<AuditEvent, { type: 'exchange.decided' | 'exchange.completed' | 'exchange.aborted' | 'exchange.failed' | 'call.refused' | 'approval.requested' | 'approval.settled' | 'review.given' | 'session.started' | 'session.ended' | 'session.refused' }>

function machinery(event: Machinery): string {
  switch (event.type) {
    case 'review.ended':
      return `that held call of ${event.requester.sub} ended: ${event.state} (${event.cause.replaceAll('_', ' ')}) after ${seconds(event.ms)}; ${event.reviewers.map(({ sub, verdict }) => `${sub} ${verdict === 'approve' ? 'approved' : 'denied'}`).join(', ')}`
    case 'launch.finding':
      return findingWords(event)
    case 'log.opened':
      return `journal opened on ${event.device}: ${event.reason}`
    case 'agent.started':
      return `agent ${event.build} started, listening on ${event.listen}`
    case 'agent.stopped':
      return `agent stopped: ${event.reason}`
    case 'agent.recovered':
      return `agent recovered: ${event.what} (${event.segment}, ${event.cut} bytes)`
    case 'policy.activated':
      return `policy version ${event.version} in force, from ${event.source === 'hub' ? 'the hub' : 'a local file'}, by ${event.author}: ${event.reason}`
    case 'policy.refused':
      return `policy refused: ${event.why}${event.kept === null ? '' : `; version ${event.kept} stays`}`
    case 'sync.receipt':
      return `the hub holds ${event.size} records (its time ${event.at})`
    case 'sync.gap':
      return `sync gap at ${event.size}: ${event.why}`
    case 'record.unreadable':
      return `a record that cannot be read: its device signed something else than what "${event.claimed}" says`
    default:
      return ofLaunches(event)
  }
}

/** What programs call with: session keys and, without a hub, provider keys. */
function ofLaunches(event: AuditEvent): string {
  switch (event.type) {
    case 'launch.registered':
      return `launch ${event.kind} "${event.label}"`
    case 'launch.revoked':
      return 'launch revoked: its programs make no more calls'
    case 'key.set':
      return `provider key of ${event.upstream} set by the person: developer-held, no hub has it`
    case 'key.removed':
      return `provider key of ${event.upstream} removed by the person`
    default:
      return ofHub(event)
  }
}

function ofHub(event: AuditEvent): string {
  switch (event.type) {
    case 'hub.started':
      return `hub ${event.build} started as ${event.url}`
    case 'hub.stopped':
      return `hub stopped: ${event.reason}`
    case 'log.accepted':
      return `receipt given for ${event.size} records of ${event.stream}`
    case 'log.refused':
      return `records of ${event.stream} refused (${event.code}): ${event.claimed} claimed, ${event.held} held`
    case 'workload.admitted':
      return `workload ${event.sub} of ${event.iss} admitted, groups ${list(event.groups)}, until ${event.until}`
    case 'key.leased':
      return `key of ${event.upstream} leased to ${event.device} for ${event.sub}`
    case 'page.viewed':
      return `page ${event.page}${event.query === '' ? '' : `?${event.query}`} looked at by ${event.sub} (status ${event.status})`
    case 'request.refused':
      return refused(event)
    default:
      return ofPeople(event)
  }
}

function refused(event: Extract<AuditEvent, { type: 'request.refused' }>): string {
  const by = 'sub' in event ? ` by ${event.sub}` : ''
  return `request${by}${event.device === undefined ? '' : ` on ${event.device}`} to ${event.route} refused: ${event.code} (status ${event.status})${event.times === undefined ? '' : `, ${event.times} times`}`
}

/** What people decided at the hub. */
function ofPeople(event: AuditEvent): string {
  switch (event.type) {
    case 'device.enrolled':
      return `device ${event.device} enrolled by ${event.sub}, groups ${list(event.groups)}`
    case 'evidence.exported':
      return `evidence of ${event.from} to ${event.to} downloaded by ${event.sub}: ${event.records} records of ${event.logs} logs, SHA-256 ${event.digest}`
    case 'policy.published':
      return `policy version ${event.version} published by ${event.sub}: ${event.reason}${event.approval ? `; it loosens, approved by ${event.approval.sub}: ${event.approval.reason}` : ''}`
    case 'policy.proposed':
      return `policy proposed by ${event.sub}: ${event.reason}; it loosens, so a second person decides`
    case 'policy.rejected':
      return `proposed policy rejected by ${event.sub}: ${event.reason}`
    case 'person.removed':
    case 'person.restored':
      return `${event.person.sub} ${event.type === 'person.removed' ? 'removed: gets nothing any more' : 'admitted again'}, by ${event.sub}: ${event.reason}`
    case 'device.removed':
    case 'device.restored':
      return `device ${event.device} ${event.type === 'device.removed' ? 'removed: gets nothing any more' : 'admitted again'}, by ${event.sub}: ${event.reason}`
    default:
      return ofReviews(event)
  }
}

/** Held calls at the hub. What people wrote as reasons is no part of a record, but in those of earlier versions. */
function ofReviews(event: AuditEvent): string {
  switch (event.type) {
    case 'approval.opened':
      return `held call of ${event.sub} opened for ${event.group}${because(event.rule)}${counted('; found', event.found)}, ${event.ap}`
    case 'approval.reason':
      return `${event.sub} gave a reason for ${event.ap}${event.reason === undefined ? '' : `: "${event.reason}"`}`
    case 'approval.reviewed':
      return `${event.sub} ${event.verdict === 'approve' ? 'approved' : 'denied'} ${event.ap}${event.reason === undefined ? '' : `: "${event.reason}"`}`
    case 'approval.ended':
      return `${event.ap} ended: ${event.state} (${event.cause.replaceAll('_', ' ')}) after ${seconds(event.ms)}`
    case 'approval.used':
      return `approval ${event.ap} used, once, by ${event.ex}`
    case 'review.refused':
      return `${event.sub} tried to decide about ${event.ap}, refused (${event.code}): ${event.why}`
    default: {
      const { type, ...rest } = event
      return `${type} ${JSON.stringify(rest)}`
    }
  }
}

function decided(event: ExchangeDecided): string {
  const { endpoint, decision, inspection } = event
  const effect = decision.effect === 'allow' ? 'allowed' : `denied${decision.code === undefined ? '' : ` (${decision.code})`}`
  return `call to ${endpoint.model} at ${endpoint.upstream} ${effect}: ${decision.why.replace(/\.$/, '')}${counted('; found', inspection.found)}${counted('; masked', maskedByType(event))}`
}

function ended(event: ExchangeEnded): string {
  const { type, status, code, reason, answer, returned, timing } = event
  const how = { 'exchange.completed': 'answered', 'exchange.aborted': 'broken off', 'exchange.failed': 'failed' }[type]
  const usage = answer?.usage.inputTokens === undefined ? '' : `, ${answer.usage.inputTokens} + ${answer.usage.outputTokens ?? 0} tokens`
  const why = reason?.replace(/\.$/, '') ?? code
  return `call ${how}${status === null ? '' : ` with ${status}`}${returned ? `, ${returned.bytes} bytes${usage}` : ''} in ${seconds(timing.total)}${why === undefined ? '' : `: ${why}`}${counted('; masked', maskedByType(event))}${counted('; given back', event.restored ?? {})}`
}

/** How many of each type were masked, whether the record holds the evidence or only its counts. */
export function maskedByType({ masked, maskedApart }: Pick<ExchangeEnded, 'masked' | 'maskedApart'>): Record<string, number> {
  const counts: Record<string, number> = { ...maskedApart }
  for (const { type, transform } of masked) if (transform !== 'keep') counts[type] = (counts[type] ?? 0) + 1
  return counts
}

function counted(label: string, counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).filter(([, n]) => n > 0)
  return entries.length === 0 ? '' : `${label} ${entries.map(([type, n]) => `${n} ${type}`).join(', ')}`
}

function because(rule: string | null): string {
  return rule === null ? ' by the default' : ` by rule "${rule}"`
}

function list(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ')
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`
}

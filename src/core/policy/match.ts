/** Whether one rule's conditions hold. Total: every input gives an answer, in time linear in its size. */
import type { Condition, ContentCondition, Facts, PolicyDocument } from '../../protocol/policy.ts'

type Content = Facts['prompt']

export function matches(condition: Condition, facts: Facts): boolean {
  return CHECKS.every((check) => check(condition, facts))
}

const CHECKS: readonly ((condition: Condition, facts: Facts) => boolean)[] = [
  ({ principal }, facts) => any(principal, (name) => name === facts.subject || name === `${facts.issuer} ${facts.subject}`),
  ({ groups }, facts) => any(groups, (name) => facts.groups.includes(name)),
  ({ provider }, facts) => any(provider, (name) => name === facts.provider),
  ({ upstream }, facts) => any(upstream, (name) => name === facts.upstream),
  ({ model }, facts) => any(model, (pattern) => globMatches(pattern, facts.model)),
  ({ operation }, facts) => any(operation, (pattern) => globMatches(pattern, facts.operation)),
  ({ project }, facts) => any(project, (pattern) => globMatches(pattern, facts.project ?? '')),
  ({ outside }, facts) => outside === undefined || outside === facts.outside,
  ({ prompt }, facts) => prompt === undefined || contains(prompt, facts.prompt),
  ({ history }, facts) => history === undefined || contains(history, facts.history),
  ({ tools }, facts) => any(tools, (pattern) => facts.tools.some((tool) => globMatches(pattern, tool))),
  ({ size }, facts) => size === undefined || ((size.over === undefined || facts.bytes > size.over) && (size.under === undefined || facts.bytes < size.under)),
  ({ time }, facts) => time === undefined || timeMatches(time, facts.at),
]

function any(list: readonly string[] | undefined, test: (entry: string) => boolean): boolean {
  return list === undefined || list.some(test)
}

function contains(condition: ContentCondition, content: Content): boolean {
  return any(condition.finds, (type) => (Object.hasOwn(content.finds, type) ? (content.finds[type] ?? 0) : 0) > 0) && any(condition.has, (kind) => content.has.includes(kind))
}

/** Whether a policy lets an operation through that cannot be inspected. @param what `POST /files`, below the upstream, without a query */
export function letsThroughUnread({ upstreams }: Pick<PolicyDocument, 'upstreams'>, name: string, what: string): boolean {
  return Object.hasOwn(upstreams, name) && (upstreams[name]?.uninspected ?? []).some((pattern) => globMatches(pattern, what))
}

/** `*` stands for any characters; everything else is itself. Greedy with one point of return: no backtracking beyond it. */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++
      mark = t
    } else if (p < pattern.length && pattern[p] === text[t]) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

const DAYS: Readonly<Record<string, string>> = { Mon: 'mon', Tue: 'tue', Wed: 'wed', Thu: 'thu', Fri: 'fri', Sat: 'sat', Sun: 'sun' }
const WEEK = Object.values(DAYS)

/** A window from 22:00 to 06:00 spans midnight and belongs to the day on which it begins, as people say it: Friday's ends on Saturday. */
function timeMatches(time: NonNullable<Condition['time']>, at: number): boolean {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: time.zone ?? 'UTC', weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(at)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
  const now = `${part('hour')}:${part('minute')}`
  const { from = '00:00', to = '24:00' } = time
  const isAfterMidnight = from > to && now < to
  const inWindow = isAfterMidnight || (now >= from && (from > to || now < to))
  const today = DAYS[part('weekday')] ?? ''
  const began = isAfterMidnight ? WEEK.at(WEEK.indexOf(today) - 1) : today
  return inWindow && any(time.days, (day) => day === began)
}

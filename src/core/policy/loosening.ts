/**
 * Whether a new policy could let anything pass that the old one stops, holds or masks. What is not provably the same or
 * tighter counts as loosening: a needless second look costs a minute, a missed one costs the rule.
 */
import type { ApprovalTerms } from '../../protocol/approval.ts'
import type { MaskRules, Transform } from '../../protocol/masking.ts'
import type { Condition, ContentCondition, PolicyDocument, PolicyLimits, PolicyRule } from '../../protocol/policy.ts'
import { globMatches } from './match.ts'

/** @returns one sentence for each way in which `after` may be looser; none when it only tightens */
export function loosenings(before: PolicyDocument, after: PolicyDocument): string[] {
  return [
    ...(before.default === 'deny' && after.default === 'allow' ? ['What no rule speaks of was denied and would be allowed.'] : []),
    ...upstreams(before, after),
    ...limits(before.limits, after.limits),
    ...masks(before.mask, after.mask, 'for calls in general'),
    ...types(before, after),
    ...rules(before, after),
  ]
}

function upstreams(before: PolicyDocument, after: PolicyDocument): string[] {
  return Object.entries(after.upstreams).flatMap(([name, { url, outside, headers, key, uninspected }]) => {
    const old = Object.hasOwn(before.upstreams, name) ? before.upstreams[name] : undefined
    const unread = (uninspected ?? []).filter((what) => !(old?.uninspected ?? []).includes(what)).map((what) => `${what} at the upstream ${name} could go through unread.`)
    if (!old) return [`Calls could go to a new upstream, ${name} (${url}).`, ...unread]
    return [
      ...unread,
      ...(JSON.stringify([old.headers, old.key]) === JSON.stringify([headers, key]) ? [] : [`Calls to the upstream ${name} would carry other headers.`]),
      ...(old.url === url ? [] : [`Calls to the upstream ${name} would go to ${url} in place of ${old.url}.`]),
      ...(old.outside === outside ? [] : [`The upstream ${name} would count as ${outside ? 'outside' : 'inside'} the organisation, which changes the rules that ask for that.`]),
    ]
  })
}

const LIMIT_WORDS: Readonly<Record<keyof PolicyLimits, string>> = { sessionIdle: 'A session could be idle for longer.', sessionAbsolute: 'A session could last longer.', agentLinger: 'The agent would stay longer after the last window.', body: 'Calls could be larger.' }

function limits(before: PolicyLimits, after: PolicyLimits): string[] {
  return (Object.keys(LIMIT_WORDS) as (keyof PolicyLimits)[]).flatMap((name) => (after[name] > before[name] ? [LIMIT_WORDS[name]] : []))
}

/** Of two transforms of one strength neither is tighter. */
const STRENGTH: Readonly<Record<Transform, number>> = { keep: 0, partial: 1, pseudonym: 2, hash: 3, replace: 3, redact: 4, refuse: 5 }

function masks(before: MaskRules, after: MaskRules, where: string): string[] {
  return (['prompt', 'answer'] as const).flatMap((direction) => {
    const types = new Set([...Object.keys(before[direction]), ...Object.keys(after[direction])])
    return [...types].flatMap((type) => {
      const old = before[direction][type] ?? 'keep'
      const now = after[direction][type] ?? 'keep'
      return old === now || STRENGTH[now] > STRENGTH[old] ? [] : [`${type} in ${direction === 'prompt' ? 'prompts' : 'answers'} would be masked less ${where}: ${now} in place of ${old}.`]
    })
  })
}

/** Whether a changed pattern finds less cannot be told, so every change of what was there counts. */
function types(before: PolicyDocument, after: PolicyDocument): string[] {
  const now = new Map((after.types ?? []).map((type) => [type.name, JSON.stringify(type)]))
  return (before.types ?? []).flatMap((type) => {
    const one = now.get(type.name)
    if (one === undefined) return [`${type.name} would no longer be found.`]
    return one === JSON.stringify(type) ? [] : [`${type.name} would be found in another way.`]
  })
}

function effectiveMask(base: MaskRules, rule: PolicyRule): MaskRules {
  return { prompt: { ...base.prompt, ...rule.mask?.prompt }, answer: { ...base.answer, ...rule.mask?.answer } }
}

function rules(before: PolicyDocument, after: PolicyDocument): string[] {
  const old = new Map(before.rules.map((rule) => [rule.id, rule]))
  const now = new Map(after.rules.map((rule) => [rule.id, rule]))
  const keptOld = before.rules.filter(({ id }) => now.has(id)).map(({ id }) => id)
  const keptNow = after.rules.filter(({ id }) => old.has(id)).map(({ id }) => id)
  const found: string[] = []
  if (keptOld.join() !== keptNow.join()) found.push('The order of the rules would be another, and the first that matches decides.')
  // A call that leaves an allowing rule falls to a later one: harmless while all mask alike.
  const maskAlike = [...before.rules, ...after.rules].every(({ mask }) => mask === undefined)
  for (const rule of before.rules) if (!now.has(rule.id) && !(rule.effect === 'allow' && maskAlike)) found.push(`Rule "${rule.id}" would be gone; it ${did(rule)}.`)
  for (const rule of after.rules) {
    const previous = old.get(rule.id)
    if (!previous && rule.effect !== 'deny') found.push(`New rule "${rule.id}" ${rule.effect === 'allow' ? 'allows calls' : 'lets calls be approved'} that may have been denied.`)
    if (previous) found.push(...changed(previous, rule, { before, after, maskAlike }))
  }
  return found
}

function did({ effect }: PolicyRule): string {
  return effect === 'deny' ? 'denied calls' : effect === 'hold' ? 'held calls' : 'masked what it allowed in its own way'
}

function changed(old: PolicyRule, now: PolicyRule, { before, after, maskAlike }: { before: PolicyDocument; after: PolicyDocument; maskAlike: boolean }): string[] {
  const name = `Rule "${now.id}"`
  const same = sameCondition(old.when, now.when)
  const found = masks(effectiveMask(before.mask, old), effectiveMask(after.mask, now), `by rule "${now.id}"`).filter((one) => !masks(before.mask, after.mask, `by rule "${now.id}"`).includes(one))
  if (RANK[now.effect] < RANK[old.effect]) return [...found, `${name} would ${VERB[now.effect]} what it ${did(old).replace(' calls', '')}.`]
  if (old.effect === 'deny' && !same && !isNarrower(old.when, now.when)) found.push(`${name} would deny fewer calls, or other ones.`)
  if (old.effect === 'hold') {
    if (!same) found.push(`${name} would hold other calls than before.`)
    if (now.effect === 'hold' && old.approval && now.approval) found.push(...terms(old.approval, now.approval, name))
  }
  if (old.effect === 'allow' && !same) found.push(...allowed(old, now, name, maskAlike))
  return found
}

/** An allowing rule with another condition: fewer calls are tighter, unless what they fall to masks less. */
function allowed(old: PolicyRule, now: PolicyRule, name: string, maskAlike: boolean): string[] {
  if (now.effect === 'deny' ? maskAlike : isNarrower(now.when, old.when) && maskAlike) return []
  return [`${name} would ${VERB[now.effect]} other calls than it allowed.`]
}

const RANK = { allow: 0, hold: 1, deny: 2 } as const
const VERB = { allow: 'allow', hold: 'let be approved', deny: 'deny' } as const
const REASON = { none: 0, optional: 1, required: 2 } as const

function terms(old: ApprovalTerms, now: ApprovalTerms, name: string): string[] {
  const sameReviewers = JSON.stringify(old.reviewers) === JSON.stringify(now.reviewers)
  return [
    ...(sameReviewers || old.reviewers === 'self' ? [] : [`${name} would let other people decide.`]),
    ...(now.count < old.count ? [`${name} would need fewer people to approve.`] : []),
    ...(old.assurance === 'fresh' && now.assurance === 'session' ? [`${name} would no longer ask reviewers to sign in anew.`] : []),
    ...(now.assurance === 'fresh' && old.acr !== undefined && !isSubset(now.acr, old.acr) ? [`${name} would take weaker or other sign-ins of reviewers.`] : []),
    ...(REASON[now.requesterReason] < REASON[old.requesterReason] ? [`${name} would ask less for the requester's reason.`] : []),
    ...(now.wait > old.wait ? [`${name} would let requests wait longer.`] : []),
  ]
}

function sameCondition(a: Condition, b: Condition): boolean {
  return isNarrower(a, b) && isNarrower(b, a)
}

const LISTS = ['principal', 'groups', 'provider', 'upstream'] as const
const GLOBS = ['model', 'operation', 'project', 'tools'] as const

/** True only when every call that fits `a` fits `b`. */
export function isNarrower(a: Condition, b: Condition): boolean {
  return (
    LISTS.every((name) => isSubset(a[name], b[name])) &&
    GLOBS.every((name) => isSubset(a[name], b[name], globMatches)) &&
    (b.outside === undefined || a.outside === b.outside) &&
    isNarrowerContent(a.prompt, b.prompt) &&
    isNarrowerContent(a.history, b.history) &&
    isNarrowerSize(a.size, b.size) &&
    (b.time === undefined || JSON.stringify(a.time) === JSON.stringify(b.time))
  )
}

function isNarrowerSize(a: Condition['size'] = {}, b: Condition['size'] = {}): boolean {
  return (b.over === undefined || (a.over ?? -1) >= b.over) && (b.under === undefined || (a.under ?? Infinity) <= b.under)
}

function isNarrowerContent(a: ContentCondition | undefined, b: ContentCondition | undefined): boolean {
  return isSubset(a?.finds, b?.finds) && isSubset(a?.has, b?.has)
}

/**
 * No list asks for nothing, so everything is within it.
 * @param covers whether all that fits the second fits the first. Of two patterns `globMatches` tells: a `*` of the second is met by one of the first alone
 */
function isSubset(a: readonly string[] | undefined, b: readonly string[] | undefined, covers = (wider: string, one: string): boolean => wider === one): boolean {
  return b === undefined || (a?.every((one) => b.some((wider) => covers(wider, one))) ?? false)
}

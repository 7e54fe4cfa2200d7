/** Rules and decisions as one English sentence each: read in a refusal, in the sidebar, in the record. Never a value. */
import type { Condition, Facts, PolicyRule } from '../../protocol/policy.ts'
import { countWords, ENTITY_WORDS } from './entityTypes.ts'

/** A rule by itself: `Holds calls to upstreams outside the organisation that contain card numbers or …`. */
export function explainRule(rule: PolicyRule): string {
  const verb = { allow: 'Allows', deny: 'Denies', hold: 'Holds' }[rule.effect]
  const clauses = conditionWords(rule.when)
  const who = rule.approval ? `, until ${rule.approval.reviewers === 'self' ? 'the requester acknowledges' : `${rule.approval.count === 1 ? 'somebody' : `${rule.approval.count} people`} from ${rule.approval.reviewers.group} decide${rule.approval.count === 1 ? 's' : ''}`}` : ''
  return `${verb} ${clauses === '' ? 'every call' : `calls ${clauses}`}${who}.`
}

/** Why this rule decided this call: `rule "x" holds this call because it contains 3 card numbers.` */
export function explainRuleMatch(rule: PolicyRule, facts: Facts): string {
  const verb = { allow: 'allows', deny: 'denied', hold: 'holds' }[rule.effect]
  const because = reasons(rule.when, facts)
  return `rule "${rule.id}" ${verb} this call${because === '' ? '' : ` because ${because}`}.`
}

export function explainDefault(effect: 'allow' | 'deny', facts: Facts): string {
  const what = facts.model === '' ? `the operation ${facts.operation}` : `the model "${printable(facts.model)}" at ${facts.provider}`
  return effect === 'allow' ? `no rule speaks of this call, and the policy allows what no rule speaks of.` : `no rule allows ${what} for you, and the policy denies what no rule allows.`
}

export function explainUninspected(facts: Facts): string {
  return facts.inspected === 'failed' ? 'this call could not be inspected, so it is not let through.' : 'this call could be inspected only in part, so it is not let through.'
}

function reasons(when: Condition, facts: Facts): string {
  const found = listWords((when.prompt?.finds ?? []).filter((type) => (facts.prompt.finds[type] ?? 0) > 0).map((type) => countWords(type, facts.prompt.finds[type] ?? 0)))
  const earlier = listWords((when.history?.finds ?? []).filter((type) => (facts.history.finds[type] ?? 0) > 0).map((type) => countWords(type, facts.history.finds[type] ?? 0)))
  const opaque = listWords((when.prompt?.has ?? []).filter((kind) => facts.prompt.has.includes(kind)).map((kind) => (kind === 'audio' ? 'audio' : kind === 'image' ? 'an image' : 'a file')))
  const parts = [
    found && `it contains ${found}`,
    earlier && `its earlier turns contain ${earlier}`,
    opaque && `it contains ${opaque}`,
    when.outside === true && (found || opaque) ? 'it would leave the organisation' : '',
    when.size?.over !== undefined && `it has ${facts.bytes} bytes`,
  ].filter((part): part is string => typeof part === 'string' && part !== '')
  return listWords(parts)
}

function conditionWords(when: Condition): string {
  const types = (list: readonly string[]): string => listWords(list.map((type) => (Object.hasOwn(ENTITY_WORDS, type) ? (ENTITY_WORDS[type]?.[1] ?? type) : type)), 'or')
  const words = [
    when.principal && `by ${listWords(when.principal, 'or')}`,
    when.groups && `by people of ${listWords(when.groups, 'or')}`,
    when.provider && `in the dialect of ${listWords(when.provider, 'or')}`,
    when.upstream && `to ${listWords(when.upstream, 'or')}`,
    when.model && `to models named ${listWords(when.model, 'or')}`,
    when.operation && `for ${listWords(when.operation, 'or')}`,
    when.outside === true && 'that leave the organisation',
    when.outside === false && 'that stay in the organisation',
    when.prompt?.finds && `that contain ${types(when.prompt.finds)}`,
    when.prompt?.has && `that carry ${listWords(when.prompt.has, 'or')} content`,
    when.history?.finds && `whose earlier turns contain ${types(when.history.finds)}`,
    when.tools && `that offer tools named ${listWords(when.tools, 'or')}`,
    when.size?.over !== undefined && `of more than ${when.size.over} bytes`,
    when.size?.under !== undefined && `of less than ${when.size.under} bytes`,
    when.time && 'in its time window',
  ]
  return words.filter((word): word is string => typeof word === 'string').join(' ')
}

/** `a`, `a and b`, `a, b and c`. */
export function listWords(words: readonly string[], last = 'and'): string {
  if (words.length <= 1) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`
}

/** A name a client chose, as it may stand in a sentence. */
function printable(name: string): string {
  return name.slice(0, 100).replace(/[^\x20-\x7e]/g, '?')
}

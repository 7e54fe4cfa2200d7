/** Rules and decisions as one English sentence each: read in a refusal, in the sidebar, in the record. Never a value. */
import { OPAQUE_WORDS, type Condition, type CustomType, type Facts, type PolicyRule } from '../../protocol/policy.ts'
import { countWords, manyWords } from './entityTypes.ts'

/** A rule by itself: `Holds calls to upstreams outside the organisation that contain card numbers or …`. @param own types of the policy's own */
export function explainRule(rule: PolicyRule, own?: readonly CustomType[]): string {
  const verb = { allow: 'Allows', deny: 'Denies', hold: 'Holds' }[rule.effect]
  const clauses = conditionWords(rule.when, own)
  const who = rule.approval ? `, until ${rule.approval.reviewers === 'self' ? 'the requester acknowledges' : `${rule.approval.count === 1 ? 'somebody' : `${rule.approval.count} people`} from ${rule.approval.reviewers.group} decide${rule.approval.count === 1 ? 's' : ''}${rule.approval.assurance === 'fresh' ? ' with a fresh sign-in' : ''}`}` : ''
  return `${verb} ${clauses === '' ? 'every call' : `calls ${clauses}`}${who}.`
}

/** What a rule masks in another way than the policy does in general; empty where it does not: `It masks in its own way in prompts EMAIL (pseudonym); in answers EMAIL (keep).` */
export function explainMask({ mask }: PolicyRule): string {
  const parts = (['prompt', 'answer'] as const).flatMap((direction) => {
    const types = Object.entries(mask?.[direction] ?? {}).map(([type, transform]) => `${type} (${transform})`)
    return types.length === 0 ? [] : [`${direction === 'prompt' ? 'in prompts' : 'in answers'} ${types.join(', ')}`]
  })
  return parts.length === 0 ? '' : `It masks in its own way ${parts.join('; ')}.`
}

/** Why this rule decided this call: `rule "x" holds this call because it contains 3 card numbers.` @param own types of the policy's own */
export function explainRuleMatch(rule: PolicyRule, facts: Facts, own?: readonly CustomType[]): string {
  const verb = { allow: 'allows', deny: 'denied', hold: 'holds' }[rule.effect]
  const because = reasons(rule.when, facts, own)
  return `rule "${rule.id}" ${verb} this call${because === '' ? '' : ` because ${because}`}.`
}

export function explainDefault(effect: 'allow' | 'deny', facts: Facts): string {
  const what = facts.model === '' ? `the operation ${facts.operation}` : `the model "${printable(facts.model)}" at ${facts.provider}`
  const line = facts.model === '' ? ` A rule with when: { provider: [${facts.provider}], operation: [${facts.operation}] } and effect: allow would.` : ''
  return effect === 'allow' ? `no rule speaks of this call, and the policy allows what no rule speaks of.` : `no rule allows ${what} for you, and the policy denies what no rule allows.${line}`
}

/** @param finds how many of each type whose values the policy lets no call have */
export function explainRefused(finds: Readonly<Record<string, number>>, own?: readonly CustomType[]): string {
  return `the policy refuses calls that contain ${typeWords(Object.keys(finds), own)}, and this one contains ${listWords(Object.entries(finds).map(([type, count]) => countWords(type, count, own)))}.`
}

/** What whoever made such a call can do. */
export function adviceRefused(finds: Readonly<Record<string, number>>): string {
  return Object.values(finds).reduce((sum, count) => sum + count, 0) === 1 ? 'Take it out and run it again.' : 'Take them out and run it again.'
}

/** An answer is stopped at the first value of such a type. */
export function explainRefusedAnswer(type: string, own?: readonly CustomType[]): string {
  return `the policy refuses answers that contain ${typeWords([type], own)}, and this one does, so nothing more of it is let through. Ask for an answer without them.`
}

export function explainUninspected(facts: Facts): string {
  return facts.inspected === 'failed' ? 'this call could not be inspected, so it is not let through.' : 'this call could be inspected only in part, so it is not let through.'
}

function reasons(when: Condition, facts: Facts, own: readonly CustomType[] | undefined): string {
  const found = listWords((when.prompt?.finds ?? []).filter((type) => (facts.prompt.finds[type] ?? 0) > 0).map((type) => countWords(type, facts.prompt.finds[type] ?? 0, own)))
  const earlier = listWords((when.history?.finds ?? []).filter((type) => (facts.history.finds[type] ?? 0) > 0).map((type) => countWords(type, facts.history.finds[type] ?? 0, own)))
  const opaque = listWords((when.prompt?.has ?? []).filter((kind) => facts.prompt.has.includes(kind)).map((kind) => (Object.hasOwn(OPAQUE_WORDS, kind) ? OPAQUE_WORDS[kind as keyof typeof OPAQUE_WORDS] : kind)))
  const parts = [
    found && `it contains ${found}`,
    earlier && `its earlier turns contain ${earlier}`,
    opaque && `it contains ${opaque}`,
    when.outside === true && (found || opaque) ? 'it would leave the organisation' : '',
    when.size?.over !== undefined && `it has ${facts.bytes} bytes`,
  ].filter((part): part is string => typeof part === 'string' && part !== '')
  return listWords(parts)
}

function conditionWords(when: Condition, own: readonly CustomType[] | undefined): string {
  return CLAUSES.map((clause) => clause(when, own))
    .filter((words): words is string => words !== undefined)
    .reduce((before, words) => (before === '' ? words : `${before} ${/(?:^| )that \S/.test(before) && words.startsWith('that ') ? 'and ' : ''}${words}`), '')
}

/** One for each condition, in the order of the sentence. */
const CLAUSES: readonly ((when: Condition, own: readonly CustomType[] | undefined) => string | undefined)[] = [
  ({ principal }) => principal && `by ${listWords(principal, 'or')}`,
  ({ groups }) => groups && `by people of ${listWords(groups, 'or')}`,
  ({ provider }) => provider && `in the dialect of ${listWords(provider, 'or')}`,
  ({ upstream }) => upstream && `to ${listWords(upstream, 'or')}`,
  ({ model }) => model && `to models named ${listWords(model, 'or')}`,
  ({ operation }) => operation && `for ${listWords(operation, 'or')}`,
  ({ project }) => project && `in the projects ${listWords(project, 'or')}`,
  ({ outside }) => (outside === undefined ? undefined : outside ? 'that leave the organisation' : 'that stay in the organisation'),
  ({ prompt }, own) => prompt?.finds && `that contain ${typeWords(prompt.finds, own)}`,
  ({ prompt }) => prompt?.has && `that carry ${listWords(prompt.has, 'or')} content`,
  ({ history }, own) => history?.finds && `whose earlier turns contain ${typeWords(history.finds, own)}`,
  ({ history }) => history?.has && `whose earlier turns carry ${listWords(history.has, 'or')} content`,
  ({ tools }) => tools && `that offer tools named ${listWords(tools, 'or')}`,
  ({ size }) => (size?.over === undefined ? undefined : `of more than ${size.over} bytes`),
  ({ size }) => (size?.under === undefined ? undefined : `of less than ${size.under} bytes`),
  ({ time }) => time && timeWords(time),
]

function typeWords(types: readonly string[], own?: readonly CustomType[]): string {
  return listWords(types.map((type) => manyWords(type, own)), 'or')
}

const DAYS: Readonly<Record<string, string>> = { mon: 'Monday', tue: 'Tuesday', wed: 'Wednesday', thu: 'Thursday', fri: 'Friday', sat: 'Saturday', sun: 'Sunday' }

function timeWords({ days, from, to, zone = 'UTC' }: NonNullable<Condition['time']>): string {
  const day = days ? `on ${listWords(days.map((one) => DAYS[one] ?? one), 'or')} ` : ''
  const hours = from === undefined && to === undefined ? '' : `from ${from ?? '00:00'} to ${to ?? '24:00'} ${(from ?? '00:00') > (to ?? '24:00') ? 'of the next day ' : ''}`
  return `made ${day}${hours}(${zone})`
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

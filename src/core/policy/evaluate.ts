/** Policy and facts in, decision out: first match wins, pure, total, deterministic. */
import type { MaskRules } from '../../protocol/masking.ts'
import type { ActivePolicy, Decision, Facts, PolicyDocument, PolicyRule } from '../../protocol/policy.ts'
import { adviceRefused, explainDefault, explainRefused, explainRuleMatch, explainUninspected } from './explain.ts'
import { matches } from './match.ts'

/**
 * An inspection that is not `ok` cannot prove the absence of anything, and a rule that allows relies on what earlier rules did
 * not find. So with `failed` or `partial` nothing is allowed: a rule that denies still denies in its own words, every other
 * outcome becomes a refusal that says why. So does one for a call that holds a value whose transform is `refuse`.
 */
export function evaluate(policy: ActivePolicy, facts: Facts): Decision {
  const { document, version, digest, source } = policy
  const rule = document.rules.find((one) => matches(one.when, facts))
  const effect = rule?.effect ?? document.default
  const mask = masksOf(document.mask, rule)
  const common = { rule: rule?.id ?? null, mask, policy: { version, digest, source } }
  const denial = effect === 'deny' ? undefined : whyDenied(mask, facts, document.types)
  if (denial !== undefined) return { effect: 'deny', ...denial, ...common }
  return {
    effect,
    explanation: rule ? explainRuleMatch(rule, facts, document.types) : explainDefault(document.default, facts),
    ...becauseOf(rule, facts),
    ...(rule?.message === undefined ? {} : { message: rule.message }),
    ...(rule?.approval ? { approval: rule.approval } : {}),
    ...common,
  }
}

/** Which of the types that the rule asks for were found. */
function becauseOf(rule: PolicyRule | undefined, { prompt }: Facts): Pick<Decision, 'because'> {
  const asked = [...(rule?.when.prompt?.finds ?? []), ...(rule?.when.history?.finds ?? [])]
  const because = [...new Set(asked)].filter((type) => Object.hasOwn(prompt.finds, type) && (prompt.finds[type] ?? 0) > 0)
  return because.length === 0 ? {} : { because }
}

/** What no rule may let pass, undefined where it may. */
function whyDenied({ prompt }: MaskRules, facts: Facts, own: PolicyDocument['types']): Pick<Decision, 'explanation' | 'message'> | undefined {
  if (facts.inspected !== 'ok') return { explanation: explainUninspected(facts) }
  const refused = Object.entries(facts.prompt.finds).filter(([type, count]) => prompt[type] === 'refuse' && count > 0)
  return refused.length > 0 ? refusalOf(Object.fromEntries(refused), own) : undefined
}

function refusalOf(finds: Readonly<Record<string, number>>, own: PolicyDocument['types']): Pick<Decision, 'explanation' | 'message'> {
  return { explanation: explainRefused(finds, own), message: adviceRefused(finds) }
}

/**
 * A decision once the call is masked. What is refused may stand in a value of a type that is not masked (an e-mail address in a URL), which is all
 * that the inspection told.
 * @param finds how many of each type with the transform `refuse` the texts contain
 * @param own types of the policy's own
 */
export function refusedWhenMasked(decision: Decision, finds: Readonly<Record<string, number>>, own?: PolicyDocument['types']): Decision {
  if (decision.effect === 'deny' || Object.keys(finds).length === 0) return decision
  const { rule, mask, policy } = decision
  return { effect: 'deny', rule, mask, policy, ...refusalOf(finds, own) }
}

/** The document's masks with the rule's laid over them; `keep` takes a type out. */
export function masksOf(base: MaskRules, rule: PolicyRule | undefined): MaskRules {
  const lay = (direction: 'prompt' | 'answer'): MaskRules['prompt'] =>
    Object.fromEntries(Object.entries({ ...base[direction], ...rule?.mask?.[direction] }).filter(([, transform]) => transform !== 'keep'))
  return { prompt: lay('prompt'), answer: lay('answer') }
}

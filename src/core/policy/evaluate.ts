/** Policy and facts in, decision out: first match wins, pure, total, deterministic. */
import type { MaskRules } from '../../protocol/masking.ts'
import type { ActivePolicy, Decision, Facts, PolicyRule } from '../../protocol/policy.ts'
import { explainDefault, explainRefused, explainRuleMatch, explainUninspected } from './explain.ts'
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
  const denial = effect === 'deny' ? undefined : whyDenied(mask, facts)
  if (denial !== undefined) return { effect: 'deny', explanation: denial, ...common }
  return {
    effect,
    explanation: rule ? explainRuleMatch(rule, facts) : explainDefault(document.default, facts),
    ...(rule?.message === undefined ? {} : { message: rule.message }),
    ...(rule?.approval ? { approval: rule.approval } : {}),
    ...common,
  }
}

/** What no rule may let pass, undefined where it may. */
function whyDenied({ prompt }: MaskRules, facts: Facts): string | undefined {
  if (facts.inspected !== 'ok') return explainUninspected(facts)
  const refused = Object.keys(prompt).filter((type) => prompt[type] === 'refuse' && (facts.prompt.finds[type] ?? 0) > 0)
  return refused.length > 0 ? explainRefused(refused, facts) : undefined
}

/** The document's masks with the rule's laid over them; `keep` takes a type out. */
export function masksOf(base: MaskRules, rule: PolicyRule | undefined): MaskRules {
  const lay = (direction: 'prompt' | 'answer'): MaskRules['prompt'] =>
    Object.fromEntries(Object.entries({ ...base[direction], ...rule?.mask?.[direction] }).filter(([, transform]) => transform !== 'keep'))
  return { prompt: lay('prompt'), answer: lay('answer') }
}

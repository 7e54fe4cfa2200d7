/** Policy and facts in, decision out: first match wins, pure, total, deterministic. */
import type { MaskRules } from '../../protocol/masking.ts'
import type { ActivePolicy, Decision, Facts, PolicyRule } from '../../protocol/policy.ts'
import { explainDefault, explainRuleMatch, explainUninspected } from './explain.ts'
import { matches } from './match.ts'

/**
 * An inspection that is not `ok` cannot prove the absence of anything, and a rule that allows relies on what earlier rules did
 * not find. So with `failed` or `partial` nothing is allowed: a rule that denies still denies in its own words, every other
 * outcome becomes a refusal that says why.
 */
export function evaluate(policy: ActivePolicy, facts: Facts): Decision {
  const { document, version, digest, source } = policy
  const rule = document.rules.find((one) => matches(one.when, facts))
  const effect = rule?.effect ?? document.default
  const common = { mask: masksOf(document.mask, rule), policy: { version, digest, source } }
  if (facts.inspected !== 'ok' && effect !== 'deny') return { effect: 'deny', rule: rule?.id ?? null, explanation: explainUninspected(facts), ...common }
  return {
    effect,
    rule: rule?.id ?? null,
    explanation: rule ? explainRuleMatch(rule, facts) : explainDefault(document.default, facts),
    ...(rule?.message === undefined ? {} : { message: rule.message }),
    ...(rule?.approval ? { approval: rule.approval } : {}),
    ...common,
  }
}

/** The document's masks with the rule's laid over them; `keep` takes a type out. */
function masksOf(base: MaskRules, rule: PolicyRule | undefined): MaskRules {
  const lay = (direction: 'prompt' | 'answer'): MaskRules['prompt'] =>
    Object.fromEntries(Object.entries({ ...base[direction], ...rule?.mask?.[direction] }).filter(([, transform]) => transform !== 'keep'))
  return { prompt: lay('prompt'), answer: lay('answer') }
}

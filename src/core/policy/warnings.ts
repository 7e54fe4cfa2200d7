/** What a valid policy says and hardly means: told to whoever checks or publishes it, and no obstacle. */
import type { PolicyDocument } from '../../protocol/policy.ts'
import { masksOf } from './evaluate.ts'
import { listWords } from './explain.ts'
import { isNarrower } from './loosening.ts'

/** @returns one sentence each */
export function warningsOf(document: PolicyDocument): string[] {
  return [...hidden(document), ...refusedAnyway(document), ...withoutUse(document), ...wide(document)]
}

/** Only what is certain: a rule may be hidden by several others together as well. */
function hidden({ rules }: PolicyDocument): string[] {
  return rules.flatMap((rule, index) => {
    const before = rules.slice(0, index).find((one) => isNarrower(rule.when, one.when))
    return before === undefined ? [] : [`rule "${rule.id}" never decides: rule "${before.id}" stands before it and fits every call that it fits. Move it up, or take it out.`]
  })
}

function refusedAnyway({ mask, rules }: PolicyDocument): string[] {
  return rules.flatMap((rule) => {
    const asked = rule.when.prompt?.finds ?? []
    const { prompt } = masksOf(mask, rule)
    if (rule.effect === 'deny' || asked.length === 0 || !asked.every((type) => prompt[type] === 'refuse')) return []
    return [`rule "${rule.id}" ${rule.effect === 'hold' ? 'holds' : 'allows'} nothing: it asks for ${listWords(asked, 'or')}, and mask refuses every call with that. Give the rule a mask of its own, or take it out.`]
  })
}

/** A type of one's own is found only for those who name it. */
function withoutUse({ types = [], mask, rules }: PolicyDocument): string[] {
  const named = new Set(
    [mask, ...rules.map((rule) => rule.mask)].flatMap((one) => [...Object.keys(one?.prompt ?? {}), ...Object.keys(one?.answer ?? {})]).concat(rules.flatMap(({ when }) => [...(when.prompt?.finds ?? []), ...(when.history?.finds ?? [])])),
  )
  return types.filter(({ name }) => !named.has(name)).map(({ name }) => `${name} is defined, and neither mask nor a rule names it, so its values go out as they are.`)
}

/** Servers take several spellings for one operation (`/Chat/Completions`): what has nothing but wildcards in its path also lets those through that can be inspected. */
function wide({ upstreams }: PolicyDocument): string[] {
  return Object.entries(upstreams).flatMap(([name, { uninspected = [] }]) =>
    uninspected.filter((what) => !/[\w.:-]/.test(what.replace(/^[A-Z]+ /, ''))).map((what) => `upstreams.${name}.uninspected: "${what}" is only a wildcard: whatever spelling the server takes for an operation goes through unread. Name each operation, as in "POST /files".`),
  )
}

/** What `countersign mask` masks with: everything that Countersign knows, or what a policy says, by the agent's own masker. */
import { createHmac, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { policyMasker } from '../../agent/policy/masker.ts'
import { createMasker } from '../../core/masking/createMasker.ts'
import type { ChannelOptions, Masker } from '../../core/masking/masker.ts'
import { createNameTagger } from '../../core/masking/names/tagger.ts'
import type { Keys } from '../../core/masking/transforms.ts'
import { ENTITY_WORDS } from '../../core/policy/entityTypes.ts'
import { masksOf } from '../../core/policy/evaluate.ts'
import { parsePolicy } from '../../core/policy/parse.ts'
import { CountersignError } from '../../protocol/errors.ts'
import type { Direction } from '../../protocol/masking.ts'
import type { CustomType, PolicyDocument, PolicyRule } from '../../protocol/policy.ts'
import { readText } from '../textFile.ts'

export interface Engine {
  readonly masker: Masker
  readonly options: Pick<ChannelOptions, 'direction' | 'rules'>
  /** Types of the policy's own. */
  readonly own?: readonly CustomType[]
  /** What a person should know who takes the output for all that the policy does. */
  readonly note?: string
}

/** Hashes and commitments of one run compare with one another and with nothing else. */
function keysOfThisRun(): Keys {
  const key = randomBytes(32)
  const mac = (text: string): Buffer => createHmac('sha256', key).update(text).digest()
  return { commit: (value, context) => mac(`${context}\n${value}`).subarray(0, 16).toString('base64url'), keyedHash: (value) => mac(value).toString('hex') }
}

/** @param without parts to leave out @throws CountersignError CS_SETTING */
export function engineOfAll(transform: string, without: readonly string[] = []): Engine {
  const wrong = without.find((part) => part !== 'names')
  if (wrong !== undefined) throw new CountersignError('CS_SETTING', `there is no part "${wrong}" to leave out. Known: names.`)
  const known = z.enum(['redact', 'partial', 'replace', 'hash', 'pseudonym']).safeParse(transform)
  if (!known.success) throw new CountersignError('CS_SETTING', `there is no transform "${transform}". Known: redact, partial, replace, hash, pseudonym.`)
  return {
    masker: createMasker({ ...keysOfThisRun(), ...(without.includes('names') ? {} : { tagger: createNameTagger() }) }),
    options: { direction: 'prompt', rules: Object.fromEntries(Object.keys(ENTITY_WORDS).map((type) => [type, known.data])) },
  }
}

export interface PolicyAsked {
  /** Path of the file. */
  readonly policy: string
  readonly direction: string
  /** Id of the rule that decides the call; absent: a call that the policy's own masks hold for. */
  readonly rule?: string
}

/** @throws CountersignError CS_SETTING, CS_POLICY_INVALID */
export async function engineOfPolicy({ policy: file, direction: named, rule: id }: PolicyAsked): Promise<Engine> {
  const direction = directionOf(named)
  const document = parsePolicy(await readText(file))
  const rules = masksOf(document.mask, id === undefined ? undefined : ruleOf(document, id))[direction]
  const otherwise = id === undefined ? document.rules.filter(({ mask }) => mask?.[direction] && Object.keys(mask[direction]).length > 0) : []
  const refused = direction === 'prompt' ? Object.keys(rules).filter((type) => rules[type] === 'refuse') : []
  const notes = [
    ...(otherwise.length > 0 ? [`Calls that these rules decide are masked otherwise, which --rule ID shows: ${otherwise.map((one) => one.id).join(', ')}.`] : []),
    ...(refused.length > 0 ? [`A call that contains any of these is refused as a whole: ${refused.join(', ')}.`] : []),
  ]
  return { masker: policyMasker(keysOfThisRun(), () => document), options: { direction, rules }, own: document.types ?? [], ...(notes.length > 0 ? { note: notes.join('\n') } : {}) }
}

function directionOf(named: string): Direction {
  const known = z.enum(['prompt', 'answer']).safeParse(named)
  if (!known.success) throw new CountersignError('CS_SETTING', `there is no direction "${named}". Known: prompt, answer.`)
  return known.data
}

function ruleOf({ rules }: PolicyDocument, id: string): PolicyRule {
  const rule = rules.find((one) => one.id === id)
  if (!rule) throw new CountersignError('CS_SETTING', `the policy has no rule "${id}". It has: ${rules.map((one) => one.id).join(', ') || 'none'}.`)
  return rule
}

/** The test cases that a policy carries: each describes a call in a few words and says what must be decided about it. */
import { CountersignError } from '../../protocol/errors.ts'
import type { ActivePolicy, Decision, Facts, PolicyDocument } from '../../protocol/policy.ts'
import { evaluate } from './evaluate.ts'
import { parsePolicy, readPolicy } from './parse.ts'
import { bytes, type TestCall } from './schema.ts'

export interface CaseResult {
  readonly name: string
  readonly holds: boolean
  /** What was expected and what was decided, as one sentence; for a case that holds, why. */
  readonly says: string
}

/** @param text of a policy @throws CountersignError CS_POLICY_INVALID */
export function runCases(text: string): readonly CaseResult[] {
  const written = readPolicy(text)
  const document = parsePolicy(text)
  const policy: ActivePolicy = { document, version: 1, digest: '', source: 'local', expiresAt: undefined }
  return (written.tests ?? []).map(({ name, call, expect }) => {
    const decision = evaluate(policy, factsOf(call, document))
    const holds = decision.effect === expect.effect && (expect.rule === undefined || expect.rule === decision.rule)
    return { name, holds, says: holds ? decision.explanation : `expected ${words(expect.effect, expect.rule)}, decided ${words(decision.effect, decision.rule)}: ${decision.explanation}` }
  })
}

/** A policy that fails its own cases is not what its author meant. @throws CountersignError CS_POLICY_INVALID */
export function checkCases(text: string): void {
  const failed = runCases(text).filter(({ holds }) => !holds)
  if (failed.length > 0)
    throw new CountersignError('CS_POLICY_INVALID', `the policy decides otherwise than its own tests say:\n  ${failed.map(({ name, says }) => `test "${name}": ${says}`).join('\n  ')}`)
}

function words(effect: Decision['effect'], rule: string | null | undefined): string {
  return `${effect}${rule === undefined ? '' : rule === null ? ' by the default' : ` by rule "${rule}"`}`
}

function factsOf(call: TestCall, document: PolicyDocument): Facts {
  const { principal, size, time, upstream: named, project, prompt, history, ...rest } = call
  const upstream = named ?? (Object.hasOwn(document.upstreams, call.provider) ? call.provider : (Object.keys(document.upstreams)[0] ?? ''))
  return {
    ...rest,
    issuer: 'https://issuer.example',
    subject: principal,
    ...(project === undefined ? {} : { project }),
    upstream,
    outside: document.upstreams[upstream]?.outside ?? true,
    bytes: bytes(size),
    at: Date.parse(time),
    // The whole call contains what its earlier turns contain.
    prompt: { finds: added(prompt.finds, history.finds), has: [...new Set([...prompt.has, ...history.has])] },
    history,
  }
}

function added(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...a }
  for (const [type, count] of Object.entries(b)) sum[type] = (sum[type] ?? 0) + count
  return sum
}

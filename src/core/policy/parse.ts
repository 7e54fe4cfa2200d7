/** From YAML to a policy, all mistakes at once, each with its line and column and what to write instead. */
import { isAlias, isNode, LineCounter, parseDocument, visit, type Document } from 'yaml'
import type { z } from 'zod'
import { CountersignError } from '../../protocol/errors.ts'
import type { ApprovalTerms } from '../../protocol/approval.ts'
import type { Condition, PolicyDocument, PolicyRule, UpstreamRule } from '../../protocol/policy.ts'
import { conditionProblems } from './conditions.ts'
import { toCustomTypes } from './customTypes.ts'
import { nearestName } from './nearestName.ts'
import { issueWords, unknownWords, yamlWords } from './problemWords.ts'
import { bytes, milliseconds, policySchema, type WrittenPolicy } from './schema.ts'

export interface Problem {
  readonly line: number
  readonly column: number
  readonly message: string
}

const LIMITS = { sessionIdle: '8h', sessionAbsolute: '12h', agentLinger: '10m', body: '32MiB' }
const LONGEST_WAIT = 24 * 3_600_000
const LARGEST = 1_000_000

/** @param text YAML 1.2, at most a megabyte @throws CountersignError CS_POLICY_INVALID that lists every problem */
export function parsePolicy(text: string): PolicyDocument {
  return toDocument(readPolicy(text))
}

/** The document as written, checked: with the test cases it carries. */
export function readPolicy(text: string): WrittenPolicy {
  if (text.length > LARGEST) throw invalid([{ line: 1, column: 1, message: 'a policy may have a million characters at most' }])
  const lines = new LineCounter()
  const document = parseDocument(text, { version: '1.2', schema: 'core', strict: true, uniqueKeys: true, lineCounter: lines, prettyErrors: false })
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({ ...at(error.pos[0]), message: yamlWords(error) }))
  // Aliases are refused before the value is built: a few lines of them can expand without bound.
  visit(document, (_key, node) => {
    if (isAlias(node) || (isNode(node) && 'anchor' in node && typeof node.anchor === 'string'))
      problems.push({ ...at(node.range?.[0] ?? 0), message: 'anchors and aliases are not allowed; write the value out' })
  })
  if (problems.length > 0) throw invalid(problems)
  const parsed = policySchema.safeParse(document.toJS())
  if (!parsed.success) throw invalid(parsed.error.issues.flatMap((issue) => explainIssue(issue, document, at)))
  const wrong = checkMeaning(parsed.data).map(({ path, message }) => ({ ...at(offsetOf(document, path)), message }))
  if (wrong.length > 0) throw invalid(wrong)
  return parsed.data
}

type At = (offset: number) => { line: number; column: number }

function explainIssue(issue: z.core.$ZodIssue, document: Document, at: At): Problem[] {
  const path = issue.path.filter((part): part is string | number => typeof part !== 'symbol')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ ...at(offsetOf(document, [...path, key])), message: unknownWords(key, path) }))
  const where = path.join('.')
  // What is wrong with a name in a table is said one level down; the issue itself says "Invalid key in record".
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ ...at(offsetOf(document, path)), message: `${where}: ${message}` }))
  // The schema's own words tell what is missing; Zod's tell what undefined is not.
  const isMissing = !document.hasIn(path) && issue.message.startsWith('Invalid ')
  return [{ ...at(offsetOf(document, path)), message: where === '' ? 'this is no policy; one begins with "version: 1" (countersign policy schema prints all that may stand in it)' : `${where}: ${isMissing ? 'is missing' : issueWords(issue, document.getIn(path))}` }]
}

/** Offset of the node at a path, or of the nearest one above it that exists. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}

interface Wrong {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What the schema cannot say. */
function checkMeaning(policy: WrittenPolicy): Wrong[] {
  const wrong: Wrong[] = []
  const ids = new Set<string>()
  policy.rules.forEach((rule, index) => {
    const path = ['rules', index]
    if (ids.has(rule.id)) wrong.push({ path: [...path, 'id'], message: `the id "${rule.id}" is taken by an earlier rule` })
    ids.add(rule.id)
    wrong.push(...checkApproval(rule, path))
    wrong.push(...conditionProblems(rule.when).map((one) => ({ path: [...path, 'when', ...one.path], message: one.message })))
    for (const name of rule.when.upstream ?? [])
      if (!Object.hasOwn(policy.upstreams, name)) wrong.push({ path: [...path, 'when', 'upstream'], message: `there is no upstream "${name}" in upstreams` })
    if (index < policy.rules.length - 1 && Object.keys(rule.when).length === 0)
      wrong.push({ path, message: `rule "${rule.id}" matches every call, so no rule after it can ever decide; move it to the end` })
  })
  for (const [name, upstream] of Object.entries(policy.upstreams)) {
    const problem = urlProblem(upstream.url)
    if (problem) wrong.push({ path: ['upstreams', name, 'url'], message: problem })
  }
  return [...wrong, ...checkLimits(policy), ...checkTests(policy), ...checkOwnTypes(policy)]
}

/** A session of no time, or a call of no bytes: nobody could do anything. */
function checkLimits({ limits }: WrittenPolicy): Wrong[] {
  return (['sessionIdle', 'sessionAbsolute', 'body'] as const).flatMap((name) => (/^0+[A-Za-z]/.test(limits[name] ?? '') ? [{ path: ['limits', name], message: `with ${name}: ${limits[name] ?? ''} nobody can do anything; write more than 0` }] : []))
}

/** A case about an upstream that is not there would count as one outside and try nothing that can happen. */
function checkTests({ tests = [], upstreams }: WrittenPolicy): Wrong[] {
  return tests.flatMap(({ call: { upstream } }, index) => (upstream === undefined || Object.hasOwn(upstreams, upstream) ? [] : [{ path: ['tests', index, 'call', 'upstream'], message: `there is no upstream "${upstream}" in upstreams` }]))
}

/** A type of one's own that nothing defines is never found: what was meant to be masked would go out. */
function checkOwnTypes(policy: WrittenPolicy): Wrong[] {
  const defined = Object.keys(policy.types ?? {})
  return typesNamed(policy).flatMap(({ type, path }) => {
    if (!type.startsWith('CUSTOM_') || defined.includes(type)) return []
    const near = nearestName(type, defined)
    return [{ path, message: `${type} is not defined, so nothing would find it; ${near === undefined ? 'define it under types' : `did you mean ${near}?`}` }]
  })
}

interface Named {
  readonly type: string
  readonly path: Wrong['path']
}

/** Every place in which a policy names an entity type. */
function typesNamed({ mask, rules, tests = [] }: WrittenPolicy): Named[] {
  const keysOf = (table: object | undefined, path: Wrong['path']): Named[] => Object.keys(table ?? {}).map((type) => ({ type, path: [...path, type] }))
  const inMask = (one: WrittenPolicy['mask'] | undefined, path: Wrong['path']): Named[] => [...keysOf(one?.prompt, [...path, 'prompt']), ...keysOf(one?.answer, [...path, 'answer'])]
  const parts = ['prompt', 'history'] as const
  return [
    ...inMask(mask, ['mask']),
    ...rules.flatMap((rule, index) => [
      ...inMask(rule.mask, ['rules', index, 'mask']),
      ...parts.flatMap((part) => (rule.when[part]?.finds ?? []).map((type, at) => ({ type, path: ['rules', index, 'when', part, 'finds', at] }))),
    ]),
    ...tests.flatMap(({ call }, index) => parts.flatMap((part) => keysOf(call[part].finds, ['tests', index, 'call', part, 'finds']))),
  ]
}

/** @param path of the rule in the document */
function checkApproval(rule: WrittenPolicy['rules'][number], path: Wrong['path']): Wrong[] {
  const wrong: Wrong[] = []
  if (rule.effect === 'hold' && !rule.approval) wrong.push({ path, message: `rule "${rule.id}" holds and must say who decides: approval: { reviewers: { group: … } }` })
  if (rule.effect !== 'hold' && rule.approval) wrong.push({ path: [...path, 'approval'], message: `rule "${rule.id}" does not hold, so approval means nothing here` })
  const wait = rule.approval ? milliseconds(rule.approval.wait) : 1
  if (wait === 0 || wait > LONGEST_WAIT) wrong.push({ path: [...path, 'approval', 'wait'], message: 'a request may wait from 1s to 24h' })
  if (rule.approval?.reviewers === 'self' && rule.approval.count > 1) wrong.push({ path: [...path, 'approval', 'count'], message: 'self is one person' })
  return [...wrong, ...checkAssurance(rule, path)]
}

function checkAssurance({ approval }: WrittenPolicy['rules'][number], path: Wrong['path']): Wrong[] {
  if (approval === undefined) return []
  const { reviewers, assurance, acr } = approval
  const wrong: Wrong[] = []
  if (reviewers === 'self' && assurance === 'fresh') wrong.push({ path: [...path, 'approval', 'assurance'], message: 'a fresh sign-in is asked of reviewers: { group: … }; whoever acknowledges for themselves is not asked for one' })
  if (acr && (assurance !== 'fresh' || reviewers === 'self')) wrong.push({ path: [...path, 'approval', 'acr'], message: 'acr says how a reviewer must sign in for this decision, so it goes with reviewers: { group: … } and assurance: fresh' })
  return wrong
}

/** https for every host but this machine: a key and a prompt go there. */
function urlProblem(text: string): string | undefined {
  const url = new URL(text)
  const loopback = /^(?:127(?:\.\d+){3}|localhost|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'http:' && !loopback) return 'write https; plain http is for this machine only'
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return 'write the URL without user, query and fragment; keys are kept by the hub'
  return undefined
}

function invalid(problems: readonly Problem[]): CountersignError {
  const list = problems.map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`).join('\n  ')
  return new CountersignError('CS_POLICY_INVALID', `the policy has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n  ${list}`)
}

function toDocument(written: WrittenPolicy): PolicyDocument {
  const limits = { ...LIMITS, ...dropUndefined(written.limits) }
  return {
    version: 1,
    default: written.default,
    upstreams: Object.fromEntries(Object.entries(written.upstreams).map(([name, one]) => [name, toUpstream(one)])),
    limits: {
      sessionIdle: milliseconds(limits.sessionIdle),
      sessionAbsolute: milliseconds(limits.sessionAbsolute),
      agentLinger: milliseconds(limits.agentLinger),
      body: bytes(limits.body),
    },
    mask: { prompt: written.mask.prompt ?? {}, answer: written.mask.answer ?? {} },
    ...(written.types ? { types: toCustomTypes(written.types) } : {}),
    rules: written.rules.map(toRule),
  }
}

function toUpstream({ url, outside, headers, key, uninspected }: WrittenPolicy['upstreams'][string]): UpstreamRule {
  return {
    url: url.replace(/\/+$/, ''),
    outside,
    ...(headers ? { headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])) } : {}),
    ...(key ? { key: { header: key.header.toLowerCase(), prefix: key.prefix } } : {}),
    ...(uninspected ? { uninspected } : {}),
  }
}

function toRule(rule: WrittenPolicy['rules'][number]): PolicyRule {
  const { size: limit, ...rest } = rule.when
  const condition: Condition = {
    ...(dropUndefined(rest) as Condition),
    ...(limit ? { size: { ...(limit.over ? { over: bytes(limit.over) } : {}), ...(limit.under ? { under: bytes(limit.under) } : {}) } } : {}),
  }
  const approval: ApprovalTerms | undefined = rule.approval && { ...dropUndefined(rule.approval), wait: milliseconds(rule.approval.wait) }
  return {
    id: rule.id,
    when: condition,
    effect: rule.effect,
    ...(rule.mask ? { mask: { prompt: rule.mask.prompt ?? {}, answer: rule.mask.answer ?? {} } } : {}),
    ...(approval ? { approval } : {}),
    ...(rule.message === undefined ? {} : { message: rule.message }),
  }
}

function dropUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }
}

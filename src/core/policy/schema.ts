/** The policy document as a person writes it. The JSON Schema made of this serves completion in an editor. */
import { z } from 'zod'
import { TRANSFORMS } from '../../protocol/masking.ts'
import { OPAQUE_WORDS } from '../../protocol/policy.ts'
import { ownTypeOf } from '../masking/aliases.ts'
import { customTypes } from './customTypes.ts'
import { isEntityType, unknownType } from './entityTypes.ts'

const MINUTE = 60_000
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: MINUTE, h: 60 * MINUTE, d: 24 * 60 * MINUTE }
const SIZES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2 }

export const duration = z
  .string({ error: 'write a duration such as 8h, 10m or 90s' })
  .regex(/^\d{1,5}(?:s|m|h|d)$/, 'write a duration such as 8h, 10m or 90s')
  .describe('A duration: a whole number and s, m, h or d, as in 8h.')

/** @returns milliseconds */
export function milliseconds(text: string): number {
  return Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 0)
}

export const size = z
  .string({ error: 'write a size such as 32MiB or 512KiB' })
  .regex(/^\d{1,6}(?:B|KiB|MiB)$/, 'write a size such as 32MiB or 512KiB')
  .describe('A size: a whole number and B, KiB or MiB, as in 32MiB.')

/** @returns bytes */
export function bytes(text: string): number {
  const [, digits = '0', unit = 'B'] = /^(\d+)(\w+)$/.exec(text) ?? []
  return Number(digits) * (SIZES[unit] ?? 1)
}

const typeName = z.string().refine(isEntityType, { error: ({ input }) => unknownType(String(input)) })
const entityType = typeName.overwrite(ownTypeOf)

/** One entry per entity type, under our own name. Of two spellings of one type the later would silently undo the earlier: `EMAIL: redact, EMAIL_ADDRESS: keep`. */
function perType<T extends z.ZodType>(entry: T) {
  return z
    .record(typeName, entry)
    .superRefine((written, context) => {
      const spelled = new Map<string, string>()
      for (const name of Object.keys(written)) {
        const type = ownTypeOf(name)
        const earlier = spelled.get(type)
        if (earlier !== undefined && written[earlier] !== written[name]) context.addIssue({ code: 'custom', path: [name], message: `"${earlier}" and "${name}" are one entity type, ${type}: write one of them` })
        spelled.set(type, name)
      }
    })
    .overwrite((written) => Object.fromEntries(Object.entries(written).map(([name, one]) => [ownTypeOf(name), one])))
}

/** Copied along with a name from a text or a table; it would fit nothing, and nobody would see why. */
const CLINGS = /^[\s\p{Cf}"'“”„‘’‚«»]|[\s\p{Cf}"'“”„‘’‚«»]$|[\p{Cc}\u200b\u2060\ufeff]/u
const name = z.string().min(1).max(300).refine((text) => !CLINGS.test(text), { error: ({ input }) => `${visible(String(input))} has a blank, a quote or an invisible character that belongs to no name; write the name alone, between straight quotes if need be` })

function visible(text: string): string {
  return JSON.stringify(text).replace(/\p{Cf}/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const names = z.array(name).min(1, 'name at least one').max(1000)
const opaque = z.array(z.enum(Object.keys(OPAQUE_WORDS) as [keyof typeof OPAQUE_WORDS]))
const content = z
  .strictObject({
    finds: z.array(entityType).min(1).optional().describe('Any of these entity types was found.'),
    has: opaque.min(1).optional().describe('Content that cannot be inspected: file, image, audio, stored_context, signature, encrypted_content and the like.'),
  })
  .describe('What the text contains. When both are given, both must hold.')

const masks = perType(z.enum(TRANSFORMS)).describe('Per entity type: redact, partial, replace, hash, pseudonym, refuse or keep. refuse: a call with such a value is denied, and an answer with one stops before it.')
const mask = z.strictObject({ prompt: masks.optional(), answer: masks.optional() })

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'write a time of day such as 08:30')
const zone = z.string().refine(isZone, 'this is no time zone; write one such as Europe/Berlin or UTC')

const when = z
  .strictObject({
    principal: names.optional().describe('Subjects, or "issuer subject" pairs.'),
    groups: names.optional().describe('The person is in any of these groups.'),
    provider: names.optional(),
    upstream: names.optional(),
    model: names.optional().describe('Model names; * stands for any characters.'),
    operation: names.optional().describe('Operations such as chat.completions.'),
    project: names.optional().describe("Project and location of a call to Vertex, such as acme/europe-west1; * stands for any characters."),
    outside: z.boolean().optional().describe('Whether the upstream lies outside the organisation.'),
    prompt: content.optional().describe('Everything the call carries, earlier turns included.'),
    history: content.optional().describe('Earlier turns only.'),
    tools: names.optional().describe('Names of tools offered to the model; * stands for any characters.'),
    size: z.strictObject({ over: size.optional(), under: size.optional() }).optional(),
    time: z
      .strictObject({ days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1).optional(), from: clock.optional(), to: clock.optional(), zone: zone.optional() })
      .optional(),
  })
  .describe('All conditions given must hold; a list holds when any of its entries does.')

const approval = z.strictObject({
  reviewers: z.union([z.literal('self'), z.strictObject({ group: name })]).describe('Who may decide: a group of other people, or self, which is recorded as acknowledged.'),
  count: z.number().int().min(1).max(10).default(1).describe('How many distinct people must approve.'),
  assurance: z.enum(['session', 'fresh']).default('session').describe('session: the reviewer is signed in; fresh: the reviewer signs in again for this decision.'),
  acr: z.array(z.string().min(1).max(400)).min(1).max(10).optional().describe('With fresh: how the reviewer must sign in, in the words of your identity provider (acr values); one of them is enough.'),
  requesterReason: z.enum(['none', 'optional', 'required']).default('optional'),
  wait: duration.default('4m').describe('How long a request waits for a decision.'),
})

const rule = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,79}$/, 'write an id of lower-case letters, digits and dashes'),
  when: when.default({}),
  effect: z.enum(['allow', 'deny', 'hold']),
  mask: mask.optional().describe('Overrides the document\'s mask for calls this rule decides.'),
  approval: approval.optional(),
  message: z.string().max(500).optional().describe('Read by the person whose call it is.'),
})

const found = z
  .strictObject({
    finds: perType(z.number().int().positive()).default({}).describe('How many of each entity type were found.'),
    has: opaque.default([]),
  })
  .default({ finds: {}, has: [] })
  .describe('What the text of the call contains.')

/** A call as a test case describes it: what it does not say is ordinary. */
const testCall = z.strictObject({
  principal: z.string().min(1).default('somebody').describe('The subject.'),
  groups: z.array(z.string()).default([]),
  provider: z.string().default('openai'),
  upstream: z.string().optional().describe('Default: the one with the name of the provider, else the first.'),
  operation: z.string().default('chat.completions'),
  project: z.string().optional().describe('Project and location, for Vertex: acme/europe-west1.'),
  model: z.string().default('some-model'),
  tools: z.array(z.string()).default([]),
  size: size.default('2000B'),
  time: z.iso.datetime({ offset: true }).default('2026-01-05T12:00:00Z').describe('Default: a Monday at noon, UTC.'),
  inspected: z.enum(['ok', 'partial', 'failed']).default('ok'),
  prompt: found,
  history: found,
})
export type TestCall = z.infer<typeof testCall>

const testCase = z.strictObject({
  name: z.string().min(1),
  call: testCall.prefault({}),
  expect: z.strictObject({ effect: z.enum(['allow', 'deny', 'hold']), rule: z.string().nullable().optional() }),
})

/** Headers that carry credentials, say how a body is read, or belong to one connection: none of them is a policy's. */
const RESERVED = /^(?:host|content-.*|transfer-encoding|connection|keep-alive|proxy-.*|upgrade|te|trailer|expect|accept-encoding|authorization|x-api-key|api-key|x-goog-api-key|cookie|x-amz-.*)$/
const HEADER = /^[A-Za-z][A-Za-z0-9-]{0,63}$/
const headerName = z.string().regex(HEADER, 'write the name of a header')
const upstream = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  outside: z.boolean(),
  headers: z
    .record(z.string(), z.string().regex(/^[\x20-\x7e]{1,500}$/, 'write printable characters'))
    .superRefine((headers, context) => {
      for (const name of Object.keys(headers)) {
        const message = !HEADER.test(name) ? 'write the name of a header' : RESERVED.test(name.toLowerCase()) ? 'this header is not for a policy to set; a key is sent as "key" says' : undefined
        if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message })
      }
    })
    .optional()
    .describe('Sent along with every call. A policy is read by everybody: no secrets.'),
  key: z
    .strictObject({ header: headerName, prefix: z.string().regex(/^[\x20-\x7e]{0,40}$/).default('') })
    .optional()
    .describe('How a gateway takes its key: { header: Ocp-Apim-Subscription-Key }. Default: as the provider takes it.'),
  uninspected: z
    .array(z.string().regex(/^(?:GET|POST|PUT|PATCH|DELETE) \/[\w./:*-]{0,200}$/, 'write a method and a path below the upstream, as in POST /files'))
    .optional()
    .describe('Operations that cannot be inspected and go through unread, in both directions, where a rule allows the operation "uninspected".'),
})

export const policySchema = z.strictObject({
  version: z.literal(1, { error: 'write version: 1' }),
  default: z.enum(['allow', 'deny'], { error: 'say what happens when no rule matches: default: deny' }).describe('What happens when no rule matches.'),
  upstreams: z
    .record(z.string().regex(/^[a-z][\w-]{0,39}$/), upstream)
    .describe('Where calls go. url replaces https://api.openai.com/v1 and the like whole.'),
  limits: z.strictObject({ sessionIdle: duration.optional(), sessionAbsolute: duration.optional(), agentLinger: duration.optional(), body: size.optional() }).default({}),
  mask: mask.default({}),
  types: customTypes.optional(),
  rules: z.array(rule).max(1000),
  tests: z.array(testCase).optional().describe('Cases this policy must decide so: countersign policy test FILE.'),
})

export type WrittenPolicy = z.infer<typeof policySchema>

export function policyJsonSchema(): unknown {
  return z.toJSONSchema(policySchema, { io: 'input' })
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

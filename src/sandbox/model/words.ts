/** What the simulated model says: who it is, and the records it was given, so that one sees in its answer what was masked. */
import { createHash } from 'node:crypto'
import type { Traits } from './traits.ts'

/** The part of a request that every dialect has. */
export interface Asked {
  readonly model: string
  /** Texts of all messages, in order. */
  readonly texts: readonly string[]
  readonly lastRole: string
  readonly tools: readonly { readonly name: string; readonly schema: unknown }[]
  /** A tool it must call: a name, or any. */
  readonly mustCall: string | boolean
  /** JSON Schema that the answer must fit. */
  readonly schema: unknown
}

export interface Said {
  readonly thinking: string
  readonly text: string
  readonly calls: readonly { readonly name: string; readonly input: Record<string, unknown> }[]
}

const SELF = 'I am a simulated model; no real one was asked.'

export function answerTo(asked: Asked, traits: Traits): Said {
  const thinking = traits.thinking ? `I look at what I was given. ${quoted(asked)}` : ''
  if (asked.schema !== undefined) return { thinking, text: JSON.stringify(instanceOf(asked.schema, valuesOf(asked))), calls: [] }
  const calls = toolsFor(asked, traits).map(({ name, schema }) => ({ name, input: asObject(instanceOf(schema, valuesOf(asked))) }))
  if (calls.length > 0) return { thinking, text: '', calls }
  const text = traits.echo ? (asked.texts.at(-1) ?? '') : `${SELF} ${quoted(asked)}`
  return { thinking, text: Array.from({ length: traits.times }, () => text).join('\n'), calls: [] }
}

/** After a tool's result it answers in words: a model that only calls tools would never end. */
function toolsFor(asked: Asked, traits: Traits): Asked['tools'] {
  const { mustCall, tools } = asked
  if (typeof mustCall === 'string') return tools.filter(({ name }) => name === mustCall).slice(0, 1)
  if (traits.every && asked.lastRole !== 'tool') return tools
  return mustCall || (traits.tools && asked.lastRole !== 'tool') ? tools.slice(0, 1) : []
}

function quoted(asked: Asked): string {
  const records = recordsIn(asked.texts)
  if (records.length === 0) return `You said: ${(asked.texts.at(-1) ?? '').slice(0, 400)}`
  const [first] = records
  const sentences = records.map((record) => {
    const { name, id, ...rest } = record
    const facts = Object.entries(rest).filter(([, value]) => value !== '').map(([key, value]) => `${key} ${value}`)
    return `${name ?? id ?? 'Somebody'}: ${facts.join(', ')}.`
  })
  return `Of the ${records.length} records you gave me I would begin with ${first?.['name'] ?? 'the first'}.\n${sentences.join('\n')}`
}

/** Rows of comma-separated values under a header line, wherever they stand in the texts. */
function recordsIn(texts: readonly string[]): Record<string, string>[] {
  const records: Record<string, string>[] = []
  for (const text of texts) {
    let header: string[] | undefined
    for (const line of text.split(/\r?\n/)) {
      const cells = line.split(',').map((cell) => cell.trim())
      if (header?.length === cells.length) records.push(Object.fromEntries(header.map((key, i) => [key, cells[i] ?? ''])))
      else header = cells.length > 1 && cells.every((cell) => /^[a-z_]{1,20}$/.test(cell)) ? cells : undefined
    }
  }
  return records
}

/** Values by field name for tools and structured answers: what the first record says, and the name that stands in quotes. */
function valuesOf(asked: Asked): Record<string, string> {
  const last = asked.texts.at(-1) ?? ''
  const named = /\bnamed ['"]([^'"]{1,80})['"]/.exec(last)?.[1]
  return { ...(named === undefined ? {} : { name: named, customer_name: named }), ...recordsIn(asked.texts)[0], query: last.slice(0, 200) }
}

/** For answers that are to be JSON of no said shape: an object with the keys that the last message names in quotes. */
export function schemaOfKeys(texts: readonly string[]): object {
  const keys = [...(texts.at(-1) ?? '').matchAll(/['"`]([a-z_]{1,40})['"`]/g)].map(([, key = '']) => [key, { type: 'string' }])
  return { type: 'object', properties: Object.fromEntries(keys) as Record<string, unknown> }
}

/** The same for the same conversation, another for each turn of it. */
export function idOf(asked: Asked): string {
  return createHash('sha256').update(JSON.stringify([asked.lastRole, asked.texts])).digest('hex').slice(0, 24)
}

interface Schema {
  readonly type?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, unknown>>
  readonly items?: unknown
  readonly anyOf?: readonly unknown[]
  readonly oneOf?: readonly unknown[]
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, unknown>>
  readonly definitions?: Readonly<Record<string, unknown>>
}

/** The simplest value that fits a JSON Schema; strings take what is known under their name. */
function instanceOf(schema: unknown, values: Readonly<Record<string, string>>, name = '', root: unknown = schema): unknown {
  const one = asObject(schema) as Schema
  if (one.$ref !== undefined) return instanceOf(refOf(root, one.$ref), values, name, root)
  if (one.const !== undefined) return one.const
  if (one.enum) return one.enum[0]
  const [choice] = one.anyOf ?? one.oneOf ?? []
  if (choice !== undefined) return instanceOf(choice, values, name, root)
  if (one.properties) return Object.fromEntries(Object.entries(one.properties).map(([key, value]) => [key, instanceOf(value, values, key, root)]))
  return one.items === undefined ? plainOf(Array.isArray(one.type) ? one.type[0] : one.type, values[name]) : [instanceOf(one.items, values, name, root)]
}

function plainOf(type: unknown, known: string | undefined): unknown {
  switch (type) {
    case 'object':
      return {}
    case 'array':
      return []
    case 'integer':
    case 'number':
      return 3
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return known ?? 'simulated'
  }
}

function refOf(root: unknown, ref: string): unknown {
  const { $defs, definitions } = asObject(root) as Schema
  const name = ref.split('/').at(-1) ?? ''
  return $defs?.[name] ?? definitions?.[name] ?? {}
}

export function asObject(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}

/** Text of a message's content in any dialect: a string, or a list of pieces with text or results in them. */
export function wordsIn(content: unknown): string {
  if (typeof content === 'string') return content
  if (Array.isArray(content)) return content.map(wordsIn).filter(Boolean).join('\n')
  const { text, content: inner } = asObject(content)
  return typeof text === 'string' ? text : inner === undefined ? '' : wordsIn(inner)
}

/** Pieces as a model streams them: short, and without regard for what they cut. */
export function piecesOf(text: string): string[] {
  return text.match(/\s*\S{1,6}|\s+$/gu) ?? []
}

export function tokensIn(text: string): number {
  return Math.ceil(text.length / 4)
}

/** What the readers of YAML and of the schema say of a mistake, in the words of whoever writes a policy: what to write instead. */
import type { ErrorCode, YAMLError } from 'yaml'
import type { z } from 'zod'
import { isEntityType } from './entityTypes.ts'
import { nearestName } from './nearestName.ts'
import { policyJsonSchema } from './schema.ts'

const OF_YAML: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: '* begins an alias here; between quotes it is a star: "*"',
  BAD_DQ_ESCAPE: 'between double quotes a backslash begins an escape; write it twice, or use single quotes',
  DUPLICATE_KEY: 'this name stands here already; of two the later would count, so write it once',
  MULTIPLE_DOCS: 'a file holds one policy; take out the --- between two',
  TAB_AS_INDENT: 'indent with blanks, not with tabs',
}

export function yamlWords({ code, message }: Pick<YAMLError, 'code' | 'message'>): string {
  return OF_YAML[code] ?? (message.includes('call stack') ? 'this is nested deeper than any policy' : message)
}

const OF_TYPES: Partial<Record<string, string>> = {
  array: 'write a list, also of one: [a]',
  boolean: 'write true or false',
  int: 'write a whole number',
  number: 'write a number',
  object: 'write a table, { name: value }, or leave it out',
  string: 'write a text; what reads like a number or like true goes between quotes',
}

/** @param written what stands there, where it is a text */
export function issueWords(issue: z.core.$ZodIssue, written: unknown): string {
  // Of our own words only those of Zod begin so.
  if (!/^(?:Invalid|Too (?:big|small)|Unrecognized)/.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return OF_TYPES[issue.expected] ?? issue.message
    case 'invalid_value':
      return `${typeof written === 'string' ? `"${written.slice(0, 60)}" is none of` : 'write one of'} ${issue.values.join(', ')}${meant(written, issue.values.map(String))}`
    case 'invalid_union':
      return 'write self, or { group: NAME }'
    case 'invalid_format':
      return issue.format === 'url' ? 'write a whole URL, such as https://api.openai.com/v1' : issue.message
    case 'too_big':
      return `at most ${String(issue.maximum)} ${unit(issue.origin)}`
    case 'too_small':
      return issue.minimum === 1 ? 'write at least one' : `at least ${String(issue.minimum)} ${unit(issue.origin)}`
    default:
      return issue.message
  }
}

function unit(origin: string): string {
  return origin === 'string' ? 'characters' : origin === 'array' ? 'entries' : ''
}

let schema: unknown

export function unknownWords(key: string, path: readonly (string | number)[]): string {
  const said = `"${key}" is not known here${path.length > 0 ? ` (in ${path.join('.')})` : ''}`
  if (path.at(-1) === 'mask' && isEntityType(key)) return `${said}; mask has prompt and answer, so write prompt: { ${key}: … }`
  schema ??= policyJsonSchema()
  return `${said}${meant(key, namesAt(schema, path)) || (isName(schema, key) ? '; it has its place elsewhere, so look at how far it is indented' : '')}`
}

/** What may stand in the table at a path, as a JSON Schema says. */
function namesAt(node: unknown, path: readonly (string | number)[]): string[] {
  const { properties, additionalProperties, items } = (node ?? {}) as { properties?: Record<string, unknown>; additionalProperties?: unknown; items?: unknown }
  const [part, ...rest] = path
  if (part === undefined) return Object.keys(properties ?? {})
  return namesAt(typeof part === 'number' ? items : properties && Object.hasOwn(properties, part) ? properties[part] : additionalProperties, rest)
}

function isName(node: unknown, key: string): boolean {
  return typeof node === 'object' && node !== null && Object.entries(node).some(([name, one]) => (name === 'properties' && Object.hasOwn(one as object, key)) || isName(one, key))
}

function meant(written: unknown, known: readonly string[]): string {
  const names = new Map(known.map((name) => [name.toUpperCase(), name]))
  const near = typeof written === 'string' ? nearestName(written, names.keys()) : undefined
  return near === undefined ? '' : `; did you mean ${names.get(near) ?? near}?`
}

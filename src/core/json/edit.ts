/** Edits of a JSON source that leave every other character as it was, and plain access to what was read. */
import type { JsonArray, JsonNode, JsonObject, JsonString } from './read.ts'

export interface Edit {
  /** UTF-16 offsets in the source, end exclusive. */
  readonly start: number
  readonly end: number
  readonly text: string
}

/** @param edits in any order; two that overlap are a bug of the caller and throw */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return source
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end)
  const pieces: string[] = []
  let at = 0
  for (const { start, end, text } of sorted) {
    if (start < at) throw new RangeError('edits overlap')
    pieces.push(source.slice(at, start), text)
    at = end
  }
  pieces.push(source.slice(at))
  return pieces.join('')
}

/** The string's value replaced, or nothing to do. */
export function replaceText(node: JsonString, text: string): Edit[] {
  return text === node.text ? [] : [{ start: node.start, end: node.end, text: JSON.stringify(text) }]
}

/** The members with these names taken out, each with the comma that belongs to it. */
export function removeMembers(object: JsonObject, names: ReadonlySet<string>): Edit[] {
  const kept = object.members.filter(({ key }) => !names.has(key))
  if (kept.length === object.members.length) return []
  const first = kept[0]
  if (!first) return [{ start: object.start, end: object.end, text: '{}' }]
  const edits: Edit[] = []
  object.members.forEach((member, i) => {
    if (!names.has(member.key)) return
    const before = object.members[i - 1]
    const after = object.members[i + 1]
    // Before the first member that stays, a removed one takes the comma behind it along; later, the comma before it.
    if (member.start < first.start) edits.push({ start: member.start, end: after?.start ?? member.value.end, text: '' })
    else edits.push({ start: before?.value.end ?? member.start, end: member.value.end, text: '' })
  })
  return edits
}

/** A member set to this JSON source: in its place when it is there, behind the last one when it is not. */
export function setMember(object: JsonObject, key: string, source: string): Edit {
  const member = object.members.find((one) => one.key === key)
  if (member) return { start: member.value.start, end: member.value.end, text: source }
  const last = object.members.at(-1)
  const at = last?.value.end ?? object.start + 1
  return { start: at, end: at, text: `${last ? ',' : ''}${JSON.stringify(key)}:${source}` }
}

export function member(node: JsonNode | undefined, key: string): JsonNode | undefined {
  return node?.type === 'object' ? node.members.find((one) => one.key === key)?.value : undefined
}

export function textOf(node: JsonNode | undefined): string | undefined {
  return node?.type === 'string' ? node.text : undefined
}

export function numberOf(node: JsonNode | undefined): number | undefined {
  return node?.type === 'number' ? (node.value as number) : undefined
}

/** A vector, or token ids. */
export function isNumbers(node: JsonNode | undefined): boolean {
  return node?.type === 'array' && (node.numbers !== undefined || (node.items.length > 0 && node.items.every(({ type }) => type === 'number')))
}

/** The numbers of such a list; nothing for anything else. */
export function numbersOf(node: JsonNode | undefined): readonly number[] {
  return node?.type === 'array' ? (node.numbers ?? node.items.flatMap((item) => numberOf(item) ?? [])) : []
}

export function isTrue(node: JsonNode | undefined): boolean {
  return node?.type === 'boolean' && node.value === true
}

/** One step of a JSON Pointer (RFC 6901). */
export function pointer(path: string, step: string | number): string {
  return `${path}/${typeof step === 'number' ? step : step.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/**
 * What is left of a value when some nodes are taken out; containers that become empty by that go too.
 * @param source numbers whose value JavaScript cannot hold are given as they are spelled
 */
export function valueOf(node: JsonNode, source: string, without: ReadonlySet<JsonNode> = new Set()): unknown {
  if (without.has(node)) return undefined
  switch (node.type) {
    case 'object': {
      const entries = node.members.map(({ key, value }) => [key, valueOf(value, source, without)] as const).filter(([, value]) => value !== undefined)
      return entries.length === 0 && node.members.length > 0 ? undefined : Object.fromEntries(entries)
    }
    case 'array':
      return listOf(node, source, without)
    case 'string':
      return node.text
    case 'number': {
      const spelled = source.slice(node.start, node.end)
      return /^-?\d+$/.test(spelled) && !Number.isSafeInteger(node.value) ? spelled : node.value
    }
    case 'boolean':
    case 'null':
      return node.value
  }
}

function listOf(node: JsonArray, source: string, without: ReadonlySet<JsonNode>): unknown[] | undefined {
  // Short numbers are never taken out one by one.
  if (node.numbers?.every((value) => Math.abs(value) < 1_000_000)) return [...node.numbers]
  const items = node.items.map((item) => valueOf(item, source, without)).filter((item) => item !== undefined)
  return items.length === 0 && node.items.length > 0 ? undefined : items
}

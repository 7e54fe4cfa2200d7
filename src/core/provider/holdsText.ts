/** Which values can carry a person's data at all: most of what is sent cannot, and is not read. */
import { member } from '../json/edit.ts'
import type { JsonNode } from '../json/read.ts'

const LONG_DIGITS = /\d{7}/

/** A number that its name may tell to be a password or a PIN. Longer lists are vectors. */
export function holdsNumber(node: JsonNode, source: string): boolean {
  if (node.type === 'array') return (node.numbers ?? node.items).length <= 8 && node.items.some((item) => holdsNumber(item, source))
  return node.type === 'number' && /\d{4}/.test(source.slice(node.start, node.end))
}

/** `{"name": "password", "value": "…"}`, and little else: the masker reads such a pair together, as the JSON that it is. */
export function isNamedValue(node: JsonNode): boolean {
  const name = member(node, 'key') ?? member(node, 'name')
  return node.type === 'object' && node.members.length <= 3 && name?.type === 'string' && member(node, 'value') !== undefined
}

/** False for what can carry no value: switches, short numbers, and containers of nothing else. */
export function holdsText(node: JsonNode, source: string): boolean {
  switch (node.type) {
    case 'string':
      return true
    case 'object':
      return node.members.length > 0
    case 'array':
      if (node.numbers?.every((value) => Math.abs(value) < 1_000_000)) return false
      return node.items.some((item) => holdsText(item, source))
    case 'number':
      return LONG_DIGITS.test(source.slice(node.start, node.end))
    case 'boolean':
    case 'null':
      return false
  }
}

/** Google takes each member's name in two spellings, `inlineData` and `inline_data`. Whatever is read here is read in both. */
import { CountersignError } from '../../../protocol/errors.ts'
import { member } from '../../json/edit.ts'
import type { JsonNode } from '../../json/read.ts'
import type { Handlers, PartCollector, Place } from '../parts.ts'

/** As policy and records spell it. */
export function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** @param name as `camel` spells it */
export function named(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return member(node, name) ?? member(node, snake(name))
}

/** Members by name in either spelling. @throws CountersignError CS_MALFORMED for one in both: which of them counts would be a guess */
export function members(c: PartCollector, node: JsonNode, place: Place, handlers: Handlers): void {
  const both = { ...handlers, ...Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [snake(name), handler])) }
  if (node.type === 'object') {
    const keys = new Set(node.members.map(({ key }) => key))
    for (const name of Object.keys(handlers))
      if (name !== snake(name) && keys.has(name) && keys.has(snake(name))) throw new CountersignError('CS_MALFORMED', `the body gives "${name}" twice, spelled differently. Nothing was sent.`)
  }
  c.members(node, place, both)
}

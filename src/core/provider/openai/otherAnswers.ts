/** Answers that hold vectors or scores instead of text, and lists of models. Strings in them are read all the same. */
import { isNumbers, textOf } from '../../json/edit.ts'
import type { JsonNode } from '../../json/read.ts'
import { eachItem, eachMember, type Walk } from '../walk.ts'
import { walkUsage } from './chatAnswer.ts'

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

export function walkList(root: JsonNode, walk: Walk): void {
  eachMember(walk, root, '', (key, value) => {
    if (key === 'data') eachItem(walk, value, key, (item, i) => { walkEntry(item, `data/${i}`, walk) })
    else if (key === 'usage') walkUsage(value, walk)
    else if (key === 'model') walk.model(value, key)
    else if (key === 'object' || key === 'id') walk.identifier(value, key)
    else walk.unknown(value, key, key === 'error')
  })
}

function walkEntry(node: JsonNode, at: string, walk: Walk): void {
  eachMember(walk, node, at, (key, value, path) => {
    if (key.startsWith('embedding') && isVector(value)) return
    if (key === 'id' || key === 'object' || key === 'owned_by') walk.identifier(value, path)
    else if (key === 'index') walk.index(value, path)
    else walk.unknown(value, path)
  })
}

function isVector(node: JsonNode): boolean {
  return isNumbers(node) || BASE64.test(textOf(node) ?? '!')
}

/** Answers of Gemini. A candidate's text streams over events; grounding repeats pieces of it, with offsets in bytes. */
import { isNumbers, isTrue, member, numberOf, textOf } from '../../json/edit.ts'
import type { JsonNode } from '../../json/read.ts'
import { THINKING } from '../fields.ts'
import { eachItem, eachMember, indexOf, readUsage, walkDeep, type Walk } from '../walk.ts'
import { camel, named } from './spelling.ts'

const LONG_DIGITS = /\d{7}/
/** Reasons as numbers: there are some twenty. */
const REASONS = new Set(Array.from({ length: 100 }, (_, i) => i))
const NAME = /^[A-Za-z_][\w.:-]{0,127}$/

/** @returns true for an answer that says of a candidate that it is finished, or that there is none */
export function walkGemini(root: JsonNode, walk: Walk): boolean {
  let finished = false
  eachMember(walk, root, '', (key, value) => {
    switch (camel(key)) {
      case 'candidates':
        eachItem(walk, value, key, (item, i) => { finished = walkCandidate(item, i, walk) || finished })
        return
      case 'usageMetadata':
        readUsage(walk, named(value, 'promptTokenCount'), named(value, 'candidatesTokenCount'))
        walkDeep(walk, value, key)
        return
      case 'totalTokens':
        readUsage(walk, value, undefined)
        return
      case 'modelVersion':
        walk.model(value, key)
        return
      case 'responseId':
        walk.id(value, key)
        return
      case 'error':
        walk.unknown(value, key, true)
        finished = true
        return
      case 'promptFeedback':
        finished = named(value, 'blockReason') !== undefined || finished
        walkDeep(walk, value, key)
        return
      case 'embedding':
      case 'embeddings':
        walkVectors(value, key, walk)
        return
      default:
        walkDeep(walk, value, key)
    }
  })
  return finished
}

/** Vectors pass; whatever stands beside them is read. */
export function walkVectors(node: JsonNode, at: string, walk: Walk): void {
  if (node.type === 'array') node.items.forEach((item, i) => { walkVectors(item, `${at}/${i}`, walk) })
  else
    eachMember(walk, node, at, (key, value, path) => {
      if (key !== 'values' || !isNumbers(value)) walkDeep(walk, value, path)
    })
}

function walkCandidate(node: JsonNode, position: number, walk: Walk): boolean {
  const index = indexOf(node, 'index', position)
  const at = `candidates/${index}`
  const content = member(node, 'content')
  // The text first: what repeats it takes its mask.
  if (content) walkContent(content, at, index, walk)
  const reason = named(node, 'finishReason')
  eachMember(walk, node, at, (spelled, value, path) => {
    const key = camel(spelled)
    if (key === 'content') return
    if (key === 'index') {
      walk.index(value, path)
      return
    }
    if (key === 'finishReason') walkReason(value, path, walk)
    else if (key === 'logprobsResult') {
      if (walk.masking) walk.replace(value, 'null')
    } else if (key === 'groundingMetadata') walkGrounding(value, path, `${at}/content/text`, walk)
    else if (key === 'citationMetadata') walkCitations(value, path, `${at}/content/text`, walk)
    else walkDeep(walk, value, path)
  })
  // Some clients ask for numbers in place of words; 0 is no reason.
  return (textOf(reason) ?? '') !== '' || (numberOf(reason) ?? 0) !== 0
}

function walkReason(node: JsonNode, path: string, walk: Walk): void {
  const number = numberOf(node)
  if (number === undefined || !REASONS.has(number)) walk.finish(node, path)
  else walk.facts.finish.push(String(number))
}

function walkContent(node: JsonNode, at: string, index: number, walk: Walk): void {
  eachMember(walk, node, `${at}/content`, (key, value, path) => {
    if (key === 'role') walk.identifier(value, path)
    else if (key === 'parts') eachItem(walk, value, path, (part, i) => { walkPart(part, { at, index, path: `${path}/${i}` }, walk) })
    else walkDeep(walk, value, path)
  })
}

function walkPart(node: JsonNode, { at, index, path }: { at: string; index: number; path: string }, walk: Walk): void {
  const thought = isTrue(member(node, 'thought'))
  const carry = (text: string): string => JSON.stringify({ candidates: [{ content: { parts: [{ text, ...(thought ? { thought } : {}) }], role: 'model' }, index }] })
  eachMember(walk, node, path, (spelled, value, below) => {
    const key = camel(spelled)
    if (key === 'text') walk.text(value, { path: `${at}/content/${thought ? 'thought' : 'text'}`, kind: 'text' }, thought ? at + THINKING : at, carry)
    else if (key === 'thoughtSignature') walk.sealed(value, 'signature')
    else if (key === 'inlineData') walkBlob(value, below, walk)
    else if (key === 'functionCall') walkCall(value, below, walk)
    else walkDeep(walk, value, below)
  })
}

function walkBlob(node: JsonNode, at: string, walk: Walk): void {
  const kind = /^(?:image|audio)(?=\/)/.exec(textOf(named(node, 'mimeType')) ?? '')?.[0] ?? 'file'
  eachMember(walk, node, at, (key, value, path) => {
    if (key === 'data') walk.sealed(value, kind)
    else walk.identifier(value, path)
  })
}

function walkCall(node: JsonNode, at: string, walk: Walk): void {
  eachMember(walk, node, at, (key, value, path) => {
    const text = textOf(value)
    if (key === 'id') walk.identifier(value, path)
    else if (key === 'args') {
      if (value.type !== 'object' || value.members.length > 0) walk.source(value, path, true)
    } else if (key !== 'name' || text === undefined || !NAME.test(text) || LONG_DIGITS.test(text)) walkDeep(walk, value, path)
  })
}

function walkGrounding(node: JsonNode, at: string, text: string, walk: Walk): void {
  walkDeep(walk, node, at)
  const supports = named(node, 'groundingSupports')
  if (supports?.type === 'array') for (const support of supports.items) mendSegment(member(support, 'segment'), text, walk)
}

function walkCitations(node: JsonNode, at: string, text: string, walk: Walk): void {
  walkDeep(walk, node, at)
  const sources = named(node, 'citationSources') ?? member(node, 'citations')
  if (sources?.type === 'array') for (const source of sources.items) mendSegment(source, text, walk)
}

function mendSegment(node: JsonNode | undefined, text: string, walk: Walk): void {
  if (node) walk.mend(node, text, ['startIndex', 'start_index', 'endIndex', 'end_index'], 'bytes')
}

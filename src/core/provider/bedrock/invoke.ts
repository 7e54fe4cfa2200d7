/** InvokeModel: bodies in the dialect of each model's maker. Anthropic's is read as such; of the others every string is text. */
import { member, textOf } from '../../json/edit.ts'
import { decodeUtf8, readJson, type JsonNode } from '../../json/read.ts'
import { asksForJson } from '../answersJson.ts'
import { BodyCall } from '../bodyCall.ts'
import { isNamedValue } from '../holdsText.ts'
import { offeredTools } from '../offeredTools.ts'
import { checkRoot, PartCollector, type Handler } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'
import { eachItem, indexOf, readUsage, walkDeep, type Walk } from '../walk.ts'

/** Members that say why a model stopped, by maker. */
const REASONS = ['completionReason', 'stop_reason', 'stopReason', 'finish_reason', 'finishReason']

/** @throws CountersignError CS_MALFORMED */
export function describeForeign(operation: Operation, body: Uint8Array, model: string): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const collector = new PartCollector(source)
  foreign(collector)(root, { path: '', role: 'user', origin: 'prompt' })
  collector.tools.push(...offeredTools(root))
  return new BodyCall({ operation, model, streaming: operation.name === 'invoke-with-response-stream', body, root, collector, answersJson: asksForJson(root) })
}

/** Results of tools stand in turns of their own, or in blocks of that name. */
function foreign(c: PartCollector): Handler {
  const toolResult: Handler = (node, place) => { c.deep(node, { ...place, role: 'tool' }) }
  const turn: Handler = (node, place) => { (textOf(member(node, 'role')) === 'tool' ? toolResult : read)(node, place) }
  const read = c.deepWith({ messages: (node, place) => { c.items(node, place, turn) }, toolResult })
  return read
}

/** @returns true once the model has said why it stopped */
export function walkForeign(root: JsonNode, walk: Walk): boolean {
  let stopped = false
  const visit = (node: JsonNode, at: string, carry: (value: unknown) => unknown): void => {
    if (node.type === 'array') {
      eachItem(walk, node, at, (item, i) => { visit(item, `${at}/${indexOf(item, 'index', i)}`, (value) => carry([value])) })
    } else if (node.type !== 'object' || isNamedValue(node)) {
      if (node.type === 'string') walk.text(node, { path: at, kind: 'text' }, 'answer', (text) => JSON.stringify(carry(text)))
      else walk.unknown(node, at, node.type === 'object')
    } else
      for (const { key: spelled, start, value } of node.members) {
        const key = walk.name(spelled, start)
        const path = at === '' ? key : `${at}/${key}`
        if (REASONS.includes(key)) {
          const reason = textOf(value) ?? ''
          if (reason !== '') walk.finish(value, path)
          else walk.unknown(value, path)
          stopped = stopped || reason !== ''
        } else if (key.startsWith('amazon-bedrock-')) {
          readUsage(walk, member(value, 'inputTokenCount'), member(value, 'outputTokenCount'))
          walkDeep(walk, value, path)
          stopped = true
        } else visit(value, path, (inner) => carry({ [key]: inner }))
      }
  }
  visit(root, '', (value) => value)
  return stopped
}

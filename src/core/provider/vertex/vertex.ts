/**
 * Vertex over REST: models stand below a project and a place, Google's speak Gemini's dialect and Anthropic's speak messages.
 * Google's own libraries ask for numbers in place of words; that changes nothing in what is read.
 */
import { CountersignError } from '../../../protocol/errors.ts'
import { decodeUtf8, readJson } from '../../json/read.ts'
import { answerMessages } from '../anthropic/anthropic.ts'
import { describeMessages } from '../anthropic/messagesRequest.ts'
import { keepSignedThinking, type SignedThinking } from '../anthropic/thinking.ts'
import { BodyCall, stateOf } from '../bodyCall.ts'
import { walkVectors } from '../gemini/answer.ts'
import { answerGemini, GOOGLE_HEADERS, refuseGemini } from '../gemini/gemini.ts'
import { describeGemini } from '../gemini/request.ts'
import { checkRoot, PartCollector, type Handler } from '../parts.ts'
import type { ModelCall, Operation, Provider } from '../provider.ts'
import { checkModel } from '../requiredModel.ts'
import { isJson, unreadableType, WholeAnswer } from '../wholeAnswer.ts'

const PLACE = '(?:/projects/((?!\\.+/)[a-z0-9:.-]{1,80})/locations/([a-z0-9-]{1,40}))?'
const CALL = new RegExp(`^/(?:v1|v1beta1)${PLACE}(?:/publishers/(google|anthropic)/models/([A-Za-z][\\w.@-]{0,100})|/(endpoints/\\d{1,30})):([A-Za-z]{1,40})$`)
const KNOWN = /^\/(?:v1|v1beta1)\/(?:projects|publishers|reasoningEngines|cachedContents|endpoints)(?:\/[\w.:@-]*)*$/
const METHODS: Readonly<Record<string, ReadonlySet<string>>> = {
  google: new Set(['generateContent', 'streamGenerateContent', 'countTokens', 'embedContent', 'predict']),
  anthropic: new Set(['rawPredict', 'streamRawPredict']),
}
/** Framing, and how words are spelled; everything else could be text. */
const QUERY = /^(?:alt=(?:sse|json)|(?:\$|%24)alt=json(?:;|%3B)enum-encoding(?:=|%3D)int)$/i

export function createVertex(): Provider {
  const thinking = keepSignedThinking()
  return {
    name: 'vertex',
    route,
    describe: (operation, body) => describe(operation, body, thinking),
    answer(call, reply, open) {
      const { operation } = call
      if (operation.name.endsWith('awPredict')) return answerMessages(call, reply, open, thinking)
      if (operation.name !== 'predict') return answerGemini(call, reply, open)
      if (!isJson(reply.contentType)) throw unreadableType(reply.contentType)
      return new WholeAnswer((root, walk) => { walkVectors(root, 'predict', walk) }, open, { masking: stateOf(call).masking, emptyIsFine: false })
    },
    refuse: refuseGemini,
    headers: GOOGLE_HEADERS,
    credentialHeaders: ['authorization', 'x-goog-api-key', 'x-api-key', 'api-key', 'x-goog-user-project'],
    // A project's API key has a header of its own; what else there is are access tokens.
    authorize: (key) => (key.startsWith('AIza') ? { 'x-goog-api-key': key } : { authorization: `Bearer ${key}` }),
  }
}

function route(method: string, path: string, query = ''): Operation | 'denied' | undefined {
  const [, project, location, publisher, , , name = ''] = CALL.exec(path) ?? []
  if (method !== 'POST' || !METHODS[publisher ?? 'google']?.has(name)) return KNOWN.test(path) && !path.includes('//') && !path.includes('..') ? 'denied' : undefined
  const kept = query.split('&').filter((pair) => pair !== '' && !pair.startsWith('key='))
  return { name, method, ...projectOf(project, location), path: kept.length === 1 && QUERY.test(kept[0] ?? '') ? `${path}?${kept[0] ?? ''}` : path }
}

function projectOf(project: string | undefined, location: string | undefined): Pick<Operation, 'project'> {
  return project === undefined ? {} : { project: `${project}/${location ?? ''}` }
}

function describe(operation: Operation, body: Uint8Array, thinking: SignedThinking): ModelCall {
  const [, , , publisher, named, endpoint] = CALL.exec(operation.path.replace(/\?.*$/, '')) ?? []
  const model = named ?? endpoint
  if (model === undefined) throw new CountersignError('CS_NOT_INSPECTABLE', `${operation.name} cannot be inspected, so it is not let through. Nothing was sent.`)
  if (named !== undefined) checkModel(named)
  if (publisher === 'anthropic') return describeMessages(operation, body, thinking, { model })
  return operation.name === 'predict' ? describeTexts(operation, body, model) : describeGemini(operation, body, model)
}

/** Texts to embed: `instances[].content`. What else an instance holds is text as well. */
function describeTexts(operation: Operation, body: Uint8Array, model: string): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const c = new PartCollector(source)
  const instance: Handler = (node, place) => {
    if (node.type !== 'object') c.unknown(node, place)
    else c.members(node, place, { content: c.text, title: c.text, task_type: c.name, taskType: c.name, image: c.hidden('image'), video: c.hidden('file') })
  }
  c.members(root, { path: '', role: 'user', origin: 'prompt' }, { instances: (node, place) => { c.items(node, place, instance) } })
  if (c.parts.length === 0 && c.opaque.size === 0) throw new CountersignError('CS_MALFORMED', 'the body holds no instances. Nothing was sent.')
  return new BodyCall({ operation, model, streaming: false, body, root, collector: c })
}

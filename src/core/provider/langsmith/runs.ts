/**
 * What a tracer sends: runs, with everything a program gave a model and got back. Their texts are read like those of a prompt.
 * Identifiers and times of a run keep their place; whatever else a run holds is text.
 */
import { CountersignError } from '../../../protocol/errors.ts'
import { boundaryOf, readForm, writeForm, type FormPart } from '../../framing/multipart.ts'
import { pointer, textOf } from '../../json/edit.ts'
import { decodeUtf8, readJson } from '../../json/read.ts'
import { BodyCall } from '../bodyCall.ts'
import { checkRoot, PartCollector, type Handler, type Place } from '../parts.ts'
import type { ModelCall, Operation } from '../provider.ts'

const TOP: Place = { path: '', role: 'user', origin: 'prompt' }
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
/** `post.ID`, `patch.ID.outputs`, `feedback.ID`, `attachment.ID.NAME`. */
const PART = new RegExp(`^(?:(post|patch)\\.${UUID}(?:\\.(?:inputs|outputs|events|extra|error|serialized))?|(feedback)\\.${UUID}|(attachment)\\.${UUID}\\.(?!.*\\d{5})[\\w-]{1,60})$`)
const DOTTED = new RegExp(`^(?:\\d{8}T\\d{12}Z${UUID})(?:\\.\\d{8}T\\d{12}Z${UUID})*$`)
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?$/
/** Milliseconds since 1970, of this century. */
const EPOCH = /^1[0-9]{12}(?:\.\d{1,6})?$/

/** @throws CountersignError CS_MALFORMED */
export function describeRuns(operation: Operation, body: Uint8Array): ModelCall {
  const source = decodeUtf8(body)
  const root = checkRoot(readJson(source))
  const collector = new PartCollector(source)
  runOrRuns(collector, source)(root, TOP)
  return new BodyCall({ operation, model: '', streaming: false, body, root, collector })
}

function runOrRuns(c: PartCollector, source: string): Handler {
  const time: Handler = (node, place) => {
    const known = node.type === 'number' ? EPOCH.test(source.slice(node.start, node.end)) : TIME.test(textOf(node) ?? '')
    if (!known) c.unknown(node, place)
  }
  const dotted: Handler = (node, place) => { if (!DOTTED.test(textOf(node) ?? '')) c.unknown(node, place) }
  const ids = ['id', 'trace_id', 'parent_run_id', 'session_id', 'reference_example_id', 'run_id', 'comparative_experiment_id', 'feedback_group_id']
  const times = ['start_time', 'end_time', 'created_at', 'modified_at']
  const run: Handler = (node, place) => {
    c.members(node, place, {
      ...Object.fromEntries(ids.map((name) => [name, c.identifier])),
      ...Object.fromEntries(times.map((name) => [name, time])),
      dotted_order: dotted,
      run_type: c.word,
      tags: c.text,
      post: runs,
      patch: runs,
      attachments: c.hidden('file'),
    })
  }
  const runs: Handler = (node, place) => { c.items(node, place, run) }
  return run
}

interface Read {
  readonly part: FormPart
  /** Undefined for what nobody can read. */
  readonly collector: PartCollector | undefined
}

/** @throws CountersignError CS_MALFORMED, CS_NOT_INSPECTABLE */
export function describeForm(operation: Operation, body: Uint8Array): ModelCall {
  const read = readForm(body).map(readPart)
  const parts = read.flatMap(({ collector }) => collector?.parts ?? [])
  const boundary = boundaryOf(body)
  return {
    operation,
    model: '',
    streaming: false,
    parts,
    opaque: [...new Set(read.flatMap(({ collector }) => (collector ? [...collector.opaque] : ['file'])))],
    tools: [],
    params: {},
    contentType: `multipart/form-data; boundary=${boundary}`,
    rewrite(texts) {
      if (texts.length !== parts.length) throw new CountersignError('CS_INTERNAL', 'A masked text is missing. Nothing was sent.')
      let at = 0
      const masked = read.map(({ part, collector }) => {
        if (!collector) return part
        const own = texts.slice(at, (at += collector.parts.length))
        return { ...part, content: Buffer.from(collector.rewrite(own, [])) }
      })
      return writeForm(masked, boundary)
    },
  }
}

function readPart(part: FormPart): Read {
  const [whole, , feedback, attachment] = PART.exec(part.name) ?? []
  if (whole === undefined) throw new CountersignError('CS_NOT_INSPECTABLE', 'the form has a part of a kind that Countersign does not know. Nothing was sent.')
  if (attachment !== undefined) return { part, collector: undefined }
  if (part.type !== 'application/json') throw new CountersignError('CS_NOT_INSPECTABLE', 'the form has a part that is no JSON and cannot be inspected. Nothing was sent.')
  const source = decodeUtf8(part.content)
  const root = readJson(source)
  const collector = new PartCollector(source)
  const place = { ...TOP, path: pointer('', part.name) }
  if (feedback !== undefined || part.name.split('.').length === 2) runOrRuns(collector, source)(root, place)
  // Outputs are the model's words.
  else {
    collector.media(root)
    collector.source(root, { ...place, role: part.name.endsWith('.outputs') ? 'assistant' : 'user' })
  }
  return { part, collector }
}

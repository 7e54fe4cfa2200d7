/**
 * LangSmith's tracing: runs with everything a program gave a model and got back, on the way to another host. Where the policy
 * has no place for traces, a tracer is answered as if it had been heard, so that the program it watches goes on undisturbed:
 * nothing is sent, and the record says so.
 */
import type { CountersignError, ErrorCode } from '../../../protocol/errors.ts'
import { member } from '../../json/edit.ts'
import type { JsonNode } from '../../json/read.ts'
import { bodilessCall, stateOf } from '../bodyCall.ts'
import type { AnswerCodec, ModelCall, OpenChannel, Operation, Provider, Refusal } from '../provider.ts'
import { refusalHeaders, refusalText } from '../refusal.ts'
import { eachMember, walkDeep, type Walk } from '../walk.ts'
import { isJson, unreadableType, WholeAnswer } from '../wholeAnswer.ts'
import { describeForm, describeRuns } from './runs.ts'
import { describeSpans } from './spans.ts'

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const RUN = new RegExp(`^/runs/${UUID}$`)
/** A prompt of LangSmith's hub, by owner, name and version. */
const PROMPT = /^\/commits\/[\w-]{1,80}\/[\w.-]{1,120}\/(?:latest|[\w-]{1,80})$/
const OPERATIONS: readonly Operation[] = [
  { name: 'info', method: 'GET', path: '/info' },
  { name: 'settings', method: 'GET', path: '/settings' },
  { name: 'runs.multipart', method: 'POST', path: '/runs/multipart', body: 'form', background: true },
  { name: 'runs.batch', method: 'POST', path: '/runs/batch', background: true },
  { name: 'runs.create', method: 'POST', path: '/runs', background: true },
  { name: 'feedback', method: 'POST', path: '/feedback', background: true },
  { name: 'spans', method: 'POST', path: '/otel/v1/traces', body: 'trace', background: true },
]
const KNOWN = /^\/(?:[a-z][a-z_-]{1,40})(?:\/[\w.-]*)*$/
/** What is no fault of the tracing program: the organisation wants no traces, or not this one. */
const OFF: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['CS_UPSTREAM_UNKNOWN', 'CS_DENIED', 'CS_UPSTREAM_KEY_MISSING', 'CS_NOT_INSPECTABLE'])
/** Compressed bodies could not be inspected, so tracers are told that the server takes none. */
const COMPRESSION = ['gzip_body_enabled', 'zstd_compression_enabled']
const INFO = { version: 'countersign', instance_flags: Object.fromEntries(COMPRESSION.map((flag) => [flag, false])), batch_ingest_config: { use_multipart_endpoint: true, size_limit: 100, size_limit_bytes: 20_971_520, scale_up_nthreads_limit: 16, scale_up_qsize_trigger: 1000, scale_down_nempty_trigger: 4 } }

export function createLangSmith(): Provider {
  return {
    name: 'langsmith',
    route,
    describe: (operation, body) => {
      if (operation.method === 'GET') return bodilessCall(operation, body)
      if (operation.name === 'spans') return describeSpans(operation, body)
      return operation.body === 'form' ? describeForm(operation, body) : describeRuns(operation, body)
    },
    answer,
    refuse,
    // The workspace and the project that traces are for.
    headers: ['x-tenant-id', 'langsmith-project'],
    credentialHeaders: ['x-api-key', 'authorization', 'api-key', 'x-goog-api-key', 'cookie'],
    authorize: (key) => ({ 'x-api-key': key }),
  }
}

function route(method: string, path: string): Operation | 'denied' | undefined {
  const known = OPERATIONS.find((one) => one.method === method && one.path === path)
  if (known) return known
  if (method === 'PATCH' && RUN.test(path)) return { name: 'runs.update', method, path, background: true }
  if (method === 'GET' && PROMPT.test(path)) return { name: 'prompts.get', method, path }
  return KNOWN.test(path) && !path.includes('..') && !path.includes('//') ? 'denied' : undefined
}

function answer(call: ModelCall, reply: { readonly status: number; readonly contentType: string }, open: OpenChannel): AnswerCodec {
  const { masking } = stateOf(call)
  const visit = call.operation.name === 'info' ? walkInfo : (root: JsonNode, walk: Walk): void => { walkDeep(walk, root, 'answer') }
  if (isJson(reply.contentType) || reply.contentType === '') return new WholeAnswer(visit, open, { masking, emptyIsFine: true })
  throw unreadableType(reply.contentType)
}

function walkInfo(root: JsonNode, walk: Walk): void {
  eachMember(walk, root, 'info', (key, value, path) => {
    walkDeep(walk, value, path)
    if (key !== 'instance_flags') return
    for (const flag of COMPRESSION) {
      const on = member(value, flag)
      if (on?.type === 'boolean') walk.replace(on, 'false')
    }
  })
}

function refuse(error: CountersignError, ex: string | null, operation?: Operation): Refusal {
  // Exporters of spans write down what they are told, and the program goes on: a person can read it there.
  const aloud = operation?.name === 'spans' && error.code === 'CS_NOT_INSPECTABLE'
  const quiet = operation !== undefined && !aloud && OFF.has(error.code) && (operation.background === true || operation.name === 'info')
  const message = refusalText(error, ex)
  if (!quiet) return { status: error.status, headers: refusalHeaders(error), body: Buffer.from(JSON.stringify({ detail: message })) }
  return { status: operation.name === 'info' ? 200 : 202, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ message, ...(operation.name === 'info' ? INFO : {}) })) }
}

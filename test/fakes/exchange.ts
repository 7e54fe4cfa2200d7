/** Ports of the exchange that a test can steer and look into; codec, policy and masker are the real ones. */
import { createHmac, hash } from 'node:crypto'
import type { AuditEvent, Disclosure } from '../../src/protocol/audit.ts'
import type { Review } from '../../src/protocol/approval.ts'
import { CountersignError } from '../../src/protocol/errors.ts'
import type { Caller } from '../../src/protocol/identity.ts'
import type { ActivePolicy } from '../../src/protocol/policy.ts'
import type { Call, ExchangePorts } from '../../src/core/exchange/exchange.ts'
import type { Clearance } from '../../src/core/exchange/clearance.ts'
import type { Answer } from '../../src/core/exchange/release.ts'
import type { UpstreamReply, UpstreamRequest } from '../../src/core/exchange/ports.ts'
import { createMasker } from '../../src/core/masking/createMasker.ts'
import { parsePolicy } from '../../src/core/policy/parse.ts'
import { createOpenAi } from '../../src/core/provider/openai/openai.ts'
import { withUpstreams } from '../../src/sandbox/samplePolicy.ts'

export const CALLER: Caller = {
  session: {
    id: 'se_TEST',
    principal: { issuer: 'https://id.example', subject: 'ada', groups: ['data-eng'], authTime: 1_790_000_000 },
    startedAt: 0,
    lastUsedAt: 0,
    endsAt: Number.MAX_SAFE_INTEGER,
  },
  launch: { id: 'la_TEST', kind: 'run', label: 'test' },
}

export interface FakeWorld {
  readonly ports: ExchangePorts
  /** In the order they became durable. */
  readonly records: { readonly event: AuditEvent; readonly disclosures: readonly Disclosure[] }[]
  readonly sent: UpstreamRequest[]
  /** Everything that happened, in order: `record TYPE`, `send`. */
  readonly order: string[]
  answerWith(reply: UpstreamReply | (() => Promise<UpstreamReply>)): void
  breakJournal(after?: number): void
  reviewWith(review: Review): void
}

export function fakeWorld(policyText?: string): FakeWorld {
  const text = withUpstreams(policyText, { openai: 'http://127.0.0.1:9/v1' })
  const policy: ActivePolicy = { document: parsePolicy(text), version: 3, digest: hash('sha256', text, 'base64url'), source: 'hub', expiresAt: undefined }
  const records: FakeWorld['records'][number][] = []
  const sent: UpstreamRequest[] = []
  const order: string[] = []
  let reply: () => Promise<UpstreamReply> = () => Promise.reject(new CountersignError('CS_UPSTREAM_UNREACHABLE', 'no answer was prepared.'))
  let review: Review = { state: 'denied', cause: 'no_reviewer', reviewers: [] }
  let budget = Infinity
  const ports: ExchangePorts = {
    policy: { current: () => policy },
    masker: createMasker({
      commit: (value, context) => createHmac('sha256', 'test').update(`${context}\n${value}`).digest('base64url').slice(0, 22),
      keyedHash: (value) => createHmac('sha256', 'test').update(value).digest('hex').slice(0, 8),
    }),
    journal: {
      append(event, disclosures = []) {
        if (records.length >= budget) return Promise.reject(new CountersignError('CS_NOT_RECORDED', 'this call could not be recorded (disk full). Nothing was sent.'))
        const sd = disclosures.map(({ path }) => hash('sha256', path, 'base64url'))
        const built = typeof event === 'function' ? event(sd) : event
        records.push({ event: built, disclosures })
        order.push(`record ${built.type}`)
        return Promise.resolve({ id: `ev_${records.length}`, seq: records.length - 1, leaf: '', type: built.type })
      },
    },
    witness: { refusal: undefined },
    desk: { hold: () => Promise.resolve(review) },
    upstream: {
      async send(clearance: Clearance, request: UpstreamRequest, signal: AbortSignal) {
        clearance.spend(request.digest)
        order.push('send')
        sent.push(request)
        signal.throwIfAborted()
        return reply()
      },
    },
    clock: { now: () => 1_795_000_000_000, elapsed: () => performance.now() },
  }
  return {
    ports,
    records,
    sent,
    order,
    answerWith(given) {
      reply = typeof given === 'function' ? given : () => Promise.resolve(given)
    },
    breakJournal(after = 0) {
      budget = after
    },
    reviewWith(given) {
      review = given
    },
  }
}

export function callOf(body: unknown, more: Partial<Call> = {}): Call {
  const provider = createOpenAi()
  return {
    ex: 'ex_TEST',
    caller: CALLER,
    provider,
    operation: { name: 'chat.completions', method: 'POST', path: '/chat/completions' },
    upstream: 'openai',
    headers: { 'content-type': 'application/json', authorization: 'Bearer cs_secret' },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    arrivedAt: performance.now(),
    signal: new AbortController().signal,
    ...more,
  }
}

export async function textOf(answer: Answer): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** A streamed OpenAI answer with these pieces of text, one event each, one chunk of bytes each. */
export function streamed(pieces: readonly string[], options: { readonly cut?: boolean } = {}): UpstreamReply {
  const event = (delta: unknown, finish: string | null): string =>
    `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'simulated-1', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(event({ role: 'assistant', content: '' }, null))
    for (const piece of pieces) yield await Promise.resolve(Buffer.from(event({ content: piece }, null)))
    if (options.cut) return
    yield Buffer.from(event({}, 'stop'))
    yield Buffer.from('data: [DONE]\n\n')
  }
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: body() }
}

export function whole(content: string): UpstreamReply {
  const answer = {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'simulated-1',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
  }
  async function* body(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(JSON.stringify(answer)))
  }
  return { status: 200, headers: { 'content-type': 'application/json', 'set-cookie': 'a=b' }, body: body() }
}

/** The words of all deltas together. */
export function contentOf(sse: string): string {
  return sse
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as { choices?: { delta?: { content?: string } }[] })
    .map((event) => event.choices?.[0]?.delta?.content ?? '')
    .join('')
}

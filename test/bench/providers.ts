/** What the agent adds for each provider over a proxy that only passes bytes on: time to the first byte, and processor time for each chunk. */
import { readFileSync } from 'node:fs'
import { request, type Dispatcher } from 'undici'

const PROMPT = 'Whom should we call first?\n\nid,name,email,phone\n1001,Mira Castellanos,mira.castellanos@northfield.example,+1 415 555 0132'
const MESSAGES = [{ role: 'user', content: PROMPT }]
const MODEL = 'simulated-times-20'
/** Clock ticks of the kernel in a second. */
const TICKS = 100

/** By provider: where its route begins at the agent, where at the model, the path after both, and the body. */
const PROVIDERS: Readonly<Record<string, readonly [agent: string, model: string, path: string, body: object]>> = {
  'openai chat': ['/openai', '', '/v1/chat/completions', { model: MODEL, stream: true, messages: MESSAGES }],
  'openai responses': ['/openai', '', '/v1/responses', { model: MODEL, stream: true, input: PROMPT }],
  'anthropic': ['/anthropic', '', '/v1/messages', { model: MODEL, stream: true, max_tokens: 4000, messages: MESSAGES }],
  'gemini': ['/gemini', '', `/v1beta/models/${MODEL}:streamGenerateContent?alt=sse`, { contents: [{ role: 'user', parts: [{ text: PROMPT }] }] }],
  'bedrock converse': ['/bedrock', '', `/model/${MODEL}/converse-stream`, { messages: [{ role: 'user', content: [{ text: PROMPT }] }] }],
  'mistral': ['/mistral', '/mistral', '/v1/chat/completions', { model: MODEL, stream: true, messages: MESSAGES }],
  'cohere': ['/cohere', '', '/v2/chat', { model: MODEL, stream: true, messages: MESSAGES }],
  'ollama': ['/ollama', '', '/api/chat', { model: MODEL, stream: true, messages: MESSAGES }],
}

export const SIMULATED = ['bedrock', 'cohere', 'gemini', 'mistral', 'ollama']

export interface Way {
  readonly url: string
  readonly key: string
  readonly pid: number
}

interface Measured {
  readonly first: number[]
  cpuMs: number
}

/** @param rounds calls each way and provider, in turn @returns a table */
export async function measureProviders(dispatcher: Dispatcher, through: Way, agent: Way, rounds: number): Promise<string> {
  const rows = ['provider           chunks  first byte p50: pass-through, agent, added   processor ms per chunk: pass-through, agent, added']
  for (const [name, [atAgent, atModel, path, body]] of Object.entries(PROVIDERS)) {
    const ways = [{ ...through, url: through.url + atModel + path }, { ...agent, url: agent.url + atAgent + path }]
    const measured = ways.map((): Measured => ({ first: [], cpuMs: 0 }))
    let chunks = 0
    for (let round = -5; round < rounds; round++)
      for (const [i, way] of ways.entries()) {
        const before = cpuMs(way.pid)
        const called = await call(dispatcher, way, body)
        if (round < 0) continue
        measured[i]?.first.push(called.first)
        if (measured[i]) measured[i].cpuMs += cpuMs(way.pid) - before
        chunks = called.chunks
      }
    const [plain, ours] = measured.map(({ first, cpuMs: spent }) => ({ first: median(first), chunk: spent / rounds / chunks }))
    if (plain && ours)
      rows.push(`${name.padEnd(18)} ${String(chunks).padStart(6)}  ${ms(plain.first)} ${ms(ours.first)} ${ms(ours.first - plain.first)}                    ${ms(plain.chunk, 4)} ${ms(ours.chunk, 4)} ${ms(ours.chunk - plain.chunk, 4)}`)
  }
  return rows.join('\n')
}

/** Chunks are the provider's events, counted by what ends one. */
async function call(dispatcher: Dispatcher, way: Way, body: object): Promise<{ first: number; chunks: number }> {
  const start = performance.now()
  const reply = await request(way.url, { method: 'POST', dispatcher, headers: { 'content-type': 'application/json', authorization: `Bearer ${way.key}` }, body: JSON.stringify(body) })
  let first = 0
  const parts: Buffer[] = []
  for await (const part of reply.body as AsyncIterable<Buffer>) {
    first ||= performance.now() - start
    parts.push(part)
  }
  const text = Buffer.concat(parts).toString('latin1')
  if (reply.statusCode !== 200) throw new Error(`${way.url} answered ${reply.statusCode}: ${text.slice(0, 300)}`)
  const ends = String(reply.headers['content-type']).includes('eventstream') ? /:message-type/g : String(reply.headers['content-type']).includes('ndjson') ? /\n/g : /\r?\n\r?\n/g
  return { first, chunks: text.match(ends)?.length ?? 1 }
}

/** Processor time of a process so far (Linux), user and system. */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function ms(value: number, digits = 2): string {
  return value.toFixed(digits).padStart(8)
}

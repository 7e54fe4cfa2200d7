/**
 * `npm run bench`: one call, plain and streamed, three ways in turn: direct to the simulated model, through a proxy that only
 * passes bytes on, through the agent with everything on (policy, masking, journal with fdatasync, hub). Ratios, not absolutes:
 * the machine drifts, the pairs drift with it. Then the same by provider, and an indexing through OpenAIEmbeddings.
 */
import path from 'node:path'
import { Agent, request, type Dispatcher } from 'undici'
import { startProcess } from '../../src/sandbox/processes.ts'
import { startSandbox } from '../../src/sandbox/start.ts'
import { measureIndexing } from './indexing.ts'
import { measureProviders, SIMULATED } from './providers.ts'

const ROUNDS = Number(process.argv[2] ?? 200)
const root = path.resolve(import.meta.dirname, '../..')
const node = [process.execPath, '--disable-warning=ExperimentalWarning']
const dispatcher: Dispatcher = new Agent({ connections: 4, pipelining: 1 })

interface Way {
  readonly name: string
  readonly url: string
  readonly key: string
}

interface Times {
  readonly first: number[]
  readonly total: number[]
}

async function call(way: Way, stream: boolean): Promise<{ first: number; total: number }> {
  const body = JSON.stringify({
    model: 'simulated-1',
    stream,
    messages: [{ role: 'user', content: `Whom should we call first?\n1001,Mira Castellanos,mira.castellanos@northfield.example,+1 415 555 0132` }],
  })
  const start = performance.now()
  const reply = await request(`${way.url}/chat/completions`, { method: 'POST', dispatcher, headers: { 'content-type': 'application/json', authorization: `Bearer ${way.key}` }, body })
  let first = 0
  for await (const _chunk of reply.body) first ||= performance.now() - start
  if (reply.statusCode !== 200) throw new Error(`${way.name} answered ${reply.statusCode}`)
  return { first, total: performance.now() - start }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
}

/** Everything passes, and is inspected and masked as the sample policy does it. */
const POLICY = `version: 1
default: deny
upstreams: {}
mask: { prompt: { SECRET: redact }, answer: { EMAIL: redact, PHONE: redact, CREDIT_CARD: partial, US_SSN: redact, IBAN: redact, IP: redact, SECRET: redact } }
rules:
  - { id: every-provider, when: {}, effect: allow }
`

const sandbox = await startSandbox({ command: [...node, path.join(root, 'src/cli/main.ts')], as: 'ada', policy: POLICY, simulated: SIMULATED })
const origin = await startProcess([...node, path.join(import.meta.dirname, 'passThrough.ts'), sandbox.model.url, sandbox.model.key], { name: 'The pass-through' })
const through = await startProcess([...node, path.join(import.meta.dirname, 'passThrough.ts'), `${sandbox.model.url}/v1`, sandbox.model.key], { name: 'The pass-through' })
try {
  const ways: Way[] = [
    { name: 'direct', url: `${sandbox.model.url}/v1`, key: sandbox.model.key },
    { name: 'pass-through', url: String(through.ready['url']), key: sandbox.model.key },
    { name: 'agent', url: `${sandbox.line.agent}/openai/v1`, key: sandbox.line.key },
  ]
  for (const stream of [false, true]) {
    const times = new Map<string, Times>(ways.map((way) => [way.name, { first: [], total: [] }]))
    for (let round = -20; round < ROUNDS; round++)
      for (const way of ways) {
        const { first, total } = await call(way, stream)
        if (round < 0) continue
        times.get(way.name)?.first.push(first)
        times.get(way.name)?.total.push(total)
      }
    process.stdout.write(`\n${stream ? 'streamed' : 'plain'}, ${ROUNDS} calls each way, in turn\n`)
    const base = times.get('pass-through')
    for (const [name, { first, total }] of times)
      process.stdout.write(
        `  ${name.padEnd(13)} first byte p50 ${quantile(first, 0.5).toFixed(2)} ms, p99 ${quantile(first, 0.99).toFixed(2)}; whole p50 ${quantile(total, 0.5).toFixed(2)} ms, p99 ${quantile(total, 0.99).toFixed(2)}; ` +
          `ratio to pass-through: first byte ${(quantile(first, 0.5) / quantile(base?.first ?? [], 0.5)).toFixed(2)}, whole ${(quantile(total, 0.5) / quantile(base?.total ?? [], 0.5)).toFixed(2)}\n`,
      )
  }
  const ours = { url: sandbox.line.agent, key: sandbox.line.key, pid: sandbox.line.pids.agent }
  process.stdout.write(`\nby provider, streamed, ${ROUNDS} calls each way, in turn\n${await measureProviders(dispatcher, { url: String(origin.ready['url']), key: sandbox.model.key, pid: origin.pid }, ours, ROUNDS)}\n`)
  const direct = { url: `${sandbox.model.url}/v1`, key: sandbox.model.key }
  process.stdout.write(`\n10,000 chunks of 1 KB through OpenAIEmbeddings, four requests at a time\n${await measureIndexing(direct, { url: `${sandbox.line.agent}/openai/v1`, key: sandbox.line.key }, [0, 300, 1000], 3)}\n`)
} finally {
  await origin.stop()
  await through.stop()
  await sandbox.close()
  await dispatcher.close()
}

/**
 * `npm run bench`: one call, plain and streamed, three ways in turn: direct to the simulated model, through a proxy that only
 * passes bytes on, through the agent with everything on (policy, masking, journal with fdatasync, hub). Ratios, not absolutes:
 * the machine drifts, the pairs drift with it.
 */
import path from 'node:path'
import { Agent, request, type Dispatcher } from 'undici'
import { startProcess } from '../../src/sandbox/processes.ts'
import { startSandbox } from '../../src/sandbox/start.ts'

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

const sandbox = await startSandbox({ command: [...node, path.join(root, 'src/cli/main.ts')], as: 'ada' })
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
} finally {
  await through.stop()
  await sandbox.close()
  await dispatcher.close()
}

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, test } from 'node:test'
import { boundedEnvironment } from '../../src/sandbox/processes.ts'
import { startSimulatedModel } from '../../src/sandbox/simulatedModel.ts'
import { COUNTERSIGN, ROOT, until } from '../fakes/trial.ts'
import { mkdtemp, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

interface Line {
  readonly agent: string
  readonly key: string
  readonly hub: string
  readonly issuer: string
  readonly dir: string
  readonly pids: { readonly agent: number; readonly hub: number }
}

async function sandbox(...flags: string[]): Promise<{ line: Line; end: (signal: NodeJS.Signals) => Promise<number | null> }> {
  const [program, ...args] = [...COUNTERSIGN, 'sandbox', '--json', ...flags]
  const child = spawn(program, args, { cwd: ROOT, env: boundedEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] })
  const [first] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return {
    line: JSON.parse(first) as Line,
    async end(signal) {
      const ended = once(child, 'exit') as Promise<[number | null]>
      child.kill(signal)
      return (await ended)[0]
    },
  }
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('countersign sandbox', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    test(`prints one line when it is ready, and leaves no process behind after ${signal}`, async () => {
      const { line, end } = await sandbox()
      assert.ok(alive(line.pids.agent) && alive(line.pids.hub))
      assert.match(line.key, /^cs_/)
      assert.equal(await end(signal), 0)
      await until(() => (!alive(line.pids.agent) && !alive(line.pids.hub)) || undefined, 'agent and hub gone')
    })

  test('leads to a model of one\'s own, with its key from a file, for the person that was named', async () => {
    const model = await startSimulatedModel({ key: 'the-real-key' })
    const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-key-'))
    await writeFile(path.join(folder, 'key'), 'the-real-key\n')
    const { line, end } = await sandbox('--upstream', `openai=${model.url}/v1`, '--upstream-key', `openai=@${path.join(folder, 'key')}`)
    try {
      const reply = await fetch(`${line.agent}/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${line.key}` },
        body: JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'hi' }] }),
      })
      assert.equal(reply.status, 200)
      assert.equal(model.received.at(-1)?.headers['authorization'], 'Bearer the-real-key')
    } finally {
      await end('SIGTERM')
      await model.close()
    }
  })
})

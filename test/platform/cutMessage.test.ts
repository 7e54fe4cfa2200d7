import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { controlPath } from '../../src/platform/home.ts'

test('a program ends although its agent ended in the middle of a message', { timeout: 60_000 }, async () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'cs-cut-'))
  const hello = JSON.stringify({ jsonrpc: '2.0', id: 0, result: { protocol: 1, build: 'x', pid: 1, url: 'http://127.0.0.1:1' } })
  // An agent that answers hello, begins its next answer and is gone.
  const agent = net.createServer((socket) => {
    socket.once('data', () => {
      socket.write(`Content-Length: ${hello.length}\r\n\r\n${hello}`)
      socket.once('data', () => { socket.end('Content-Length: 500\r\n\r\n{"jsonrpc"') })
    })
  }).listen(controlPath(home))
  await once(agent, 'listening')
  const program = `
    const { connectControl } = await import(${JSON.stringify(path.resolve(import.meta.dirname, '../../src/platform/controlClient.ts'))})
    const control = await connectControl(${JSON.stringify(home)}, { client: 'test' })
    await control.request('status', {}).then(() => process.exit(3), () => undefined)
    control.close()`
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program], { stdio: 'inherit' })
  const kill = setTimeout(() => child.kill('SIGKILL'), 15_000)
  const [code] = (await once(child, 'exit')) as [number | null]
  clearTimeout(kill)
  agent.close()
  assert.equal(code, 0)
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { z } from 'zod'
import { handler, startControl, type Handlers } from '../../../src/agent/control/server.ts'
import { CONTROL_METHODS } from '../../../src/protocol/control.ts'

const HANDLERS = Object.fromEntries(Object.keys(CONTROL_METHODS).map((name) => [name, handler(z.unknown(), (params) => ({ echoed: JSON.stringify(params).length }))])) as Handlers

async function attach(t: TestContext): Promise<net.Socket> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'cs-'))
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\${path.basename(dir)}` : path.join(dir, 's')
  const control = await startControl({ address, handlers: HANDLERS, log: () => undefined })
  const socket = net.connect(address)
  socket.on('error', () => undefined)
  t.after(async () => {
    socket.destroy()
    await control.close()
    await rm(dir, { recursive: true, force: true })
  })
  await once(socket, 'connect')
  return socket
}

const message = (id: number, params: unknown): string => {
  const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'status', params })
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

async function answers(socket: net.Socket, count: number): Promise<number> {
  let text = ''
  for await (const chunk of socket) {
    text += String(chunk)
    if (text.split('"echoed"').length > count) return count
  }
  return text.split('"echoed"').length - 1
}

describe('the control channel', () => {
  test('S37 is for programs of its user alone: those of another one cannot even connect', async (t) => {
    if (process.platform === 'win32') return
    const dir = await mkdtemp(path.join(os.tmpdir(), 'cs-'))
    // As open as a folder can be by mistake: the socket itself has to refuse.
    await chmod(dir, 0o755)
    const address = path.join(dir, 's')
    const control = await startControl({ address, handlers: HANDLERS, log: () => undefined })
    t.after(async () => {
      await control.close()
      await rm(dir, { recursive: true, force: true })
    })
    assert.equal((await stat(address)).mode & 0o777, 0o600)
    // Only root can become somebody else; everybody else sees that their own program gets in.
    const other = process.getuid?.() === 0
    const child = spawn(process.execPath, ['-e', `require('net').connect(${JSON.stringify(address)}).on('connect', () => { console.log('connected'); process.exit() }).on('error', (error) => console.log(error.code))`], { ...(other ? { uid: 65_534, gid: 65_534 } : {}), stdio: ['ignore', 'pipe', 'inherit'] })
    assert.equal((await child.stdout.setEncoding('utf8').toArray()).join('').trim(), other ? 'EACCES' : 'connected')
  })

  test('reads messages however they are cut, also several at once and large ones', async (t) => {
    const socket = await attach(t)
    const text = message(1, {}) + message(2, { pad: 'x'.repeat(900_000) }) + message(3, { note: 'Content-Length: 999999999\r\n\r\n' })
    for (const [from, to] of [[0, 5], [5, 19], [19, 21], [21, 70_000], [70_000, text.length]] as const) {
      socket.write(text.slice(from, to))
      await new Promise(setImmediate)
    }
    assert.equal(await answers(socket, 3), 3)
  })

  for (const [how, write] of [
    ['says that it is too large', (socket: net.Socket) => socket.write('Content-Length: 999999999\r\n\r\n')],
    ['says so in pieces', async (socket: net.Socket) => {
      for (const piece of ['Content-Len', 'gth: 9999', '99999\r\n\r', '\n']) {
        socket.write(piece)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }],
    ['says two lengths', (socket: net.Socket) => socket.write('Content-Length: 5\r\nContent-Length: 99999999\r\n\r\n')],
    ['has no end of its head', (socket: net.Socket) => socket.write('X-Pad: '.padEnd(5000, 'x'))],
    ['has no length', (socket: net.Socket) => socket.write('X-Pad: x\r\n\r\n{}')],
  ] as const)
    test(`ends a connection whose message ${how}`, { timeout: 5000 }, async (t) => {
      const socket = await attach(t)
      const closed = once(socket, 'close')
      await write(socket)
      await closed
    })
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { after, before, describe, test } from 'node:test'
import { peerOf, peerUid } from '../../../src/agent/identity/peer.ts'

let server: net.Server
let port = 0
before(async () => {
  server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
after(() => server.close())

async function connected(connect: () => void): Promise<net.Socket> {
  const arrived = once(server, 'connection') as Promise<[net.Socket]>
  connect()
  return (await arrived)[0]
}

const linux = process.platform === 'linux'

describe('the owner of a connection', () => {
  test('S37 is this user for a program of this user', async () => {
    const client = net.connect(port, '127.0.0.1')
    const socket = await connected(() => undefined)
    assert.equal(await peerOf(socket), linux ? process.getuid?.() : undefined)
    client.destroy()
    socket.destroy()
  })

  test('S37 is the other user for a program of another one', async () => {
    // Only root can become somebody else; everybody else sees the same program as themselves.
    const uid = process.getuid?.() === 0 ? 65_534 : process.getuid?.()
    const child = spawn(process.execPath, ['-e', `require('net').connect(${port}, '127.0.0.1'); setTimeout(() => {}, 20000)`], { ...(uid === undefined ? {} : { uid }), stdio: 'ignore' })
    const socket = await connected(() => undefined)
    assert.equal(await peerOf(socket), linux ? uid : undefined)
    socket.destroy()
    child.kill('SIGKILL')
    await once(child, 'exit')
  })

  test('S37 a client that the kernel does not list is nobody\'s, and never this user\'s', async () => {
    const client = net.connect(port, '127.0.0.1')
    const socket = await connected(() => undefined)
    // Asked the wrong way round with a port of nobody: our listening end is not a connection to it.
    assert.notEqual(await peerUid(1, socket.localPort ?? 0), process.getuid?.())
    client.destroy()
    socket.destroy()
  })
})

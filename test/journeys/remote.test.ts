/**
 * What of remote machines (SSH, WSL, containers, code-server, Codespaces) shows without one: everything that listens where the
 * notebook runs is on that machine's loopback, and a port that an editor forwards, or that somebody makes public, opens nothing.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { request, type OutgoingHttpHeaders } from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connectControl, type ControlClient } from '../../src/platform/controlClient.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { eventsOf, ROOT, startTrial } from '../fakes/trial.ts'

let trial: Sandbox
let control: ControlClient
before(async () => {
  trial = await startTrial()
  control = await connectControl(trial.home, { client: 'test' })
})
after(async () => {
  control.close()
  await trial.close()
})

/** Every address of this machine but the one that may answer. */
const ELSEWHERE = ['::1', '127.0.0.2', ...Object.values(os.networkInterfaces()).flatMap((all) => (all ?? []).filter(({ internal, scopeid }) => !internal && !scopeid).map(({ address }) => address))]

function answersAt(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 2000 })
    const end = (answers: boolean) => () => {
      socket.destroy()
      resolve(answers)
    }
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
  })
}

function post(port: number, headers: OutgoingHttpHeaders): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path: '/openai/v1/chat/completions', method: 'POST', headers: { 'content-type': 'application/json', ...headers } }, (reply) => {
      reply.setEncoding('utf8').toArray().then((chunks) => { resolve({ status: reply.statusCode ?? 0, text: chunks.join('') }) }, reject)
    })
    call.once('error', reject).end(JSON.stringify({ model: 'simulated-1', messages: [{ role: 'user', content: 'hello' }] }))
  })
}

describe('S63 on a remote machine', () => {
  test('the agent and the way back of a sign-in listen on its loopback address and no other', async () => {
    const { attempt, authorizeUrl } = await control.request('signIn.begin', {})
    const back = new URL(new URL(authorizeUrl).searchParams.get('redirect_uri') ?? '')
    assert.equal(back.hostname, '127.0.0.1')
    for (const port of [Number(new URL(trial.line.agent).port), Number(back.port)]) {
      assert.ok(await answersAt('127.0.0.1', port))
      for (const host of ELSEWHERE) assert.equal(await answersAt(host, port), false, `${host}:${port}`)
    }
    await control.request('signIn.cancel', { attempt })
    assert.equal(await answersAt('127.0.0.1', Number(back.port)), false, 'a way back that is not needed any more is closed')
  })

  test('a forwarded port under a public name is refused even with a key, and under the plain one it opens nothing without', async () => {
    const { port } = new URL(trial.line.agent)
    const key = { authorization: `Bearer ${trial.line.key}` }
    const decided = eventsOf(trial.home, 'exchange.decided').length
    for (const host of ['laughing-space-8787.app.github.dev', `code.example.com:${port}`, `localhost.evil.example:${port}`]) {
      const { status, text } = await post(Number(port), { host, ...key })
      assert.ok(status >= 400, `${host}: ${status}`)
      assert.match(text, /this address answers to http:\/\/127\.0\.0\.1:\d+ only/)
    }
    for (const forwarded of [{}, { 'x-forwarded-host': 'laughing-space-8787.app.github.dev', 'x-forwarded-for': '127.0.0.1' }]) assert.equal((await post(Number(port), { host: `127.0.0.1:${port}`, ...forwarded })).status, 401)
    assert.equal(eventsOf(trial.home, 'exchange.decided').length, decided, 'nothing of it came to a decision')
    assert.equal((await post(Number(port), { host: `127.0.0.1:${port}`, ...key })).status, 200, 'the notebook itself goes on')
  })

  test('the extension runs where the notebook runs, and asks the editor to forward nothing but the way back', () => {
    const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { extensionKind: string[]; contributes: object }
    assert.deepEqual(manifest.extensionKind, ['workspace'])
    assert.doesNotMatch(JSON.stringify(manifest.contributes), /portsAttributes|forwardPorts/)
  })
})

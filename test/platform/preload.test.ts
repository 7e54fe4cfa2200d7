import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { launchFolder, withPreloads } from '../../src/platform/launchEnv.ts'
import { run, type Ran } from '../fakes/trial.ts'

/** Stands where the agent listens, and keeps what reached it. */
const reached: { url: string; headers: IncomingHttpHeaders; body: string }[] = []
const agent = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => { chunks.push(chunk) })
  request.on('end', () => {
    reached.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"at":"agent"}')
  })
})
let env: Record<string, string>
// A folder with a space in its name, as a person's home may have.
const root = mkdtempSync(path.join(os.tmpdir(), 'cs preload '))
const launch = path.join(root, 'launch')
before(async () => {
  agent.listen(0, '127.0.0.1')
  await once(agent, 'listening')
  cpSync(launchFolder(), launch, { recursive: true })
  env = { COUNTERSIGN_URL: `http://127.0.0.1:${(agent.address() as AddressInfo).port}`, COUNTERSIGN_KEY: 'cs_key', ...withPreloads({}, launch) }
})
after(() => {
  agent.close()
  agent.closeAllConnections()
  rmSync(root, { recursive: true })
})

const javascript = (code: string, more: Record<string, string> = {}): Promise<Ran> => run([process.execPath, '--input-type=module', '-e', code], { ...env, ...more })

describe('the preload of Node programs', () => {
  test('leads a call to a model host to its route, with the session key in place of every other', async () => {
    const ran = await javascript(`const r = await fetch('https://api.mistral.ai/v1/chat/completions?key=real&x=1', { method: 'POST', headers: { authorization: 'Bearer real', 'x-api-key': 'real', accept: 'text/event-stream' }, body: '{"a":1}' }); console.log(await r.text())`)
    assert.equal(ran.code, 0, ran.err)
    assert.match(ran.out, /"at":"agent"/)
    const got = reached.at(-1)
    assert.equal(got?.url, '/mistral/v1/chat/completions?x=1')
    assert.equal(got.headers.authorization, 'Bearer cs_key')
    assert.equal(got.headers.accept, 'text/event-stream')
    assert.equal(got.body, '{"a":1}')
    assert.ok(!JSON.stringify(got).includes('real'))
  })

  test('takes a Request with its body as it takes an address', async () => {
    const ran = await javascript(`const r = await fetch(new Request('https://api.deepseek.com/chat/completions', { method: 'POST', headers: { 'api-key': 'real', 'content-type': 'application/json' }, body: '{"b":2}' })); console.log(r.status)`)
    assert.equal(ran.out.trim(), '200', ran.err)
    assert.equal(reached.at(-1)?.url, '/deepseek/v1/chat/completions')
    assert.equal(reached.at(-1)?.body, '{"b":2}')
    assert.equal(reached.at(-1)?.headers['content-type'], 'application/json')
  })

  test('leaves every other host alone, also one that only looks like a model host', async () => {
    const before = reached.length
    const own = env['COUNTERSIGN_URL'] ?? ''
    const ran = await javascript(`const hosts = ['http://api.openai.com.invalid/', 'http://xapi.mistral.ai.invalid/']; for (const h of hosts) await fetch(h).then(() => console.log('reached'), () => console.log('direct')); console.log((await fetch('${own}/other', { headers: { authorization: 'Bearer mine' } })).status)`)
    assert.equal(ran.out.trim(), 'direct\ndirect\n200', ran.err)
    assert.equal(reached.length, before + 1)
    assert.equal(reached.at(-1)?.headers.authorization, 'Bearer mine')
  })

  test('tells a call to the agent by the name of its program, and no other call', async () => {
    const own = env['COUNTERSIGN_URL'] ?? ''
    const folder = mkdtempSync(path.join(os.tmpdir(), 'cs place '))
    const script = path.join(folder, 'ask me.mjs')
    writeFileSync(script, `await fetch('${own}/openai/v1/x', { headers: { mine: 'a' } }); await fetch(new Request('${own}/openai/v1/x', { headers: { mine: 'b' } })); await fetch('${own.replace('127.0.0.1', 'localhost')}/x')`)
    const ran = await run([process.execPath, script, 'secret.csv'], env)
    rmSync(folder, { recursive: true })
    assert.equal(ran.err, '')
    assert.deepEqual(reached.slice(-3).map(({ headers }) => [headers['x-countersign-place'], headers['mine']]), [['kind=script&file=ask+me.mjs', 'a'], ['kind=script&file=ask+me.mjs', 'b'], [undefined, undefined]])
  })

  test("tells a call that takes Node's own HTTP by the name of its program too", async () => {
    const own = env['COUNTERSIGN_URL'] ?? ''
    const ask = (address: string): string => `await new Promise((done) => http.request('${address}', { method: 'POST', headers: { mine: 'c' } }, (answer) => answer.resume().on('end', done)).end('x'));`
    const ran = await javascript(`import http from 'node:http'; ${ask(`${own}/bedrock/x`)} ${ask(`${own.replace('127.0.0.1', 'localhost')}/x`)}`)
    assert.equal(ran.err, '')
    assert.deepEqual(reached.slice(-2).map(({ headers }) => [headers['x-countersign-place'], headers['mine']]), [['kind=script&file=node', 'c'], [undefined, 'c']])
  })

  test("tells a call over HTTP/2, as Amazon's SDK makes it, by the name of its program too, and none elsewhere", async () => {
    const seen: unknown[] = []
    const server = http2.createServer().on('stream', (stream, headers) => {
      seen.push([headers['x-countersign-place'], headers['mine']])
      stream.respond({ ':status': 200 })
      stream.end()
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const ask = (address: string): string => `await new Promise((done) => { const session = http2.connect('${address}'); session.request({ ':path': '/bedrock/x', mine: 'd' }).resume().on('close', () => session.close(done)) });`
    const script = path.join(root, 'converse.cjs')
    writeFileSync(script, `const http2 = require('node:http2'); void (async () => { ${ask(own)} ${ask(own.replace('127.0.0.1', 'localhost'))} })()`)
    const ran = await run([process.execPath, script], { ...env, COUNTERSIGN_URL: own })
    server.close()
    assert.equal(ran.err, '')
    assert.deepEqual(seen, [['kind=script&file=converse.cjs', 'd'], [undefined, 'd']])
  })

  test('does nothing without an agent, and says so only when asked', async () => {
    const quiet = await run([process.execPath, '-e', '0'], withPreloads({}, launch))
    assert.deepEqual([quiet.code, quiet.out, quiet.err], [0, '', ''])
    const asked = await run([process.execPath, '-e', '0'], { ...withPreloads({}, launch), COUNTERSIGN_DEBUG: '1' })
    assert.match(asked.err, /no agent is known/)
  })
})

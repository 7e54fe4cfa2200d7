/** The yardstick: a proxy that only passes bytes on, in a process of its own, with the same HTTP parts as the agent. */
import { createServer } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { Agent } from 'undici'

const upstream = new URL(process.argv[2] ?? '')
const agent = new Agent({ connections: 128, pipelining: 1 })
const server = createServer((request, response) => {
  const forward = async (): Promise<void> => {
    const { host: _host, connection: _connection, ...headers } = request.headers
    const reply = await agent.request({ origin: upstream.origin, path: upstream.pathname.replace(/\/$/, '') + (request.url ?? ''), method: 'POST', headers: { ...headers, authorization: `Bearer ${process.argv[3] ?? ''}` }, body: request })
    response.writeHead(reply.statusCode, { 'content-type': String(reply.headers['content-type'] ?? '') })
    await pipeline(reply.body, response)
  }
  forward().catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, pid: process.pid })}\n`)
})
process.stdin.on('end', () => process.exit(0)).resume()

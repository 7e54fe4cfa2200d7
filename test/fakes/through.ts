/** A call from a socket of its client's to a socket of its provider's: the real proxy, exchange, codecs and pool, and a provider that a test can look into. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { ApprovalDesk } from '../../src/core/exchange/ports.ts'
import { openProxy, type ProxyOptions } from '../../src/agent/proxy/server.ts'
import { openUpstream } from '../../src/agent/upstream/pool.ts'
import { letsThroughUnread } from '../../src/core/policy/match.ts'
import { parsePolicy } from '../../src/core/policy/parse.ts'
import { createOpenAi } from '../../src/core/provider/openai/openai.ts'
import { ROUTES } from '../../src/core/provider/registry.ts'
import { CALLER, fakeWorld } from './exchange.ts'

const MASKED = '{ EMAIL: redact, PHONE: redact, CREDIT_CARD: redact, US_SSN: redact, NATIONAL_ID: redact, SECRET: redact, PERSON: redact }'
const ALLOW = '[{ id: all, when: {}, effect: allow }]'

export interface Sent {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Passed {
  readonly status: number
  /** Head and body, as the client got them. */
  readonly answer: string
  /** What came to the provider. */
  readonly sent: readonly Sent[]
  /** Records and disclosures, as JSON. */
  readonly records: string
  /** Records alone: what can never be erased. */
  readonly leaves: string
}

export interface CallOptions {
  readonly method?: string
  /** Lines with their ends. */
  readonly headers?: string
  readonly type?: string
  /** Session key. */
  readonly key?: string
}

export interface Through {
  readonly port: number
  /** @param body text as it is, anything else as JSON */
  call(path: string, body: unknown, options?: CallOptions): Promise<Passed>
  /** Sends exactly these bytes and returns all that comes back until the agent ends. */
  raw(bytes: string | Buffer): Promise<string>
  answerWith(listener: RequestListener): void
  /** What the client of the call under way got so far. */
  heard(): string
  /** All that is on record since the last call began, as JSON. */
  recorded(): string
  /** The agent takes no more calls and ends those under way. */
  stop(): Promise<void>
  /** What the agent wrote into its log. */
  readonly log: readonly string[]
}

interface Model {
  readonly url: string
  readonly sent: Sent[]
  answer: RequestListener
}

async function openModel(t: TestContext): Promise<Model> {
  const sent: Sent[] = []
  const model: { url: string; readonly sent: Sent[]; answer: RequestListener } = { url: '', sent, answer: (_request, response) => { response.writeHead(200, { 'content-type': 'application/json' }).end('{}') } }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => { chunks.push(chunk) }).on('end', () => {
      sent.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
      model.answer(request, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  model.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return model
}

export interface ThroughOptions extends Partial<Pick<ProxyOptions, 'authenticate' | 'underWay'>> {
  /** Of the policy, in YAML's flow style. */
  readonly rules?: string
  /** More lines of each upstream, likewise. */
  readonly upstream?: string
  readonly desk?: ApprovalDesk
}

export async function through(t: TestContext, { rules = ALLOW, upstream = '', desk, ...people }: ThroughOptions = {}): Promise<Through> {
  const model = await openModel(t)
  const names = [...new Set(ROUTES.map((route) => route.upstream))]
  const policy = `{ version: 1, default: deny, upstreams: { ${names.map((name) => `${name}: { url: "${model.url}", outside: true${upstream} }`).join(', ')} }, mask: { prompt: ${MASKED}, answer: ${MASKED} }, rules: ${rules} }`
  const world = fakeWorld()
  const active = { ...world.ports.policy.current(), document: parsePolicy(policy) }
  const routes = ROUTES.map(({ prefix, upstream: to, create }) => ({ prefix, upstream: to, provider: create() }))
  const pool = openUpstream({
    key: () => 'sk-real',
    authorize: (to) => {
      const provider = routes.find((route) => route.upstream === to)?.provider
      return provider && ((key) => Promise.resolve(provider.authorize(key)))
    },
    headersTimeout: 3000,
    bodyTimeout: 3000,
  })
  const log: string[] = []
  const proxy = await openProxy({
    ports: [0],
    exchange: { ...world.ports, ...(desk ? { desk } : {}), policy: { current: () => active }, upstream: pool },
    bodyLimit: () => 1024 * 1024,
    fallback: createOpenAi(),
    log: (message) => log.push(message),
    uid: undefined,
    peerUid: () => Promise.resolve(undefined),
    authenticate: () => CALLER,
    ...people,
    routes,
    letsThroughUnread: (to, what) => letsThroughUnread(active.document, to, what),
  })
  const stop = (): Promise<void> => (stopped ??= proxy.close())
  let stopped: Promise<void> | undefined
  t.after(async () => {
    await stop()
    await pool.close()
  })
  let heard = ''
  const raw = (bytes: string | Buffer): Promise<string> => {
    heard = ''
    return exchanged(proxy.port, bytes, (text) => { heard = text })
  }
  return {
    port: proxy.port,
    raw,
    stop,
    log,
    answerWith(listener) { model.answer = listener },
    heard: () => heard,
    recorded: () => JSON.stringify(world.records),
    async call(path, body, { method = 'POST', headers = '', type = 'application/json', key = 'cs_key' } = {}) {
      const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
      model.sent.length = 0
      world.records.length = 0
      const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nAuthorization: Bearer ${key}\r\nContent-Type: ${type}\r\n${headers}Content-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`
      const answer = await raw(Buffer.concat([Buffer.from(head), bytes]))
      return { status: Number(answer.split(' ')[1]), answer, sent: [...model.sent], records: JSON.stringify(world.records), leaves: JSON.stringify(world.records.map(({ event }) => event)) }
    },
  }
}

/** Our side stays open: a client that ends it may have gone. */
async function exchanged(port: number, bytes: string | Buffer, hear: (text: string) => void): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  socket.setEncoding('utf8')
  let text = ''
  socket.on('data', (chunk: string) => { hear(text += chunk) })
  socket.write(bytes)
  await once(socket, 'close')
  return text
}

/** The loopback listener: one request in, one answer out, each on record. Control never passes through here. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { randomBytes } from 'node:crypto'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { newId } from '../../protocol/ids.ts'
import { runExchange, type ExchangePorts, type Waiting } from '../../core/exchange/exchange.ts'
import { actorOf } from '../../core/exchange/records.ts'
import type { Provider } from '../../core/provider/provider.ts'
import { admit, enter, printable, readBody, targetOf, type Gate, type Target } from './admit.ts'
import { AWS_CREDENTIALS_PATH, sendAwsCredentials } from './awsCredentials.ts'
import { alsoHttp2 } from './http2.ts'
import { Bodies } from './bodies.ts'
import { startKeepAlive } from './keepAlive.ts'
import { pump, sendRefusal } from './reply.ts'

export interface ProxyOptions extends Omit<Gate, 'port' | 'masker'> {
  /** Ports to try in order; 0 lets the system choose. The first that is free is taken. */
  readonly ports: readonly number[]
  readonly exchange: ExchangePorts
  /** Bytes a body may have, as the policy in force says. */
  readonly bodyLimit: () => number
  /** Shape of refusals before a route is known. */
  readonly fallback: Provider
  /** For the log of this machine. */
  readonly log: (message: string) => void
  /** One call more or less is under way. */
  readonly onActive?: (active: number) => void
}

export interface Proxy {
  readonly port: number
  readonly url: string
  /** Calls under way. */
  readonly active: number
  /** Takes no new call, ends those under way with an error their clients understand. */
  close(): Promise<void>
}

export async function openProxy(options: ProxyOptions): Promise<Proxy> {
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 120_000,
    keepAliveTimeout: 60_000,
    connectionsCheckingInterval: 2_000,
    requireHostHeader: false,
    // Never lenient: what Node's strict parser refuses could be read in two ways.
    insecureHTTPParser: false,
  })
  server.maxConnections = 1024
  const port = await listen(server, options.ports)
  const gate: Gate = { ...options, port, masker: options.exchange.masker }
  const stopping = new AbortController()
  const bodies = new Bodies(options.bodyLimit)
  let active = 0
  const count = (change: number): void => {
    active += change
    options.onActive?.(active)
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    count(1)
    serve(request, response, { gate, options, stopping: stopping.signal, bodies })
      .catch((error: unknown) => {
        options.log(`a call ended outside its exchange: ${describeError(error)}`)
        response.destroy()
      })
      .finally(() => { count(-1) })
  }
  server.on('request', onRequest)
  const sessions = alsoHttp2(server, onRequest)
  const onTunnel = (request: IncomingMessage, socket: Duplex): void => {
    refuseTunnel(request, socket, { gate, options }).catch((error: unknown) => {
      options.log(`a tunnel was refused without a record: ${describeError(error)}`)
      socket.destroy()
    })
  }
  server.on('connect', onTunnel)
  server.on('upgrade', onTunnel)
  server.on('clientError', refuseUnreadable)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get active() {
      return active
    },
    async close() {
      stopping.abort(new CountersignError('CS_STOPPING', 'the agent is stopping. Run it again.'))
      server.closeIdleConnections()
      sessions.close()
      const closed = new Promise((resolve) => server.close(resolve))
      const force = setTimeout(() => {
        server.closeAllConnections()
        sessions.destroy()
      }, 3_000)
      await closed
      clearTimeout(force)
    },
  }
}

interface Serving {
  readonly gate: Gate
  readonly options: ProxyOptions
  readonly stopping: AbortSignal
  readonly bodies: Bodies
}

async function serve(request: IncomingMessage, response: ServerResponse, { gate, options, stopping, bodies }: Serving): Promise<void> {
  const ex = newId('ex', options.exchange.clock.now(), randomBytes(10))
  const arrivedAt = options.exchange.clock.elapsed()
  const target = targetOf(request.url ?? '', gate.routes)
  const provider = target.route?.provider ?? options.fallback
  const gone = new AbortController()
  response.on('close', () => { if (!response.writableFinished) gone.abort() })
  const share = bodies.open()
  let caller
  try {
    if (stopping.aborted) throw new CountersignError('CS_STOPPING', 'the agent is stopping. Run it again.')
    if (request.method === 'GET' && target.path === AWS_CREDENTIALS_PATH) {
      const { key } = await enter(request, target, gate)
      sendAwsCredentials(response, key, options.exchange.clock.now())
      return
    }
    const admission = await admit(request, target, gate)
    caller = admission.caller
    const body = await readBody(request, options.bodyLimit(), share.take)
    const held = (): Waiting => startKeepAlive(request.headers, response, provider.name)
    const call = { ...admission, ex, body, arrivedAt, held, signal: AbortSignal.any([gone.signal, stopping, ...(admission.underWay ? [admission.underWay] : [])]) }
    const answer = await runExchange(call, options.exchange)
    await pump(answer, response, gone)
  } catch (error) {
    const known = error instanceof CountersignError ? error : new CountersignError('CS_INTERNAL', 'Something went wrong inside Countersign. Nothing was sent.', { cause: error })
    if (!(error instanceof CountersignError)) options.log(`a call failed: ${describeError(error)}`)
    const refusal = await record(known, { ex, request, target, actor: caller ? actorOf(caller) : null }, options)
    sendRefusal(response, provider.refuse(refusal, ex), ex)
  } finally {
    share.giveBack()
  }
}

interface Refused {
  readonly ex: string
  readonly request: IncomingMessage
  readonly target: Target
  /** Null when the call was refused before anybody was known. */
  readonly actor: ReturnType<typeof actorOf> | null
}

/** Refused before it became an exchange. A refusal that cannot be recorded says so instead. */
async function record(error: CountersignError, { ex, request, target, actor }: Refused, options: ProxyOptions): Promise<CountersignError> {
  try {
    await options.exchange.journal.append({
      type: 'call.refused',
      ex,
      actor,
      code: error.code,
      status: error.status,
      // The path without its key and without its query: neither may stand in a record.
      route: await printable(target.path, options.exchange.masker),
      // One of those that Node's parser knows.
      method: request.method ?? '',
    })
    return error
  } catch (cause) {
    options.log(`a refusal could not be recorded: ${describeError(cause)}`)
    return error.status >= 500 ? error : new CountersignError('CS_NOT_RECORDED', 'this call could not be recorded. Nothing was sent.', { cause })
  }
}

/** WebSockets and CONNECT: text on them could not be inspected. */
async function refuseTunnel(request: IncomingMessage, socket: Duplex, { gate, options }: Pick<Serving, 'gate' | 'options'>): Promise<void> {
  const target = targetOf(request.url ?? '', gate.routes)
  const error = new CountersignError('CS_OPERATION_DENIED', 'tunnels cannot be inspected.')
  await record(error, { ex: newId('ex', options.exchange.clock.now(), randomBytes(10)), request, target, actor: null }, options)
  socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
}

function refuseUnreadable(error: Error, socket: Duplex): void {
  const large = 'code' in error && error.code === 'HPE_HEADER_OVERFLOW'
  if (socket.writable) socket.end(`HTTP/1.1 ${large ? '431 Request Header Fields Too Large' : '400 Bad Request'}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

async function listen(server: Server, ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    const bound = await new Promise<number | undefined>((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => {
        if (error.code === 'EADDRINUSE') resolve(undefined)
        else reject(error)
      }
      server.once('error', failed)
      server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
        server.off('error', failed)
        const address = server.address()
        resolve(typeof address === 'object' && address ? address.port : port)
      })
    })
    if (bound !== undefined) return bound
  }
  throw new CountersignError('CS_SETTING', `None of the ports ${ports.slice(0, 3).join(', ')}… is free. Free one, or set another with --port.`)
}

/**
 * The control channel: JSON-RPC on a private socket, never on the proxy's port. Any program of the same user can reach it, so
 * nothing here approves anything, and what would hand over secrets or end a session asks for `operate`.
 */
import { chmodSync, rmSync } from 'node:fs'
import net from 'node:net'
import { createMessageConnection, ErrorCodes, ResponseError, SocketMessageReader, SocketMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node'
import type { z } from 'zod'
import { CONTROL_METHODS, type ControlMethod } from '../../protocol/control.ts'
import { CountersignError, describeError } from '../../protocol/errors.ts'

/** One attached program. */
export interface Attached {
  readonly id: number
  /** True once this connection completed a sign-in itself. */
  operates: boolean
}

export interface Handler<T> {
  readonly params: z.ZodType<T>
  run(params: T, attached: Attached): Promise<unknown>
}

/** A handler with its parameters checked before it runs. */
export function handler<T>(params: z.ZodType<T>, run: (params: T, attached: Attached) => unknown): Handler<unknown> {
  return {
    params,
    run: async (value, attached) => await run(value as T, attached),
  }
}

export type Handlers = Readonly<Record<ControlMethod, Handler<unknown>>>

export interface ControlServer {
  readonly attached: number
  /** Tells every attached program; `operating`: only those that completed a sign-in themselves. */
  notify(notice: string, content: unknown, to?: 'all' | 'operating'): void
  /** Nobody operates until they complete a sign-in again: those so far did so for somebody else. */
  forgetOperators(): void
  close(): Promise<void>
}

export interface ControlOptions {
  readonly address: string
  readonly handlers: Handlers
  readonly onAttached?: (count: number) => void
  readonly log: (message: string) => void
}

/** A message over this size is no control message. */
const LARGEST_MESSAGE = 1024 * 1024
const LARGEST_HEAD = 1024
/** Windows, terminals and the command line of one person. */
const MOST_ATTACHED = 256

/** @throws CountersignError CS_LOCKED when another agent listens there */
export async function startControl(options: ControlOptions): Promise<ControlServer> {
  await removeDeadSocket(options.address)
  const connections = new Map<number, { readonly connection: MessageConnection; readonly attached: Attached }>()
  let count = 0
  const server = net.createServer((socket) => {
    const attached: Attached = { id: ++count, operates: false }
    const reader = new SocketMessageReader(bounded(socket))
    // Nobody asks for it, and its timer would outlive a connection that ends in the middle of a message.
    reader.partialMessageTimeout = 0
    const connection = createMessageConnection(reader, new SocketMessageWriter(socket))
    connections.set(attached.id, { connection, attached })
    options.onAttached?.(connections.size)
    connection.onRequest(async (method, params) => dispatch(options, attached, method, params))
    connection.onError(() => { socket.destroy() })
    const gone = (): void => {
      if (!connections.delete(attached.id)) return
      connection.dispose()
      options.onAttached?.(connections.size)
    }
    connection.onClose(gone)
    socket.once('close', gone)
    socket.on('error', () => { socket.destroy() })
    connection.listen()
  })
  server.maxConnections = MOST_ATTACHED
  await listen(server, options.address)
  return {
    get attached() {
      return connections.size
    },
    notify(notice, content, to = 'all') {
      for (const { connection, attached } of connections.values()) {
        if (to === 'operating' && !attached.operates) continue
        connection.sendNotification(notice, content).catch((error: unknown) => { options.log(`a notice was not sent (${describeError(error)})`) })
      }
    },
    forgetOperators() {
      for (const { attached } of connections.values()) attached.operates = false
    },
    async close() {
      for (const { connection } of connections.values()) connection.end()
      connections.clear()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function dispatch(options: ControlOptions, attached: Attached, method: string, params: unknown): Promise<unknown> {
  if (!Object.hasOwn(CONTROL_METHODS, method)) return new ResponseError(ErrorCodes.MethodNotFound, `there is no method ${method.slice(0, 60)}`)
  const name = method as ControlMethod
  if (CONTROL_METHODS[name] === 'operate' && !attached.operates)
    return refusal(new CountersignError('CS_SIGN_IN_FAILED', 'this works only from where somebody signed in, which was not here. Sign in from here first, or do it there.'))
  const handling = options.handlers[name]
  const parsed = handling.params.safeParse(Array.isArray(params) ? params[0] : (params ?? {}))
  if (!parsed.success) return new ResponseError(ErrorCodes.InvalidParams, `the parameters of ${method} are wrong: ${parsed.error.issues.map((issue) => issue.path.join('.') || issue.code).join(', ')}`)
  try {
    return (await handling.run(parsed.data, attached)) ?? {}
  } catch (error) {
    if (error instanceof CountersignError) return refusal(error)
    options.log(`${method} failed: ${describeError(error)}`)
    return refusal(new CountersignError('CS_INTERNAL', `${method} failed inside the agent. Its log has the detail.`))
  }
}

function refusal(error: CountersignError): ResponseError<{ code: string }> {
  return new ResponseError(ErrorCodes.InvalidRequest, error.message, { code: error.code })
}

/**
 * Ends a connection whose one message is larger than any of ours: vscode-jsonrpc itself buffers without bound. Headers and
 * bodies are told apart exactly, because whoever writes them chooses where they are cut and what stands in them.
 */
function bounded(socket: net.Socket): net.Socket {
  let head = ''
  let left = 0
  const take = (chunk: Buffer): void => {
    let at = 0
    while (at < chunk.length && !socket.destroyed) {
      if (left > 0) {
        const taken = Math.min(left, chunk.length - at)
        left -= taken
        at += taken
        continue
      }
      const held = head.length
      head += chunk.toString('latin1', at, at + LARGEST_HEAD + 4)
      const end = head.indexOf('\r\n\r\n')
      const lengths = [...head.slice(0, Math.max(end, 0)).matchAll(/^Content-Length:[ \t]*(\d{1,9})[ \t]*\r?$/gim)].map(([, digits]) => Number(digits))
      if (end < 0 && head.length <= LARGEST_HEAD) return
      if (end < 0 || lengths.length !== 1 || (lengths[0] ?? 0) > LARGEST_MESSAGE) {
        socket.destroy()
        return
      }
      left = lengths[0] ?? 0
      at += end + 4 - held
      head = ''
    }
  }
  socket.prependListener('data', take)
  return socket
}

function listen(server: net.Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'EADDRINUSE' ? new CountersignError('CS_LOCKED', 'another agent uses this state folder.', { cause }) : cause)
    })
    server.listen(address, () => {
      if (process.platform !== 'win32') chmodSync(address, 0o600)
      resolve()
    })
  })
}

/** A socket left by a killed agent is in the way; one that answers is another agent's and stays. The caller holds the home's lock. */
async function removeDeadSocket(address: string): Promise<void> {
  if (process.platform === 'win32') return
  const alive = await new Promise<boolean>((resolve) => {
    const probe = net.connect(address)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => { resolve(false) })
  })
  if (alive) throw new CountersignError('CS_LOCKED', 'another agent uses this state folder.')
  rmSync(address, { force: true })
}

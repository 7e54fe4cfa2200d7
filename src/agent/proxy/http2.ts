/**
 * HTTP/2 without TLS on the same port: what Amazon's SDK for JavaScript speaks to an `http://` address, and nothing else does.
 * A connection is told apart by its first bytes, before any parser sees it. Each stream then takes the same way as a request
 * of HTTP/1.1: same Host check, same key, same records.
 */
import http2, { type IncomingHttpHeaders as Http2Headers, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { METHODS, type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** The first bytes of every HTTP/2 connection; no method of HTTP/1.1 begins so. */
const PREFACE = Buffer.from('PRI ')
const FIRST_BYTES_MS = 10_000
/** Longer than a person may take over a held call. */
const IDLE_MS = 20 * 60_000
/** Headers of one connection, which HTTP/2 forbids. */
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection'])

export interface Sessions {
  /** Lets streams end; nothing new begins. */
  close(): void
  destroy(): void
}

/** @param serve takes a stream as a request and its response */
export function alsoHttp2(server: Server, serve: (request: IncomingMessage, response: ServerResponse) => void): Sessions {
  const open = new Set<ServerHttp2Session>()
  const plain = server.listeners('connection') as ((this: Server, socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket) => {
    firstBytes(socket, (bytes) => {
      if (!bytes.subarray(0, PREFACE.length).equals(PREFACE)) {
        socket.unshift(bytes)
        for (const listener of plain) listener.call(server, socket)
        socket.resume()
        return
      }
      const session = http2.performServerHandshake(withFirst(socket, bytes), { settings: { maxConcurrentStreams: 100, maxHeaderListSize: 16 * 1024 }, maxSessionMemory: 64 })
      open.add(session)
      session.setTimeout(IDLE_MS, () => { session.destroy() })
      session.on('close', () => { open.delete(session) })
      // A client that breaks the protocol ends its own connection; each stream's call is recorded where it ends.
      session.on('error', () => { session.destroy() })
      session.on('stream', (stream, headers) => {
        stream.on('error', () => { stream.destroy() })
        serve(requestOf(stream, headers, socket), responseOf(stream))
      })
    })
  })
  return {
    close: () => { for (const session of open) session.close() },
    destroy: () => { for (const session of open) session.destroy() },
  }
}

/** Enough bytes to tell; the socket is paused then. Whoever sends none in time is let go. */
function firstBytes(socket: Socket, told: (bytes: Buffer) => void): void {
  let bytes = Buffer.alloc(0)
  const timer = setTimeout(() => { socket.destroy() }, FIRST_BYTES_MS)
  const stop = (): void => {
    clearTimeout(timer)
    socket.off('data', onData).off('error', stop).off('close', stop)
  }
  const onData = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk])
    if (bytes.length < PREFACE.length && PREFACE.subarray(0, bytes.length).equals(bytes)) return
    stop()
    socket.pause()
    told(bytes)
  }
  socket.on('data', onData).on('error', stop).on('close', stop)
}

/** The socket with bytes that were read from it already: an HTTP/2 session reads past what is put back into a socket. */
function withFirst(socket: Socket, first: Buffer): Duplex {
  const duplex = new Duplex({
    read: () => { socket.resume() },
    write: (chunk: Buffer, _encoding, done) => { socket.write(chunk, done) },
    final: (done) => { socket.end(done) },
    destroy(error, done) {
      socket.destroy()
      done(error)
    },
  })
  duplex.push(first)
  socket.on('data', (chunk: Buffer) => { if (!duplex.push(chunk)) socket.pause() })
  socket.on('end', () => duplex.push(null))
  socket.on('error', (error) => { duplex.destroy(error) })
  socket.on('close', () => { duplex.destroy() })
  return duplex
}

/** What admission reads of a request, and its body. */
function requestOf(stream: ServerHttp2Stream, headers: Http2Headers, socket: Socket): IncomingMessage {
  const authority = headers[':authority']
  const hosts = [authority, headers['host']].filter((host): host is string => typeof host === 'string')
  const plain = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':')))
  const request = {
    // The parser of HTTP/1.1 takes the methods it knows; here any word may come, and methods are recorded as they are.
    method: METHODS.find((one) => one === headers[':method']) ?? '',
    url: headers[':path'],
    headers: { ...plain, host: hosts[0] },
    headersDistinct: { host: hosts },
    socket,
    [Symbol.asyncIterator]: () => stream.iterator({ destroyOnReturn: false }),
  }
  return request as unknown as IncomingMessage
}

/** The stream itself, with the few verbs of a response that it calls otherwise. */
function responseOf(stream: ServerHttp2Stream): ServerResponse {
  const inform = (status: number): void => { stream.additionalHeaders({ ':status': status }) }
  const response = Object.assign(stream, {
    writeHead(status: number, headers: OutgoingHttpHeaders = {}) {
      stream.respond({ ':status': status, ...Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP.has(name.toLowerCase()))) })
    },
    flushHeaders: () => undefined,
    writeContinue: () => { inform(100) },
    writeProcessing: () => { inform(102) },
  })
  return response as unknown as ServerResponse
}

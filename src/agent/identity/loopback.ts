/** The redirect listener of a native app (RFC 8252 section 7.3): 127.0.0.1, one exact Host, one path, one state, one use. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { CountersignError } from '../../protocol/errors.ts'
import { peerOf } from './peer.ts'

export interface LoopbackListener {
  /** To be registered with the attempt: `http://127.0.0.1:PORT/callback`. */
  readonly redirectUri: string
  /** The URL the browser came back with. Rejects when nobody came in time. */
  readonly result: Promise<URL>
  /** What came of it: the page that the browser waits for says so, and no sooner. */
  tell(isSignedIn: boolean): void
  /** Whoever still waits learns that nobody was signed in. */
  close(): Promise<void>
}

const PATH = '/callback'
/** For a page that was told, when its browser is slow to take it. */
const FAREWELL_MS = 500
const STYLE = 'body{font:15px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}'
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
const HEAD = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><style>${STYLE}</style>`
const PAGE = `${HEAD}<title>Countersign</title><h1>You are signed in.</h1><p>Close this page and go back to your editor or terminal.</p>`
const REFUSED = `${HEAD}<title>Countersign</title><h1>You are not signed in.</h1><p>Close this page; your editor or terminal says why.</p>`

/** @param state of this attempt, @param timeoutMs until the attempt ends by itself */
export async function openLoopback(state: string, timeoutMs = 300_000): Promise<LoopbackListener> {
  let settle: { resolve: (url: URL) => void; reject: (error: unknown) => void } | undefined
  const result = new Promise<URL>((resolve, reject) => { settle = { resolve, reject } })
  // An attempt nobody waits for any more is no unhandled error.
  result.catch(() => undefined)
  let tell: (isSignedIn: boolean) => void = () => undefined
  const told = new Promise<boolean>((resolve) => { tell = resolve })
  const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 5000, headersTimeout: 5000, keepAliveTimeout: 1 }, (request, response) => {
    const arrived = arrival(request, portOf(server), state)
    const refuse = (status: number): void => { answer(response, status, 'This is not the sign-in that was asked for.') }
    if (!(arrived instanceof URL)) {
      refuse(arrived)
      return
    }
    void peerOf(request.socket).then((peer) => {
      if (isOfAnother(peer)) {
        refuse(403)
        return
      }
      void told.then((isSignedIn) => { answer(response, 200, isSignedIn ? PAGE : REFUSED) })
      settle?.resolve(arrived)
    })
  })
  server.maxConnections = 8
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, resolve)
  })
  const timer = setTimeout(() => { settle?.reject(new CountersignError('CS_SIGN_IN_FAILED', 'nobody came back from the sign-in page in time. Start the sign-in again.')) }, timeoutMs)
  return {
    redirectUri: `http://127.0.0.1:${portOf(server)}${PATH}`,
    result,
    tell,
    close() {
      clearTimeout(timer)
      settle?.reject(new CountersignError('CS_SIGN_IN_FAILED', 'the sign-in was cancelled.'))
      tell(false)
      const late = setTimeout(() => { server.closeAllConnections() }, FAREWELL_MS)
      return new Promise((resolve) => server.close(() => {
        clearTimeout(late)
        resolve()
      }))
    },
  }
}

/**
 * The page that the browser opens stands in a process list, state and all: with it another user of the machine could finish the
 * sign-in as themselves. Root may bring somebody's browser here, as where the browser is outside of a virtual machine.
 */
function isOfAnother(peer: number | undefined): boolean {
  return peer !== undefined && peer > 0 && peer !== process.getuid?.()
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** A page that guesses the port must neither end the sign-in nor bring a code of its own. */
function arrival(request: IncomingMessage, port: number, state: string): URL | number {
  const hosts = request.headersDistinct['host'] ?? []
  if (hosts.length !== 1 || hosts[0] !== `127.0.0.1:${port}`) return 403
  if (request.method !== 'GET') return 405
  // As it stands: what begins so has one reading, and what does not may not even be a URL.
  if (request.url?.startsWith(`${PATH}?`) !== true) return 404
  const url = new URL(request.url, `http://127.0.0.1:${port}`)
  if (!url.searchParams.has('code') && !url.searchParams.has('error')) return 400
  return same(url.searchParams.get('state') ?? '', state) ? url : 400
}

function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** Nothing of the query is ever reflected; the code stays out of referrers and caches. */
function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': status === 200 ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    connection: 'close',
  })
  response.end(body)
}

/** Answers on the socket: the head once, back-pressure, and an end that says whether the answer was whole. */
import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { Answer } from '../../core/exchange/release.ts'
import type { Refusal } from '../../core/provider/provider.ts'

/** @param gone aborted when the client goes away; the upstream is aborted through it */
export async function pump(answer: Answer, response: ServerResponse, gone: AbortController): Promise<void> {
  try {
    response.writeHead(answer.status, answer.headers)
    response.flushHeaders()
    for await (const chunk of answer.body) {
      if (response.destroyed) break
      if (!response.write(chunk)) await drained(response)
    }
    response.end()
  } catch (error) {
    // The answer cannot be finished: an abrupt end is the only way to say so that no client takes for a whole answer.
    response.destroy()
    throw error
  } finally {
    if (response.destroyed && !response.writableFinished) gone.abort()
    await answer.body.return()
  }
}

/** Waits until the client has read on, or is gone. */
async function drained(response: ServerResponse): Promise<void> {
  const waiting = new AbortController()
  const either = ['drain', 'close'].map((event) => once(response, event, { signal: waiting.signal }))
  try {
    await Promise.race(either)
  } finally {
    waiting.abort()
  }
}

/** Our own answer before an exchange began. The connection ends with it: an unread body must not become the next request. */
export function sendRefusal(response: ServerResponse, refusal: Refusal, ex: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  response.writeHead(refusal.status, {
    ...refusal.headers,
    'content-length': String(refusal.body.length),
    'x-countersign-exchange': ex,
    connection: 'close',
  })
  response.end(refusal.body)
}

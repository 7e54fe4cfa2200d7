/** An archive of evidence as an answer: a file to keep, never shown in the browser. Who takes nothing of it for a while gets no more: others wait for their turn. */
import type { FastifyReply } from 'fastify'
import type { Exported } from '../evidence/exports.ts'

export const IDLE_SECONDS = 60

export function sendEvidence(reply: FastifyReply, { name, bytes, digest, content }: Exported, idleMs = IDLE_SECONDS * 1000): FastifyReply {
  // The length was sent, so a connection that ends before is no whole file to any client.
  reply.raw.setTimeout(idleMs, () => { reply.raw.destroy(new Error(`nothing of the evidence was taken for ${idleMs} ms`)) })
  return reply
    .headers({ 'content-disposition': `attachment; filename="${name}"`, 'content-length': bytes, 'x-countersign-digest': digest, 'cache-control': 'no-store' })
    .type('application/zip')
    .send(content)
}

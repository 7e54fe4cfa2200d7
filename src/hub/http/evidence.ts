/** An archive of evidence as an answer: a file to keep, never shown in the browser. */
import type { FastifyReply } from 'fastify'
import type { Exported } from '../evidence/exports.ts'

export function sendEvidence(reply: FastifyReply, { name, bytes, digest, content }: Exported): FastifyReply {
  return reply
    .headers({ 'content-disposition': `attachment; filename="${name}"`, 'content-length': bytes, 'x-countersign-digest': digest, 'cache-control': 'no-store' })
    .type('application/zip')
    .send(content)
}

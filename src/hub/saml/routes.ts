/** The broker's routes: our own steps of a sign-in, the SAML provider's way back, and everything else to the OpenID provider. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CountersignError } from '../../protocol/errors.ts'
import type { Hub } from '../hub.ts'
import type { RateLimit } from '../http/rateLimit.ts'
import { html } from '../pages/html.ts'
import { plainPage } from '../pages/layout.ts'
import { MOUNT, type SamlBroker } from './broker.ts'

const LARGEST_POST = 400 * 1024
/** A yes leads back to the agent's listener on this machine, or to the hub's own pages. */
const POLICY = "default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:* http://[::1]:*; frame-ancestors 'none'; base-uri 'none'"

interface Named {
  uid: string
}

export function addBroker(app: FastifyInstance, hub: Hub, broker: SamlBroker, limit: RateLimit): void {
  void app.register((scope, _options, ready) => {
    scope.removeAllContentTypeParsers()
    // The OpenID provider reads its bodies itself; our own two forms are read below.
    scope.addContentTypeParser('*', (_request, _payload, done) => { done(null) })
    scope.addHook('onRequest', (request, reply, done) => {
      limit.take(request.ip)
      reply.headers({ 'content-security-policy': POLICY, 'referrer-policy': 'same-origin' })
      done()
    })
    scope.get('/saml/metadata', (_request, reply) => reply.type('application/samlmetadata+xml').send(broker.metadata))
    scope.post('/saml/acs', async (request, reply) => {
      const fields = await form(request)
      return reply.redirect(await broker.answered({ response: fields.get('SAMLResponse') ?? '', relay: fields.get('RelayState') ?? '' }), 303)
    })
    scope.get<{ Params: Named }>(`${MOUNT}/interaction/:uid`, async (request, reply) => {
      const next = await broker.step(request.raw, reply.raw)
      return 'to' in next ? reply.redirect(next.to, 303) : reply.type('text/html; charset=utf-8').send(question(next.ask))
    })
    scope.get<{ Params: Named }>(`${MOUNT}/interaction/:uid/finish`, async (request, reply) => {
      const { ticket } = request.query as { ticket?: unknown }
      return reply.redirect(await broker.finish(request.raw, reply.raw, typeof ticket === 'string' ? ticket : ''), 303)
    })
    scope.post<{ Params: Named }>(`${MOUNT}/interaction/:uid`, async (request, reply) => {
      if (request.headers.origin !== new URL(hub.url).origin) throw new CountersignError('CS_BROWSER_REFUSED', 'this form was not sent by a page of this hub. Start the sign-in again.')
      return reply.redirect(await broker.decided(request.raw, reply.raw, (await form(request)).get('answer') === 'yes'), 303)
    })
    scope.all(`${MOUNT}/*`, (request, reply) => { pass(broker, request, reply) })
    ready()
  })
}

function pass(broker: SamlBroker, request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
  broker.serve(request.raw, reply.raw)
}

async function form(request: FastifyRequest): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')) throw new CountersignError('CS_ENCODING', 'the hub reads a form here.')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.raw as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_POST) throw new CountersignError('CS_TOO_LARGE', 'this is more than the hub takes at once.')
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

function question(uid: string): string {
  return plainPage(
    'Sign in to Countersign?',
    html`<p>A program on your computer, or this hub's pages, asks who you are. Say yes only if you just began to sign in.</p>
<form method="post" action="${MOUNT}/interaction/${uid}"><button name="answer" value="yes">Yes, sign me in</button> <button name="answer" value="no">No</button></form>`,
  )
}

/** The pages' routes: signed in, in the right group, and every look on record before it is answered. */
import { readFile } from 'node:fs/promises'
import cookie from '@fastify/cookie'
import formBody from '@fastify/formbody'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { describeError } from '../../protocol/errors.ts'
import type { Person } from '../access/person.ts'
import type { Hub } from '../hub.ts'
import { callerOf } from '../http/callers.ts'
import type { RateLimit } from '../http/rateLimit.ts'
import { refusalOf, type RefusalRecords } from '../http/refusals.ts'
import { assetFile, ASSETS } from './assets.ts'
import { addEvidenceForm, evidencePage } from './evidence.ts'
import { html } from './html.ts'
import { frame, plainPage, type Page } from './layout.ts'
import { overviewPage } from './overview.ts'
import { addPeopleForms, peoplePage } from './people.ts'
import { addDecisions, proposalPage } from './proposals.ts'
import { recordPage, recordsPage } from './records.ts'
import { PageSessions, type PageSession } from './sessions.ts'
import { PageSignIn } from './signIn.ts'
import { accessPage, exchangePage, policiesPage, policyPage, sessionsPage } from './stories.ts'

export type Role = 'auditor' | 'policy'

/** What a page is made from. */
export interface Look {
  readonly person: Person
  readonly session: PageSession
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
}

type MakePage = (look: Look) => Page | undefined | Promise<Page | undefined>

/** Style sheets and the form's own target; scripts, frames and everything else do not exist here. */
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
const LONGEST_QUERY = 500

export function addPages(app: FastifyInstance, hub: Hub, limit: RateLimit, refusals: RefusalRecords): void {
  const sessions = new PageSessions(hub.now)
  const signIn = new PageSignIn(hub, sessions)
  void app.register(async (scope) => {
    await scope.register(cookie)
    await scope.register(formBody, { bodyLimit: 64 * 1024 })
    scope.addHook('onRequest', (_request, reply, done) => {
      // Same-origin, because with no referrer at all a form's Origin would be "null".
      reply.headers({ 'content-security-policy': POLICY, 'referrer-policy': 'same-origin' })
      done()
    })
    scope.setErrorHandler(async (error: Parameters<typeof refusalOf>[0], request, reply) => {
      const { code, message, status } = refusalOf(error)
      if (status >= 500) hub.say(`${request.routeOptions.url ?? 'a page'} failed (${describeError(error)})`)
      await refusals.add({ code, route: request.routeOptions.url ?? 'unknown', status }, callerOf(request))
      return reply.code(status).type('text/html; charset=utf-8').send(plainPage('This did not work', html`<p>${message.charAt(0).toUpperCase() + message.slice(1)}</p><p><a href="/">Back to the overview</a></p>`))
    })
    signIn.addRoutes(scope, limit)
    addAssets(scope)
    addSignOut(scope, hub, signIn)
    addLooks(scope, hub, signIn)
    addDecisions(scope, hub, signIn)
    addPeopleForms(scope, hub, signIn)
    addEvidenceForm(scope, hub, signIn)
  })
}

function addLooks(scope: FastifyInstance, hub: Hub, signIn: PageSignIn): void {
  const look = (path: string, roles: readonly Role[], make: MakePage): void => {
    scope.get(path, async (request, reply) => answer(hub, signIn, { request, reply, roles, make }))
  }
  look('/', ['auditor'], () => overviewPage(hub))
  look('/records', ['auditor'], ({ query }) => recordsPage(hub, query))
  look('/record', ['auditor'], ({ query }) => recordPage(hub, typeof query['stream'] === 'string' ? query['stream'] : '', Number(query['seq'])))
  look('/exchange/:ex', ['auditor'], ({ params }) => exchangePage(hub, params['ex'] ?? ''))
  look('/sessions', ['auditor'], () => sessionsPage(hub))
  look('/policies', ['auditor', 'policy'], () => policiesPage(hub))
  look('/policies/:version', ['auditor', 'policy'], ({ params }) => policyPage(hub, Number(params['version'])))
  look('/policies/proposals/:id', ['auditor', 'policy'], (asked) => proposalPage(hub, asked))
  look('/people', ['auditor', 'policy'], (asked) => peoplePage(hub, asked))
  look('/evidence', ['auditor'], (asked) => evidencePage(hub, asked))
  look('/access', ['auditor'], ({ query }) => accessPage(hub, query))
}

export function hasRole(hub: Hub, person: Person, roles: readonly Role[]): boolean {
  const groups = { auditor: hub.config.auditorGroup, policy: hub.config.policyGroup }
  return roles.some((role) => person.groups.includes(groups[role]))
}

interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly roles: readonly Role[]
  readonly make: MakePage
}

async function answer(hub: Hub, signIn: PageSignIn, { request, reply, roles, make }: Asked): Promise<FastifyReply> {
  const session = signIn.sessionOf(request)
  if (!session) return reply.redirect(signIn.wayIn(request), 303)
  const { person, formToken } = session
  const allowed = hasRole(hub, person, roles)
  const made = allowed ? await make({ person, session, params: request.params as Record<string, string>, query: request.query as Record<string, unknown> }) : undefined
  const status = allowed ? (made ? (made.status ?? 200) : 404) : 403
  const { seq } = await hub.log.append({ type: 'page.viewed', iss: person.issuer, sub: person.subject, groups: person.groups, ...pathOf(request), status })
  reply.code(status).type('text/html; charset=utf-8')
  if (!allowed) return reply.send(plainPage('Not for you', notAllowed(hub, person, formToken, roles)))
  const page = made ?? { title: 'Nothing here', nav: '', body: html`<div class="hub-head"><h1>Nothing here</h1></div><p>No record under a receipt fits this address. <a href="/records">All records</a></p>` }
  return reply.send(frame(page, { hub, person, formToken, look: seq }))
}

function pathOf(request: FastifyRequest): { page: string; query: string } {
  const [page = '', query = ''] = request.url.split('?', 2)
  return { page: page.slice(0, LONGEST_QUERY), query: query.slice(0, LONGEST_QUERY) }
}

function notAllowed(hub: Hub, person: Person, formToken: string, roles: readonly Role[]): ReturnType<typeof html> {
  const groups = roles.map((role) => (role === 'auditor' ? hub.config.auditorGroup : hub.config.policyGroup))
  return html`<p>This page is for people in the group ${groups.join(' or ')}. You are signed in as ${person.name ?? person.subject}${person.groups.length === 0 ? ', in no group' : `, in ${person.groups.join(', ')}`}. That you asked is on record.</p>${hasRole(hub, person, ['policy']) && html`<p><a href="/policies">Policies</a> are for you.</p>`}
<form method="post" action="/auth/sign-out"><input type="hidden" name="token" value="${formToken}"><button class="cs-btn">Sign in as somebody else</button></form>`
}

function addSignOut(scope: FastifyInstance, hub: Hub, signIn: PageSignIn): void {
  scope.post('/auth/sign-out', (request, reply) => {
    const session = signIn.sessionOf(request)
    if (session) signIn.checkForm(request, session)
    signIn.signOut(request, reply)
    return reply.type('text/html; charset=utf-8').send(plainPage('Signed out', html`<p>You are signed out here. You may still be signed in at ${hub.config.issuer}; sign out there too, if others use this browser.</p><p><a href="/auth/sign-in">Sign in</a></p>`))
  })
}

function addAssets(scope: FastifyInstance): void {
  for (const [name, type] of Object.entries(ASSETS))
    scope.get(`/assets/${name}`, async (_request, reply) => reply.header('cache-control', 'public, max-age=300').type(type).send(await readFile(assetFile(name))))
}

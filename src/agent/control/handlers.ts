/** What each control method does, over the agent's parts. Nothing here approves anything. */
import { z } from 'zod'
import { CountersignError } from '../../protocol/errors.ts'
import { approvalAcknowledge, approvalReason, approvalReview, approvalWithdraw, CONTROL_PROTOCOL, hello, journalRead, keyRegistration, signInBegin, signInRestore, signInWait, type AgentStatus, type HelloReply, type JournalPage, type KeyRegistration, type PolicyLine, type Registered } from '../../protocol/control.ts'
import { findingReport, type LaunchFinding } from '../../protocol/finding.ts'
import type { Session } from '../../protocol/identity.ts'
import type { PolicyDocument, PolicyRule } from '../../protocol/policy.ts'
import { explainRule } from '../../core/policy/explain.ts'
import { BUILD } from '../../platform/build.ts'
import { LocalPolicy } from '../policy/source.ts'
import type { AgentParts } from '../compose.ts'
import { handler, type Handlers } from './server.ts'

const nothing = z.strictObject({})
const revoked = z.union([z.strictObject({ hash: keyRegistration.shape.hash }), z.strictObject({ launch: z.string().max(200) })])
const upstreamKey = z.strictObject({ upstream: z.string().regex(/^[a-z][\w-]{0,39}$/), key: z.string().regex(/^[\x21-\x7e]{1,8192}$/).nullable() })
/** `whenIdle`: only when no call is under way, as a newer version asks before it takes over. */
const shutdown = z.strictObject({ whenIdle: z.boolean().optional() })

/** @param stop ends the process, later, when its answer is out */
export function controlHandlers(parts: AgentParts, stop: (reason: string) => void, changed: () => void): Handlers {
  const { people, journal, hub, policy } = parts
  return {
    hello: handler(hello, ({ protocol }): HelloReply => {
      if (protocol !== CONTROL_PROTOCOL)
        throw new CountersignError('CS_STATE', `this agent speaks control protocol ${CONTROL_PROTOCOL}, and it was asked for ${protocol}. Close every window, so that the new version starts its own.`)
      return { protocol: CONTROL_PROTOCOL, build: BUILD, pid: process.pid, url: parts.proxy.url }
    }),
    status: handler(nothing, () => statusOf(parts)),
    'key.register': handler(keyRegistration, (key) => registerKey(parts, key, changed)),
    'key.revoke': handler(revoked, async (what) => {
      if ('hash' in what) people.sessions.revoke(what.hash)
      else if (people.sessions.revokeLaunch(what.launch)) await journal.append({ type: 'launch.revoked', launch: what.launch, actor: people.actor ?? null })
      await people.sessions.saved()
      changed()
    }),
    'signIn.begin': handler(signInBegin, ({ loginHint, prompt }) =>
      people.begin({ ...(loginHint === undefined ? {} : { loginHint }), ...(prompt === undefined ? {} : { prompt }) }),
    ),
    'signIn.beginDevice': handler(nothing, () => people.beginDevice()),
    'signIn.wait': handler(signInWait, async ({ attempt }, attached) => {
      await people.wait(attempt)
      attached.operates = true
    }),
    'signIn.restore': handler(signInRestore, async ({ refreshToken }, attached) => {
      await people.restore(refreshToken)
      attached.operates = true
    }),
    'signIn.cancel': handler(signInWait, ({ attempt }) => people.cancel(attempt)),
    'signIn.keep': handler(nothing, () => people.kept),
    signOut: handler(nothing, () => people.signOut()),
    'journal.read': handler(journalRead, async ({ from, limit }): Promise<JournalPage> => ({
      stream: journal.stream,
      size: journal.size,
      cosigned: hub?.cosigned ?? 0,
      entries: await parts.view.read(from, limit),
    })),
    ...approvalHandlers(parts),
    ...findingHandlers(parts),
    'policy.refresh': handler(nothing, async () => {
      if (hub) await hub.refreshPolicy()
      else if (policy instanceof LocalPolicy) await policy.load()
    }),
    'sync.now': handler(nothing, async () => {
      await journal.checkpoint()
      hub?.wake()
      await hub?.settled()
    }),
    ...keyHandlers(parts, changed),
    shutdown: handler(shutdown, ({ whenIdle }) => {
      if (whenIdle === true && parts.proxy.active > 0) return { stopping: false }
      stop('asked to end')
      return { stopping: true }
    }),
  }
}

function approvalHandlers({ approvals }: AgentParts): Pick<Handlers, 'approvals.list' | 'approval.review' | 'approval.confirm' | 'approval.confirmed' | 'approval.acknowledge' | 'approval.reason' | 'approval.withdraw'> {
  return {
    'approvals.list': handler(nothing, () => approvals.list),
    'approval.review': handler(approvalReview, (given) => approvals.review(given)),
    'approval.confirm': handler(approvalReview, (given) => approvals.beginConfirmed(given)),
    'approval.confirmed': handler(signInWait, ({ attempt }) => approvals.finishConfirmed(attempt)),
    'approval.acknowledge': handler(approvalAcknowledge, (given) => { approvals.desk.acknowledge(given) }),
    'approval.reason': handler(approvalReason, ({ ap, reason }) => approvals.desk.giveReason(ap, reason)),
    'approval.withdraw': handler(approvalWithdraw, ({ ap }) => approvals.desk.withdraw(ap)),
  }
}

/** Provider keys where there is no hub. */
function keyHandlers({ hub, people, ownKeys, journal }: AgentParts, changed: () => void): Pick<Handlers, 'upstreamKey.set'> {
  return {
    'upstreamKey.set': handler(upstreamKey, async ({ upstream, key }) => {
      if (hub) throw new CountersignError('CS_SETTING', 'provider keys come from the hub here. Ask your security lead.')
      const person = people.sessions.current?.principal
      if (!person) throw new CountersignError('CS_NOT_SIGNED_IN', 'a provider key is set for the person who is signed in. Sign in first.')
      if (!ownKeys.set(upstream, key, person)) return
      await journal.append({ type: key === null ? 'key.removed' : 'key.set', upstream, held: 'developer', actor: people.actor ?? null })
      changed()
    }),
  }
}

function findingHandlers({ people, findings }: AgentParts): Pick<Handlers, 'finding.report'> {
  return {
    'finding.report': handler(findingReport, async ({ hash, ...finding }) => {
      const launch = people.sessions.launchOf(hash)
      if (!launch) throw new CountersignError('CS_SESSION_KEY_UNKNOWN', 'this session key is not known here, so nobody knows whose launch is meant.')
      await findings.report(launch.id, withoutAbsent(finding))
    }),
  }
}

function aloneOf({ hub, alone }: AgentParts['config']): AgentStatus['alone'] {
  return hub === undefined ? { clientId: alone.clientId ?? null, groupsClaim: alone.groupsClaim, policyFile: alone.policyFile ?? null } : null
}

export function statusOf({ proxy, people, policy, journal, hub, config, ownKeys }: AgentParts): AgentStatus {
  const session = people.sessions.current
  const active = policy.active
  const sync = hub?.sync
  return {
    url: proxy.url,
    pid: process.pid,
    build: BUILD,
    hub: config.hub ?? null,
    issuer: session?.principal.issuer ?? config.alone.issuer ?? null,
    alone: aloneOf(config),
    session: session ? sessionOf(session) : null,
    policy: active ? { version: active.version, source: active.source, digest: active.digest, rules: active.document.rules.map((rule) => lineOf(rule, active.document.types)) } : null,
    journal: { stream: journal.stream, size: journal.size, healthy: journal.healthy, cosigned: hub?.cosigned ?? 0 },
    sync: sync ? { state: sync.state, since: sync.since?.toISOString() ?? null, waiting: sync.waiting } : { state: 'off', since: null, waiting: 0 },
    over: people.sessions.over ?? null,
    keys: hub ? { held: 'hub', upstreams: hub.leased } : { held: 'developer', upstreams: ownKeys.namesFor(session?.principal) },
    launches: people.sessions.launches,
  }
}

function sessionOf({ id, principal, endsAt }: Session): NonNullable<AgentStatus['session']> {
  return {
    id,
    issuer: principal.issuer,
    subject: principal.subject,
    ...(principal.name === undefined ? {} : { name: principal.name }),
    groups: principal.groups,
    endsAt: new Date(endsAt).toISOString(),
  }
}

/** A window that was reloaded brings its old key: its launch goes on. */
async function registerKey({ people, journal }: AgentParts, { hash, kind, label }: KeyRegistration, changed: () => void): Promise<Registered> {
  const known = people.sessions.launchOf(hash)
  if (known || people.sessions.isSpent(hash)) return { launch: known?.id ?? null, isSpent: people.sessions.isSpent(hash) }
  const launch = people.sessions.register(hash, kind, label)
  await people.sessions.saved()
  await journal.append({ type: 'launch.registered', launch: launch.id, kind, label })
  changed()
  return { launch: launch.id, isSpent: false }
}

/** A rule as the editor lists it. */
function lineOf(rule: PolicyRule, own: PolicyDocument['types']): PolicyLine {
  return { id: rule.id, effect: rule.effect, sentence: explainRule(rule, own), masks: rule.mask !== undefined }
}

function withoutAbsent({ kind, subject, file }: Omit<z.infer<typeof findingReport>, 'hash'>): LaunchFinding {
  return { kind, subject, ...(file === undefined ? {} : { file }) }
}

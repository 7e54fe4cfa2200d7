/** Notes that stay in the views while something is so. Each says what is true of the calls, then offers one action. */
import type { AgentStatus } from '../protocol/control.ts'
import type { Notice } from '../protocol/panelModels.ts'
import { capital } from './model/capital.ts'
import type { Translate } from './model/rows.ts'
import type { Phase } from './statusBar.ts'

export interface NoticeFacts {
  readonly phase: Phase
  readonly status: AgentStatus | undefined
  /** Why the agent is stopped, or the settings are unusable: a sentence. */
  readonly why: string | undefined
  readonly signInFailure: string | undefined
  /** Why the kept sign-in is not taken up yet. */
  readonly signInWaits: string | undefined
  readonly secretsLost: boolean
  readonly restricted: boolean
  /** Only folders that are not on a disk: nothing can be run here. */
  readonly isVirtual: boolean
  /** Open terminals that point at an agent that is elsewhere now. */
  readonly staleTerminals: number
  readonly hidden: ReadonlySet<string>
  readonly t: Translate
}

export function noticesOf(facts: NoticeFacts): Notice[] {
  const all = [...ofSetup(facts), ...ofAgent(facts), ...ofEditor(facts)]
  return all.filter((notice) => !facts.hidden.has(notice.id))
}

function ofSetup({ phase, why, t }: NoticeFacts): Notice[] {
  if (phase === 'unset') return [{ id: 'noHub', kind: 'noHub', actions: ['openSettings'] }]
  if (phase === 'wrong') return [{ id: 'wrongSettings', kind: 'problem', message: why ?? t('The settings cannot be used as they are.'), actions: ['openSettings'] }]
  return phase === 'stopped' ? [{ id: 'agentStopped', kind: 'agentStopped', ...(why === undefined ? {} : { message: why }), actions: ['startAgent', 'showLog'] }] : []
}

function ofAgent({ phase, status, signInFailure, signInWaits, t }: NoticeFacts): Notice[] {
  const notices: Notice[] = []
  if (phase === 'signedOut' && signInFailure !== undefined) notices.push({ id: 'signInFailed', kind: 'signInFailed', message: capital(signInFailure), actions: ['showLog'] })
  else if (phase === 'signedOut' && signInWaits !== undefined) notices.push({ id: 'signInWaits', kind: 'signInWaits', message: t('{0} Your sign-in is kept, and taken up by itself as soon as that is over. Calls are refused until then.', signInWaits), actions: ['showLog'] })
  if (!status) return notices
  if (!status.journal.healthy) notices.push({ id: 'notRecorded', kind: 'notRecorded', actions: ['showLog', 'reportProblem'] })
  if (phase === 'ready' && status.policy === null) notices.push({ id: 'noPolicy', kind: 'noPolicy', actions: ['tryHub', 'showLog'] })
  if (status.hub !== null && status.sync.state === 'away')
    notices.push({ id: 'hubAway', kind: 'hubAway', count: status.sync.waiting, ...(status.sync.since === null ? {} : { since: Date.parse(status.sync.since) }), actions: ['tryHub'] })
  if (status.sync.state === 'refused') notices.push({ id: 'hubRefused', kind: 'problem', message: t('The hub refuses the journal of this machine: it was deleted, rolled back or changed. Calls are refused. Start the agent again: it begins a new journal, which the hub takes. The hub\'s alarm stays; tell your security team what happened.'), actions: ['startAgent', 'showLog'] })
  return notices
}

function ofEditor({ secretsLost, restricted, isVirtual, staleTerminals, t }: NoticeFacts): Notice[] {
  return [
    ...(secretsLost ? [{ id: 'memoryOnly', kind: 'memoryOnly' as const, actions: ['hideNotice' as const] }] : []),
    ...(restricted ? [{ id: 'restricted', kind: 'restricted' as const, actions: ['manageTrust' as const] }] : []),
    ...(isVirtual ? [{ id: 'virtual', kind: 'problem' as const, message: t('In a virtual workspace nothing can be run, so there are no calls to govern here. Sign-in, approvals and the timeline work.'), actions: ['hideNotice' as const] }] : []),
    ...(staleTerminals > 0 ? [{ id: 'staleTerminals', kind: 'staleTerminals' as const, count: staleTerminals, actions: ['hideNotice' as const] }] : []),
  ]
}

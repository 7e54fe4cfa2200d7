/** What changed between two models of the sidebar that is worth a sentence aloud. */
import type { SidebarModel } from '../src/protocol/panel.ts'
import type { Request } from '../src/protocol/panelModels.ts'
import { list, timeLeft } from './format.ts'
import { say } from './words.ts'

export function announcements(before: SidebarModel | null, after: SidebarModel): string[] {
  if (before === null) return []
  return [...aboutRequests(before, after), ...aboutStates(before, after)].filter((sentence) => sentence !== '')
}

function aboutRequests(before: SidebarModel, after: SidebarModel): string[] {
  const said: string[] = []
  const known = new Map(before.requests.map((one) => [one.id, one]))
  for (const one of after.requests) {
    const was = known.get(one.id)
    if (one.state === 'waiting' && !was) said.push(arrival(one, after.now))
    else if (was?.state === 'waiting' && one.state !== 'waiting') said.push(ending(one))
  }
  return said
}

function aboutStates(before: SidebarModel, after: SidebarModel): string[] {
  const said: string[] = []
  if (before.phase !== after.phase && after.phase === 'signedOut') said.push(say('spoken.signedOut'))
  if (before.hub !== after.hub && before.hub !== null && after.hub !== null) said.push(say(after.hub === 'away' ? 'spoken.hubAway' : 'spoken.hubBack'))
  for (const one of after.notices) {
    if (before.notices.some((old) => old.id === one.id)) continue
    if (one.kind === 'notCovered') said.push(say('spoken.notCovered', { file: one.file ?? '' }))
    if (one.kind === 'agentStopped') said.push(say('spoken.agentStopped'))
  }
  return said
}

function arrival(one: Request, now: number): string {
  const left = timeLeft(one.expiresAt - (now + one.hubOffsetMs)).text
  if (one.kind === 'own') return say('spoken.own', { left })
  if (one.kind === 'review') return say('spoken.review', { name: one.requester.name, left })
  return say('spoken.waiting', { group: list(one.reviewers.filter((reviewer) => reviewer.state === 'waiting').map((reviewer) => reviewer.group)) })
}

function ending(one: Request): string {
  const { by: name = '', self = false } = one.outcome ?? {}
  switch (one.state) {
    case 'approved':
    case 'acknowledged':
      return self ? say('spoken.approvedYou') : say('spoken.approved', { name })
    case 'denied':
      return self ? say('spoken.deniedYou') : say('spoken.denied', { name })
    case 'expired':
      return say('spoken.expired')
    case 'withdrawn':
      return say('spoken.withdrawn')
    default:
      return ''
  }
}

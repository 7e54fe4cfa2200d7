/** A hub looked at from outside: the one document from which agents take everything else, and the way in to its pages. */
import { wellKnown, type WellKnown } from '../../protocol/hub.ts'
import { jsonOf, reach, tellClock, type Tell } from './finding.ts'
import { verdictOf } from './provider.ts'

/** @returns what agents read from it; undefined when they cannot */
export async function examineHub(hub: string, tell: Tell): Promise<WellKnown | undefined> {
  const what = 'hub'
  const reached = await reach(what, `${hub}/.well-known/countersign`, tell)
  if (!reached) return undefined
  const parsed = wellKnown.safeParse(jsonOf(reached.text))
  if (reached.status === 403) {
    tell({ state: 'wrong', what, says: `${hub} is not the name this hub answers to`, todo: 'Use the URL it was started with (--url), also through a proxy: the Host header has to come through.' })
    return undefined
  }
  if (reached.status !== 200 || !parsed.success) {
    tell({ state: 'wrong', what, says: `${hub} is no Countersign hub, or an incompatible one (status ${reached.status})`, todo: 'Is this the hub\'s URL, without a path?' })
    return undefined
  }
  const known = parsed.data
  tell({ state: 'ok', what, says: `${known.organisation}, at ${hub}` })
  tellClock('clock of the hub', reached, tell)
  if (known.audience === hub) tell({ state: 'ok', what: 'name of the hub', says: hub })
  else tell({ state: 'warn', what: 'name of the hub', says: `it calls itself ${known.audience}, and was asked as ${hub}`, todo: `Set "countersign.hub" to ${known.audience}, so that everybody uses one name.` })
  tell({ state: 'ok', what: 'workloads', says: known.workloadAudience === undefined ? 'this hub takes none' : `their tokens are for ${known.workloadAudience}` })
  return known
}

/** The hub's own client at the provider: followed from its sign-in to the provider's page. */
export async function examinePages(hub: string, tell: Tell): Promise<void> {
  const what = 'pages of the hub'
  const way = await reach(what, `${hub}/auth/sign-in`, tell)
  if (!way) return
  if (way.location === undefined || way.status !== 303) {
    tell({ state: 'wrong', what, says: `the hub cannot begin a sign-in (status ${way.status})`, todo: 'Its own log says why; most often the provider cannot be reached from there.' })
    return
  }
  const url = new URL(way.location)
  const reached = await reach(what, url.href, tell)
  if (!reached) return
  const finding = verdictOf(what, reached, { redirect: url.searchParams.get('redirect_uri') ?? hub, clientId: url.searchParams.get('client_id') ?? '', resource: undefined })
  if (finding.state === 'ok') tell({ state: 'ok', what, says: `auditors can sign in (client ${url.searchParams.get('client_id') ?? ''})` })
  else tell({ ...finding, todo: `Register the client ${url.searchParams.get('client_id') ?? ''} with the redirect ${url.searchParams.get('redirect_uri') ?? ''}.` })
}

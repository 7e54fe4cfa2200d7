/** Looks for ways around the agent while launches run, where the platform lets us look (Linux). */
import { Resolver } from 'node:dns/promises'
import type { Sessions } from '../identity/sessions.ts'
import type { AgentJournal } from '../journal/journal.ts'
import type { LivePolicy } from '../policy/source.ts'
import { modelHosts } from '../../platform/modelHosts.ts'
import { Findings } from './findings.ts'
import { ModelAddresses } from './modelAddresses.ts'
import { ProcessWatch } from './processWatch.ts'

export interface LaunchesOptions {
  readonly journal: Pick<AgentJournal, 'append'>
  readonly policy: Pick<LivePolicy, 'active'>
  readonly sessions: Pick<Sessions, 'launchOf'>
  readonly log: (message: string) => void
}

const LOOK_UP_MS = 2_000

export function watchLaunches({ journal, policy, sessions, log }: LaunchesOptions): { readonly findings: Findings; readonly stop: () => Promise<void> } {
  const findings = new Findings({ journal, log })
  if (process.platform !== 'linux') return { findings, stop: () => Promise.resolve() }
  // Not the system's own function: its lookups would take the threads that the journal writes with.
  const resolver = new Resolver({ timeout: LOOK_UP_MS, tries: 1 })
  const { names } = modelHosts()
  const addresses = new ModelAddresses({
    hosts: () => [...new Set([...names, ...upstreamHosts(policy)])],
    resolve: async (host) => {
      const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
      return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
    },
    now: Date.now,
  })
  const watch = new ProcessWatch({ launchOf: (hash) => sessions.launchOf(hash), found: (launch, finding) => findings.report(launch, finding), addresses, log, folder: '/proc' })
  watch.start()
  return {
    findings,
    stop: async () => {
      resolver.cancel()
      await watch.stop()
    },
  }
}

/** The organisation's own gateway is a model host too. One on this machine is told apart by its port, which the agent uses itself. */
function upstreamHosts({ active }: Pick<LivePolicy, 'active'>): string[] {
  return Object.values(active?.document.upstreams ?? {}).map(({ url }) => new URL(url).hostname).filter((host) => /[a-z]/.test(host) && host !== 'localhost')
}

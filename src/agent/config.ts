/** Settings of the agent, checked once; what cannot be honoured is refused at start. */
import { defaultHome } from '../platform/home.ts'
import { checkUrl, keyFromFile, setting } from '../platform/settings.ts'

/** As the command line gives them. */
export interface AgentFlags {
  readonly home?: string
  readonly hub?: string
  readonly policy?: string
  readonly issuer?: string
  readonly clientId?: string
  readonly groupsClaim?: string
  readonly upstreamKey?: readonly string[]
  readonly port?: string
  readonly linger?: boolean
  readonly withParent?: boolean
  readonly json?: boolean
}

export interface AgentConfig {
  readonly home: string
  readonly hub: string | undefined
  /** Without a hub: who signs people in, and what decides. */
  readonly alone: { readonly policyFile: string | undefined; readonly issuer: string | undefined; readonly clientId: string | undefined; readonly groupsClaim: string; readonly upstreamKeys: ReadonlyMap<string, string> }
  readonly port: number | undefined
  readonly linger: boolean
  readonly withParent: boolean
  readonly json: boolean
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw setting('--port takes a whole number from 0 to 65535.')
  return port
}

/** @throws CountersignError CS_SETTING naming the setting and what it takes */
export function agentConfig(flags: AgentFlags): AgentConfig {
  if (flags.hub !== undefined && (flags.policy ?? flags.issuer ?? flags.clientId) !== undefined)
    throw setting('--policy, --issuer and --client-id come from the hub. Give either --hub or them.')
  if (flags.hub !== undefined) checkUrl('--hub', flags.hub)
  if (flags.issuer !== undefined) checkUrl('--issuer', flags.issuer)
  return {
    home: flags.home ?? defaultHome(),
    hub: flags.hub?.replace(/\/+$/, ''),
    alone: {
      policyFile: flags.policy,
      issuer: flags.issuer,
      clientId: flags.clientId,
      groupsClaim: flags.groupsClaim ?? 'groups',
      upstreamKeys: new Map((flags.upstreamKey ?? []).map((one) => keyFromFile(one))),
    },
    port: portOf(flags.port),
    linger: flags.linger ?? false,
    withParent: flags.withParent ?? false,
    json: flags.json ?? false,
  }
}

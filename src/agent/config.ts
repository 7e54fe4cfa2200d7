/** Settings of the agent, checked once; what cannot be honoured is refused at start. */
import { defaultHome } from '../platform/home.ts'
import { checkUrl, keyFromFile, secretFromFile, setting } from '../platform/settings.ts'
import type { PlatformSource } from './identity/workload.ts'

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
  readonly headless?: boolean
  readonly workloadToken?: string
  readonly workloadBearer?: string
  readonly workloadClient?: string
  readonly workloadKey?: string
  readonly workloadKeyId?: string
  readonly workloadIssuer?: string
  readonly onBehalfOf?: string
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
  /** Undefined: a person signs in. */
  readonly workload: WorkloadConfig | undefined
  readonly linger: boolean
  readonly withParent: boolean
  readonly json: boolean
}

/** A client of the program's own; without an issuer, the one that signs people in at the hub. */
export interface WorkloadClient {
  readonly client: string
  readonly keyFile: string
  readonly kid: string | undefined
  readonly issuer: string | undefined
}

export interface WorkloadConfig {
  readonly source: PlatformSource | WorkloadClient
  /** Who started it, as whoever started it says: on record, and no reviewer of its calls. */
  readonly onBehalfOf: string | undefined
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw setting('--port takes a whole number from 0 to 65535.')
  return port
}

function workloadOf(flags: AgentFlags): WorkloadConfig | undefined {
  const { headless, workloadToken, workloadBearer, workloadClient, workloadKey, workloadKeyId, workloadIssuer, onBehalfOf } = flags
  if (headless !== true) {
    if ((workloadToken ?? workloadBearer ?? workloadClient ?? workloadKey ?? workloadKeyId ?? workloadIssuer ?? onBehalfOf) !== undefined) throw setting('the flags that begin with --workload, and --on-behalf-of, go with --headless.')
    return undefined
  }
  if (flags.hub === undefined || (workloadToken === undefined) === (workloadClient === undefined))
    throw setting('--headless takes --hub URL, which knows the workload, and one of these: --workload-token FILE or URL, which says where its platform puts its token, or --workload-client ID with --workload-key FILE, its own client at an identity provider.')
  if (flags.linger === true) throw setting('--headless has no window that could be the last one: leave --linger out.')
  if (onBehalfOf !== undefined && !/^[^\p{Cc}\p{Cf}]{1,200}$/u.test(onBehalfOf)) throw setting('--on-behalf-of takes a name of 1 to 200 characters.')
  return { source: workloadToken === undefined ? clientSource(flags) : tokenSource(workloadToken, workloadBearer), onBehalfOf }
}

function clientSource({ workloadClient, workloadKey, workloadKeyId, workloadIssuer, workloadBearer }: AgentFlags): WorkloadClient {
  if (workloadClient === undefined || workloadKey === undefined) throw setting('--workload-client takes --workload-key FILE: the private key that the client signs in with, PEM.')
  if (workloadBearer !== undefined) throw setting('--workload-bearer is for a --workload-token that is a URL.')
  if (workloadIssuer !== undefined) checkUrl('--workload-issuer', workloadIssuer)
  return { client: workloadClient, keyFile: workloadKey, kid: workloadKeyId, issuer: workloadIssuer }
}

function tokenSource(text: string, bearer: string | undefined): PlatformSource {
  if (text === 'github') {
    const url = process.env['ACTIONS_ID_TOKEN_REQUEST_URL']
    const token = process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']
    if (url === undefined || token === undefined) throw setting('--workload-token github is for a job of GitHub Actions with "permissions: id-token: write"; its environment names no place to ask for a token here.')
    checkUrl('ACTIONS_ID_TOKEN_REQUEST_URL', url)
    return { url, bearer: () => Promise.resolve(token) }
  }
  if (/^https?:/i.test(text)) {
    checkUrl('--workload-token', text)
    if (bearer === undefined) return { url: text, bearer: undefined }
    if (!bearer.startsWith('@')) throw setting('--workload-bearer takes @FILE: the secret is read from the file, so that it never stands on the command line.')
    // eslint-disable-next-line @typescript-eslint/require-await -- a file that cannot be read becomes a rejection
    return { url: text, bearer: async () => secretFromFile(bearer.slice(1), 'the file of --workload-bearer') }
  }
  if (bearer !== undefined) throw setting('--workload-bearer is for a --workload-token that is a URL.')
  return { file: text }
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
    workload: workloadOf(flags),
    linger: flags.linger ?? false,
    withParent: flags.withParent ?? false,
    json: flags.json ?? false,
  }
}

/** Settings of the agent, checked once; what cannot be honoured is refused at start. */
import { readFileSync } from 'node:fs'
import { CountersignError } from '../protocol/errors.ts'
import { defaultHome } from '../platform/home.ts'

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

/** @throws CountersignError CS_SETTING naming the setting and what it takes */
export function agentConfig(flags: AgentFlags): AgentConfig {
  if (flags.hub !== undefined && (flags.policy ?? flags.issuer ?? flags.clientId) !== undefined)
    throw setting('--policy, --issuer and --client-id come from the hub. Give either --hub or them.')
  if (flags.hub !== undefined) checkUrl('--hub', flags.hub)
  if (flags.issuer !== undefined) checkUrl('--issuer', flags.issuer)
  const port = flags.port === undefined ? undefined : Number(flags.port)
  if (port !== undefined && (!Number.isInteger(port) || port < 0 || port > 65_535)) throw setting('--port takes a whole number from 0 to 65535.')
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
    port,
    linger: flags.linger ?? false,
    withParent: flags.withParent ?? false,
    json: flags.json ?? false,
  }
}

/** @param text `NAME=@FILE`: a key never stands on the command line, where every user of the machine can read it */
export function keyFromFile(text: string): readonly [name: string, key: string] {
  const match = /^([\w-]+)=@(.+)$/.exec(text)
  const [, name, file] = match ?? []
  if (name === undefined || file === undefined) throw setting('--upstream-key takes NAME=@FILE: the key is read from the file, so that it never stands on the command line.')
  let key: string
  try {
    key = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `the key file ${file} of the upstream "${name}" cannot be read.`, { cause })
  }
  if (!/^[\x21-\x7e]+$/.test(key)) throw setting(`the key file ${file} must hold the key alone, in printable characters.`)
  return [name, key]
}

/** https everywhere; plain http to this machine only. */
export function checkUrl(name: string, text: string): void {
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `${name} takes a URL, as in https://hub.example.com.`, { cause })
  }
  const loopback = /^(?:127(?:\.\d+){3}|localhost|\[::1\])$/.test(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) throw setting(`${name} must be https; plain http is for this machine only.`)
}

function setting(message: string): CountersignError {
  return new CountersignError('CS_SETTING', message)
}

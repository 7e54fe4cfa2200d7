/**
 * A whole Countersign on loopback: identity provider and simulated model in this process, hub and agent as processes of
 * their own, one person signed in by a real code flow. `countersign sandbox`, `npm start` and the tests start it here.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { CountersignError } from '../protocol/errors.ts'
import { connectControl, type ControlClient } from '../platform/controlClient.ts'
import { mintSessionKey, sessionKeyHash } from '../protocol/sessionKey.ts'
import { startIdentityProvider, type IdentityProvider, type IdentityProviderOptions } from './identityProvider.ts'
import { startProcess, type Started } from './processes.ts'
import { SIMULATED_ACCESS_KEY } from './model/awsSignature.ts'
import { withUpstreams } from './samplePolicy.ts'
import { completeSignIn } from './signIn.ts'
import { startSimulatedModel, type SimulatedModel } from './simulatedModel.ts'

export interface SandboxOptions {
  /** How to run `countersign`: program and first arguments. */
  readonly command: readonly string[]
  readonly as: string
  /** By upstream name: a URL in place of the simulated model. */
  readonly upstreams?: Readonly<Record<string, string>>
  /** Further upstreams that the simulated model stands for, each in its own dialect: `gemini`, `groq`. */
  readonly simulated?: readonly string[]
  /** Those of them whose key is a pair of access keys, which sign each call. */
  readonly signed?: readonly string[]
  /** By upstream name: file that holds its key. */
  readonly upstreamKeyFiles?: Readonly<Record<string, string>>
  readonly policyFile?: string
  /** Policy text in place of a file. */
  readonly policy?: string
  readonly dir?: string
  /** How the sample identity provider behaves. */
  readonly idp?: IdentityProviderOptions
  /** More flags of the hub. */
  readonly hubFlags?: readonly string[]
  /** One line a step, for a person. */
  readonly say?: (line: string) => void
}

/** The one line `countersign sandbox --json` prints. */
export interface SandboxLine {
  readonly agent: string
  readonly key: string
  readonly hub: string
  readonly issuer: string
  readonly dir: string
  readonly pids: { readonly agent: number; readonly hub: number }
}

export interface Sandbox {
  readonly line: SandboxLine
  readonly idp: IdentityProvider
  readonly model: SimulatedModel
  readonly agent: Started
  readonly hub: Started
  readonly home: string
  readonly control: ControlClient
  /** Rejects when hub or agent end by themselves. */
  readonly broken: Promise<never>
  close(): Promise<void>
}

/** Everything but an agent: what an organisation runs. Editors bring agents of their own. */
export interface Services {
  readonly dir: string
  readonly idp: IdentityProvider
  readonly model: SimulatedModel
  readonly hub: Started
  readonly hubUrl: string
  close(): Promise<void>
}

export interface ServicesOptions extends Omit<SandboxOptions, 'as'> {
  /** Loopback address of the identity provider: an editor in the browser rewrites links to 127.0.0.1. */
  readonly idpHost?: string
}

export async function startServices(options: ServicesOptions): Promise<Services> {
  const say = options.say ?? (() => undefined)
  const dir = path.resolve(options.dir ?? (await mkdtemp(path.join(os.tmpdir(), 'countersign-'))))
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const cleanup: (() => Promise<unknown>)[] = []
  const close = (): Promise<void> => undo(cleanup)
  try {
    const idp = await startIdentityProvider({ ...options.idp, ...(options.idpHost === undefined ? {} : { host: options.idpHost }) })
    cleanup.push(() => idp.close())
    say(`identity provider with sample people   ${idp.issuer}`)
    const modelKey = randomBytes(24).toString('base64url')
    const model = await startSimulatedModel({ key: modelKey })
    cleanup.push(() => model.close())
    const settings = await writeSettings(dir, options, { url: model.url, key: modelKey })
    const hub = await startHub(dir, idp, settings, options)
    cleanup.push(() => hub.stop())
    const hubUrl = String(hub.ready['url'])
    idp.allowHub(hubUrl)
    say(`hub                                    ${hubUrl}`)
    return { dir, idp, model, hub, hubUrl, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function undo(cleanup: (() => Promise<unknown>)[]): Promise<void> {
  for (const step of cleanup.splice(0).reverse()) await step()
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const services = await startServices(options)
  const { dir, idp, model, hub, hubUrl } = services
  const cleanup: (() => Promise<unknown>)[] = [() => services.close()]
  const close = (): Promise<void> => undo(cleanup)
  try {
    const home = path.join(dir, 'agent')
    const agent = await startAgent(home, hubUrl, options)
    cleanup.push(() => agent.stop())
    const control = await connectControl(home, { client: 'countersign sandbox' })
    cleanup.push(() => {
      control.close()
      return Promise.resolve()
    })
    const url = String(agent.ready['url'])
    await signIn(control, idp, options.as)
    const key = await registerKey(control)
    options.say?.(`agent, signed in as ${options.as.padEnd(18)} ${url}`)
    const line = { agent: url, key, hub: hubUrl, issuer: idp.issuer, dir, pids: { agent: agent.pid, hub: hub.pid } }
    return { line, idp, model, agent, hub, home, control, broken: whenBroken(agent, hub, cleanup), close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Settings {
  readonly policyFile: string
  readonly keyFlags: readonly string[]
}

/** What the simulated model's dialects have below its origin; `/v1` for the others. Some paths bring their version along. */
const BELOW: Readonly<Record<string, string>> = { anthropic: '', azure: '', bedrock: '', cohere: '', gemini: '', 'huggingface-inference': '', ollama: '', langsmith: '', vertex: '', mistral: '/mistral/v1' }

/** Keys go to the hub by file, never by argument. An upstream of one's own without a key gets one that opens nothing. */
async function writeSettings(dir: string, options: ServicesOptions, model: { url: string; key: string }): Promise<Settings> {
  const folder = path.join(dir, 'settings')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const names = ['openai', 'anthropic', ...(options.simulated ?? [])]
  const urls = { ...Object.fromEntries(names.map((name) => [name, model.url + (BELOW[name] ?? '/v1')])), ...options.upstreams }
  const given = options.policy ?? (options.policyFile === undefined ? undefined : await readFile(options.policyFile, 'utf8'))
  const policyFile = path.join(folder, 'policy.yaml')
  await writeFile(policyFile, withUpstreams(given, urls))
  const keyFlags: string[] = []
  for (const name of Object.keys(urls)) {
    let file = options.upstreamKeyFiles?.[name]
    if (file === undefined) {
      file = path.join(folder, `${name}.key`)
      const secret = options.upstreams?.[name] === undefined ? model.key : randomBytes(24).toString('base64url')
      const pair = { Version: 1, AccessKeyId: SIMULATED_ACCESS_KEY, SecretAccessKey: secret, Region: 'us-east-1' }
      await writeFile(file, options.signed?.includes(name) ? JSON.stringify(pair, null, 2) : secret, { mode: 0o600 })
    }
    keyFlags.push('--upstream-key', `${name}=@${path.resolve(file)}`)
  }
  return { policyFile, keyFlags }
}

async function startHub(dir: string, idp: IdentityProvider, settings: Settings, options: ServicesOptions): Promise<Started> {
  return startProcess(
    [...options.command, 'hub', '--home', path.join(dir, 'hub'), '--issuer', idp.issuer, '--policy', settings.policyFile, ...settings.keyFlags, ...(options.hubFlags ?? []), '--with-parent', '--json'],
    { name: 'The hub' },
  )
}

async function startAgent(home: string, hub: string, options: SandboxOptions): Promise<Started> {
  return startProcess([...options.command, 'agent', '--home', home, '--hub', hub, '--with-parent', '--json'], { name: 'The agent' })
}

/** The same code flow as with a browser, walked by a program. */
export async function signIn(control: ControlClient, idp: IdentityProvider, name: string): Promise<void> {
  const person = idp.people.find((one) => one.login === name.toLowerCase())
  if (!person) throw new CountersignError('CS_SETTING', `--as takes one of ${idp.people.map((one) => one.login).join(', ')}.`)
  const begun = await control.request('signIn.begin', {})
  await completeSignIn(begun.authorizeUrl, person)
  await control.request('signIn.wait', { attempt: begun.attempt })
}

export async function registerKey(control: ControlClient, label = 'sandbox'): Promise<string> {
  const key = mintSessionKey(randomBytes(32))
  await control.request('key.register', { hash: sessionKeyHash(key), kind: 'sandbox', label })
  return key
}

function whenBroken(agent: Started, hub: Started, cleanup: readonly unknown[]): Promise<never> {
  const broken = Promise.race([agent.ended.then(() => 'The agent'), hub.ended.then(() => 'The hub')]).then((who): never => {
    throw new CountersignError('CS_SETTING', `${who} ended by itself${cleanup.length === 0 ? '' : '; the trial is over'}.`)
  })
  // Ending on purpose is no error; whoever waits for this sees it all the same.
  broken.catch(() => undefined)
  return broken
}

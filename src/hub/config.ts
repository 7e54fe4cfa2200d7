/** Settings of the hub, checked once; what cannot be honoured is refused at start. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { CountersignError } from '../protocol/errors.ts'
import { defaultHome } from '../platform/home.ts'
import { checkUrl, isLoopback, keyFromFile, secretFromFile, setting } from '../platform/settings.ts'
import type { TokenProfile } from './access/tokens.ts'
import { readWorkloads, type WorkloadSettings } from './access/workloads.ts'

/** As the command line gives them. */
export interface HubFlags {
  readonly home?: string
  readonly issuer?: string
  readonly clientId?: string
  readonly pagesClientId?: string
  readonly pagesClientSecret?: string
  readonly groupsClaim?: string
  readonly accessTokens?: string
  readonly organisation?: string
  readonly listen?: string
  readonly url?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly policy?: string
  readonly upstreamKey?: readonly string[]
  readonly auditorGroup?: string
  readonly policyGroup?: string
  readonly samlMetadata?: string
  readonly samlKey?: string
  readonly samlCert?: string
  readonly samlGroups?: string
  readonly samlAssertionOnly?: boolean
  readonly workloads?: string
  readonly workloadAudience?: string
  readonly withParent?: boolean
  readonly json?: boolean
}

export interface SamlSettings {
  /** File or https URL of the provider's metadata. */
  readonly source: string
  /** PEM: requests are signed with the key, and the certificate stands in the hub's own metadata. */
  readonly key: string
  readonly certificate: string
  readonly groupsAttribute: string
  /** False when the provider signs the assertion alone. */
  readonly responseSigned: boolean
}

export interface HubConfig {
  readonly home: string
  /** Empty with SAML: the hub itself is the issuer then, once its URL is known. */
  readonly issuer: string
  /** Undefined: people sign in at the issuer. */
  readonly saml: SamlSettings | undefined
  /** Client of the agents and of `countersign policy publish`; stands in the well-known document. */
  readonly clientId: string
  /** Client of the hub's own pages. */
  readonly pagesClient: { readonly id: string; readonly secret: string | undefined }
  readonly groupsClaim: string
  /** How the provider writes access tokens. */
  readonly accessTokens: TokenProfile
  readonly organisation: string
  readonly host: string
  /** Undefined: the port of the last start, or any at the first. */
  readonly port: number | undefined
  /** What agents and browsers know the hub as. Undefined: the address it listens on. */
  readonly url: string | undefined
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined
  readonly policyFile: string | undefined
  readonly upstreamKeys: ReadonlyMap<string, string>
  readonly auditorGroup: string
  readonly policyGroup: string
  /** Undefined: no program signs in without a person. */
  readonly workloads: WorkloadSettings | undefined
  readonly withParent: boolean
  readonly json: boolean
}

/** @throws CountersignError CS_SETTING naming the setting and what it takes */
export function hubConfig(flags: HubFlags): HubConfig {
  const saml = samlSettings(flags)
  const issuer = peopleIssuer(flags)
  const { host, port } = listenAddress(flags.listen ?? '127.0.0.1')
  const tls = tlsFiles(flags)
  // In front of a proxy that ends TLS the hub still listens on loopback only, so nothing crosses a network in the clear.
  if (!tls && !isLoopback(host)) throw setting(`--listen ${host} is reached from other machines, so it takes --tls-cert and --tls-key. Plain http is for this machine only.`)
  if (flags.url !== undefined) checkUrl('--url', flags.url)
  else if (!isLoopback(host)) throw setting('--url says what agents and browsers know this hub as, as in https://hub.example.com.')
  return {
    ...DEFAULTS,
    ...given(flags),
    home: path.resolve(flags.home ?? path.join(defaultHome(), 'hub')),
    issuer,
    saml,
    accessTokens: tokenProfile(flags),
    pagesClient: { id: flags.pagesClientId ?? 'countersign-hub', secret: flags.pagesClientSecret === undefined ? undefined : clientSecret(flags.pagesClientSecret) },
    organisation: organisationName(flags.organisation ?? (flags.url === undefined ? 'This machine' : new URL(flags.url).hostname)),
    host,
    port,
    url: flags.url === undefined ? undefined : new URL(flags.url).href.replace(/\/+$/, ''),
    tls,
    policyFile: flags.policy,
    upstreamKeys: new Map((flags.upstreamKey ?? []).map((one) => keyFromFile(one))),
    workloads: workloadSettings(flags, issuer),
  }
}

function tokenProfile({ accessTokens = 'rfc9068', samlMetadata }: HubFlags): TokenProfile {
  if (samlMetadata !== undefined && accessTokens !== 'rfc9068') throw setting('--access-tokens goes with --issuer; with SAML the hub gives out the tokens itself.')
  if (accessTokens !== 'rfc9068' && accessTokens !== 'okta') throw setting('--access-tokens takes rfc9068 (header typ at+jwt), or okta for an authorization server of Okta\'s, which leaves typ out.')
  return accessTokens
}

/** Empty with SAML. */
function peopleIssuer({ issuer, samlMetadata }: HubFlags): string {
  if (issuer === undefined && samlMetadata === undefined) throw setting('--issuer says who signs people in: the URL of your OpenID provider. With SAML it is --saml-metadata.')
  if (issuer !== undefined) checkUrl('--issuer', issuer)
  return issuer ?? ''
}

const MAKE_KEY = 'openssl req -x509 -newkey rsa:3072 -nodes -days 1095 -subj /CN=countersign-hub -keyout saml-key.pem -out saml-cert.pem'

function samlSettings(flags: HubFlags): SamlSettings | undefined {
  const { samlMetadata, samlKey, samlCert, samlGroups, samlAssertionOnly } = flags
  if (samlMetadata === undefined) {
    if ((samlKey ?? samlCert ?? samlGroups ?? samlAssertionOnly) !== undefined) throw setting('--saml-key, --saml-cert, --saml-groups and --saml-assertion-only go with --saml-metadata.')
    return undefined
  }
  if (flags.issuer !== undefined) throw setting('people sign in by OpenID Connect (--issuer) or by SAML (--saml-metadata): give one of them.')
  if (samlKey === undefined || samlCert === undefined) throw setting(`--saml-metadata takes --saml-key and --saml-cert: requests are signed with them. Make both with: ${MAKE_KEY}`)
  const [key, certificate] = [pemFile('--saml-key', samlKey), pemFile('--saml-cert', samlCert)]
  try {
    if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)) || createPrivateKey(key).asymmetricKeyType !== 'rsa') throw new TypeError('another key')
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `--saml-key and --saml-cert take an RSA key and the certificate of that key, both PEM. Make both with: ${MAKE_KEY}`, { cause })
  }
  return { source: samlMetadata, key, certificate, groupsAttribute: samlGroups ?? 'groups', responseSigned: samlAssertionOnly !== true }
}

function pemFile(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `the file of ${name}, ${file}, cannot be read.`, { cause })
  }
}

function workloadSettings({ workloads, workloadAudience }: HubFlags, issuer: string): WorkloadSettings | undefined {
  if (workloads === undefined) {
    if (workloadAudience !== undefined) throw setting('--workload-audience goes with --workloads FILE, which lists the workloads that may sign in.')
    return undefined
  }
  return { rules: readWorkloads(workloads, issuer), audience: workloadAudience }
}

const DEFAULTS = { clientId: 'countersign-desktop', groupsClaim: 'groups', auditorGroup: 'auditors', policyGroup: 'security-leads', withParent: false, json: false }

/** Of the flags that need no check, those that were given. */
function given(flags: HubFlags): Partial<typeof DEFAULTS> {
  return Object.fromEntries(Object.entries(flags).filter(([name, value]) => Object.hasOwn(DEFAULTS, name) && value !== undefined))
}

/** @param text HOST, HOST:PORT or [v6]:PORT */
function listenAddress(text: string): { host: string; port: number | undefined } {
  const [, v6, name, digits] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = v6 ?? name
  const port = digits === undefined ? undefined : Number(digits)
  if (host === undefined || (port !== undefined && port > 65_535)) throw setting('--listen takes HOST:PORT, as in 127.0.0.1:8443 or 0.0.0.0:8443.')
  return { host, port: port === 0 ? undefined : port }
}

function tlsFiles(flags: HubFlags): HubConfig['tls'] {
  if (flags.tlsCert === undefined && flags.tlsKey === undefined) return undefined
  if (flags.tlsCert === undefined || flags.tlsKey === undefined) throw setting('--tls-cert and --tls-key go together: the certificate chain and its key, both PEM files.')
  const read = (name: string, file: string): Buffer => {
    try {
      return readFileSync(file)
    } catch (cause) {
      throw new CountersignError('CS_SETTING', `the file of ${name}, ${file}, cannot be read.`, { cause })
    }
  }
  return { cert: read('--tls-cert', flags.tlsCert), key: read('--tls-key', flags.tlsKey) }
}

function clientSecret(text: string): string {
  if (!text.startsWith('@')) throw setting('--pages-client-secret takes @FILE: the secret is read from the file, so that it never stands on the command line.')
  return secretFromFile(text.slice(1), 'the file of --pages-client-secret')
}

/** It is the audience of signed policies: agents of another organisation refuse them. */
function organisationName(text: string): string {
  const name = text.trim()
  if (name === '' || name.length > 200 || /\p{Cc}/u.test(name)) throw setting('--organisation takes a name of 1 to 200 characters.')
  return name
}

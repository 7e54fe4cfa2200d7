/** Everything a hub is made of, opened from its folder: what the routes and the pages work with. */
import path from 'node:path'
import { readFile } from 'node:fs/promises'
import { CountersignError } from '../protocol/errors.ts'
import type { WellKnown } from '../protocol/hub.ts'
import { nodeFiles } from '../platform/files.ts'
import { timer } from '../platform/stamp.ts'
import { AcceptedLogs } from '../core/log/accepted.ts'
import type { FilePort } from '../core/log/files.ts'
import { vkeyOf } from '../core/log/note.ts'
import { DeviceRequests } from './access/deviceRequests.ts'
import { Confirmations } from './access/confirmations.ts'
import { Devices } from './access/devices.ts'
import { HubApprovals } from './approvals/approvals.ts'
import type { Person } from './access/person.ts'
import { Removals } from './access/removals.ts'
import { PersonTokens } from './access/tokens.ts'
import { Workloads } from './access/workloads.ts'
import { SamlBroker } from './saml/broker.ts'
import { readMetadata } from './saml/metadata.ts'
import { ServiceProvider } from './saml/serviceProvider.ts'
import type { HubConfig } from './config.ts'
import { Exports, type MakeEvidence } from './evidence/exports.ts'
import { openHubKeys, type HubKeys } from './keys.ts'
import { Labels } from './labels.ts'
import { openHubLog, type HubLog } from './log/hubLog.ts'
import { Mirrors } from './mirror/mirrors.ts'
import { Policies } from './policy/policies.ts'

export interface Hub {
  readonly config: HubConfig
  /** As agents and browsers know it; also the audience of access tokens. */
  readonly url: string
  readonly keys: HubKeys
  readonly known: WellKnown
  readonly log: HubLog
  readonly labels: Labels
  readonly devices: Devices
  readonly removals: Removals
  readonly requests: DeviceRequests
  readonly tokens: PersonTokens
  /** Undefined when people sign in at an OpenID provider. */
  readonly broker: SamlBroker | undefined
  /** Undefined when this hub takes none. */
  readonly workloads: Workloads | undefined
  readonly policies: Policies
  readonly mirrors: Mirrors
  readonly approvals: HubApprovals
  readonly exports: Exports
  readonly now: () => number
  /** One line for the operator: causes and names, never a secret. */
  readonly say: (line: string) => void
}

export interface HubOptions {
  readonly config: HubConfig
  readonly url: string
  readonly say: (line: string) => void
  /** Replaced by tests that let each operation fail once. */
  readonly files?: FilePort
  readonly now?: () => number
  /** Undefined: nobody downloads evidence here. */
  readonly makeEvidence?: MakeEvidence
}

/** @throws CountersignError CS_STATE, CS_SETTING, CS_POLICY_INVALID: a hub that is not whole does not start */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { config, files = nodeFiles(), say } = options
  const keys = openHubKeys(config.home)
  const log = await openHubLog({ files, folder: path.join(config.home, 'log'), key: keys.log, dataKey: keys.data, onTrouble: say })
  try {
    return await openOver(log, keys, options)
  } catch (error) {
    await log.close()
    throw error
  }
}

/** Everything that is projected from the log, or stands beside it. */
async function openOver(log: HubLog, keys: HubKeys, { config: given, url, say, files = nodeFiles(), now = Date.now, makeEvidence }: HubOptions): Promise<Hub> {
  const broker = await openBroker(given, url, now, say)
  const config: HubConfig = broker ? { ...given, issuer: broker.issuer } : given
  const devices = new Devices(log)
  const removals = new Removals(log)
  const policies = await Policies.open({ files, folder: path.join(config.home, 'policies'), log, keys, organisation: config.organisation, now, isRemoved: (person) => removals.isRemoved(person) })
  await publishFirst(policies, config, say)
  const accepted = new AcceptedLogs()
  for (const record of log.records) accepted.record(record)
  const mirrors = await Mirrors.open({ files, folder: path.join(config.home, 'mirrors'), devices, cosigner: keys.cosigner, now, accepted })
  for (const { stream, why } of mirrors.broken) say(`the copy of ${stream} is closed: ${why}`)
  for (const what of mirrors.lacking) say(`${what}. Restore its copy from the backup; if its device still has them, it sends them again`)
  const labels = await Labels.open(files, path.join(config.home, 'labels.json'))
  const approvals = await HubApprovals.open({ termsOf: (policy, rule) => policies.termsOf(policy, rule), files, folder: path.join(config.home, 'approvals'), confirmations: new Confirmations({ files, folder: path.join(config.home, 'confirmations'), issuer: config.issuer, clientId: config.clientId, now, keys: broker?.keys }), log, labels, keys, organisation: config.organisation, now, timer, say, isRemoved: (person) => removals.isRemoved(person) })
  const admit = (person: Person): void => { removals.checkPerson(person) }
  const workloads = config.workloads && new Workloads({ ...config.workloads, url, key: keys.workload, log, admit, now })
  return {
    config,
    url,
    keys,
    known: {
      format: 1,
      organisation: config.organisation,
      audience: url,
      issuer: config.issuer,
      clientId: config.clientId,
      groupsClaim: config.groupsClaim,
      cosigner: vkeyOf(keys.cosigner),
      policyKey: { ...keys.policyJwk },
      ...(config.accessTokens === 'rfc9068' ? {} : { accessTokens: config.accessTokens }),
      ...(workloads ? { workloadAudience: workloads.audience } : {}),
    },
    log,
    labels,
    devices,
    removals,
    requests: new DeviceRequests({ devices, audience: url, now, admit: (device) => { removals.checkDevice(device) } }),
    tokens: new PersonTokens({ issuer: config.issuer, audience: url, groupsClaim: config.groupsClaim, clientId: config.clientId, profile: config.accessTokens, now, admit, workloads, keys: broker?.keys }),
    broker,
    workloads,
    policies,
    mirrors,
    approvals,
    exports: new Exports({ home: config.home, make: makeEvidence, log, auditorGroup: config.auditorGroup }),
    now,
    say,
  }
}

async function openBroker({ saml, clientId, pagesClient, groupsClaim }: HubConfig, url: string, now: () => number, say: (line: string) => void): Promise<SamlBroker | undefined> {
  if (!saml) return undefined
  const provider = await readMetadata(saml.source)
  const service = new ServiceProvider({ ...saml, provider, entityId: `${url}/saml/metadata`, acs: `${url}/saml/acs`, now })
  return new SamlBroker({ url, entityId: provider.entityId, service, clientId, pagesClientId: pagesClient.id, groupsClaim, now, say })
}

/** Version 1, when there is none: later versions are published by people who sign in for it. */
async function publishFirst(policies: Policies, { policyFile, issuer }: HubConfig, say: (line: string) => void): Promise<void> {
  if (policies.current) return
  if (policyFile === undefined) {
    say('there is no policy yet, so agents let nothing pass. Publish one: countersign policy publish FILE --reason TEXT')
    return
  }
  let document: string
  try {
    document = await readFile(policyFile, 'utf8')
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `the policy file ${policyFile} cannot be read.`, { cause })
  }
  await policies.publish({ author: { issuer, subject: 'installation', name: 'installation' }, groups: [], reason: 'the policy this hub was installed with', document })
}

export async function closeHub(hub: Hub): Promise<void> {
  await hub.approvals.close()
  await hub.mirrors.close()
  await hub.log.close()
}

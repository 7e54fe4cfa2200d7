/**
 * The organisation's policies: text as published beside the hub's log, the publication itself in the log. Versions rise by one
 * and never go back; what agents get is a signed envelope that expires.
 */
import { CompactSign } from 'jose'
import { z } from 'zod'
import { CountersignError } from '../../protocol/errors.ts'
import type { HubEvent } from '../../protocol/audit.ts'
import type { PolicyEnvelope } from '../../protocol/policy.ts'
import { digestOf } from '../../core/exchange/digest.ts'
import type { FilePort } from '../../core/log/files.ts'
import { checkCases } from '../../core/policy/cases.ts'
import { parsePolicy } from '../../core/policy/parse.ts'
import type { HubKeys } from '../keys.ts'
import type { HubLog } from '../log/hubLog.ts'

export interface Publication {
  readonly author: { readonly issuer: string; readonly subject: string; readonly name?: string }
  readonly groups: readonly string[]
  readonly reason: string
  readonly document: string
}

/** What is kept of a version: everything in the envelope but its times of issue and expiry. */
const storedPolicy = z.object({
  version: z.number().int().positive(),
  author: z.object({ issuer: z.string(), subject: z.string(), name: z.string().optional() }),
  reason: z.string(),
  publishedAt: z.iso.datetime(),
  document: z.string(),
  digest: z.string(),
})
export type StoredPolicy = z.infer<typeof storedPolicy>

export interface PoliciesOptions {
  readonly files: FilePort
  readonly folder: string
  readonly log: HubLog
  readonly keys: Pick<HubKeys, 'policy'>
  readonly organisation: string
  readonly now: () => number
}

const DAY = 86_400_000
const GOOD_FOR = 90 * DAY

export class Policies {
  readonly #options: PoliciesOptions
  readonly #versions: StoredPolicy[] = []
  #turn: Promise<unknown> = Promise.resolve()
  #signed: { readonly version: number; readonly until: number; readonly envelope: string } | undefined

  private constructor(options: PoliciesOptions) {
    this.#options = options
  }

  /** @throws CountersignError CS_STATE when a text that was published is gone or changed */
  static async open(options: PoliciesOptions): Promise<Policies> {
    const policies = new Policies(options)
    await options.files.makeFolder(options.folder)
    for (const { event } of options.log.records) if (event.type === 'policy.published') policies.#versions.push(await read(options, event))
    return policies
  }

  /** In the order of their versions. */
  get all(): readonly StoredPolicy[] {
    return this.#versions
  }

  get current(): StoredPolicy | undefined {
    return this.#versions.at(-1)
  }

  /** Names of the upstreams that the policy in force knows. */
  get upstreams(): readonly string[] {
    return this.current ? Object.keys(parsePolicy(this.current.document).upstreams) : []
  }

  /**
   * The text is on disk before the log says that it was published.
   * @throws CountersignError CS_POLICY_INVALID with line and column of every problem, CS_NOT_RECORDED
   */
  publish(publication: Publication): Promise<StoredPolicy> {
    const result = this.#turn.then(() => this.#publish(publication))
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #publish({ author, groups, reason, document }: Publication): Promise<StoredPolicy> {
    checkCases(document)
    const { files, log, now } = this.#options
    const previous = this.current
    const digest = digestOf(document)
    if (previous?.digest === digest) throw new CountersignError('CS_POLICY_OLDER', `this text is in force already, as version ${previous.version}.`)
    const stored: StoredPolicy = { version: (previous?.version ?? 0) + 1, author, reason, publishedAt: new Date(now()).toISOString(), document, digest }
    await files.replace(fileOf(this.#options, stored.version), Buffer.from(`${JSON.stringify(stored, null, 2)}\n`))
    await log.append({ type: 'policy.published', version: stored.version, digest, previous: previous?.digest ?? null, iss: author.issuer, sub: author.subject, groups, reason })
    this.#versions.push(stored)
    return stored
  }

  /** What agents get: signed, and renewed when half of its time is over. Undefined when nothing was published. */
  async envelope(): Promise<string | undefined> {
    const { keys, organisation, now } = this.#options
    const stored = this.current
    if (!stored) return undefined
    if (this.#signed?.version === stored.version && this.#signed.until - now() > GOOD_FOR / 2) return this.#signed.envelope
    const until = now() + GOOD_FOR
    const { version, author: { name, ...author }, reason, document, digest } = stored
    const envelope: PolicyEnvelope = {
      format: 1,
      version,
      audience: organisation,
      author: name === undefined ? author : { ...author, name },
      reason,
      issuedAt: new Date(now()).toISOString(),
      expiresAt: new Date(until).toISOString(),
      document,
      digest,
    }
    const signed = await new CompactSign(Buffer.from(JSON.stringify(envelope))).setProtectedHeader({ alg: 'EdDSA', typ: 'countersign-policy+jws' }).sign(keys.policy)
    this.#signed = { version, until, envelope: signed }
    return signed
  }
}

function fileOf({ folder }: PoliciesOptions, version: number): string {
  return `${folder}/${String(version).padStart(8, '0')}.json`
}

async function read(options: PoliciesOptions, event: Extract<HubEvent, { type: 'policy.published' }>): Promise<StoredPolicy> {
  const file = fileOf(options, event.version)
  const wrong = (cause?: unknown): CountersignError => new CountersignError('CS_STATE', `the text of policy version ${event.version} is gone or was changed. Restore ${file} from its backup.`, { cause })
  const bytes = await options.files.read(file)
  if (!bytes) throw wrong()
  let parsed: ReturnType<typeof storedPolicy.safeParse>
  try {
    parsed = storedPolicy.safeParse(JSON.parse(bytes.toString('utf8')))
  } catch (cause) {
    throw wrong(cause)
  }
  if (!parsed.success || parsed.data.version !== event.version || parsed.data.digest !== event.digest || digestOf(parsed.data.document) !== event.digest) throw wrong(parsed.error)
  return parsed.data
}

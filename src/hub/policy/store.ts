/** Texts of policies beside the log: versions that were published, and proposals that wait for a second person. */
import { z } from 'zod'
import { CountersignError } from '../../protocol/errors.ts'
import { digestOf } from '../../core/exchange/digest.ts'
import type { FilePort } from '../../core/log/files.ts'

const author = z.object({ issuer: z.string(), subject: z.string(), name: z.string().optional(), email: z.string().optional() })

/** What is kept of a version: everything in the envelope but its times of issue and expiry. */
const storedPolicy = z.object({
  version: z.number().int().positive(),
  author,
  reason: z.string(),
  publishedAt: z.iso.datetime(),
  document: z.string(),
  digest: z.string(),
})
export type StoredPolicy = z.infer<typeof storedPolicy>

const storedProposal = z.object({
  id: z.string(),
  author,
  groups: z.array(z.string()),
  reason: z.string(),
  proposedAt: z.iso.datetime(),
  document: z.string(),
  digest: z.string(),
  /** Digest of the policy it would replace: once another is in force, what was shown is no longer the difference. */
  previous: z.string(),
  loosens: z.array(z.string()),
})
export type StoredProposal = z.infer<typeof storedProposal>

export class PolicyStore {
  readonly #files: FilePort
  readonly #folder: string

  constructor(files: FilePort, folder: string) {
    this.#files = files
    this.#folder = folder
  }

  async makeFolder(): Promise<void> {
    await this.#files.makeFolder(this.#folder)
  }

  async keepVersion(policy: StoredPolicy): Promise<void> {
    await this.#keep(versionName(policy.version), policy)
  }

  async keepProposal(proposal: StoredProposal): Promise<void> {
    await this.#keep(`${proposal.id}.json`, proposal)
  }

  /** @param digest from the log @throws CountersignError CS_STATE when the text is gone or changed */
  version(version: number, digest: string): Promise<StoredPolicy> {
    return this.#read(versionName(version), storedPolicy, digest, `policy version ${version}`)
  }

  /** @throws CountersignError CS_STATE */
  proposal(id: string, digest: string): Promise<StoredProposal> {
    return this.#read(`${id}.json`, storedProposal, digest, `the proposed policy ${id}`)
  }

  async #keep(name: string, value: unknown): Promise<void> {
    await this.#files.replace(`${this.#folder}/${name}`, Buffer.from(`${JSON.stringify(value, null, 2)}\n`))
  }

  async #read<T extends { digest: string; document: string }>(name: string, schema: z.ZodType<T>, digest: string, what: string): Promise<T> {
    const file = `${this.#folder}/${name}`
    const wrong = (cause?: unknown): CountersignError => new CountersignError('CS_STATE', `the text of ${what} is gone or was changed. Restore ${file} from its backup.`, { cause })
    const bytes = await this.#files.read(file)
    if (!bytes) throw wrong()
    let parsed: z.ZodSafeParseResult<T>
    try {
      parsed = schema.safeParse(JSON.parse(bytes.toString('utf8')))
    } catch (cause) {
      throw wrong(cause)
    }
    if (!parsed.success || parsed.data.digest !== digest || digestOf(parsed.data.document) !== digest) throw wrong(parsed.error)
    return parsed.data
  }
}

function versionName(version: number): string {
  return `${String(version).padStart(8, '0')}.json`
}

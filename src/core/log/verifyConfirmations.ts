/**
 * Reviewers' sign-ins for single approvals, as kept beside the log, against the records that name them: the identity provider
 * signed this person, at this time, for exactly this verdict. One that is not here was erased or lies elsewhere, and proves nothing.
 */
import type { JsonWebKey } from 'node:crypto'
import type { AuditRecord } from '../../protocol/audit.ts'
import { confirmationDigest, confirmationProblem, OTHER_KEY, type ConfirmedVerdict } from '../approval/confirmation.ts'
import type { Problem } from './verifyChain.ts'
import type { LogSource } from './verifySource.ts'

export interface ConfirmationVerdict {
  /** Approvals that say that they were confirmed by a fresh sign-in. */
  readonly named: number
  readonly present: number
  /** Of those present, how many are what at least one log says of them. */
  readonly proved: number
  /** Whose word it is that the keys are the identity provider's. */
  readonly keysFrom: 'hub' | 'reader'
  readonly problems: readonly ConfirmationProblem[]
}

export interface ConfirmationProblem extends Problem {
  /** The log whose record names the sign-in. */
  readonly stream: string
  /** The file is not the one that was named; none of the reader's keys signed it; or the record tells of it what it does not prove. */
  readonly fault: 'changed' | 'key' | 'told'
}

interface Named {
  readonly stream: string
  readonly seq: number
  readonly digest: string
  readonly expected: ConfirmedVerdict
}

export class ConfirmationCheck {
  readonly #named: Named[] = []

  /** Names of the files, without their ending; an approval that several logs tell of is one. */
  get digests(): ReadonlySet<string> {
    return new Set(this.#named.map(({ digest }) => digest))
  }

  record({ event, seq, stream }: AuditRecord): void {
    if (event.type === 'approval.reviewed') {
      const { iss: issuer, sub: subject, confirmation, ...verdict } = event
      this.#add({ stream, seq }, confirmation, { ...verdict, issuer, subject })
    } else if (event.type === 'approval.settled')
      // Whatever was signed: a member that should be there may not be.
      for (const { confirmation, ...review } of (event.reviewers as typeof event.reviewers | undefined) ?? []) this.#add({ stream, seq }, confirmation, { ...review, ap: event.ap ?? '', digest: event.digest })
  }

  /** A name that is no digest is no file of ours. */
  #add(place: { readonly stream: string; readonly seq: number }, digest: string | undefined, expected: ConfirmedVerdict): void {
    if (digest !== undefined && /^[\w-]{43}$/.test(digest)) this.#named.push({ ...place, digest, expected })
  }

  /** @param folders where the files may lie @param keys the provider's, as the reader has them from itself */
  async verify(source: LogSource, folders: readonly string[], keys?: readonly JsonWebKey[]): Promise<ConfirmationVerdict> {
    const problems: ConfirmationProblem[] = []
    const present = new Set<string>()
    const proved = new Set<string>()
    for (const { stream, seq, digest, expected } of this.#named) {
      const bytes = await firstOf(source, folders, `${digest}.json`)
      if (!bytes) continue
      present.add(digest)
      const isChanged = confirmationDigest(bytes) !== digest
      const wrong = isChanged ? 'it was changed' : confirmationProblem(bytes, expected, keys)
      if (wrong === undefined) proved.add(digest)
      else problems.push({ what: `the sign-in behind the approval in record ${seq} does not prove it: ${wrong}`, file: `${digest}.json`, seq, stream, fault: isChanged ? 'changed' : wrong === OTHER_KEY ? 'key' : 'told' })
    }
    return { named: this.digests.size, present: present.size, proved: proved.size, keysFrom: keys ? 'reader' : 'hub', problems }
  }
}

async function firstOf(source: LogSource, folders: readonly string[], name: string): Promise<Uint8Array | undefined> {
  for (const folder of folders) {
    const bytes = await source.read(`${folder}/${name}`)
    if (bytes) return bytes
  }
  return undefined
}

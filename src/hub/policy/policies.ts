/**
 * The organisation's policies: text as published beside the hub's log, the publication itself in the log. Versions rise by one
 * and never go back. A policy that loosens waits for a second person; what agents get is a signed envelope that expires.
 */
import { randomBytes } from 'node:crypto'
import { CompactSign } from 'jose'
import type { ApprovalTerms } from '../../protocol/approval.ts'
import { CountersignError } from '../../protocol/errors.ts'
import type { PolicyPublished } from '../../protocol/audit.ts'
import { newId } from '../../protocol/ids.ts'
import type { PolicyEnvelope } from '../../protocol/policy.ts'
import { digestOf } from '../../core/exchange/digest.ts'
import type { FilePort } from '../../core/log/files.ts'
import { checkCases } from '../../core/policy/cases.ts'
import { loosenings } from '../../core/policy/loosening.ts'
import { parsePolicy } from '../../core/policy/parse.ts'
import { diffText, lineDiff } from '../../core/words/lineDiff.ts'
import { samePerson, type Person } from '../access/person.ts'
import type { HubKeys } from '../keys.ts'
import type { HubLog } from '../log/hubLog.ts'
import { PolicyStore, type StoredPolicy, type StoredProposal } from './store.ts'

export interface Publication {
  readonly author: StoredPolicy['author']
  readonly groups: readonly string[]
  readonly reason: string
  readonly document: string
}

export type Published = { readonly published: StoredPolicy } | { readonly proposed: StoredProposal }

export interface PoliciesOptions {
  readonly files: FilePort
  readonly folder: string
  readonly log: HubLog
  readonly keys: Pick<HubKeys, 'policy'>
  readonly organisation: string
  readonly now: () => number
  /** Gets nothing here any more. */
  readonly isRemoved: (person: Pick<Person, 'issuer' | 'subject'>) => boolean
}

const DAY = 86_400_000
const GOOD_FOR = 90 * DAY
/** So long after its publication every agent that reaches the hub has a policy. */
const TAKEN_UP_MS = 60_000
/** A leaf holds 64 KiB; the digest names the rest. */
const LONGEST_DIFFERENCE = 16_384
const MOST_PROPOSALS = 50

export class Policies {
  readonly #options: PoliciesOptions
  readonly #store: PolicyStore
  readonly #versions: StoredPolicy[] = []
  readonly #proposals = new Map<string, StoredProposal>()
  #turn: Promise<unknown> = Promise.resolve()
  #signed: { readonly version: number; readonly until: number; readonly envelope: string } | undefined

  private constructor(options: PoliciesOptions) {
    this.#options = options
    this.#store = new PolicyStore(options.files, options.folder)
  }

  /** @throws CountersignError CS_STATE when a text that was published or proposed is gone or changed */
  static async open(options: PoliciesOptions): Promise<Policies> {
    const policies = new Policies(options)
    await policies.#store.makeFolder()
    for (const { event } of options.log.records) {
      if (event.type === 'policy.published') {
        policies.#versions.push(await policies.#store.version(event.version, event.digest))
        policies.#proposals.delete(event.approval?.proposal ?? '')
      } else if (event.type === 'policy.proposed') policies.#proposals.set(event.proposal, await policies.#store.proposal(event.proposal, event.digest))
      else if (event.type === 'policy.rejected') policies.#proposals.delete(event.proposal)
    }
    return policies
  }

  /** In the order of their versions. */
  get all(): readonly StoredPolicy[] {
    return this.#versions
  }

  get current(): StoredPolicy | undefined {
    return this.#versions.at(-1)
  }

  /** Of the policy in force, the one before it, or one replaced a moment ago: an agent looks for a new one every half minute, and a bad one is taken back within that. */
  termsOf({ version, digest }: { readonly version: number; readonly digest: string }, rule: string): ApprovalTerms | undefined {
    const earliest = this.#options.now() - TAKEN_UP_MS
    const stored = this.#versions.find((one, at) => one.version === version && one.digest === digest && (at >= this.#versions.length - 2 || Date.parse(this.#versions[at + 1]?.publishedAt ?? '') > earliest))
    return stored && parsePolicy(stored.document).rules.find(({ id }) => id === rule)?.approval
  }

  /** Names of the upstreams that the policy in force knows. */
  get upstreams(): readonly string[] {
    return this.current ? Object.keys(parsePolicy(this.current.document).upstreams) : []
  }

  /** Those that wait for a second person, oldest first. */
  get proposals(): readonly StoredProposal[] {
    return [...this.#proposals.values()]
  }

  proposal(id: string): StoredProposal | undefined {
    return this.#proposals.get(id)
  }

  /**
   * Puts a policy in force when it only tightens, else keeps it for a second person. Its text is on disk before the log speaks of it.
   * @throws CountersignError CS_POLICY_INVALID with line and column of every problem, CS_POLICY_OLDER, CS_NOT_RECORDED
   */
  publish(publication: Publication): Promise<Published> {
    return this.#next(() => this.#publish(publication))
  }

  async #publish(publication: Publication): Promise<Published> {
    const { document } = publication
    checkCases(document)
    const previous = this.current
    if (previous?.digest === digestOf(document)) throw new CountersignError('CS_POLICY_OLDER', `this text is in force already, as version ${previous.version}.`)
    const loosens = previous ? loosenings(parsePolicy(previous.document), parsePolicy(document)) : []
    return previous && loosens.length > 0 ? { proposed: await this.#propose(publication, previous, loosens) } : { published: await this.#enact(publication) }
  }

  async #propose({ author, groups, reason, document }: Publication, previous: StoredPolicy, loosens: string[]): Promise<StoredProposal> {
    if (this.#proposals.size >= MOST_PROPOSALS) throw new CountersignError('CS_BUSY', 'too many proposed policies wait for a decision. Decide some on the hub\'s page first.')
    const { log, now } = this.#options
    const digest = digestOf(document)
    const shown = loosens.slice(0, 100).map((one) => one.slice(0, 300))
    const proposal: StoredProposal = { id: newId('pp', now(), randomBytes(10)), author, groups: [...groups], reason, proposedAt: new Date(now()).toISOString(), document, digest, previous: previous.digest, loosens: shown }
    await this.#store.keepProposal(proposal)
    await log.append({ type: 'policy.proposed', proposal: proposal.id, digest, previous: previous.digest, iss: author.issuer, sub: author.subject, groups, reason, loosens: shown })
    this.#proposals.set(proposal.id, proposal)
    return proposal
  }

  async #enact({ author, groups, reason, document }: Publication, approval?: PolicyPublished['approval']): Promise<StoredPolicy> {
    const { log, now } = this.#options
    const previous = this.current
    const stored: StoredPolicy = { version: (previous?.version ?? 0) + 1, author, reason, publishedAt: new Date(now()).toISOString(), document, digest: digestOf(document) }
    await this.#store.keepVersion(stored)
    await log.append({ type: 'policy.published', version: stored.version, digest: stored.digest, previous: previous?.digest ?? null, iss: author.issuer, sub: author.subject, groups, reason, ...(approval ? { approval } : {}) })
    this.#versions.push(stored)
    return stored
  }

  /**
   * @param person in the policy role, checked by the caller; here only that they are another one than the author
   * @throws CountersignError CS_ROUTE_UNKNOWN, CS_OPERATION_DENIED, CS_POLICY_OLDER when another policy came into force meanwhile
   */
  approve(id: string, person: Person, reason: string): Promise<StoredPolicy> {
    return this.#next(async () => {
      const proposal = this.#openProposal(id)
      if (isAuthor(person, proposal)) throw new CountersignError('CS_OPERATION_DENIED', 'a policy that loosens needs a second person; its author cannot approve it.')
      // Both stand behind it when it comes into force: two people who are still there.
      if ([person, proposal.author].some((one) => this.#options.isRemoved(one))) throw new CountersignError('CS_OPERATION_DENIED', 'a policy that loosens needs two people, and one of them was removed from this hub. Another security lead has to propose it again.')
      const before = this.current
      if (before?.digest !== proposal.previous) throw new CountersignError('CS_POLICY_OLDER', 'another policy came into force since this one was proposed, so the difference is no longer what was shown. It has to be proposed again.')
      const difference = diffText(lineDiff(before.document, proposal.document))
      const stored = await this.#enact(proposal, {
        proposal: id,
        iss: person.issuer,
        sub: person.subject,
        groups: person.groups,
        authTime: person.authTime,
        reason,
        loosens: proposal.loosens,
        difference: difference.slice(0, LONGEST_DIFFERENCE),
        differenceDigest: digestOf(difference),
      })
      this.#proposals.delete(id)
      return stored
    })
  }

  /** The author may reject their own: that withdraws it. @throws CountersignError CS_ROUTE_UNKNOWN */
  reject(id: string, person: Person, reason: string): Promise<void> {
    return this.#next(async () => {
      const { digest } = this.#openProposal(id)
      await this.#options.log.append({ type: 'policy.rejected', proposal: id, digest, iss: person.issuer, sub: person.subject, groups: person.groups, authTime: person.authTime, reason })
      this.#proposals.delete(id)
    })
  }

  #openProposal(id: string): StoredProposal {
    const proposal = this.#proposals.get(id)
    if (!proposal) throw new CountersignError('CS_ROUTE_UNKNOWN', 'this proposal was decided already, or never made.')
    return proposal
  }

  /** One change at a time: two at once get two versions. */
  #next<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run)
    this.#turn = result.catch(() => undefined)
    return result
  }

  /** What agents get: signed, and renewed when half of its time is over. Undefined when nothing was published. */
  async envelope(): Promise<string | undefined> {
    const { keys, organisation, now } = this.#options
    const stored = this.current
    if (!stored) return undefined
    if (this.#signed?.version === stored.version && this.#signed.until - now() > GOOD_FOR / 2) return this.#signed.envelope
    const until = now() + GOOD_FOR
    const { version, author, reason, document, digest } = stored
    const { issuer, subject, name } = author
    const envelope: PolicyEnvelope = {
      format: 1,
      version,
      audience: organisation,
      author: name === undefined ? { issuer, subject } : { issuer, subject, name },
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

/** Also under a second account with the same e-mail address. */
export function isAuthor(person: Person, { author }: Pick<StoredProposal, 'author'>): boolean {
  return samePerson(person, author) || (person.email !== undefined && person.email === author.email)
}

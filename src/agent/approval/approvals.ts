/** Approvals as the agent's other parts use them: the desk, the relay to the hub, and what a person here may say. */
import { randomBytes } from 'node:crypto'
import type { ApprovalsList, ReviewRequest, SharedRequest } from '../../protocol/approval.ts'
import type { Actor } from '../../protocol/audit.ts'
import type { SignInBegun } from '../../protocol/control.ts'
import type { Journal } from '../../core/exchange/ports.ts'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import { verdictNonce } from '../../core/approval/confirmation.ts'
import { refusalOf, type HubClient } from '../identity/hubClient.ts'
import { Desk, type DeskHub } from './desk.ts'
import { Relay } from './relay.ts'
import { ReviewEndings } from './reviewEndings.ts'
import { reviewGiven, reviewTexts } from './reviewRecord.ts'

export interface ApprovalsOptions {
  /** Undefined without a hub: then only the requester's own acknowledgement exists. */
  readonly client: HubClient | undefined
  readonly accessToken: () => Promise<string>
  /** A token of this moment, so that the groups in it are those of now. */
  readonly freshToken: () => Promise<string>
  /** Sign-ins of the person for one decision. */
  readonly confirm: (nonce: string, acr: readonly string[] | undefined) => Promise<SignInBegun>
  readonly confirmed: (attempt: string) => Promise<string>
  readonly record: Journal['append']
  /** Verdicts in this machine's journal without an ending: of a run before this one. */
  readonly openReviews: readonly { readonly ap: string; readonly actor: Actor }[]
  /** Who is signed in here. */
  readonly actor: () => Actor | undefined
  readonly onChange: () => void
  readonly onRemoved: (why: string) => void
  readonly log: (message: string) => void
  readonly timer: (ms: number, run: () => void) => () => void
  readonly random: () => number
}

/** More than can be under way at a time: what is left of older ones was never waited for. */
const MOST_CONFIRMING = 20

/** This person's verdict on somebody else's call. */
export interface GivenVerdict {
  readonly ap: string
  readonly digest: string
  readonly verdict: 'approve' | 'deny'
  readonly reason: string
}

export class Approvals {
  readonly desk: Desk
  /** Verdicts whose sign-in is under way, by its attempt. */
  readonly #confirming = new Map<string, { readonly given: GivenVerdict; readonly salt: string }>()
  readonly #endings: ReviewEndings
  /** Verdicts on their way to the hub and into the journal, by request: its ending comes after them. */
  readonly #giving = new Map<string, Promise<unknown>>()
  readonly #relay: Relay | undefined
  readonly #options: ApprovalsOptions

  constructor(options: ApprovalsOptions) {
    this.#options = options
    const { client, accessToken, actor, record, openReviews, onChange, onRemoved, log, timer, random } = options
    this.#endings = new ReviewEndings({ open: openReviews, actor, record, ask: async (body) => this.#post('/v1/approvals/endings', body, await accessToken()) })
    const unrecorded = (error: unknown): void => { log(`how a review ended could not be recorded here (${describeError(error)})`) }
    this.desk = new Desk({ hub: () => this.#deskHub(), record, onChange, log, timer })
    this.#relay =
      client &&
      new Relay({
        client,
        accessToken,
        onRequest: (request) => {
          this.#followed(request).catch(unrecorded)
          this.desk.heard(request).catch((error: unknown) => { log(`a word of the hub could not be taken (${describeError(error)})`) })
        },
        onSnapshot: (requests) => { this.#endings.missed(requests).catch(unrecorded) },
        onChange,
        onRemoved,
        log,
        timer,
        random,
      })
  }

  get list(): ApprovalsList {
    return { requests: this.#relay?.requests ?? [], acknowledge: this.desk.acknowledgeable, relay: this.#relay?.state ?? 'off', hubOffsetMs: this.#relay?.hubOffsetMs ?? 0 }
  }

  signedIn(): void {
    this.#relay?.start()
  }

  /** Nothing waits in the name of somebody who is gone. */
  async signedOut(): Promise<void> {
    await this.desk.endAll('withdrawn')
    this.#relay?.stop()
  }

  /** After the verdict itself, which may still be on its way into the journal. */
  async #followed(request: SharedRequest): Promise<void> {
    await this.#giving.get(request.ap)
    await this.#endings.heard(request)
  }

  /** The hub says whether the verdict counts. @throws CountersignError with the hub's sentence */
  async review(given: GivenVerdict, proof?: ReviewRequest['proof']): Promise<void> {
    const giving = this.#give(given, proof)
    const over = giving.catch(() => undefined)
    this.#giving.set(given.ap, over)
    await over
    if (this.#giving.get(given.ap) === over) this.#giving.delete(given.ap)
    await giving
  }

  async #give(given: GivenVerdict, proof: ReviewRequest['proof']): Promise<void> {
    const { ap, ...body } = given
    const asked = this.#relay?.requests.find((one) => one.ap === ap)
    await this.#post(`/v1/approvals/${encodeURIComponent(ap)}/review`, { ...body, ...(proof ? { proof } : {}) }, await this.#options.freshToken())
    const { actor, record, log } = this.#options
    const who = actor()
    if (!asked || !who) return
    // It counts already, and stands in the hub's log: this machine remembers it for its own person.
    const at = Date.now() + (this.#relay?.hubOffsetMs ?? 0)
    await record(reviewGiven(asked, given.verdict, who, at), reviewTexts(asked, given.reason), who.sub).then(
      () => { this.#endings.given(ap, who) },
      (error: unknown) => { log(`a verdict could not be recorded here (${describeError(error)})`) },
    )
  }

  /** Where the rule asks for a fresh sign-in: begins one whose nonce is this very verdict. @throws CountersignError CS_REVIEW_OVER, CS_REASON_MISSING, CS_SIGN_IN_FAILED */
  async beginConfirmed(given: GivenVerdict): Promise<SignInBegun> {
    const request = this.#relay?.requests.find((one) => one.ap === given.ap && one.role === 'review' && one.state === 'pending')
    if (request?.digest !== given.digest) throw new CountersignError('CS_REVIEW_OVER', 'this call does not wait for you any more.')
    // Before the person is sent away to sign in, not after.
    if (given.reason.trim() === '') throw new CountersignError('CS_REASON_MISSING', 'a decision needs a reason.')
    const salt = randomBytes(24).toString('base64url')
    const begun = await this.#options.confirm(verdictNonce(given, salt), request.terms.acr)
    this.#confirming.set(begun.attempt, { given, salt })
    const [oldest] = this.#confirming.keys()
    if (this.#confirming.size > MOST_CONFIRMING && oldest !== undefined) this.#confirming.delete(oldest)
    return begun
  }

  /** Waits for the sign-in, then decides with it. @throws CountersignError CS_SIGN_IN_FAILED, and as `review` */
  async finishConfirmed(attempt: string): Promise<void> {
    const known = this.#confirming.get(attempt)
    if (!known) throw new CountersignError('CS_SIGN_IN_FAILED', 'this sign-in is not under way. Decide again.')
    try {
      const idToken = await this.#options.confirmed(attempt)
      await this.review(known.given, { idToken, salt: known.salt })
    } finally {
      this.#confirming.delete(attempt)
    }
  }

  async close(): Promise<void> {
    await this.desk.endAll('agent_stopping')
    this.#relay?.stop()
  }

  #deskHub(): DeskHub | undefined {
    const { client, accessToken } = this.#options
    if (!client) return undefined
    return {
      known: async () => client.known ?? (await client.discover()),
      post: async (path, body) => this.#post(path, body, await accessToken()),
      offsetMs: this.#relay?.hubOffsetMs ?? 0,
    }
  }

  async #post(path: string, body: unknown, token: string): Promise<unknown> {
    const { client } = this.#options
    if (!client) throw refusalOf({ status: 0, body: {} }, 'there is no hub')
    const answer = await client.request('POST', path, body, { 'x-countersign-person': token })
    if (answer.status !== 200) throw refusalOf(answer, 'the hub says no')
    return answer.body
  }
}

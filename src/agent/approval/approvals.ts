/** Approvals as the agent's other parts use them: the desk, the relay to the hub, and what a person here may say. */
import type { ApprovalsList } from '../../protocol/approval.ts'
import type { Actor } from '../../protocol/audit.ts'
import type { Journal } from '../../core/exchange/ports.ts'
import { describeError } from '../../protocol/errors.ts'
import { refusalOf, type HubClient } from '../identity/hubClient.ts'
import { Desk, type DeskHub } from './desk.ts'
import { Relay } from './relay.ts'
import { reviewGiven, reviewTexts } from './reviewRecord.ts'

export interface ApprovalsOptions {
  /** Undefined without a hub: then only the requester's own acknowledgement exists. */
  readonly client: HubClient | undefined
  readonly accessToken: () => Promise<string>
  /** A token of this moment, so that the groups in it are those of now. */
  readonly freshToken: () => Promise<string>
  readonly record: Journal['append']
  /** Who is signed in here. */
  readonly actor: () => Actor | undefined
  readonly onChange: () => void
  readonly log: (message: string) => void
  readonly timer: (ms: number, run: () => void) => () => void
  readonly random: () => number
}

export class Approvals {
  readonly desk: Desk
  readonly #relay: Relay | undefined
  readonly #options: ApprovalsOptions

  constructor(options: ApprovalsOptions) {
    this.#options = options
    const { client, accessToken, record, onChange, log, timer, random } = options
    this.desk = new Desk({ hub: () => this.#deskHub(), record, onChange, log, timer })
    this.#relay =
      client &&
      new Relay({
        client,
        accessToken,
        onRequest: (request) => {
          this.desk.heard(request).catch((error: unknown) => { log(`a word of the hub could not be taken (${describeError(error)})`) })
        },
        onChange,
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

  /** This person's verdict on somebody else's call: the hub says whether it counts. @throws CountersignError with the hub's sentence */
  async review(given: { readonly ap: string; readonly digest: string; readonly verdict: 'approve' | 'deny'; readonly reason: string }): Promise<void> {
    const { ap, ...body } = given
    const asked = this.#relay?.requests.find((one) => one.ap === ap)
    await this.#post(`/v1/approvals/${encodeURIComponent(ap)}/review`, body, await this.#options.freshToken())
    const { actor, record, log } = this.#options
    const who = actor()
    if (!asked || !who) return
    // It counts already, and stands in the hub's log: this machine remembers it for its own person.
    const at = Date.now() + (this.#relay?.hubOffsetMs ?? 0)
    await record(reviewGiven(asked, given.verdict, who, at), reviewTexts(asked, given.reason), who.sub).catch((error: unknown) => { log(`a verdict could not be recorded here (${describeError(error)})`) })
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

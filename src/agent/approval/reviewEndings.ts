/**
 * What became of calls that people here decided about, when their verdict was not the last: on record once, however often the hub
 * tells it, and also when this agent was away while a call ended.
 */
import { endingsReply, type Ending, type SharedRequest } from '../../protocol/approval.ts'
import type { Actor } from '../../protocol/audit.ts'
import { CountersignError } from '../../protocol/errors.ts'
import type { Journal } from '../../core/exchange/ports.ts'
import { reviewEnded } from './reviewRecord.ts'

export interface ReviewEndingsOptions {
  /** Verdicts in this machine's journal without an ending, oldest first. */
  readonly open: readonly { readonly ap: string; readonly actor: Actor }[]
  readonly actor: () => Actor | undefined
  readonly record: Journal['append']
  /** Asks the hub. @throws CountersignError */
  readonly ask: (body: { readonly aps: readonly string[] }) => Promise<unknown>
}

/** Of an agent that was away for long: the newest. */
const MOST_ASKED = 200

export class ReviewEndings {
  readonly #options: ReviewEndingsOptions
  readonly #open: Set<string>
  /** Asked for in this run: verdicts that ended their call stay without an ending of their own. */
  readonly #asked = new Set<string>()

  constructor(options: ReviewEndingsOptions) {
    this.#options = options
    this.#open = new Set(options.open.map(({ ap, actor }) => idOf(ap, actor)))
  }

  /** A verdict of somebody here is on record. */
  given(ap: string, actor: Actor): void {
    this.#open.add(idOf(ap, actor))
  }

  /** A request as the hub shows it to whoever is signed in. @throws CountersignError CS_NOT_RECORDED; it is told again */
  async heard(request: SharedRequest): Promise<void> {
    const { role, state, cause, settledAt, expiresAt } = request
    if (role === 'review' && state !== 'pending') await this.#ended({ ...request, state, cause: cause ?? 'timeout', settledAt: settledAt ?? expiresAt })
  }

  /**
   * The line to the hub begins: what ended too long ago to be shown on it is asked for.
   * @param shown requests that it shows @throws CountersignError
   */
  async missed(shown: readonly SharedRequest[]): Promise<void> {
    const who = this.#options.actor()
    if (!who) return
    const here = new Set(shown.map(({ ap }) => ap))
    const mine = [...this.#open].filter((id) => id === idOf(apOf(id), who) && !this.#asked.has(id) && !here.has(apOf(id))).slice(-MOST_ASKED)
    if (mine.length === 0) return
    const parsed = endingsReply.safeParse(await this.#options.ask({ aps: mine.map(apOf) }))
    if (!parsed.success) throw new CountersignError('CS_HUB_REFUSED', 'the hub speaks of endings in a way this version does not understand.', { cause: parsed.error })
    for (const id of mine) this.#asked.add(id)
    for (const ending of parsed.data.endings) await this.#ended(ending)
  }

  async #ended(ending: Ending): Promise<void> {
    const { ap, cause, reviews } = ending
    const who = this.#options.actor()
    const mine = who ? reviews.findIndex(({ issuer, subject }) => issuer === who.iss && subject === who.sub) : -1
    if (!who || mine < 0 || !this.#open.delete(idOf(ap, who))) return
    if (cause === 'reviewer' && mine === reviews.length - 1) return
    try {
      await this.#options.record(reviewEnded(ending, who))
    } catch (error) {
      this.#open.add(idOf(ap, who))
      this.#asked.delete(idOf(ap, who))
      throw error
    }
  }
}

function idOf(ap: string, { iss, sub }: Pick<Actor, 'iss' | 'sub'>): string {
  return `${ap}\n${iss}\n${sub}`
}

function apOf(id: string): string {
  return id.slice(0, id.indexOf('\n'))
}

/** What the records say, once it is sure that they are the ones written: do the stories of calls hang together, and the clocks. */
import type { AuditRecord, ExchangeDecided } from '../../protocol/audit.ts'
import { sha256 } from './frontier.ts'
import type { Problem } from './verifyChain.ts'

/** Wall clock and monotonic clock of one boot may drift apart; more than this is somebody setting the time. */
const JUMP_MS = 5_000
const TOLD = 3

interface Open {
  readonly state: 'held' | 'decided'
  readonly seq: number
  /** Digest that reviewers were shown. */
  readonly reviewed?: string
  /** How its review ended. */
  readonly ended?: string
}

export class StoryCheck {
  /** Exchanges without an ending. */
  readonly #open = new Map<string, Open>()
  /** In an excerpt, a story may have begun before it. */
  readonly #partial: boolean
  readonly #report: (problem: Problem) => void
  #last: { readonly wall: number; readonly mono: bigint; readonly boot: string; readonly seq: number } | undefined
  #jumps = 0
  readonly #notes: string[] = []
  #claimed = 0

  constructor(partial: boolean, report: (problem: Problem) => void) {
    this.#partial = partial
    this.#report = report
  }

  /** Largest size for which the log itself says that a receipt came. */
  get claimedReceipt(): number {
    return this.#claimed
  }

  /** What is worth knowing and is no fault. */
  notes(): string[] {
    const open = [...this.#open].slice(0, TOLD).map(([ex, { seq }]) => `${ex} (record ${seq})`)
    const more = this.#open.size - open.length
    return [
      ...(open.length > 0 ? [`${this.#open.size === 1 ? '1 call has' : `${this.#open.size} calls have`} no ending yet: ${open.join(', ')}${more > 0 ? ` and ${more} more` : ''}`] : []),
      ...this.#notes,
      ...(this.#jumps > TOLD ? [`the clock was set ${this.#jumps - TOLD} more times`] : []),
    ]
  }

  record(record: AuditRecord): void {
    this.#clock(record)
    const { event, seq } = record
    if (event.type === 'sync.receipt') this.#claimed = Math.max(this.#claimed, event.size)
    if (!('ex' in event) || typeof event.ex !== 'string') return
    const before = this.#open.get(event.ex)
    let wrong: string | undefined
    try {
      wrong = this.#step(record, before)
    } catch {
      // A record's inside is whatever was signed: a member that is not there must not stop the verifier.
      wrong = 'a member of it is missing'
    }
    if (wrong !== undefined && !(this.#partial && before === undefined)) this.#report({ what: `record ${seq}: ${wrong} (${event.ex})`, seq, isTold: true })
  }

  #step({ event, seq }: AuditRecord, before: Open | undefined): string | undefined {
    if (!('ex' in event)) return undefined
    switch (event.type) {
      case 'approval.requested':
        this.#open.set(event.ex, { state: 'held', seq, reviewed: event.digest })
        return before === undefined ? undefined : 'a call is held a second time'
      case 'approval.settled':
        if (before?.state !== 'held') return 'a review ends that nobody asked for'
        this.#open.set(event.ex, { ...before, ended: event.state })
        return undefined
      case 'exchange.decided':
        return this.#decided(event, seq, before)
      case 'call.refused':
        this.#open.delete(event.ex)
        return undefined
      case 'exchange.completed':
      case 'exchange.aborted':
      case 'exchange.failed':
        this.#open.delete(event.ex)
        return before === undefined ? 'a call ends that was not decided, or ends a second time' : undefined
      default:
        // The hub's own records name calls too; their stories are told in the devices' logs.
        return undefined
    }
  }

  #decided(event: ExchangeDecided, seq: number, before: Open | undefined): string | undefined {
    const allowed = event.decision.effect === 'allow'
    if (allowed) this.#open.set(event.ex, { state: 'decided', seq })
    else this.#open.delete(event.ex)
    if (before?.state === 'decided') return 'a call is decided a second time'
    if (!allowed || before?.reviewed === undefined) return undefined
    if (before.ended !== 'approved' && before.ended !== 'acknowledged') return 'a held call went out that nobody let go'
    return reviewedDigest(event) === before.reviewed ? undefined : 'what was sent is not what was reviewed'
  }

  #clock({ time, mono, boot, seq }: AuditRecord): void {
    const wall = Date.parse(time)
    if (Number.isNaN(wall) || !/^\d{1,24}$/.test(mono)) {
      this.#report({ what: `record ${seq} does not say when it was written`, seq, isTold: true })
      return
    }
    const now = { wall, mono: BigInt(mono), boot, seq }
    const last = this.#last
    this.#last = now
    if (!last) return
    const away = last.boot === boot ? wall - last.wall - Number((now.mono - last.mono) / 1_000_000n) : Math.min(0, wall - last.wall)
    if (Math.abs(away) < JUMP_MS) return
    this.#jumps++
    if (this.#jumps <= TOLD) this.#notes.push(`the clock was ${away > 0 ? 'ahead' : 'set back'} by ${Math.round(Math.abs(away) / 1000)} s between records ${last.seq} and ${seq}`)
  }
}

/** What a reviewer decides about: who, over which route, to which place, exactly these bytes. The same text as when it was asked for. */
export function reviewedDigest({ actor, endpoint, digest }: ExchangeDecided): string {
  return sha256(Buffer.from(JSON.stringify([actor.iss, actor.sub, endpoint.provider, endpoint.operation, endpoint.url, digest.sent]))).toString('base64url')
}

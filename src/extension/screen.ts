/** Everything that is shown, drawn from what is known: status bar, sidebar, timeline, trees. Draws soon after a change, not on each. */
import * as vscode from 'vscode'
import type { FromView, ToView } from '../protocol/panel.ts'
import type { Request } from '../protocol/panelModels.ts'
import { JournalFeed } from './journalFeed.ts'
import type { Log } from './log.ts'
import { detailsOf } from './model/details.ts'
import { callsTable } from './model/documents.ts'
import { Ledger, type Call } from './model/ledger.ts'
import { allReviews, reviewDetailsOf, reviewRowOf, reviewsLaunch } from './model/reviews.ts'
import { rowOf } from './model/rows.ts'
import { plainLabel, segmentsOf } from './model/segments.ts'
import { eventsSince, launchesIn, sidebarModelOf, sinceIn, summaryOf, timelineModelOf, type ViewState } from './model/views.ts'
import type { Me } from './model/me.ts'
import { sinceOthers, type Since } from './model/since.ts'
import type { DeviceCode } from './signIn.ts'
import { waitingForMe } from './model/requests.ts'
import { HeldCells } from './notebooks.ts'
import { noticesOf, type NoticeFacts } from './notices.ts'
import { createStatusBar } from './statusBar.ts'
import { Sidebar } from './views/sidebar.ts'
import { Timeline } from './views/timeline.ts'
import { PolicyTree, SessionsTree } from './views/trees.ts'

export interface Facts extends Omit<NoticeFacts, 't'> {
  readonly requests: readonly Request[]
  /** Calls of others that this person was asked about. */
  readonly reviews: readonly Request[]
  readonly isSetUp: boolean
  readonly wantsHub: boolean
  readonly over: string | undefined
  readonly device: DeviceCode | undefined
}

export interface ScreenOptions {
  readonly facts: () => Facts
  readonly onMessage: (message: FromView) => void
  /** A call was refused because nobody is signed in. */
  readonly onRefusedUnsigned: () => void
}

const DRAW_EVERY_MS = 80
const MOST_NAMED = 8

export class Screen {
  readonly timeline: Timeline
  readonly feed: JournalFeed
  readonly #options: ScreenOptions
  readonly #ledger = new Ledger()
  readonly #sidebar: Sidebar
  readonly #sessions = new SessionsTree(this.#ledger)
  readonly #policy = new PolicyTree(this.#ledger)
  readonly #statusBar = createStatusBar()
  readonly #heldCells = new HeldCells()
  readonly #changedCalls = new Set<Call>()
  /** Rows of reviews as they were told last, as JSON by exchange. */
  readonly #toldReviews = new Map<string, string>()
  #told = 0
  /** Who looks, as last known: between two agents nobody knows. */
  #me: Me | undefined
  /** From where on the timeline shows the record, as it was told last. */
  #shownSince = 0
  #drawing: NodeJS.Timeout | undefined

  constructor(extension: vscode.Uri, log: Log, options: ScreenOptions) {
    this.#options = options
    this.feed = new JournalFeed(this.#ledger, {
      reset: () => {
        this.timeline.reset()
        this.changed()
      },
      changed: (calls) => { this.#callsChanged(calls) },
      released: (call, text, at) => { this.timeline.live({ type: 'live', ex: call.ex, at, segments: segmentsOf(text, []) }) },
    })
    this.#sidebar = new Sidebar(extension, log, () => sidebarModelOf(this.#ledger, this.#viewState()), options.onMessage)
    this.timeline = new Timeline(extension, log, {
      model: (period) => {
        const state = this.#viewState()
        this.#shownSince = state.since.seq
        return timelineModelOf(this.#ledger, { ...state, period, loading: this.feed.loading, reviews: this.#reviews() })
      },
      details: (ex) => this.#details(ex),
      onMessage: options.onMessage,
    })
  }

  register(): vscode.Disposable[] {
    return [...this.#heldCells.register(), this.#sidebar.register(), this.timeline.register(), vscode.window.createTreeView('countersign.sessions', { treeDataProvider: this.#sessions }), this.#policy.register()]
  }

  get showsApprovals(): boolean {
    return this.#sidebar.isVisible
  }

  /** Opens a request's card in the approvals view. */
  reveal(request: string): void {
    void vscode.commands.executeCommand('countersign.approvals.focus').then(() => { this.#sidebar.send({ type: 'reveal', request }) })
  }

  /** The calls that the timeline shows, as a table. */
  callsTable(): string {
    return callsTable(timelineModelOf(this.#ledger, { ...this.#viewState(), period: this.timeline.period, loading: null, reviews: [] }).rows)
  }

  /** Names of the files and cells whose calls were made with this key, the newest first. */
  programsOf(key: string): string[] {
    const names = [...this.#ledger.launches.values()].filter(({ of }) => of === key).map(({ label }) => plainLabel(label))
    const all = [...new Set(names.reverse())]
    return all.length > MOST_NAMED ? [...all.slice(0, MOST_NAMED), '…'] : all
  }

  /** First and last record of a call. */
  placeOf(ex: string): readonly [first: number, last: number] {
    const call = this.#ledger.calls.get(ex)
    return call ? [Math.min(call.firstSeq, call.lastSeq), call.lastSeq] : [0, 0]
  }

  /** Tells the view how something that a person did there ended. */
  answer(message: Extract<ToView, { type: 'answer' }>): void {
    this.#sidebar.send(message)
  }

  /** Something that is shown may have changed. */
  changed(): void {
    this.#drawing ??= setTimeout(() => {
      this.#drawing = undefined
      this.#draw()
    }, DRAW_EVERY_MS)
  }

  dispose(): void {
    clearTimeout(this.#drawing)
    this.#statusBar.dispose()
  }

  #callsChanged(calls: readonly Call[]): void {
    for (const call of calls) {
      this.#changedCalls.add(call)
      if (call.refused?.code === 'CS_NOT_SIGNED_IN' || call.refused?.code === 'CS_SESSION_EXPIRED') this.#options.onRefusedUnsigned()
    }
    this.changed()
  }

  #draw(): void {
    const { phase, status, requests, isSetUp, wantsHub, signInWaits, over } = this.#options.facts()
    const since = this.#since()
    const session = status?.session ?? undefined
    const held = requests.filter((one) => one.state === 'waiting' && one.kind === 'ownWaiting').length
    const toDecide = waitingForMe(requests)
    this.#statusBar.update({ phase, person: session?.name ?? session?.subject, waits: signInWaits, over, hubAway: status?.sync.state === 'away', journalRefused: status?.sync.state === 'refused', held, toDecide: toDecide.length, isLate: toDecide.some(isLate), noPolicy: status !== undefined && status.policy === null })
    setContext({ configured: isSetUp, ready: status !== undefined, signedIn: session !== undefined, hasHub: wantsHub })
    this.#sidebar.update(toDecide.length)
    this.#heldCells.update(requests)
    this.#sessions.update(status?.launches ?? [], since)
    this.#policy.update(status?.policy ?? null)
    // Somebody else looks now, or it is known only now who does: what stands in the panel is replaced, not added to.
    if (since.seq !== this.#shownSince) this.timeline.reset()
    this.#sendRows()
  }

  #since(): Since {
    const { status } = this.#options.facts()
    if (status) this.#me = status.session ?? undefined
    return sinceOthers(this.#ledger, this.#me)
  }

  #sendRows(): void {
    const { t, status, now, ...state } = this.#viewState()
    const since = sinceIn(this.timeline.period, state.since)
    const reviews = this.#reviews()
    const rows = [...[...this.#changedCalls].filter((call) => call.firstSeq >= since.seq).slice(-2000).map((call) => rowOf(call, now)), ...reviews.filter((one) => this.#isNews(one)).map((one) => reviewRowOf(one, now))]
    this.#changedCalls.clear()
    const events = eventsSince(this.#ledger, Math.max(this.#told, since.seq), t)
    this.#told = this.#ledger.next
    this.timeline.changed({ type: 'rows', rows, launches: [...launchesIn(this.#ledger, this.timeline.period, { t, now, since: state.since }).slice(-50), ...reviewsLaunch(reviews, t)], events, summary: summaryOf(status, this.#ledger) })
  }

  #reviews(): Request[] {
    const { reviews, status } = this.#options.facts()
    return allReviews(reviews, this.#ledger, status?.session ?? undefined, vscode.l10n.t)
  }

  /** Says yes once for each state of a review. */
  #isNews(one: Request): boolean {
    const told = JSON.stringify([one.state, one.requesterReason, one.reviewers])
    if (this.#toldReviews.get(one.id) === told) return false
    this.#toldReviews.set(one.id, told)
    return true
  }

  #viewState(): ViewState {
    const facts = this.#options.facts()
    const { phase, status } = facts
    const { t } = vscode.l10n
    return { now: Date.now(), phase: phase === 'unset' || phase === 'wrong' ? 'stopped' : phase, status, notices: noticesOf({ ...facts, t }), requests: facts.requests, since: this.#since(), device: facts.device, over: facts.over, t }
  }

  #details(ex: string): ReturnType<typeof detailsOf> | undefined {
    const call = this.#ledger.calls.get(ex)
    const { status, now, t } = this.#viewState()
    if (!call) {
      const review = this.#reviews().find((one) => one.ex === ex)
      return review && reviewDetailsOf(review, now, t)
    }
    const since = status?.sync.since ?? undefined
    return detailsOf(call, this.#ledger, {
      now,
      t,
      cosigned: status && status.hub !== null ? status.journal.cosigned : undefined,
      waiting: status?.sync.waiting ?? 0,
      waitingSince: since === undefined ? undefined : Date.parse(since),
      me: status?.session ?? undefined,
    })
  }
}

/** For `when` clauses and enablement in package.json. */
function setContext(values: Readonly<Record<string, boolean>>): void {
  for (const [name, value] of Object.entries(values)) void vscode.commands.executeCommand('setContext', `countersign.${name}`, value)
}

/** More than half of its time is over. */
function isLate(one: Request): boolean {
  return Date.now() + one.hubOffsetMs > (one.arrivedAt + one.expiresAt) / 2
}

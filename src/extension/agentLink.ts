/**
 * The window's tie to the agent of its state folder: attaches to a running one or starts it, attaches again when it went, and
 * hands over to a newer build when nothing is under way. Windows share one agent; who starts it first wins its lock, and the
 * others attach. Knows nothing of VS Code, so it is tried with real sockets.
 */
import type { AgentStatus, JournalEntry, KeptSignIn, LiveNotice } from '../protocol/control.ts'
import { CountersignError, describeError } from '../protocol/errors.ts'
import type { ControlClient } from '../platform/controlClient.ts'

export type LinkState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'attached'; readonly control: ControlClient; readonly status: AgentStatus }
  /** `why` is a sentence for the person. */
  | { readonly kind: 'stopped'; readonly why: string }

export interface LinkOptions {
  readonly build: string
  /** @throws when no agent answers in the state folder */
  readonly connect: () => Promise<ControlClient>
  /** Starts an agent. `ended` resolves with its last words if it ends. */
  readonly spawn: () => Promise<{ readonly ended: Promise<string> }>
  /** Is the running agent the one the settings ask for? False: it is ended and started again. */
  readonly fits: (status: AgentStatus) => boolean
  /** Each time an agent was attached, before anybody is told: keys are registered and a sign-in is restored here. */
  readonly onAttached: (control: ControlClient) => Promise<void>
  readonly log: (line: string) => void
  readonly sleep: (ms: number) => Promise<void>
}

export interface LinkListener {
  state?(state: LinkState): void
  record?(entry: JournalEntry): void
  live?(notice: LiveNotice): void
  kept?(kept: KeptSignIn, by: ControlClient): void
}

/** How long a started agent has until it listens, and how often in a row it is started before a person is asked. */
const START_TIME = 15_000
const POLL = 50
const STARTS_IN_A_ROW = 3
/** A newer build asks this often whether the old agent may go: a call that was denied or refused leaves no ending to wait for. */
const QUIET_POLL = 3_000

export class AgentLink {
  readonly #options: LinkOptions
  readonly #listeners = new Set<LinkListener>()
  readonly #underWay = new Set<string>()
  #state: LinkState = { kind: 'off' }
  #running: Promise<void> | undefined
  #wanted = false
  #endedOnPurpose = false
  #failures = 0

  constructor(options: LinkOptions) {
    this.#options = options
  }

  get state(): LinkState {
    return this.#state
  }

  get control(): ControlClient | undefined {
    return this.#state.kind === 'attached' ? this.#state.control : undefined
  }

  /** @throws CountersignError CS_STATE when no agent is attached */
  get attached(): ControlClient {
    if (this.#state.kind === 'attached') return this.#state.control
    throw new CountersignError('CS_STATE', this.#state.kind === 'stopped' ? this.#state.why : 'the agent is not running yet. Try again in a moment.')
  }

  listen(listener: LinkListener): { dispose(): void } {
    this.#listeners.add(listener)
    return { dispose: () => this.#listeners.delete(listener) }
  }

  /** Attaches, starting an agent if none runs. Resolves when attached or stopped; never rejects. */
  start(): Promise<void> {
    this.#wanted = true
    this.#running ??= this.#run().finally(() => { this.#running = undefined })
    return this.#running
  }

  /** Lets go. The agent itself goes on for its time. */
  stop(): void {
    this.#wanted = false
    this.control?.close()
    this.#set({ kind: 'off' })
  }

  /** Ends the running agent and starts another, because a person asked. */
  async restart(): Promise<void> {
    this.#failures = 0
    await this.#running
    const { control } = this
    if (control) await this.#end(control, {})
    await this.start()
  }

  /** After a change of settings: what does not serve them is ended. One that does stays: another window was quicker. */
  async refit(): Promise<void> {
    this.#failures = 0
    await this.#running
    if (this.#state.kind === 'attached' && this.#options.fits(this.#state.status)) return
    await this.restart()
  }

  /** Reads the agent's state anew, after a change that came with no notice. */
  async refresh(): Promise<void> {
    if (this.#state.kind !== 'attached') return
    const { control } = this.#state
    const status = await control.request('status', {})
    if (this.control === control) this.#set({ kind: 'attached', control, status })
  }

  async #run(): Promise<void> {
    this.#set({ kind: 'starting' })
    while (this.#wanted) {
      try {
        const { control, isOurs } = await this.#reach()
        // One that we started ourselves stays, whatever it says: ending it would only bring the same one again.
        if (!isOurs && (await this.#makesRoom(control))) continue
        await this.#attach(control)
        return
      } catch (error) {
        this.#options.log(`no agent attached: ${describeError(error)}`)
        if (++this.#failures < STARTS_IN_A_ROW) {
          await this.#options.sleep(500 * this.#failures)
          continue
        }
        this.#failures = 0
        this.#set({ kind: 'stopped', why: error instanceof CountersignError ? error.message : 'the agent could not be started. The log has the detail.' })
        return
      }
    }
  }

  /** The running agent, or one that we start. */
  async #reach(): Promise<{ readonly control: ControlClient; readonly isOurs: boolean }> {
    try {
      return { control: await this.#options.connect(), isOurs: false }
    } catch (error) {
      if (error instanceof CountersignError && error.code !== 'CS_STATE') throw error
    }
    const spawned = await this.#options.spawn()
    let words: string | undefined
    void spawned.ended.then((last) => { words = last })
    for (let waited = 0; waited < START_TIME; waited += POLL) {
      await this.#options.sleep(POLL)
      try {
        return { control: await this.#options.connect(), isOurs: words === undefined }
      } catch (error) {
        if (error instanceof CountersignError && error.code !== 'CS_STATE') throw error
      }
      // An agent of another window may have won the lock: then ours ends and theirs answers soon.
      if (words !== undefined && waited > 2000) throw new CountersignError('CS_STATE', words === '' ? 'the agent ended at once. The log has the detail.' : `the agent could not start: ${words}`)
    }
    throw new CountersignError('CS_STATE', 'the agent did not answer in time. Start it again, or report a problem.')
  }

  /** Other settings: it goes at once. An older build: when no call of any window is under way. @returns true when it went */
  async #makesRoom(control: ControlClient): Promise<boolean> {
    const status = await control.request('status', {})
    if (!this.#options.fits(status)) {
      this.#options.log('the running agent serves other settings: it is replaced')
      return this.#end(control, {})
    }
    if (!isOlder(control.agent.build, this.#options.build)) return false
    this.#options.log(`the running agent is ${control.agent.build}, ours is ${this.#options.build}`)
    return this.#end(control, { whenIdle: true })
  }

  async #attach(control: ControlClient): Promise<void> {
    control.onClosed(() => { this.#gone(control) })
    control.onChanged(() => { this.#changed() })
    control.onRecord((entry) => { this.#record(control, entry) })
    control.onLive((notice) => { this.#tell((one) => one.live?.(notice)) })
    control.onSignInKept((kept) => { this.#tell((one) => one.kept?.(kept, control)) })
    this.#underWay.clear()
    await this.#options.onAttached(control)
    const status = await control.request('status', {})
    this.#failures = 0
    this.#options.log(`attached to agent ${control.agent.build}, process ${control.agent.pid}, ${control.agent.url}`)
    this.#set({ kind: 'attached', control, status })
    if (isOlder(control.agent.build, this.#options.build)) this.#awaitQuiet(control).catch((error: unknown) => { this.#options.log(`the older agent was not replaced (${describeError(error)})`) })
  }

  /** Until the agent has no call under way, or goes by itself. */
  async #awaitQuiet(control: ControlClient): Promise<void> {
    while (this.control === control && this.#wanted) {
      await this.#options.sleep(QUIET_POLL)
      await this.#handOver(control)
    }
  }

  #record(control: ControlClient, entry: JournalEntry): void {
    const { event } = entry.record
    if (event.type === 'exchange.decided' && event.decision.effect === 'allow') this.#underWay.add(event.ex)
    else if (event.type === 'exchange.completed' || event.type === 'exchange.aborted' || event.type === 'exchange.failed') {
      this.#underWay.delete(event.ex)
      // A newer build waited for a quiet moment: this may be it.
      if (this.#underWay.size === 0 && isOlder(control.agent.build, this.#options.build)) void this.#handOver(control)
    }
    this.#tell((one) => one.record?.(entry))
  }

  async #handOver(control: ControlClient): Promise<void> {
    if (this.control === control && (await this.#end(control, { whenIdle: true }))) await this.start()
  }

  #changed(): void {
    void this.refresh().catch((error: unknown) => { this.#options.log(`status was not read (${describeError(error)})`) })
  }

  #gone(control: ControlClient): void {
    if (this.control !== control) return
    this.#underWay.clear()
    if (!this.#wanted) return
    this.#options.log(this.#endedOnPurpose ? 'the agent ended as asked' : 'the agent went away: starting it again')
    this.#set({ kind: 'starting' })
    if (!this.#endedOnPurpose) void this.start()
  }

  /** Asks the agent to end and waits until its socket is gone. @returns false when it goes on because it is busy */
  async #end(control: ControlClient, how: { readonly whenIdle?: true }): Promise<boolean> {
    this.#endedOnPurpose = true
    try {
      const gone = new Promise<void>((resolve) => { control.onClosed(resolve) })
      const answer = await control.request('shutdown', how).catch((error: unknown) => {
        this.#options.log(`the agent's answer to shutdown: ${describeError(error)}`)
        return undefined
      })
      if (answer?.['stopping'] === false) return false
      await Promise.race([gone, this.#options.sleep(5000)])
      control.close()
      if (this.control === control) this.#set({ kind: 'starting' })
      return true
    } finally {
      this.#endedOnPurpose = false
    }
  }

  #set(state: LinkState): void {
    this.#state = state
    this.#tell((one) => one.state?.(state))
  }

  #tell(what: (listener: LinkListener) => void): void {
    for (const listener of this.#listeners) what(listener)
  }
}

/** By major, minor, patch. What does not parse is not older: a build of one's own is left alone. */
export function isOlder(build: string, than: string): boolean {
  const [a, b] = [build, than].map((text) => /^(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number))
  if (!a || !b) return false
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

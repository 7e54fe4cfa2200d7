/** One timer for each request: until the end of its time, then until it need not be shown any more. */

/** The longest that a timer can wait. */
const LONGEST = 2 ** 31 - 1

export class Timers {
  readonly #timer: (ms: number, run: () => void) => () => void
  readonly #cancels = new Map<string, () => void>()

  constructor(timer: (ms: number, run: () => void) => () => void) {
    this.#timer = timer
  }

  /** Replaces the one that is set. */
  set(id: string, ms: number, run: () => void): void {
    this.#cancels.get(id)?.()
    this.#cancels.set(id, this.#timer(Math.min(Math.max(0, ms), LONGEST), run))
  }

  forget(id: string): void {
    this.#cancels.get(id)?.()
    this.#cancels.delete(id)
  }

  close(): void {
    for (const cancel of this.#cancels.values()) cancel()
  }
}

/** Visits to the identity provider that are under way: a few at a time, each waited for by whoever began it. */
import { CountersignError } from '../../protocol/errors.ts'

interface Attempt<T> {
  readonly done: Promise<T>
  end(): Promise<void>
}

const MOST = 5

export class Attempts<T> {
  readonly #running = new Map<string, Attempt<T> & { isOver: boolean }>()

  /** @throws CountersignError CS_SIGN_IN_FAILED */
  checkRoom(): void {
    // One that ended and that nobody ever asked for takes no room from those that follow.
    for (const [id, { isOver }] of this.#running) if (isOver && this.#running.size >= MOST) this.#running.delete(id)
    if (this.#running.size >= MOST) throw new CountersignError('CS_SIGN_IN_FAILED', 'too many sign-ins are under way. Finish or cancel one first.')
  }

  add(id: string, attempt: Attempt<T>): void {
    const running = { ...attempt, isOver: false }
    const over = (): void => { running.isOver = true }
    // Whoever waits is told; an attempt that nobody waits for ends by itself.
    attempt.done.then(over, over)
    this.#running.set(id, running)
  }

  /** @throws CountersignError CS_SIGN_IN_FAILED */
  async wait(id: string): Promise<T> {
    const known = this.#running.get(id)
    if (!known) throw new CountersignError('CS_SIGN_IN_FAILED', 'this sign-in is not under way. Start it again.')
    try {
      return await known.done
    } finally {
      this.#running.delete(id)
    }
  }

  async cancel(id: string): Promise<void> {
    await this.#running.get(id)?.end()
    this.#running.delete(id)
  }

  async cancelAll(): Promise<void> {
    for (const id of [...this.#running.keys()]) await this.cancel(id)
  }
}

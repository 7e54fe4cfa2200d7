/** Which people have an editor connected, or had one a moment ago: whoever may decide and can be reached. */
import type { Held } from '../../core/approval/settle.ts'
import type { Device } from '../access/devices.ts'
import { samePerson, type Person } from '../access/person.ts'
import { mayReview } from './rights.ts'

/** A person on a device, as the stream's connection proved both. */
export interface Viewer {
  readonly device: Device
  readonly person: Person
}

export interface LinesOptions {
  readonly now: () => number
  /** Until then everybody's line has yet to come back, and nobody counts as away. */
  readonly settlingUntil: number
}

/** An editor that is reloaded, or a laptop that changes networks, counts as there for so long. */
const AWAY_MS = 600_000
/** An agent has one, and a second one for a moment. Each is a connection, and a hub has so many for all. */
const MOST_OF_A_DEVICE = 8

export class Lines {
  readonly #options: LinesOptions
  /** By issuer and subject: who has a line open, and when one was last seen. */
  readonly #people = new Map<string, { readonly person: Person; readonly lines: number; readonly seenAt: number }>()
  readonly #ends = new Map<() => void, Viewer>()

  constructor(options: LinesOptions) {
    this.#options = options
  }

  /**
   * A person's editor is connected. @param end ends its line, when the hub ends
   * @returns whether it is the person's first line, and what is to be called when it is not connected any more
   */
  add(viewer: Viewer, end: () => void): { readonly isFirst: boolean; readonly gone: () => void } {
    const { person } = viewer
    const [oldest, ...others] = [...this.#ends].filter(([, { device }]) => device.id === viewer.device.id)
    if (oldest && others.length + 1 >= MOST_OF_A_DEVICE) oldest[0]()
    this.#ends.set(end, viewer)
    const key = `${person.issuer} ${person.subject}`
    const lines = (this.#people.get(key)?.lines ?? 0) + 1
    this.#people.set(key, { person, lines, seenAt: this.#options.now() })
    const gone = (): void => {
      this.#ends.delete(end)
      const known = this.#people.get(key)
      if (known) this.#people.set(key, { ...known, lines: known.lines - 1, seenAt: this.#options.now() })
    }
    return { isFirst: lines === 1, gone }
  }

  /** Somebody who may decide is there, or was a moment ago: a call that nobody can answer does not wait for nothing. */
  isReachable(held: Held): boolean {
    return this.#options.now() < this.#options.settlingUntil || this.reachable(held) > 0
  }

  /** How many people may still decide and can be reached now. */
  reachable(held: Held): number {
    const now = this.#options.now()
    return [...this.#people.values()].filter(({ person, lines, seenAt }) => (lines > 0 || now - seenAt < AWAY_MS) && mayReview(held, person) && !held.reviews.some((one) => samePerson(one, person))).length
  }

  /** Every line ends: the hub does, and whoever listens comes back when it is up again. */
  endAll(): void {
    for (const end of [...this.#ends.keys()]) end()
  }

  /** Whoever gets nothing any more hears nothing any more, from this moment on, and nobody waits for them to decide. */
  endOf(isOver: (viewer: Viewer) => boolean, isRemoved: (person: Person) => boolean): void {
    for (const [end, viewer] of [...this.#ends]) if (isOver(viewer)) end()
    for (const [key, { person }] of [...this.#people]) if (isRemoved(person)) this.#people.delete(key)
  }
}

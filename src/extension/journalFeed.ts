/** Fills the ledger: what the journal holds is read back in pages, then each record as it is told. Nothing is missed between. */
import type { ControlClient } from '../platform/controlClient.ts'
import type { JournalEntry, LiveNotice } from '../protocol/control.ts'
import type { Call, Ledger } from './model/ledger.ts'

const PAGE = 500

export interface FeedListener {
  /** The whole changed: read again. */
  reset(): void
  /** These calls changed; none: only events or launches did. */
  changed(calls: readonly Call[]): void
  /** Masked text was released to a client. */
  released(call: Call, text: string, at: number): void
}

export class JournalFeed {
  readonly #ledger: Ledger
  readonly #listener: FeedListener
  #reading: { read: number; of: number } | undefined
  /** Told while records before them are still to be read, in the journal's order. */
  readonly #waiting: JournalEntry[] = []

  constructor(ledger: Ledger, listener: FeedListener) {
    this.#ledger = ledger
    this.#listener = listener
  }

  /** Records read and to be read, while they are. */
  get loading(): { readonly read: number; readonly of: number } | null {
    return this.#reading ?? null
  }

  /** Reads what this window has not seen. @throws CountersignError when the agent goes meanwhile: the next one is read from here. */
  async catchUp(control: ControlClient): Promise<void> {
    if (this.#reading) return
    this.#reading = { read: 0, of: 0 }
    let stream: string | undefined
    try {
      for (;;) {
        const from = this.#ledger.next
        const page = await control.request('journal.read', { from, limit: PAGE })
        stream = page.stream
        this.#ledger.startOf(stream)
        // Another journal: what was asked for was a place in the old one.
        if (this.#ledger.next !== from) continue
        for (const entry of page.entries) this.#ledger.add(entry)
        this.#reading = { read: this.#ledger.next, of: page.size }
        if (page.entries.length === 0 || this.#ledger.next >= page.size) break
        this.#listener.reset()
      }
    } finally {
      this.#reading = undefined
      this.#takeWaiting(stream)
      this.#listener.reset()
    }
  }

  /** What follows without a gap; the rest waits for the next agent's journal to be read. */
  #takeWaiting(stream: string | undefined): void {
    if (stream === undefined) return
    const told = this.#waiting.splice(0).filter((entry) => entry.record.stream === stream)
    for (const entry of told) {
      if (entry.record.seq <= this.#ledger.next) this.#ledger.add(entry)
      else this.#waiting.push(entry)
    }
  }

  /** A new agent writes of what it found before this window reads that: a record further on waits, or the ones between would be passed over. */
  record(entry: JournalEntry): void {
    if (this.#reading || entry.record.seq > this.#ledger.next) {
      this.#waiting.push(entry)
      return
    }
    const call = this.#ledger.add(entry)
    this.#listener.changed(call ? [call] : [])
  }

  live(notice: LiveNotice): void {
    const call = this.#ledger.live(notice)
    if (!call) return
    this.#listener.changed([call])
    if (notice.what === 'released' && notice.text !== undefined) this.#listener.released(call, notice.text, notice.at)
  }
}

/**
 * The journal as attached programs of the same user read it: records with the masked texts that belong to them. Texts written
 * while the agent runs are told at once; older ones are opened from the disclosures file when a page is asked for.
 */
import type { AuditEvent, AuditRecord, Disclosure } from '../../protocol/audit.ts'
import type { JournalEntry } from '../../protocol/control.ts'
import type { Journal, Recorded } from '../../core/exchange/ports.ts'
import type { FilePort } from '../../core/log/files.ts'
import { readDisclosures } from '../../core/log/disclosureStore.ts'
import { leavesOf } from '../../core/log/read.ts'
import type { AgentJournal } from './journal.ts'

export class JournalView {
  readonly #files: FilePort
  readonly #dataKey: Buffer
  readonly #onEntry: (entry: JournalEntry) => void
  #journal: AgentJournal | undefined
  /** Texts on their way into a record, by digest; taken when the record is durable. */
  readonly #fresh = new Map<string, Disclosure>()

  constructor(files: FilePort, dataKey: Buffer, onEntry: (entry: JournalEntry) => void) {
    this.#files = files
    this.#dataKey = dataKey
    this.#onEntry = onEntry
  }

  follow(journal: AgentJournal): void {
    this.#journal = journal
  }

  /** The journal for the exchange: appending tells attached programs record and texts together. */
  watching(journal: Pick<Journal, 'append'>): Pick<AgentJournal, 'append'> {
    return { append: (event, disclosures = [], subject = '') => this.#watched(journal, event, disclosures, subject) }
  }

  async #watched(journal: Pick<Journal, 'append'>, event: Parameters<Journal['append']>[0], disclosures: readonly Disclosure[], subject: string): Promise<Recorded> {
    if (typeof event !== 'function') return journal.append(event, disclosures, subject)
    let digests: readonly string[] = []
    try {
      return await journal.append((sd) => {
        digests = sd
        sd.forEach((digest, i) => {
          const disclosure = disclosures[i]
          if (disclosure) this.#fresh.set(digest, disclosure)
        })
        return event(sd)
      }, disclosures, subject)
    } finally {
      // A record that was never written takes its texts along.
      for (const digest of digests) this.#fresh.delete(digest)
    }
  }

  added(record: AuditRecord): void {
    const texts: Disclosure[] = []
    for (const digest of digestsOf(record.event)) {
      const text = this.#fresh.get(digest)
      this.#fresh.delete(digest)
      if (text) texts.push(text)
    }
    this.#onEntry({ record, texts })
  }

  /** Records [from, from + limit) with their texts. Unsealed bytes of a record being written are left out. */
  async read(from: number, limit: number): Promise<readonly JournalEntry[]> {
    const journal = this.#journal
    if (!journal) return []
    const records: AuditRecord[] = []
    const end = Math.min(journal.size, from + limit)
    for await (const leaves of leavesOf(this.#files, journal.folder, from, end)) records.push(...leaves.map((leaf) => JSON.parse(leaf.toString('utf8')) as AuditRecord))
    const { texts } = await readDisclosures(this.#files, journal.folder, this.#dataKey, new Set(records.flatMap(({ event }) => digestsOf(event))))
    return records.map((record) => ({ record, texts: digestsOf(record.event).flatMap((digest) => texts.get(digest) ?? []) }))
  }
}

function digestsOf(event: AuditEvent): readonly string[] {
  return 'sd' in event ? event.sd : []
}

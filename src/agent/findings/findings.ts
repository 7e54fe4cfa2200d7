/** Ways around the agent that were seen, on record: once for each thing and launch. They decide nothing and stop nothing. */
import { describeError } from '../../protocol/errors.ts'
import type { LaunchFinding } from '../../protocol/finding.ts'
import type { AgentJournal } from '../journal/journal.ts'

/** Any program of this user may report some: more than this for one launch says nothing new. */
const MOST = 100

export interface FindingsOptions {
  readonly journal: Pick<AgentJournal, 'append'>
  readonly log: (message: string) => void
}

export class Findings {
  readonly #options: FindingsOptions
  readonly #known = new Map<string, Set<string>>()

  constructor(options: FindingsOptions) {
    this.#options = options
  }

  /** Resolves when it is on record, or was before. Never rejects: what cannot be recorded now is told again. */
  async report(launch: string, { kind, subject, file, program }: LaunchFinding): Promise<void> {
    const known = this.#known.get(launch) ?? new Set()
    this.#known.set(launch, known)
    const name = JSON.stringify([kind, subject, file, program])
    if (known.has(name) || known.size >= MOST) return
    known.add(name)
    try {
      await this.#options.journal.append({ type: 'launch.finding', launch, kind, subject, ...(file === undefined ? {} : { file }), ...(program === undefined ? {} : { program }) })
    } catch (error) {
      known.delete(name)
      this.#options.log(`a finding could not be recorded (${describeError(error)})`)
    }
  }
}

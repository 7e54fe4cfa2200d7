/**
 * A text on its way through all that finds: the scanner, the name tagger, the placeholders of this session. They advance
 * side by side over the same characters; what is settled is what all of them have settled.
 */
import { NAMES, type NameStream, type NameTagger } from '../names/types.ts'
import { Columns } from './columns.ts'
import type { Dispatch } from './dispatch.ts'
import { WITHIN } from './fieldForms.ts'
import { FieldWindow } from './fieldWindow.ts'
import { RESTORED, type Candidate } from './match.ts'
import { Placeholders } from './placeholders.ts'
import { Resolver } from './resolve.ts'
import { RunWindow } from './runWindow.ts'
import { Scanner } from './scanner.ts'
import { WholeFields } from './wholeFields.ts'

/** Names are surer than a shape at most a little: everything that context or arithmetic says wins over them. */
const NAME_FLOOR = 0.3
const NAME_SHARE = 0.4

/** Units between two settlements: few candidates wait for one another, so that settling costs no more in a long text. */
const STEP = 4096

export interface PipelineOptions {
  readonly dispatch: Dispatch
  readonly tagger: NameTagger | undefined
  /** Whether a type is masked; those that are not are only counted, and never hold a text back. */
  readonly masks: (type: string) => boolean
  /** Placeholder text to be looked for, when the session has given any out. */
  readonly known?: ReadonlyMap<string, unknown> | undefined
}

/** Stands for any name below another. */
const BELOW = '-'

export class Pipeline {
  readonly #options: PipelineOptions
  readonly #scanner: Scanner
  readonly #names: NameStream | undefined
  readonly #placeholders: Placeholders | undefined
  readonly #columns: Columns
  readonly #field: FieldWindow
  /** Undefined where no type has fields of its own. */
  readonly #wholes: WholeFields | undefined
  /** The same where none has values of several words. */
  readonly #runs: RunWindow | undefined
  /** Name of the field that the text stands in. */
  #key = ''
  readonly #masked = new Resolver()
  readonly #kept = new Resolver()
  /** Decided and masked, in order, since the last `take`. */
  #out: Candidate[] = []
  /** Decided and only counted. */
  #counted: Candidate[] = []

  constructor(options: PipelineOptions) {
    this.#options = options
    const add = (candidate: Candidate): void => {
      this.#add(candidate)
    }
    this.#scanner = new Scanner(options.dispatch, add, (type) => options.masks(type))
    this.#names = options.tagger?.open()
    this.#placeholders = options.known ? new Placeholders(options.known, add) : undefined
    this.#field = new FieldWindow(this.#scanner.source, options.dispatch, add)
    this.#wholes = options.dispatch.wholes.length > 0 ? new WholeFields(options.dispatch, add, options.known) : undefined
    this.#runs = options.dispatch.runs.length > 0 ? new RunWindow(options.dispatch.runs, add) : undefined
    this.#columns = new Columns((name) => this.isField(name))
  }

  set key(key: string) {
    this.#key = this.#scanner.source.key = key
    this.#columns.restart()
    this.#field.open()
    this.#wholes?.stand(key)
  }

  /** Whether the name of a field says what it holds. */
  isField(name: string): boolean {
    return this.#options.dispatch.isField(name)
  }

  /** Whether the name of a field says what all is that stands below it. @param path of names, the innermost last */
  holdsBelow(path: string): boolean {
    return this.#options.dispatch.ownersOf(`${path}.${BELOW}`).length > 0
  }

  push(text: string): void {
    for (let at = 0; at < text.length; at += STEP) {
      const step = text.length <= STEP ? text : text.slice(at, at + STEP)
      this.#scan(step)
      this.#names?.push(step)
      this.#placeholders?.push(step)
      this.#settle()
    }
  }

  /** Cells of a table are values of their own, in fields with the names of their columns. */
  #scan(step: string): void {
    const columns = this.#columns
    for (let at = 0; at < step.length; ) {
      const end = columns.pass(step, at)
      if (end > at) this.#read(at === 0 && end === step.length ? step : step.slice(at, end))
      at = end
      if (!columns.isTurn) continue
      if (columns.isEnd) this.#endCell()
      this.#stand(columns.name)
      this.#wholes?.stand(this.#scanner.source.key)
    }
  }

  #read(piece: string): void {
    this.#scanner.push(piece)
    this.#wholes?.push(piece)
    this.#runs?.push(piece)
  }

  #endCell(): void {
    const columns = this.#columns
    if (columns.ended !== '') {
      this.#stand(columns.ended)
      this.#wholes?.judge(this.#scanner.source.key, columns.run)
    }
    this.#field.close()
    this.#wholes?.cell()
    if (!this.#scanner.cell()) columns.leave()
  }

  /** What is read now stands in a column of this name; none: empty. */
  #stand(column: string): void {
    this.#scanner.source.key = column === '' || this.#key === '' ? this.#key + column : `${this.#key}${WITHIN}${column}`
    this.#field.open()
  }

  /** Nothing spans this place. Names settle by themselves. */
  boundary(): void {
    this.#columns.restart()
    this.#field.close()
    this.#wholes?.boundary()
    this.#runs?.boundary()
    this.#scanner.boundary()
    this.#placeholders?.boundary()
  }

  end(): void {
    const { last, run } = this.#columns
    if (last !== '') {
      this.#stand(last)
      this.#wholes?.judge(this.#scanner.source.key, run)
    }
    this.boundary()
    this.#names?.end()
    this.#settle()
  }

  /** Everything before this is decided: no finding that is masked will begin before it. */
  get limit(): number {
    return Math.min(this.#least(this.#scanner.frontier(true)), this.#masked.pending)
  }

  /** A long value that begins at `limit` and is not over yet. */
  get committed(): Candidate | undefined {
    return this.#masked.committed(this.#least(this.#scanner.frontier(true)))
  }

  /** No type that is only counted will be found before this. */
  get countedLimit(): number {
    return Math.min(this.#least(this.#scanner.frontier(false)), this.#kept.pending)
  }

  take(): readonly Candidate[] {
    const out = this.#out
    if (out.length > 0) this.#out = []
    return out
  }

  takeCounted(): readonly Candidate[] {
    const counted = this.#counted
    if (counted.length > 0) this.#counted = []
    return counted
  }

  #add(candidate: Candidate): void {
    const isMasked = candidate.type === RESTORED || this.#options.masks(candidate.type)
    // What lies in a long value would wait for its end, however long that takes to come.
    if (this.#scanner.covers(candidate, isMasked)) return
    if (isMasked) this.#masked.add(candidate)
    else this.#kept.add(candidate)
  }

  /** @param scanned up to where the scanner has settled @returns up to where all have */
  #least(scanned: number): number {
    let frontier = Math.min(scanned, this.#field.frontier)
    if (this.#runs && this.#runs.frontier < frontier) frontier = this.#runs.frontier
    if (this.#wholes) frontier = Math.min(frontier, this.#wholes.frontier(this.#columns.run))
    if (this.#names && this.#names.settled < frontier) frontier = this.#names.settled
    if (this.#placeholders && this.#placeholders.frontier < frontier) frontier = this.#placeholders.frontier
    return frontier
  }

  #settle(): void {
    if (this.#names) {
      for (const { start, end, type, certainty } of this.#names.take())
        this.#add({ start, end, type, detector: NAMES, certainty: NAME_FLOOR + NAME_SHARE * certainty })
    }
    for (const one of this.#masked.settle(this.#least(this.#scanner.frontier(true)))) this.#out.push(one)
    if (this.#kept.any) for (const one of this.#kept.settle(this.#least(this.#scanner.frontier(false)))) this.#counted.push(one)
  }
}

/** The masker: families of recognisers, the name tagger and the keys of this installation, put together. */
import type { Finding, Inspection, Part, Transform } from '../../protocol/masking.ts'
import type { CustomType } from '../../protocol/policy.ts'
import { rulesByType } from './aliases.ts'
import { TextChannel, type ChannelParts } from './channel.ts'
import { JsonChannel } from './json/channel.ts'
import { JsonLexer } from './json/lexer.ts'
import type { ChannelOptions, MaskedText, Masker, MaskingSession, MaskingStream } from './masker.ts'
import type { NameTagger } from './names/types.ts'
import { FAMILIES } from './recognisers/families.ts'
import type { Family } from './recognisers/recogniser.ts'
import { Dispatch } from './scan/dispatch.ts'
import { Pipeline } from './scan/pipeline.ts'
import { isStandIn } from './surrogates.ts'
import type { Keys } from './transforms.ts'
import { Vault, Vaults } from './vault.ts'

export interface MaskerOptions extends Keys {
  /** Finds names; without it names are not masked. */
  readonly tagger?: NameTagger
  /** Default: all that Countersign knows. */
  readonly families?: readonly Family[]
  /** Types of the policy's own, for their words in what is refused; the recognisers that find them are one of the families. */
  readonly own?: readonly CustomType[]
  /** What sessions remember. Default: nothing yet, and for this masker alone. */
  readonly vaults?: Vaults
  /** Milliseconds of a clock that never goes back: says when the event loop gets its turn, and nothing about a result. */
  readonly now?: () => number
}

/** Characters between two looks at the clock: at most a few milliseconds of work, whatever they are. */
const AT_ONCE = 1024
/** The event loop gets its turn after this many milliseconds of work, so that another stream waits no longer than that. */
const MOST_WORK = 4

export function createMasker(options: MaskerOptions): Masker {
  return new Engine(options)
}

let shipped: Dispatch | undefined

class Engine implements Masker {
  readonly #options: MaskerOptions
  readonly #dispatch: Dispatch
  readonly #vaults: Vaults
  /** Rules by type, of each set of rules seen. */
  readonly #rules = new WeakMap<object, ReadonlyMap<string, Transform>>()

  constructor(options: MaskerOptions) {
    this.#options = options
    this.#vaults = options.vaults ?? new Vaults()
    this.#dispatch = options.families ? new Dispatch(options.families) : (shipped ??= new Dispatch(FAMILIES))
  }

  session(id: string): MaskingSession {
    return new Session(this, this.#vaults.of(id))
  }

  mask(text: string, options: ChannelOptions, session?: MaskingSession): MaskedText {
    const stream = this.#begin(text, options, session)
    const head = stream.push(text)
    return { text: head + stream.flush(), spans: stream.spans }
  }

  async maskLarge(text: string, options: ChannelOptions, session?: MaskingSession): Promise<MaskedText> {
    const stream = this.#begin(text, options, session)
    const out: string[] = []
    const turns = new Turns(this.#options.now)
    for (let at = 0; at < text.length; at += AT_ONCE) {
      if (turns.isDue) await turns.give()
      out.push(stream.push(text.slice(at, at + AT_ONCE)))
    }
    out.push(stream.flush())
    return { text: out.join(''), spans: stream.spans }
  }

  #begin(text: string, options: ChannelOptions, session: MaskingSession = new Session(this, new Vault())): MaskingStream {
    if (options.direction === 'prompt') session.reserve(text)
    return session.open(options)
  }

  async inspect(parts: readonly Part[], opaque: readonly string[], session?: MaskingSession): Promise<Inspection> {
    const findings: Finding[] = []
    const turns = new Turns(this.#options.now)
    try {
      for (const part of parts) {
        const look = new Look(this.#pipeline(() => false, undefined), part)
        for (let at = 0; at < part.text.length; at += AT_ONCE) {
          look.push(part.text.slice(at, at + AT_ONCE))
          if (turns.isDue) await turns.give()
        }
        for (const one of look.end()) {
          const value = part.text.slice(one.start, one.end)
          if (!isStandIn(value) && session?.wasIssued(one.type, value) !== true) findings.push(one)
        }
        if (turns.isDue) await turns.give()
      }
    } catch {
      // A detector threw: nothing may be concluded from what was found, and least of all from what was not.
      return { status: 'failed', findings: [], opaque }
    }
    return { status: 'ok', findings, opaque }
  }

  open(options: ChannelOptions, vault: Vault): MaskingStream {
    let rules = this.#rules.get(options.rules)
    if (!rules) this.#rules.set(options.rules, (rules = rulesByType(options.rules)))
    const byType = rules
    const masks = (type: string): boolean => (byType.get(type) ?? 'keep') !== 'keep'
    const known = options.direction === 'answer' && vault.known.size > 0 ? vault.known : undefined
    const parts: ChannelParts = { options, rules, keys: this.#options, own: this.#options.own, vault, restores: known !== undefined, pipeline: this.#pipeline(masks, known) }
    return options.kind === 'json' ? new JsonChannel(parts) : new TextChannel(parts)
  }

  #pipeline(masks: (type: string) => boolean, known: ReadonlyMap<string, unknown> | undefined): Pipeline {
    return new Pipeline({ dispatch: this.#dispatch, tagger: this.#options.tagger, masks, known })
  }
}

class Session implements MaskingSession {
  readonly #engine: Engine
  readonly #vault: Vault

  constructor(engine: Engine, vault: Vault) {
    this.#engine = engine
    this.#vault = vault
  }

  open(options: ChannelOptions): MaskingStream {
    return this.#engine.open(options, this.#vault)
  }

  reserve(text: string): void {
    this.#vault.reserve(text)
  }

  wasIssued(type: string, text: string): boolean {
    return this.#vault.wasIssued(type, text)
  }
}

/** Lets every other stream have its turn, by time: a slice of names costs ten times a slice of plain words. */
class Turns {
  readonly #now: () => number
  #since: number

  constructor(now = (): number => performance.now()) {
    this.#now = now
    this.#since = now()
  }

  get isDue(): boolean {
    return this.#now() - this.#since >= MOST_WORK
  }

  async give(): Promise<void> {
    await new Promise((resolve) => {
      // A page has none, and its timers come later.
      if (typeof setImmediate === 'function') setImmediate(resolve)
      else setTimeout(resolve)
    })
    this.#since = this.#now()
  }
}

/** One part being looked at: as a masking stream, without an output. */
class Look {
  readonly #pipeline: Pipeline
  readonly #part: Part
  readonly #lexer: JsonLexer | undefined
  readonly #findings: Finding[] = []

  constructor(pipeline: Pipeline, part: Part) {
    this.#pipeline = pipeline
    this.#part = part
    this.#lexer = part.kind === 'json' ? new JsonLexer(pipeline) : undefined
    pipeline.key = part.key ?? ''
  }

  push(text: string): void {
    if (this.#lexer) this.#lexer.push(text)
    else this.#pipeline.push(text)
    this.#collect()
  }

  end(): readonly Finding[] {
    this.#lexer?.end()
    this.#pipeline.end()
    this.#collect()
    return this.#findings
  }

  #collect(): void {
    for (const { start, end, type, detector, certainty } of this.#pipeline.takeCounted()) {
      const from = this.#lexer ? this.#lexer.rawStart(start) : start
      const to = this.#lexer ? this.#lexer.rawEnd(end) : end
      this.#findings.push({ path: this.#part.path, start: from, end: to, type, detector, certainty: Math.round(certainty * 100) / 100 })
    }
    this.#lexer?.forget(this.#pipeline.countedLimit)
  }
}


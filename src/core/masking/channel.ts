/**
 * One channel: text in, masked text out. What goes out is the text as received up to the first place that is not decided,
 * with each finding replaced. What is held is dropped when the channel is abandoned; nothing but `push` and `flush` releases.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { SpanEvidence, Transform } from '../../protocol/masking.ts'
import type { CustomType } from '../../protocol/policy.ts'
import { explainRefusedAnswer } from '../policy/explain.ts'
import { numberOfShape } from './json/number.ts'
import type { ChannelOptions, MaskingStream } from './masker.ts'
import { NAMES } from './names/types.ts'
import { Outlet } from './outlet.ts'
import { RESTORED, type Candidate } from './scan/match.ts'
import type { Pipeline } from './scan/pipeline.ts'
import { isStandIn } from './surrogates.ts'
import { isConstant, tokenFor, type Keys } from './transforms.ts'
import type { Vault } from './vault.ts'

/** Long texts are fed in slices, so that memory does not grow with them. The result is the same by construction. */
export const SLICE = 32_768

export interface ChannelParts {
  readonly options: ChannelOptions
  readonly rules: ReadonlyMap<string, Transform>
  readonly pipeline: Pipeline
  readonly keys: Keys
  readonly own: readonly CustomType[] | undefined
  readonly vault: Vault
  /** Placeholders of the session become values again. */
  readonly restores: boolean
}

/** What replaces a value, and the record of it. */
export class Replacer {
  readonly spans: SpanEvidence[] = []
  readonly #found = new Map<string, number>()
  /** What a record shows for the value replaced last: the same, except where a value was given back. */
  shown = ''
  /** What it goes out in: the quotes asked for, none where it is a number or stays what it was. */
  quotes = ''
  readonly #restored = new Map<string, number>()
  readonly #parts: ChannelParts

  constructor(parts: ChannelParts) {
    this.#parts = parts
  }

  /** How many of each type there were. */
  get found(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#found)
  }

  /** How many of each type were given back. */
  get restored(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#restored)
  }

  get hasRestored(): boolean {
    return this.#restored.size > 0
  }

  count(type: string): void {
    this.#found.set(type, (this.#found.get(type) ?? 0) + 1)
  }

  /** The token when it does not depend on the value's end, else undefined. */
  early(candidate: Candidate): string | undefined {
    const transform = this.#transform(candidate.type)
    this.#stop(candidate.type, transform)
    return isConstant(transform, candidate.type) ? tokenFor(transform, candidate.type, '', this.#parts.keys, () => '') : undefined
  }

  /**
   * @param value as received, decoded; offsets of the candidate are those of the text as received
   * @param isNumber in a number's place: only a number of the same shape keeps values apart there, and a pseudonym is none
   * @param quotes that anything but a number stands in there
   * @returns without the quotes
   */
  replace(candidate: Candidate, value: string, isNumber = false, quotes = ''): string {
    this.shown = this.quotes = ''
    const transform = this.#transform(candidate.type)
    const token = candidate.type === RESTORED ? this.#restore(candidate, value) : this.#mask(candidate, value, isNumber && (transform === 'pseudonym' || transform === 'hash') ? 'replace' : transform)
    const text = quotes === '' || token === value ? token : this.#quoted(candidate, value, token, quotes)
    if (this.shown === '') this.shown = text
    return text
  }

  /** What goes out in the place of a bare number in a text. Where more of the number follows, the quotes end behind that. */
  #quoted(candidate: Candidate, value: string, token: string, quotes: string): string {
    const number = numberOfShape(value, token)
    if (number === undefined) this.quotes = quotes
    this.wentOut(candidate, number ?? quotes + token + quotes)
    return number ?? token
  }

  /** Something else went out in place of the value than its token: the record says what, and it is ours when it comes back. */
  wentOut(candidate: Candidate, text: string): void {
    const last = this.spans.at(-1)
    if (last?.start !== candidate.start) return
    this.spans[this.spans.length - 1] = { ...last, token: text }
    if (last.transform === 'replace' && this.quotes === '') this.#parts.vault.issueNumber(text)
  }

  #mask(candidate: Candidate, value: string, transform: Transform): string {
    const { keys, vault } = this.#parts
    const { type } = candidate
    if (this.#isNone(candidate, value, transform)) return value
    this.#stop(type, transform)
    const token = tokenFor(transform, type, value, keys, () => vault.pseudonym(type, value, this.#parts.options.direction === 'prompt'))
    if (transform !== 'redact' && transform !== 'keep') vault.issue(type, token)
    this.#record(candidate, type, transform, token, value)
    return token
  }

  /** Whether a value is what stands in a value's place, or the rest beside that. Where the mask may be out before the value's end is seen, it is one. */
  #isNone(candidate: Candidate, value: string, transform: Transform): boolean {
    if (candidate.committed === true && isConstant(transform, candidate.type)) return false
    if (candidate.isCut === true && candidate.detector === NAMES && PARTS.test(value)) return true
    return this.#parts.vault.wasIssued(candidate.type, value) || isStandIn(value) || (candidate.isRest === true && candidate.committed !== true && isTrifling(value))
  }

  /** An answer with a value that policy refuses ends before it. A prompt with one is denied before it gets here. */
  #stop(type: string, transform: Transform): void {
    if (transform !== 'refuse' || this.#parts.options.direction !== 'answer') return
    this.count(type)
    throw new CountersignError('CS_DENIED', explainRefusedAnswer(type, this.#parts.own))
  }

  #transform(type: string): Transform {
    return this.#parts.rules.get(type) ?? 'redact'
  }

  /** A placeholder of ours came back: the person gets the value it stands for, unless policy masks that type otherwise here. */
  #restore(candidate: Candidate, placeholder: string): string {
    const known = this.#parts.vault.known.get(candidate.detector)
    if (!known) return placeholder
    const transform = this.#parts.rules.get(known.type)
    if (transform === undefined || transform === 'pseudonym' || transform === 'keep') {
      this.shown = placeholder
      this.#restored.set(known.type, (this.#restored.get(known.type) ?? 0) + 1)
      return known.value
    }
    // The placeholder is no such value, and nothing that is refused comes of it.
    if (transform === 'refuse') return placeholder
    const token = tokenFor(transform, known.type, known.value, this.#parts.keys, () => placeholder)
    this.#record({ ...candidate, detector: 'pseudonym@1' }, known.type, transform, token, known.value)
    return token
  }

  #record(candidate: Candidate, type: string, transform: Transform, token: string, value: string): void {
    const { options, keys } = this.#parts
    this.count(type)
    this.spans.push({
      path: options.path,
      start: candidate.start,
      end: candidate.end,
      type,
      detector: candidate.detector,
      certainty: Math.round(candidate.certainty * 100) / 100,
      transform,
      token,
      commitment: keys.commit(value, `${options.direction} ${options.path} ${type}`),
    })
  }
}

/** What parts two names that were read as one: cells of a row, whose columns say more. */
const PARTS = /^[\s,;|/"']{1,8}$/

/** A password stands behind the name of its user, and between marks. Nothing that could be a value by itself. */
const USER = /^["'`]?[A-Za-z][A-Za-z._-]{0,30}\d{0,2}:$/
const MOST_LETTERS = 2

/** Whether what stands beside a placeholder of this session is none of the value. */
function isTrifling(value: string): boolean {
  return USER.test(value) || (!/\p{N}/u.test(value) && value.replace(/\P{L}/gu, '').length <= MOST_LETTERS)
}

/** Fails a channel closed: what a detector threw is the cause, and nothing that was held comes out afterwards. */
export class Guard {
  #broken: CountersignError | undefined

  run(work: () => string): string {
    if (this.#broken) throw this.#broken
    try {
      return work()
    } catch (cause) {
      this.#broken = cause instanceof CountersignError ? cause : new CountersignError('CS_MASKING_FAILED', 'masking failed, so nothing more of this text is let through. Run it again; if it fails again, tell whoever runs Countersign.', { cause })
      throw this.#broken
    }
  }
}

export class TextChannel implements MaskingStream {
  readonly #pipeline: Pipeline
  readonly #replacer: Replacer
  readonly #guard = new Guard()
  readonly #outlet: Outlet
  /** Start of a value whose placeholder is out already. */
  #opened = -1

  constructor(parts: ChannelParts) {
    this.#pipeline = parts.pipeline
    this.#replacer = new Replacer(parts)
    this.#outlet = new Outlet(parts.restores)
    this.#pipeline.key = parts.options.key ?? ''
  }

  get spans(): readonly SpanEvidence[] {
    return this.#replacer.spans
  }

  get found(): Readonly<Record<string, number>> {
    return this.#replacer.found
  }

  get restored(): Readonly<Record<string, number>> {
    return this.#replacer.restored
  }

  get recorded(): string | undefined {
    return this.#replacer.hasRestored ? this.#outlet.recorded : undefined
  }

  push(text: string): string {
    return this.#guard.run(() => {
      if (text.length <= SLICE) return this.#feed(text)
      let out = ''
      for (let at = 0; at < text.length; at += SLICE) out += this.#feed(text.slice(at, at + SLICE))
      return out
    })
  }

  flush(): string {
    return this.#guard.run(() => {
      this.#pipeline.end()
      this.#release()
      this.#outlet.end()
      return this.#outlet.drain()
    })
  }

  #feed(text: string): string {
    this.#outlet.take(text)
    this.#pipeline.push(text)
    this.#release()
    return this.#outlet.drain()
  }

  #release(): void {
    const outlet = this.#outlet
    for (const one of this.#pipeline.take()) this.#replace(one)
    for (const one of this.#pipeline.takeCounted()) this.#replacer.count(one.type)
    outlet.copyTo(this.#pipeline.limit)
    const committed = this.#opened < 0 ? this.#pipeline.committed : undefined
    const token = committed && this.#replacer.early(committed)
    if (committed && token !== undefined) {
      outlet.put(token, token, outlet.quotesFor(committed))
      this.#opened = committed.start
    }
  }

  #replace(one: Candidate): void {
    const outlet = this.#outlet
    const isOpened = this.#opened === one.start
    this.#opened = -1
    if (!isOpened) outlet.copyTo(one.start)
    const token = this.#replacer.replace(one, outlet.source(one.start, one.end), false, outlet.quotesFor(one))
    if (!isOpened) outlet.put(token, this.#replacer.shown, this.#replacer.quotes)
    outlet.passTo(one.end)
  }
}

/**
 * The walk over one JSON value of an answer: an event, or the whole answer. A codec visits what it knows by name; every
 * string it does not know is text. Texts that go on in later events get a slot, all others are masked where they stand.
 */
import type { Edit } from '../json/edit.ts'
import { applyEdits, member, numberOf, textOf } from '../json/edit.ts'
import type { JsonNode, JsonString } from '../json/read.ts'
import type { Field, Slot } from './field.ts'
import type { Fields } from './fields.ts'
import type { AnswerSummary, Channel } from './provider.ts'
import { holdsNumber, isNamedValue } from './holdsText.ts'
import { isLong, looksSealed } from './sealed.ts'

/** What is gathered for the record while an answer passes. */
export interface AnswerFacts {
  model?: string
  id?: string
  readonly finish: string[]
  usage: AnswerSummary['usage']
  readonly opaque: Set<string>
}

export function newFacts(): AnswerFacts {
  return { finish: [], usage: {}, opaque: new Set() }
}

export interface WalkOptions {
  readonly fields: Fields
  readonly facts: AnswerFacts
  readonly source: string
  readonly streaming: boolean
  /** Answers are masked: spelled-out copies (log probabilities) go. */
  readonly masking: boolean
}

/** Identifiers, digests and the like: nothing that holds words. */
const IDENTIFIER = /^[\w.:/+=-]{0,512}$/
const LONG_DIGITS = /^\d{7,}$/
/** Numbers of people and accounts, however they are punctuated: no identifier is made of digits alone. */
const DIGITS_ONLY = /^(?=(?:\D*\d){7})[\d.:/+=-]+$/
/** An identifier inside free-form content has a prefix or is a UUID; anything else there may be a value. */
const PREFIXED = /^(?:[a-z]{1,16}_[\w-]{1,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/
/** A member name of a protocol. Any other one may be a value that a model wrote: numbers of somebody, keys. */
const MEMBER = /^(?!.*\d{3})(?=.*[a-z]|.{0,8}$)[A-Za-z_][\w/-]{0,38}$/
const STRING = /"(?:[^"\\]|\\.)*"/y
/** What providers count and time, in every event: nobody's password is called so. */
const COUNTS = /(?:tokens|count|duration|time|index|created)$/i
/** More tokens than this are no count of tokens. */
const MOST_TOKENS = 1e10
const SEALED = /^(?:encrypted_\w{1,40}|signature)$/

/** Stands in records for a word of the provider that is none. */
export const UNREADABLE = 'unreadable'
/** No list of an answer is as long. */
const MOST_ITEMS = 100_000

/** What passes and is recorded as it is: who answers can write anything in its place. Undefined for what does not look the part. */
export function identifierOf(node: JsonNode | undefined): string | undefined {
  const text = textOf(node)
  return text !== undefined && IDENTIFIER.test(text) && !DIGITS_ONLY.test(text) ? text : undefined
}

/** The place in a list that a member names. Paths are recorded as they are, so a number that no list has is none. */
export function indexOf(node: JsonNode | undefined, name: string, position = 0): number {
  const index = numberOf(member(node, name))
  return isIndex(index) ? index : position
}

function isIndex(index: number | undefined): index is number {
  return index !== undefined && Number.isInteger(index) && index >= 0 && index < MOST_ITEMS
}

export class Walk {
  readonly facts: AnswerFacts
  readonly masking: boolean
  readonly streaming: boolean
  readonly slots: Slot[] = []
  readonly touched = new Set<Field>()
  /** Groups whose fields end with this event. */
  readonly ends: string[] = []
  /** Data of events that carry what was left of fields ended on the way: they go ahead of this one. */
  readonly ahead: string[] = []
  readonly #fields: Fields
  readonly #source: string
  readonly #edits: Edit[] = []
  readonly #late: { readonly node: JsonString; readonly slot: Slot }[] = []

  constructor(options: WalkOptions) {
    this.facts = options.facts
    this.masking = options.masking
    this.streaming = options.streaming
    this.#fields = options.fields
    this.#source = options.source
  }

  /**
   * A text of the answer proper: goes on in later events when this is one of a stream.
   * @param carry data of an event of this dialect that carries a rest of it
   */
  text(node: JsonNode, channel: Channel, group: string, carry: (text: string) => string): void {
    if (node.type !== 'string') this.unknown(node, channel.path)
    else if (!this.streaming) this.whole(node, channel.path, channel.kind, true)
    else if (node.text !== '') {
      const field = this.#fields.field(channel, group, carry)
      const slot: Slot = { text: undefined, settled: false }
      this.slots.push(slot)
      this.#late.push({ node, slot })
      this.touched.add(field)
      field.push(slot, node.text)
    }
  }

  /** A string that is complete here. */
  whole(node: JsonNode, path: string, kind: Channel['kind'] = 'text', shown = false): void {
    if (node.type !== 'string') {
      this.unknown(node, path, shown)
      return
    }
    const masked = this.#fields.whole({ path, kind }, node.text, shown)
    if (masked !== node.text) this.#edits.push({ start: node.start, end: node.end, text: JSON.stringify(masked) })
  }

  /** Ends a field before the rest of this event is visited: what follows repeats it. */
  endNow(group: string): void {
    this.ahead.push(...this.#fields.flush(group))
  }

  /** A copy of a text that streamed on this channel; masked on its own when it is not what streamed. */
  copy(node: JsonNode, channel: Channel): void {
    const masked = node.type === 'string' ? this.#fields.copyOf(channel.path, node.text) : undefined
    if (masked === undefined) this.whole(node, channel.path, channel.kind, true)
    else if (masked !== textOf(node)) this.#edits.push({ start: node.start, end: node.end, text: JSON.stringify(masked) })
  }

  /** Anything: strings are text, containers are masked as JSON source, member names and numbers included. */
  unknown(node: JsonNode, path: string, shown = false): void {
    if (node.type === 'string') this.whole(node, path, 'text', shown)
    else if (holdsText(node, this.#source) || (!COUNTS.test(path) && holdsNumber(node, this.#source))) this.source(node, path, shown)
  }

  /** A value whose JSON source is one text. */
  source(node: JsonNode, path: string, shown = false): void {
    const text = this.#source.slice(node.start, node.end)
    const masked = this.#fields.whole({ path, kind: 'json' }, text, shown)
    if (masked !== text) this.#edits.push({ start: node.start, end: node.end, text: masked })
  }

  /** Made by the provider, not by the model: passes when it looks the part. */
  identifier(node: JsonNode, path: string): string | undefined {
    const identifier = identifierOf(node)
    if (identifier === undefined) this.unknown(node, path)
    return identifier
  }

  /** Name of the model that answered, for the record. */
  model(node: JsonNode, path: string): void {
    const model = this.identifier(node, path)
    if (model !== undefined) this.facts.model = model
  }

  /** Identifier of the answer, for the record. */
  id(node: JsonNode, path: string): void {
    const id = this.identifier(node, path)
    if (id !== undefined) this.facts.id = id
  }

  /** Why the model stopped, for the record. */
  finish(node: JsonNode, path: string): void {
    this.facts.finish.push(this.identifier(node, path) ?? UNREADABLE)
  }

  /**
   * Signed or encrypted: passes untouched, and the record says so. What can be read in its place is read.
   * @param among its path, where it stands among members of any kind: something short may be anything there
   */
  sealed(node: JsonNode, kind: string, among?: string): void {
    if (node.type === 'null' || textOf(node) === '') return
    this.facts.opaque.add(kind)
    if (node.type !== 'string' || !looksSealed(node.text) || (among !== undefined && !isLong(node.text))) this.unknown(node, among ?? kind)
  }

  /** A member's name. One that no API has may be a value, and is masked where it stands. */
  name(key: string, start: number): string {
    if (MEMBER.test(key)) return key
    const masked = this.#fields.whole({ path: 'names', kind: 'text' }, key, false)
    STRING.lastIndex = start
    if (masked !== key && STRING.test(this.#source)) this.#edits.push({ start, end: STRING.lastIndex, text: JSON.stringify(masked) })
    return masked
  }

  /** A number of the protocol. Anything else in its place is unknown. */
  number(node: JsonNode, path: string): void {
    if (node.type !== 'number') this.unknown(node, path)
  }

  /** A place in a list. */
  index(node: JsonNode, path: string): void {
    if (!isIndex(numberOf(node))) this.unknown(node, path)
  }

  /** Calls back once the text at this place is complete. */
  pairOf(path: string, callback: (masked: string, original: string) => void): void {
    this.#fields.whenWhole(path, callback)
  }

  /**
   * Offsets into a text of the answer, moved to where their places are now that the text is masked.
   * @param unit UTF-16 units, or bytes of UTF-8
   */
  mend(annotation: JsonNode, path: string, names: readonly string[], unit: 'units' | 'bytes' = 'units'): void {
    for (const name of names) {
      const node = member(annotation, name)
      const offset = numberOf(node)
      const moved = offset === undefined ? undefined : unit === 'units' ? this.#fields.moved(path, offset) : this.#fields.movedBytes(path, offset)
      if (node && moved !== undefined && moved !== offset) this.replace(node, String(moved))
    }
  }

  /** Replaced by this JSON source. */
  replace(node: JsonNode, source: string): void {
    this.#edits.push({ start: node.start, end: node.end, text: source })
  }

  edit(edits: readonly Edit[]): void {
    this.#edits.push(...edits)
  }

  /** True once every slot has its text. */
  get isSettled(): boolean {
    return this.slots.every(({ settled }) => settled)
  }

  /** The source with its masks, undefined when nothing changed. */
  render(): string | undefined {
    const late = this.#late.flatMap(({ node, slot }) =>
      slot.text === undefined || slot.text === node.text ? [] : [{ start: node.start, end: node.end, text: JSON.stringify(slot.text) }],
    )
    const edits = [...this.#edits, ...late]
    return edits.length === 0 ? undefined : applyEdits(this.#source, edits)
  }
}

/** Calls a handler for each member of an object; anything else is unknown. */
export function eachMember(walk: Walk, node: JsonNode, path: string, visit: (key: string, value: JsonNode, path: string) => void): void {
  if (node.type !== 'object') walk.unknown(node, path)
  else
    for (const { key, start, value } of node.members) {
      const name = walk.name(key, start)
      visit(name, value, `${path}/${name}`)
    }
}

export function eachItem(walk: Walk, node: JsonNode, path: string, visit: (item: JsonNode, index: number) => void): void {
  if (node.type !== 'array') walk.unknown(node, path)
  else node.items.forEach(visit)
}

/** Blocks of any kind (results of tools, citations): strings are text, signed and encrypted members pass and are named. */
export function walkDeep(walk: Walk, node: JsonNode, path: string): void {
  if (node.type === 'array') node.items.forEach((item, i) => { walkDeep(walk, item, `${path}/${i}`) })
  else if (node.type !== 'object' || isNamedValue(node) || node.members.some(({ key }) => !MEMBER.test(key))) walk.unknown(node, path, true)
  else
    for (const { key, value } of node.members) {
      const below = `${path}/${key}`
      if (SEALED.test(key) && value.type === 'string') walk.sealed(value, key === 'signature' ? key : 'encrypted_content', below)
      else if (key === 'type') walk.identifier(value, below)
      else if ((key === 'id' || key.endsWith('_id')) && PREFIXED.test(textOf(value) ?? '')) continue
      else walkDeep(walk, value, below)
    }
}

/** Token counts under the names a provider gives them. */
export function readUsage(walk: Walk, inputTokens: JsonNode | undefined, outputTokens: JsonNode | undefined): void {
  const input = numberOf(inputTokens)
  const output = numberOf(outputTokens)
  if (input !== undefined && input < MOST_TOKENS) walk.facts.usage = { ...walk.facts.usage, inputTokens: input }
  if (output !== undefined && output < MOST_TOKENS) walk.facts.usage = { ...walk.facts.usage, outputTokens: output }
}

function holdsText(node: JsonNode, source: string): boolean {
  switch (node.type) {
    case 'string':
      return node.text !== ''
    case 'object':
      return node.members.some(({ key, value }) => !MEMBER.test(key) || holdsText(value, source) || (!COUNTS.test(key) && holdsNumber(value, source)))
    case 'array':
      if (node.numbers?.every((value) => Math.abs(value) < 1_000_000)) return false
      return node.items.some((item) => holdsText(item, source))
    case 'number':
      return LONG_DIGITS.test(String(Math.trunc(Math.abs(Number(node.value)))))
    case 'boolean':
    case 'null':
      return false
  }
}

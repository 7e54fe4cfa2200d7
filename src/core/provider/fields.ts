/** All texts of one answer: those that stream, those that stand whole in one place, and their copies, masked alike. */
import type { SpanEvidence } from '../../protocol/masking.ts'
import { Field } from './field.ts'
import type { Channel, OpenChannel } from './provider.ts'

/** Distinct channels that one place may open; a field that changes with every event shares the last one's name. */
const NAMES_PER_PLACE = 256

/** The name that a place ends with; positions in lists are no names. */
const LAST_NAME = /(?:^|\/)([A-Za-z_][\w-]*)(?:\/\d+)*$/
/** What providers call the text proper, and places that this agent names itself: they tell nothing of a value. */
const TELLS_NOTHING = new Set(['arguments', 'content', 'delta', 'generated_text', 'generation', 'input', 'lines', 'message', 'names', 'output', 'outputText', 'reasoning', 'reasoning_content', 'refusal', 'response', 'summary', 'text', 'thinking', 'thought', 'transcript'])

/** Ending of the group of a choice's thinking. */
export const THINKING = '/thinking'

export class Fields {
  readonly #open: OpenChannel
  readonly #fields = new Map<string, Field>()
  readonly #ended: Field[] = []
  readonly #awaited: { readonly path: string; readonly callback: (masked: string, original: string) => void }[] = []
  readonly #wholes = new Map<string, { text: string; masked: string; opened: number; spans: readonly SpanEvidence[] }>()
  readonly #shown: { path: string; value: string }[] = []
  readonly #spans: SpanEvidence[] = []

  constructor(open: OpenChannel) {
    this.#open = open
  }

  /**
   * @param group fields that end together: a choice, a block. Thinking ends where the answer goes on, and may begin anew:
   * then it is another block, with a name of its own
   */
  field(channel: Channel, group: string, carry: (text: string) => string): Field {
    const known = this.#fields.get(channel.path)
    if (known && !(known.isFlushed && group.endsWith(THINKING))) {
      known.carry = carry
      return known
    }
    const path = known ? `${channel.path}#${this.#ended.length + 2}` : channel.path
    if (known) this.#ended.push(known)
    const field = new Field(path, group, this.#open({ ...named(channel), path }), carry)
    this.#fields.set(channel.path, field)
    return field
  }

  /**
   * A text that is complete where it stands. The same text in the same place again costs nothing.
   * @param shown true when it belongs into the record of the answer
   */
  whole(channel: Channel, text: string, shown: boolean): string {
    if (text === '') return text
    const known = this.#wholes.get(channel.path)
    if (known?.text === text) return known.masked
    const opened = (known?.opened ?? 0) + 1
    const path = opened === 1 ? channel.path : `${channel.path}#${Math.min(opened, NAMES_PER_PLACE)}`
    const stream = this.#open({ ...named(channel), path })
    const masked = stream.push(text) + stream.flush()
    this.#spans.push(...stream.spans)
    this.#wholes.set(channel.path, { text, masked, opened, spans: stream.spans })
    if (shown) this.#shown.push({ path, value: masked })
    return masked
  }

  /** A copy of a text that streamed before: masked as that was. Undefined when it is not the same text. */
  copyOf(path: string, text: string): string | undefined {
    const field = this.#fields.get(path)
    return field?.isFlushed && field.original === text ? field.masked : undefined
  }

  /** Where an offset of a text stands after masking; one inside a masked value moves to its beginning. */
  moved(path: string, offset: number): number {
    let moved = offset
    for (const { start, end, token } of this.#fields.get(path)?.spans ?? this.#wholes.get(path)?.spans ?? []) {
      if (offset >= end) moved += token.length - (end - start)
      else if (offset > start) moved -= offset - start
    }
    return moved
  }

  /** The same for an offset in bytes of UTF-8. */
  movedBytes(path: string, offset: number): number {
    const field = this.#fields.get(path) ?? { original: this.#wholes.get(path)?.text ?? '', masked: this.#wholes.get(path)?.masked ?? '' }
    const units = Buffer.from(field.original).toString('utf8', 0, offset).length
    const moved = this.moved(path, units)
    return moved === units && field.masked.startsWith(field.original.slice(0, units)) ? offset : Buffer.byteLength(field.masked.slice(0, moved))
  }

  /** Calls back once the text at this place is complete: what stands there now, and what stood there. */
  whenWhole(path: string, callback: (masked: string, original: string) => void): void {
    this.#awaited.push({ path, callback })
  }

  /** Answers those who wait for texts that are complete by now. */
  settle(): void {
    for (const awaited of this.#awaited.splice(0)) {
      const field = this.#fields.get(awaited.path)
      const whole = this.#wholes.get(awaited.path)
      if (field?.isFlushed) awaited.callback(field.masked, field.original)
      else if (whole) awaited.callback(whole.masked, whole.text)
      else this.#awaited.push(awaited)
    }
  }

  /** Ends the fields of a group, or all. @returns data of the events that carry what is left */
  flush(group?: string): string[] {
    const rest: string[] = []
    for (const field of this.#fields.values()) {
      if (field.isFlushed || (group !== undefined && field.group !== group && field.group !== group + THINKING)) continue
      const text = field.flush()
      if (text !== '') rest.push(field.carry(text))
    }
    this.settle()
    return rest
  }

  /**
   * Fields of a group that went on: thinking that is over ends, and what others wait with must not hold these up.
   * @returns data of the events that carry what is left of the thinking
   */
  goOn(active: ReadonlySet<Field>): string[] {
    const groups = new Set([...active].map(({ group }) => answerOf(group)))
    const rest: string[] = []
    for (const field of this.#fields.values()) {
      if (field.isFlushed || active.has(field) || !groups.has(answerOf(field.group))) continue
      const isOver = field.group.endsWith(THINKING) && [...active].some(({ group }) => group !== field.group)
      const text = isOver ? field.flush() : ''
      if (text !== '') rest.push(field.carry(text))
      if (!isOver) field.detach()
    }
    return rest
  }

  /** Too much waits: everything that can go, goes. */
  detachAll(): void {
    for (const field of this.#fields.values()) field.detach()
  }

  get texts(): { path: string; value: string }[] {
    const streamed = this.#all.map(({ path, masked }) => ({ path, value: masked }))
    return [...streamed, ...this.#shown].filter(({ value }) => value !== '')
  }

  get spans(): SpanEvidence[] {
    return [...this.#all.flatMap(({ spans }) => spans), ...this.#spans]
  }

  get #all(): Field[] {
    return [...this.#ended, ...this.#fields.values()]
  }
}

/** With the name of the member that holds the text, where it may tell what the value is: a password is told by nothing else. */
function named(channel: Channel): Channel {
  const [, key] = LAST_NAME.exec(channel.path) ?? []
  return key === undefined || TELLS_NOTHING.has(key) ? channel : { ...channel, key }
}

function answerOf(group: string): string {
  return group.endsWith(THINKING) ? group.slice(0, -THINKING.length) : group
}

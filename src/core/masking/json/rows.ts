/**
 * Tables in JSON whose rows are lists: `{"columns":["id","dob"],"data":[[1,"1990-03-07"]]}` and `[["id","dob"],[1,"1990-03-07"]]`. A list of
 * names, one of which says what a field holds, names what stands at each place of the lists that follow it, within what it stands in.
 */
const HEADS = /^(?:columns?|headers?|fields?|col(?:umn)?_?names|cols|names|keys)$/i
const NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_ ./-]{0,39}$/u
const MOST_COLUMNS = 64
/** Whoever writes the text says how deep it goes. */
const DEEPEST = 32

interface Frame {
  readonly isList: boolean
  /** Place of the value that comes next. */
  index: number
  /** Strings so far, while it may be a list of names. */
  names: string[] | undefined
  /** What stands in the rows within, once that was said. */
  head: readonly string[] | undefined
}

export class Rows {
  readonly #isField: (name: string) => boolean
  readonly #frames: Frame[] = []
  #depth = 0

  constructor(isField: (name: string) => boolean) {
    this.#isField = isField
  }

  /** Name of what stands at the place that is read next, empty where none is known. */
  get name(): string {
    if (this.#depth > DEEPEST) return ''
    const row = this.#frames.at(-1)
    const above = this.#frames.at(-2)
    if (!row?.isList || !above?.isList) return ''
    return (above.head ?? this.#frames.at(-3)?.head)?.[row.index] ?? ''
  }

  /** @param key name of the value that opens, empty in a list */
  open(isList: boolean, key: string): void {
    this.#depth++
    if (this.#depth > DEEPEST) return
    const above = this.#frames.at(-1)
    if (above) above.names = undefined
    const mayBeHead = isList && (above?.isList ? above.index === 0 : HEADS.test(key))
    this.#frames.push({ isList, index: 0, names: mayBeHead ? [] : undefined, head: undefined })
  }

  /** A value was a string; all others are names of nothing. */
  string(text: string): void {
    const names = this.#depth > DEEPEST ? undefined : this.#frames.at(-1)?.names
    names?.push(text)
  }

  comma(): void {
    const frame = this.#depth > DEEPEST ? undefined : this.#frames.at(-1)
    if (!frame) return
    frame.index++
    if (frame.names && (frame.names.length !== frame.index || frame.index >= MOST_COLUMNS)) frame.names = undefined
  }

  close(): void {
    if (this.#depth === 0) return
    if (--this.#depth >= DEEPEST) return
    const frame = this.#frames.pop()
    const above = this.#frames.at(-1)
    if (above && frame?.names && frame.names.length === frame.index + 1 && this.#isHead(frame.names)) above.head = frame.names
  }

  #isHead(names: readonly string[]): boolean {
    return names.length > 1 && names.every((name) => NAME.test(name)) && names.some(this.#isField)
  }
}

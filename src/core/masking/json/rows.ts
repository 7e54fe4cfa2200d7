/**
 * Tables in JSON whose rows are lists: `{"columns":["id","dob"],"data":[[1,"1990-03-07"]]}`, `{"columns":[{"name":"dob"}],"rows":[["1990-03-07"]]}`
 * and `[["id","dob"],[1,"1990-03-07"]]`. A list of names, one of which says what a field holds, names what stands at each place of the rows
 * that follow it, within what it stands in.
 */
import { COLUMN_NAME, fieldOf } from '../scan/columnName.ts'

const HEADS = /^(?:columns?|headers?|fields?|col(?:umn)?_?names|field_?names|cols|names|keys|labels|schema)$/i
/** Lists that hold rows. Others beside a list of names have a meaning of their own. */
const DATA = /^(?:data|rows?|values|records|results?|items|tuples|table|body|cells|content)$/i
/** What a column is called where it is an object. */
const NAME_OF_COLUMN = /^(?:(?:column_?|field_?)?name|field|id|key|header_?name|title|label)$/i
const MOST_COLUMNS = 512
/** Whoever writes the text says how deep it goes. */
const DEEPEST = 32

interface Frame {
  readonly isList: boolean
  readonly key: string
  /** Place of the value that comes next. */
  index: number
  /** Names so far, while it may be a list of them. */
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
    return (above.head ?? (DATA.test(above.key) ? this.#frames.at(-3)?.head : undefined))?.[row.index] ?? ''
  }

  /** @param key name of the value that opens, empty in a list */
  open(isList: boolean, key: string): void {
    this.#depth++
    if (this.#depth > DEEPEST) return
    const above = this.#frames.at(-1)
    if (above && (isList || above.names?.length !== above.index)) above.names = undefined
    const mayBeHead = isList && (above?.isList ? above.index === 0 : HEADS.test(key))
    this.#frames.push({ isList, key, index: 0, names: mayBeHead ? [] : undefined, head: undefined })
  }

  /** A value was a string; all others are names of nothing. @param key its name, empty in a list and for a name itself */
  string(text: string, key: string): void {
    if (this.#depth > DEEPEST) return
    const frame = this.#frames.at(-1)
    if (frame?.isList === false) {
      const above = this.#frames.at(-2)
      if (NAME_OF_COLUMN.test(key) && above?.names?.length === above?.index) above?.names?.push(text)
    } else frame?.names?.push(text)
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
    if (above && frame?.names && frame.names.length === frame.index + 1) above.head = this.#headOf(frame.names, frame.key) ?? above.head
  }

  #headOf(names: readonly string[], key: string): readonly string[] | undefined {
    if ((names.length < 2 && key === '') || !names.every((name) => name === '' || COLUMN_NAME.test(name))) return undefined
    const fields = names.map((name) => fieldOf(name, this.#isField))
    return fields.some(this.#isField) ? fields : undefined
  }
}

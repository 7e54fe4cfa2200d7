/**
 * Collects the texts of a request body. A codec walks the body with the members it knows; whatever it does not name is text
 * until proven otherwise: unknown strings are parts, and unknown objects are parts as JSON source. Nothing is skipped.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { Part } from '../../protocol/masking.ts'
import { applyEdits, numbersOf, pointer, valueOf, type Edit } from '../json/edit.ts'
import { looksLikeJson } from '../masking/json/looksLikeJson.ts'
import { readJson, type JsonNode, type JsonObject, type JsonString } from '../json/read.ts'
import { holdsNumber, holdsText, isNamedValue } from './holdsText.ts'
import { isLong, looksSealed, mediaOf } from './sealed.ts'
import type { Tokenizer } from './tokens.ts'

/** Where the walk stands, and how its texts are to be read. */
export interface Place {
  readonly path: string
  readonly role: Part['role']
  readonly origin: Part['origin']
}

export type Handler = (node: JsonNode, place: Place) => void
export type Handlers = Readonly<Record<string, Handler>>
/** @param key name of the member that it stands in: it may tell what the value is */
type Reader = (node: JsonNode, place: Place, key?: string) => void

/** Words of a protocol: `json_schema`, `web_search_20250305`, `24h`. Too short and too plain to carry a value. */
const WORD = /^(?:[a-z][a-z_.-]{0,39}(?:\d{1,2}|_\d{8})?(?:[a-z_]{0,20})?|\d{1,3}[a-z])$/
/** Identifiers that clients and providers make: a known prefix, or a UUID. */
const PREFIXED =
  /^(?:(?:call|chatcmpl|toolu|srvtoolu|mcptoolu|msg|resp|fc|fco|rs|ws|ctc|mcp|mcpl|mcpr|cu|ig|fs|ci|lc|lc_run|run|tsc|tso|sh|sho|container|cntr|tooluse)(?:_|-{1,2})[\w-]{1,120}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/
/** Of Mistral's calls: nine characters, a letter among them. */
const NINE = /^(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{9}$/
const NAME = /^[A-Za-z_][A-Za-z0-9_.:/-]{0,127}$/
const SEALED = /^(?:encrypted_\w{1,40}|signature)$/
const LONG_DIGITS = /\d{7}/
/** A member name as APIs have them. Any other one may be a value itself: it is read together with what it names. */
const API_MEMBER = /^[A-Za-z_]{1,40}\d{0,2}$/
/** A number whose whole part is as long as those of people, cards and accounts. */
const LONG_WHOLE = /^-?\d{7}|[eE]/
/** As much of a text says whether it begins as JSON. */
const HEAD = 200
const LONG_SEED = /^-?\d{11}|[eE]/

export class PartCollector {
  readonly parts: Part[] = []
  readonly opaque = new Set<string>()
  readonly tools: string[] = []
  readonly #source: string
  /** By part: where its source stands, and how a masked text becomes source again. */
  readonly #nodes: { readonly node: JsonNode; readonly write: (text: string) => string }[] = []
  readonly #taken = new Set<JsonNode>()
  readonly #folds = new WeakMap<Handlers, ReadonlySet<string>>()

  constructor(source: string) {
    this.#source = source
  }

  /**
   * Members by name; those without a handler are unknown. Anything but an object is unknown as a whole.
   * @throws CountersignError CS_MALFORMED for a known name in another case: some servers take it for that name, and others do not
   */
  members(node: JsonNode, place: Place, handlers: Handlers): void {
    if (node.type !== 'object') {
      this.unknown(node, place)
      return
    }
    node.members.forEach(({ key, value, start }, i) => {
      const handler = Object.hasOwn(handlers, key) ? handlers[key] : undefined
      const below = { ...place, path: pointer(place.path, key) }
      if (handler) handler(value, below)
      else if (this.#isKnown(fold(key), handlers)) throw new CountersignError('CS_MALFORMED', `the body spells "${fold(key).toLowerCase().slice(0, 40)}" in another case than its provider does. Nothing was sent.`)
      else if (API_MEMBER.test(key)) this.unknown(value, below, key)
      // Paths are recorded as they are: what may be a value stands in none. Its position does, which no member of an object has as its name here.
      else this.#named(start, value, { ...place, path: pointer(place.path, i) })
    })
  }

  /** Each item of a list; anything but a list is handled as if it were the only item. */
  items(node: JsonNode, place: Place, handler: Handler): void {
    if (node.type !== 'array') handler(node, place)
    else node.items.forEach((item, i) => { handler(item, { ...place, path: pointer(place.path, i) }) })
  }

  readonly text: Handler = (node, place) => {
    if (node.type === 'string') this.#string(node, place, 'text')
    else if (node.type === 'array') this.items(node, place, this.text)
    else this.unknown(node, place)
  }

  /** A string that is JSON source itself. */
  readonly jsonText: Handler = (node, place) => {
    if (node.type === 'string') this.#string(node, place, 'json')
    else this.source(node, place)
  }

  /** A value given as JSON: its source is one part, with member names and numbers in it. */
  readonly source: Handler = (node, place) => {
    if (node.type === 'string') this.#string(node, place, 'text')
    else if (holdsText(node, this.#source)) this.#raw(node, place)
  }

  /** What a program gave back, as JSON. Libraries put a text under one name of their own (`result`, `output`): JSON in it stays JSON. */
  readonly result: Handler = (node, place) => {
    const only = node.type === 'object' && node.members.length === 1 ? node.members[0] : undefined
    if (only?.value.type === 'string' && API_MEMBER.test(only.key) && beginsAsJson(only.value.text)) this.#string(only.value, { ...place, path: pointer(place.path, only.key) }, 'json', only.key)
    else this.source(node, place)
  }

  /** Token ids: the text they stand for is the part, and it becomes ids again. */
  tokens(node: JsonNode, place: Place, tokenizer: Tokenizer): void {
    this.#part(node, { ...place, kind: 'text', text: tokenizer.decode(numbersOf(node)) }, (text) => JSON.stringify(tokenizer.encode(text)))
  }

  readonly schema: Handler = (node, place) => { this.source(node, { ...place, role: 'schema' }) }

  /** A word of the protocol (a type, a role, an effort): kept for the record. One that does not look like a word is text. */
  readonly word: Handler = (node, place) => {
    if (node.type === 'string' && !WORD.test(node.text)) this.text(node, place)
    else if (node.type !== 'string') this.unknown(node, place)
  }

  readonly identifier: Handler = (node, place) => {
    if (node.type !== 'string' || !(PREFIXED.test(node.text) || NINE.test(node.text))) this.unknown(node, place)
  }

  /** A tool on offer: policy sees it by its name. */
  readonly toolName: Handler = (node, place) => {
    if (node.type === 'string') this.tools.push(node.text)
    this.name(node, place)
  }

  /** A model, tool or format by name. Names with long runs of digits are read as text. */
  readonly name: Handler = (node, place) => {
    if (node.type !== 'string' || !NAME.test(node.text) || LONG_DIGITS.test(node.text.replace(/\d{4}-?\d{2}-?\d{2}$/, ''))) this.unknown(node, place)
  }

  /** Numbers and switches whose meaning is known. Strings and objects in their place are text, and so are numbers too long for them. */
  readonly plain: Handler = (node, place) => {
    const long = place.path.endsWith('seed') ? LONG_SEED : LONG_WHOLE
    if (node.type !== 'number' || long.test(this.#source.slice(node.start, node.end))) this.unknown(node, place)
  }

  /** Blocks of any kind (results of tools, of searches): strings are text, signed and encrypted members stay closed. */
  readonly deep: Handler = (node, place) => { this.deepWith({})(node, place) }

  /** @param known members whose meaning is known wherever they stand */
  deepWith(known: Handlers): Handler {
    const read: Reader = (node, place, named) => {
      if (node.type === 'array') this.items(node, place, (item, at) => { read(item, at, named) })
      else if (node.type !== 'object' || isNamedValue(node) || node.members.some(({ key }) => !API_MEMBER.test(key))) this.unknown(node, place, named)
      else for (const { key, value } of node.members) this.#below(key, value, { ...place, path: pointer(place.path, key) }, { known, read })
    }
    return read
  }

  #below(key: string, value: JsonNode, below: Place, { known, read }: { readonly known: Handlers; readonly read: Reader }): void {
    const handler = Object.hasOwn(known, key) ? known[key] : undefined
    if (handler) handler(value, below)
    else if (SEALED.test(key) && value.type === 'string') {
      const kind = key === 'signature' ? key : 'encrypted_content'
      this.opaque.add(kind)
      if (isLong(value.text)) this.hidden(kind)(value, below)
      else read(value, below, key)
    }
    else if (key === 'type') this.word(value, below)
    // A person's data has members of such names too, and its numbers may be short (`customer_id`): nine characters tell nothing here.
    else if ((key === 'id' || key.endsWith('_id')) && value.type === 'string' && PREFIXED.test(value.text)) return
    else read(value, below, key)
  }

  /** Content that nobody can read here. What stands in its place and can be read is read all the same. */
  hidden(kind: string): Handler {
    const read: Handler = (node, place) => {
      if (node.type === 'array') this.items(node, place, read)
      else if (node.type !== 'string') this.deep(node, place)
      else if (looksSealed(node.text)) this.#taken.add(node)
      else this.text(node, place)
    }
    return (node, place) => {
      if (node.type === 'null') return
      this.opaque.add(kind)
      read(node, place)
    }
  }

  /** Names what holds a picture, sound or a file where nobody expects one. Its base64 is read as text besides. */
  media(node: JsonNode): void {
    if (node.type === 'array' && node.numbers === undefined) for (const item of node.items) this.media(item)
    else if (node.type === 'object') for (const { value } of node.members) this.media(value)
    else if (node.type === 'string') {
      const kind = mediaOf(node.text)
      if (kind !== undefined) this.opaque.add(kind)
    }
  }

  unknown(node: JsonNode, place: Place, key?: string): void {
    this.media(node)
    if (node.type === 'string') this.#string(node, place, 'text', key)
    else if (holdsText(node, this.#source) || (key !== undefined && holdsNumber(node, this.#source))) this.#raw(node, place, key)
  }

  /** Everything that is no text and not hidden, as sent. */
  params(root: JsonNode): Record<string, unknown> {
    const value = valueOf(root, this.#source, this.#taken)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  }

  /**
   * The source with its parts' texts replaced.
   * @param texts one for each part
   * @param more edits of members that are no parts
   * @throws CountersignError CS_MASKING_FAILED when a masked JSON source is no JSON any more
   */
  rewrite(texts: readonly string[], more: readonly Edit[]): string {
    const edits = this.#nodes.flatMap(({ node, write }, i): Edit[] => {
      const text = texts[i]
      return text === undefined || text === this.parts[i]?.text ? [] : [{ start: node.start, end: node.end, text: write(text) }]
    })
    const inside = more.filter((edit) => !edits.some(({ start, end }) => edit.start >= start && edit.end <= end && edit.start < end))
    return applyEdits(this.#source, [...edits, ...inside])
  }

  #string(node: JsonString, place: Place, said: Part['kind'], key?: string): void {
    const kind = place.role === 'tool' && beginsAsJson(node.text) ? 'json' : said
    this.#part(node, { ...place, kind, text: node.text, ...(key === undefined ? {} : { key }) }, (text) => JSON.stringify(text))
  }

  #raw(node: JsonNode, place: Place, key?: string): void {
    const text = this.#source.slice(node.start, node.end)
    this.#part(node, { ...place, kind: 'json', text, ...(key === undefined ? {} : { key }) }, checkedSource)
  }

  #isKnown(folded: string, handlers: Handlers): boolean {
    let known = this.#folds.get(handlers)
    if (!known) this.#folds.set(handlers, (known = new Set(Object.keys(handlers).map(fold))))
    return known.has(folded)
  }

  /** A member whose name may be a value: both as JSON, in braces that are not sent. */
  #named(start: number, value: JsonNode, place: Place): void {
    const text = `{${this.#source.slice(start, value.end)}}`
    this.#taken.add(value)
    this.parts.push({ ...place, kind: 'json', text })
    this.#nodes.push({ node: { type: 'null', value: null, start, end: value.end }, write: (masked) => checkedSource(masked).slice(1, -1) })
  }

  #part(node: JsonNode, part: Part, write: (text: string) => string): void {
    this.#taken.add(node)
    if (part.text === '') return
    this.parts.push(part)
    this.#nodes.push({ node, write })
  }
}

/** Programs give their results as JSON in a text, and whoever reads them there wants JSON; what turns out to be none is text from there on. */
function beginsAsJson(text: string): boolean {
  return looksLikeJson(text.trimStart().slice(0, HEAD)) === true
}

function checkedSource(text: string): string {
  try {
    readJson(text, { code: 'CS_MALFORMED', what: 'a masked value', halves: true })
    return text
  } catch (error) {
    throw new CountersignError('CS_MASKING_FAILED', 'masking would have made this call unreadable. Nothing was sent.', { cause: error })
  }
}

/** As servers compare that take names in any case: the long s and the Kelvin sign are letters to them too. */
function fold(name: string): string {
  return name.toLowerCase().toUpperCase()
}

/**
 * Bodies whose members differ only in case are read differently by different servers (Go takes either).
 * @throws CountersignError CS_MALFORMED
 */
export function checkRoot(root: JsonNode): JsonObject {
  if (root.type !== 'object') throw new CountersignError('CS_MALFORMED', 'the body is not a JSON object. Nothing was sent.')
  const seen = new Set<string>()
  for (const { key } of root.members) {
    const folded = fold(key)
    // A name that no API has may be a value, and is not repeated.
    if (seen.has(folded)) throw new CountersignError('CS_MALFORMED', `the body gives ${API_MEMBER.test(key) ? `"${folded.toLowerCase()}"` : 'a member'} twice, spelled differently. Nothing was sent.`)
    seen.add(folded)
  }
  return root
}

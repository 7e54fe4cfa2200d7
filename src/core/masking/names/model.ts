/**
 * The weights' layout, little-endian: `CSN2`, log2 of the rows (u8), three zero bytes, the filter's segment length and
 * seed (u32 each), transitions (i16, from × to, in the unit of the weights), rows × COLUMNS weights (i8), filter (u16).
 */
import { COLUMNS, LABELS } from './labels.ts'
import type { WordList } from './wordlist.ts'

export interface Model {
  /** Number of rows less one; rows are a power of two. */
  readonly mask: number
  readonly transitions: Int16Array
  readonly weights: Int8Array
  readonly list: WordList
}

const MAGIC = 0x324e5343
const HEAD = 16
const PAIRS = LABELS * LABELS

function padded(length: number): number {
  return (length + 3) & ~3
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Copied as a whole: one after the other would take a tenth of what a start takes. */
function readEntries(bytes: Uint8Array): Uint16Array {
  const entries = new Uint16Array(bytes.length / 2)
  new Uint8Array(entries.buffer).set(bytes)
  return IS_LITTLE_ENDIAN ? entries : entries.map((entry) => (entry << 8) | (entry >>> 8))
}

/** Four weights each, the first one lowest. Copied as a whole as well. */
export function readFours(weights: Int8Array): Int32Array {
  const fours = new Int32Array(weights.length / 4)
  new Int8Array(fours.buffer).set(weights)
  return IS_LITTLE_ENDIAN ? fours : fours.map((four) => (four << 24) | ((four & 0xff00) << 8) | ((four >>> 8) & 0xff00) | (four >>> 24))
}

/** @throws RangeError when the bytes are not weights of this version: a build error, never a caller's */
export function readModel(bytes: Uint8Array): Model {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEAD || view.getUint32(0, true) !== MAGIC) throw new RangeError('These bytes are no weights of the name tagger.')
  const rows = 2 ** view.getUint8(4)
  const segment = view.getUint32(8, true)
  const atWeights = HEAD + padded(2 * PAIRS)
  const atFilter = atWeights + padded(rows * COLUMNS)
  if (bytes.length !== atFilter + 6 * segment) throw new RangeError('The weights of the name tagger are cut off.')
  const transitions = Int16Array.from({ length: PAIRS }, (_, i) => view.getInt16(HEAD + 2 * i, true))
  const weights = new Int8Array(bytes.buffer, bytes.byteOffset + atWeights, rows * COLUMNS)
  const entries = readEntries(bytes.subarray(atFilter))
  return { mask: rows - 1, transitions, weights, list: { entries, segment, seed: view.getUint32(12, true) } }
}

/** The bytes that `readModel` reads. */
export function writeModel(model: Model): Uint8Array {
  const { weights, transitions, list } = model
  const atFilter = HEAD + padded(2 * PAIRS) + padded(weights.length)
  const bytes = new Uint8Array(atFilter + 2 * list.entries.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint8(4, 31 - Math.clz32(model.mask + 1))
  view.setUint32(8, list.segment, true)
  view.setUint32(12, list.seed, true)
  transitions.forEach((value, i) => {
    view.setInt16(HEAD + 2 * i, value, true)
  })
  new Int8Array(bytes.buffer, HEAD + padded(2 * PAIRS), weights.length).set(weights)
  list.entries.forEach((value, i) => {
    view.setUint16(atFilter + 2 * i, value, true)
  })
  return bytes
}

/**
 * What the verifier reads from, and its own way through the bytes of a segment. It shares no reading with the writer: a
 * mistake made there would otherwise be made here as well and hide itself.
 */

/** A folder with a log in it, wherever it lies: a disk, a copy, a test's memory. */
export interface LogSource {
  /** Names in a folder, in any order; empty when there is no such folder. */
  list(folder: string): Promise<readonly string[]>
  /** Whole small file; undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>
  /** A file of any size, in chunks. */
  stream(path: string): AsyncIterable<Uint8Array>
}

export interface SegmentFile {
  readonly name: string
  /** Sequence number that its name claims for its first record. */
  readonly first: number
  readonly attempt: number
}

const NAME = /^segment-(\d{1,16})(?:-(\d{1,6}))?\.jsonl$/

/** Segments in the order in which they continue each other. */
export async function segmentFiles(source: LogSource, folder: string): Promise<SegmentFile[]> {
  const found: SegmentFile[] = []
  for (const name of await source.list(folder)) {
    const match = NAME.exec(name)
    if (match) found.push({ name, first: Number(match[1]), attempt: Number(match[2] ?? 0) })
  }
  return found.sort((a, b) => a.first - b.first || a.attempt - b.attempt)
}

/** No record is longer than 64 KiB: bytes without an end that go on beyond this are no log. */
const LONGEST_LINE = 1024 * 1024

/**
 * Calls back for each complete line. The byte before a line is the caller's to overwrite (it becomes the 0x00 of the leaf
 * hash, which saves a copy of every record); `buffer` is this function's own and changes after the call.
 * @returns bytes after the last newline
 */
export async function eachLine(chunks: AsyncIterable<Uint8Array>, onLine: (buffer: Buffer, start: number, end: number) => void): Promise<number> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const buffer = Buffer.concat([PAD, rest, chunk])
    let start = 1
    for (let end = buffer.indexOf(0x0a, 1 + rest.length); end >= 0; end = buffer.indexOf(0x0a, start)) {
      onLine(buffer, start, end)
      start = end + 1
    }
    rest = buffer.subarray(start)
    if (rest.length > LONGEST_LINE) return rest.length
  }
  return rest.length
}

const PAD = Buffer.from([0])

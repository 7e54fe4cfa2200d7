/** JSON values one to a line. The bytes of a line that nobody changed pass as they came, whatever ends it. */
import { CountersignError } from '../../protocol/errors.ts'
import type { Framing, StreamFrame } from './framing.ts'
import { GrowingBuffer } from './growingBuffer.ts'

const LF = 10
const LIMIT = 64 * 1024 * 1024
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function ndjsonFraming(): Framing {
  const bytes = new GrowingBuffer(LIMIT)
  let scanned = 0
  return {
    push(chunk) {
      const frames: StreamFrame[] = []
      bytes.append(chunk)
      for (let at = bytes.held.indexOf(LF, scanned); at >= 0; at = bytes.held.indexOf(LF)) {
        frames.push(lineOf(bytes.take(at + 1)))
        scanned = 0
      }
      scanned = bytes.held.length
      return frames
    },
    end() {
      const { length } = bytes.held
      return length === 0 ? undefined : lineOf(bytes.take(length))
    },
  }
}

function lineOf(line: Buffer): StreamFrame {
  let text: string
  try {
    text = UTF8.decode(line)
  } catch (error) {
    throw new CountersignError('CS_UPSTREAM_NONSENSE', 'the upstream sent a line that is not UTF-8; the answer stops here.', { cause: error })
  }
  const [, before = '', data = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? []
  return { data, name: undefined, beside: [], ending: after || '\n', render: (changed) => (changed === undefined ? line : Buffer.from(before + changed + after)) }
}

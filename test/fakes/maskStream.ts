/**
 * A masking stream for codec tests: given values become `[MASKED]`, and text that may be the beginning of one is held, so
 * that a codec meets everything the real engine does: nothing out for a while, more out than in, a rest at the end.
 */
import type { AnswerCodec, Channel, MaskStream, OpenChannel } from '../../src/core/provider/provider.ts'

export interface FakeMasking {
  readonly open: OpenChannel
  /** Channels in the order they were opened. */
  readonly channels: Channel[]
}

export function maskingOf(...values: string[]): FakeMasking {
  const channels: Channel[] = []
  return {
    channels,
    open(channel) {
      channels.push(channel)
      return streamOf(channel, values)
    },
  }
}

export function masked(text: string, ...values: string[]): string {
  return values.reduce((result, value) => result.replaceAll(value, '[MASKED]'), text)
}

function streamOf({ path }: Channel, values: readonly string[]): MaskStream {
  const spans: MaskStream['spans'][number][] = []
  let held = ''
  let at = 0
  const release = (all: boolean): string => {
    let out = ''
    while (held !== '') {
      const value = values.find((one) => held.startsWith(one))
      if (value === undefined) {
        if (!all && values.some((one) => one.startsWith(held))) break
        out += held[0] ?? ''
        held = held.slice(1)
        at++
        continue
      }
      spans.push({ path, start: at, end: at + value.length, type: 'VALUE', detector: 'fake@1', certainty: 1, transform: 'redact', token: '[MASKED]', commitment: '' })
      out += '[MASKED]'
      held = held.slice(value.length)
      at += value.length
    }
    return out
  }
  return {
    spans,
    push(text) {
      held += text
      return release(false)
    },
    flush: () => release(true),
  }
}

/** Feeds bytes in chunks and returns everything that comes out. */
export function through(codec: AnswerCodec, chunks: Iterable<Uint8Array>): Buffer {
  const out: Uint8Array[] = []
  for (const chunk of chunks) out.push(codec.push(chunk))
  out.push(codec.end())
  return Buffer.concat(out)
}

export function* cutAt(bytes: Uint8Array, ...offsets: number[]): Generator<Uint8Array> {
  let at = 0
  for (const offset of [...offsets, bytes.length]) {
    yield bytes.subarray(at, offset)
    at = offset
  }
}

export function* bytewise(bytes: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < bytes.length; i++) yield bytes.subarray(i, i + 1)
}

/** Data of all events, parsed; what is no JSON stays text. */
export function eventsOf(sse: Uint8Array | string): unknown[] {
  return Buffer.from(sse)
    .toString('utf8')
    .split(/\r?\n\r?\n/)
    .flatMap((event) => {
      const data = event.split(/\r?\n/).filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart())
      if (data.length === 0) return []
      const text = data.join('\n')
      return [text.startsWith('{') ? (JSON.parse(text) as unknown) : text]
    })
}

/**
 * Forms (RFC 7578) as tracing clients send them: parts with a name and a media type. Read strictly and written anew under a
 * boundary of our own, with lengths as they are then, so that nothing between the parts goes along.
 */
import { createHash } from 'node:crypto'
import { CountersignError } from '../../protocol/errors.ts'

export interface FormPart {
  readonly name: string
  /** Without parameters: `application/json`. */
  readonly type: string
  readonly content: Buffer
}

const FIRST = /^--([\w'()+,./:=?-]{1,70})\r\n/
const HEADER = /^([\w-]{1,40}): ?([\x20-\x7e]{0,400})$/
const DISPOSITION = /^form-data; name="([\x20-\x21\x23-\x5b\x5d-\x7e]{1,200})"(?:; filename="[^"]{0,200}")?$/
const TYPE = /^([a-z]{1,20}\/[\w.+-]{1,80})(?:; ?length=\d{1,12})?$/
const LINE = Buffer.from('\r\n')
const MOST_PARTS = 20_000

/** @throws CountersignError CS_MALFORMED: what could be read in two ways is not read */
export function readForm(body: Uint8Array): FormPart[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const boundary = FIRST.exec(bytes.toString('latin1', 0, 80))?.[1]
  if (boundary === undefined) throw malformed('does not begin with its boundary')
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const parts: FormPart[] = []
  for (let at = delimiter.length - LINE.length; ; ) {
    const ending = bytes.toString('latin1', at, at + 2)
    if (ending === '--') {
      if (!/^(?:\r\n)?$/.test(bytes.toString('latin1', at + 2))) throw malformed('goes on behind its end')
      return parts
    }
    const next = bytes.indexOf(delimiter, at)
    if (ending !== '\r\n' || next < 0 || parts.length >= MOST_PARTS) throw malformed(next < 0 ? 'is cut off' : 'has a part that cannot be read')
    parts.push(partOf(bytes.subarray(at, next)))
    at = next + delimiter.length
  }
}

/** @param of what the boundary is made of: the form as received, so that the same form has the same bytes and no part of it can end it */
export function boundaryOf(of: Uint8Array): string {
  return `countersign-${createHash('sha256').update(of).digest('hex').slice(0, 40)}`
}

export function writeForm(parts: readonly FormPart[], boundary: string): Buffer {
  const chunks = parts.flatMap(({ name, type, content }) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}; length=${content.length}\r\n\r\n`),
    content,
    LINE,
  ])
  return Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)])
}

/** @param bytes from the line end behind the boundary on */
function partOf(bytes: Buffer): FormPart {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) throw malformed('has a part without an end of its headers')
  const headers = new Map<string, string>()
  for (const line of end === 0 ? [] : bytes.toString('latin1', LINE.length, end).split('\r\n')) {
    const [, header = '', value = ''] = HEADER.exec(line) ?? []
    if (header === '' || headers.has(header.toLowerCase())) throw malformed('has a part with a header that cannot be read')
    headers.set(header.toLowerCase(), value)
  }
  if ([...headers.keys()].some((header) => !['content-disposition', 'content-type', 'content-length'].includes(header))) throw malformed('has a part with a header that is not known')
  const name = DISPOSITION.exec(headers.get('content-disposition') ?? '')?.[1]
  const type = TYPE.exec(headers.get('content-type') ?? '')?.[1]
  if (name === undefined || type === undefined) throw malformed('has a part without a name or a type')
  return { name, type, content: bytes.subarray(end + 4) }
}

function malformed(why: string): CountersignError {
  return new CountersignError('CS_MALFORMED', `the form ${why}. Nothing was sent.`)
}

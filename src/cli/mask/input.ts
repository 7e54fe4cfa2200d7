/** The text that a person names, or gives on standard input, as characters. */
import { createReadStream } from 'node:fs'
import { CountersignError } from '../../protocol/errors.ts'
import { unreadable } from '../textFile.ts'

/**
 * Bytes that are no UTF-8 are an error, not a character in their place: in UTF-16 or Latin-1 a value would go unseen, and out.
 * @throws CountersignError CS_SETTING
 */
export async function* charactersOf(file: string | undefined): AsyncGenerator<string, void, undefined> {
  if (file === undefined && process.stdin.isTTY) process.stderr.write('Type or paste a text; Ctrl-D on an empty line ends it.\n')
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    for await (const chunk of file === undefined ? process.stdin : createReadStream(file)) yield checked(decoder.decode(chunk as Buffer, { stream: true }))
    yield decoder.decode()
  } catch (error) {
    if (error instanceof TypeError) throw noText(error)
    throw (file === undefined ? undefined : unreadable(error, file)) ?? error
  }
}

/** UTF-16 without a mark of its byte order looks like UTF-8 with NUL between the letters. */
function checked(text: string): string {
  if (text.includes('\0')) throw noText()
  return text
}

function noText(cause?: unknown): CountersignError {
  return new CountersignError('CS_SETTING', 'this is no text in UTF-8, so values in it could go unseen. Save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8 notes.txt', cause === undefined ? {} : { cause })
}

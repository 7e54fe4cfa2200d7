/** Small files that a person names on the command line. */
import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { CountersignError } from '../protocol/errors.ts'

/** Bytes that are no UTF-8 are an error: a name that was changed on the way in would be found nowhere. @throws CountersignError CS_SETTING */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw unreadable(cause, file) ?? cause
  })
  // UTF-16 without a mark of its byte order looks like UTF-8 with NUL between the letters.
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8')
  throw new CountersignError('CS_SETTING', `${file} is no text in UTF-8. Save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8 ${file}`)
}

/** What a person can do about a file that the system does not give out; undefined for any other error. */
export function unreadable(error: unknown, file: string): CountersignError | undefined {
  const { syscall, code } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  if (syscall !== 'open' && syscall !== 'read') return undefined
  const why = code === 'ENOENT' ? `there is no file ${file}. Check its name.` : code === 'EISDIR' ? `${file} is a folder. Name a file in it.` : `the file ${file} cannot be read (${code ?? 'unknown'}).`
  return new CountersignError('CS_SETTING', why, { cause: error })
}

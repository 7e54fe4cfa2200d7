/** Small files that a person names on the command line. */
import { readFile } from 'node:fs/promises'
import { CountersignError } from '../protocol/errors.ts'

/** @throws CountersignError CS_SETTING */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw unreadable(cause, file) ?? cause
  }
}

/** What a person can do about a file that the system does not give out; undefined for any other error. */
export function unreadable(error: unknown, file: string): CountersignError | undefined {
  const { syscall, code } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  if (syscall !== 'open' && syscall !== 'read') return undefined
  const why = code === 'ENOENT' ? `there is no file ${file}. Check its name.` : code === 'EISDIR' ? `${file} is a folder. Name a file in it.` : `the file ${file} cannot be read (${code ?? 'unknown'}).`
  return new CountersignError('CS_SETTING', why, { cause: error })
}

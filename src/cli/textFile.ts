/** Small files that a person names on the command line. */
import { readFile } from 'node:fs/promises'
import { CountersignError } from '../protocol/errors.ts'

/** @throws CountersignError CS_SETTING */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new CountersignError('CS_SETTING', `the file ${file} cannot be read.`, { cause })
  }
}

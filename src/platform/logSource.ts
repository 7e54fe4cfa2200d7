/** The verifier's view of a folder, on node:fs: streams, so that a log of any size needs little memory. */
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import type { LogSource } from '../core/log/verifySource.ts'

const CHUNK = 1024 * 1024

export function folderSource(): LogSource {
  return {
    list: async (folder) => (await orNothing(readdir(folder)))?.sort() ?? [],
    read: (file) => orNothing(readFile(file)),
    stream: (file) => createReadStream(file, { highWaterMark: CHUNK }),
  }
}

async function orNothing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined
    throw error
  }
}

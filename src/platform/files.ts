/** The log's file port on node:fs. */
import { mkdir, open, readdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { FilePort, HeldFile } from '../core/log/files.ts'

export function nodeFiles(): FilePort {
  return {
    async list(folder) {
      return (await orNothing(readdir(folder)))?.sort() ?? []
    },
    read: (file) => orNothing(readFile(file)),
    async makeFolder(folder) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
    },
    async create(file) {
      const held = await open(file, 'ax', 0o600)
      await syncFolder(path.dirname(file))
      return heldFile(held)
    },
    async append(file) {
      return heldFile(await open(file, 'a', 0o600))
    },
    async truncate(file, size) {
      const held = await open(file, 'r+')
      try {
        await held.truncate(size)
        await held.sync()
      } finally {
        await held.close()
      }
    },
    async remove(file) {
      await rm(file)
      await syncFolder(path.dirname(file))
    },
    async replace(file, bytes) {
      const temporary = `${file}.new`
      const held = await open(temporary, 'w', 0o600)
      try {
        await held.writeFile(bytes)
        await held.sync()
      } finally {
        await held.close()
      }
      await rename(temporary, file)
      await syncFolder(path.dirname(file))
    },
  }
}

function heldFile(held: FileHandle): HeldFile {
  return {
    async write(bytes) {
      let rest = bytes
      while (rest.length > 0) {
        const { bytesWritten } = await held.write(rest)
        rest = rest.subarray(bytesWritten)
      }
    },
    sync: () => held.datasync(),
    close: () => held.close(),
  }
}

/** A new name is durable only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const held = await open(folder, 'r')
  try {
    await held.sync()
  } finally {
    await held.close()
  }
}

async function orNothing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

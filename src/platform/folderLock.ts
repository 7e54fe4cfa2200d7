/** One process per folder: a lock file made exclusively, with the pid in it; taken over only when that process is provably gone. */
import { open, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CountersignError } from '../protocol/errors.ts'

export interface FolderLock {
  release(): Promise<void>
}

/** @throws CountersignError CS_LOCKED naming the pid that holds the folder */
export async function lockFolder(folder: string, name = 'lock'): Promise<FolderLock> {
  const file = path.join(folder, name)
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const held = await open(file, 'wx', 0o600)
      await held.writeFile(`${process.pid} ${await startOf(process.pid)}\n`)
      await held.close()
      return { release: () => rm(file, { force: true }) }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const holder = await holderOf(file)
    if (holder !== undefined) throw new CountersignError('CS_LOCKED', `the folder ${folder} is used by process ${holder}. End it first, or use another folder (--home).`)
    await rm(file, { force: true })
  }
  throw new CountersignError('CS_LOCKED', `the folder ${folder} is taken by another process at this moment. Try again.`)
}

/** Runs what one process at a time may do in a folder, waiting for the others. @throws what the work throws */
export async function inTurn<T>(folder: string, name: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    let lock: FolderLock
    try {
      lock = await lockFolder(folder, name)
    } catch (error) {
      if (!(error instanceof CountersignError && error.code === 'CS_LOCKED')) throw error
      await wait(200)
      continue
    }
    try {
      return await work()
    } finally {
      await lock.release()
    }
  }
}

/** The pid that holds the lock, or undefined when it is gone. An unreadable lock counts as held: ambiguity is never stolen. */
async function holderOf(file: string): Promise<number | undefined> {
  const [pidText = '', start = ''] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ')
  const pid = Number(pidText)
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return undefined
  }
  // Another process may have got the pid since: its start time tells.
  const now = await startOf(pid)
  return start !== '' && now !== '' && now !== start ? undefined : pid
}

/** Start time of a process in clock ticks since boot (Linux; elsewhere empty). */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

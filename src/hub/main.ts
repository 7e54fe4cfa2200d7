/** The hub as a process: folder, lock, listener, the whole hub, and an end that leaves nothing half done. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describeError } from '../protocol/errors.ts'
import { BUILD } from '../platform/build.ts'
import { nodeFiles } from '../platform/files.ts'
import { lockFolder } from '../platform/folderLock.ts'
import { ensureHome } from '../platform/home.ts'
import type { HubConfig } from './config.ts'
import type { MakeEvidence } from './evidence/exports.ts'
import { closeHub, openHub, type Hub, type HubOptions } from './hub.ts'
import { listen, serve } from './http/server.ts'

export interface RunningHub {
  readonly hub: Hub
  readonly url: string
  /** @param reason for the log */
  stop(reason: string): Promise<void>
}

/** @throws CountersignError CS_LOCKED, CS_SETTING, CS_STATE, CS_POLICY_INVALID */
export async function startHub(config: HubConfig, more: Pick<HubOptions, 'say' | 'files' | 'now' | 'makeEvidence'>): Promise<RunningHub> {
  ensureHome(config.home)
  const lock = await lockFolder(config.home)
  const undo: (() => Promise<unknown>)[] = [() => lock.release()]
  try {
    const { server, address } = await listenAgain(config, more.say)
    undo.push(() => new Promise((resolve) => server.close(resolve)))
    const url = config.url ?? address
    const hub = await openHub({ config, url, ...more })
    const served = await serve(hub, server, address)
    await hub.log.append({ type: 'hub.started', build: BUILD, url })
    return {
      hub,
      url,
      async stop(reason) {
        await served.close()
        await hub.log.append({ type: 'hub.stopped', reason })
        await closeHub(hub)
        await lock.release()
      },
    }
  } catch (error) {
    for (const step of undo.reverse()) await step()
    throw error
  }
}

/** A hub without a fixed port comes back on the one it had, because agents know it by its address. */
async function listenAgain(config: HubConfig, say: (line: string) => void): ReturnType<typeof listen> {
  const file = path.join(config.home, 'port')
  if (config.port !== undefined) return listen(config, config.port)
  const last = Number(await readFile(file, 'utf8').catch(() => '0'))
  if (Number.isInteger(last) && last > 0 && last < 65_536)
    try {
      return await listen(config, last)
    } catch (error) {
      say(`the port of the last start, ${last}, is taken (${describeError(error)}); agents have to be told the new address`)
    }
  const listening = await listen(config, 0)
  await nodeFiles().replace(file, Buffer.from(`${listening.port}\n`))
  return listening
}

/**
 * Runs until a signal, or until standard input ends when the hub is tied to the process that started it.
 * @param makeEvidence writes the archive that auditors download: the command's own report
 */
export async function runHub(config: HubConfig, makeEvidence: MakeEvidence): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`hub: ${line}\n`)
  const running = await startHub(config, { say, makeEvidence })
  // Only now: a hub that could not start must not be kept alive by the standard input it listens to.
  const ended = endOfRun(config.withParent)
  process.stdout.write(config.json ? `${JSON.stringify({ url: running.url, pid: process.pid })}\n` : `The hub is ready: ${running.url}\nCtrl-C ends it.\n`)
  await running.stop(await ended)
  // An open standard input alone would keep the process alive.
  process.stdin.destroy()
}

function endOfRun(withParent: boolean): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => { resolve(signal) })
    if (!withParent) return
    process.stdin.on('end', () => { resolve('the starting process ended') })
    process.stdin.on('error', () => { resolve('the starting process ended') })
    process.stdin.resume()
  })
}

/** The agent's process: one per home, ready when it says so, ended by a signal, by its parent's end, or by itself when idle. */
import { once } from 'node:events'
import pino from 'pino'
import { describeError } from '../protocol/errors.ts'
import { CONTROL_NOTICES } from '../protocol/control.ts'
import { BUILD } from '../platform/build.ts'
import { lockFolder } from '../platform/folderLock.ts'
import { controlPath, ensureHome } from '../platform/home.ts'
import { composeAgent, type AgentParts, type Notices } from './compose.ts'
import type { AgentConfig } from './config.ts'
import { warmUp } from '../core/masking/warmUp.ts'
import { controlHandlers } from './control/handlers.ts'
import { startControl, type ControlServer } from './control/server.ts'

/** Checks whether the agent is idle this often. */
const LINGER_EVERY_MS = 5_000
const FIRST_LINGER_MS = 600_000
/** The person as the provider sees them: looked up again this often while somebody is attached. */
const RENEW_EVERY_MS = 120_000

/** Resolves when the agent has ended. @throws CountersignError CS_LOCKED, CS_SETTING, CS_STATE */
export async function runAgent(config: AgentConfig): Promise<void> {
  ensureHome(config.home)
  const lock = await lockFolder(config.home, 'agent.lock')
  const stopping = new AbortController()
  const stop = (reason: string): void => { stopping.abort(reason) }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { stop(`ended by ${signal}`) })
  if (config.withParent) process.stdin.on('end', () => { stop('the program that started it ended') }).resume()
  const log = openLog(`${config.home}/agent.log`)
  try {
    const { parts, control } = await start(config, log, stop)
    const idle = config.linger ? watchIdle(parts, control, stop) : undefined
    const renewing = setInterval(() => { renew(parts, control, log) }, RENEW_EVERY_MS)
    const ending = setInterval(() => { parts.people.sessions.expire() }, LINGER_EVERY_MS)
    announce(config, parts)
    void warmUp(parts.masker).then((isWarm) => { if (!isWarm) log('a detector failed on its own examples: calls that are masked will be refused') })
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort')
    clearInterval(idle)
    clearInterval(renewing)
    clearInterval(ending)
    await parts.close(String(stopping.signal.reason))
    await control.close()
  } finally {
    // An open standard input alone would keep a failed start alive.
    process.stdin.destroy()
    await lock.release()
  }
  // What is left is sockets of the provider's pool and of watchers: nothing that still has to be written.
  process.exit(process.exitCode ?? 0)
}

async function start(config: AgentConfig, log: (message: string) => void, stop: (reason: string) => void): Promise<{ parts: AgentParts; control: ControlServer }> {
  let control: ControlServer | undefined
  const changed = coalesced(() => { control?.notify(CONTROL_NOTICES.changed, {}) })
  const notices: Notices = {
    changed,
    record: (entry) => { control?.notify(CONTROL_NOTICES.record, entry) },
    live: (notice) => { control?.notify(CONTROL_NOTICES.live, notice) },
    another: () => { control?.forgetOperators() },
    kept: (kept) => { control?.notify(CONTROL_NOTICES.signInKept, kept, 'operating') },
  }
  const parts = await composeAgent(config, notices, log)
  try {
    await parts.journal.append({ type: 'agent.started', build: BUILD, pid: process.pid, listen: parts.proxy.url, home: config.home })
    control = await startControl({ address: controlPath(config.home), handlers: controlHandlers(parts, stop, changed), log, onAttached: changed })
    await parts.people.keepWorkload()
  } catch (error) {
    await control?.close()
    await parts.close('it could not start')
    throw error
  }
  return { parts, control }
}

/** One notice for everything that changes in one turn. */
function coalesced(tell: () => void): () => void {
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    setImmediate(() => {
      waiting = false
      tell()
    })
  }
}

function watchIdle(parts: AgentParts, control: ControlServer, stop: (reason: string) => void): NodeJS.Timeout {
  let lastUse = Date.now()
  return setInterval(() => {
    const running = parts.people.sessions.launches.some((launch) => launch.kind === 'run')
    if (control.attached > 0 || parts.proxy.active > 0 || running) lastUse = Date.now()
    else if (Date.now() - lastUse >= (parts.policy.active?.document.limits.agentLinger ?? FIRST_LINGER_MS)) stop('no window and no launch was left')
  }, LINGER_EVERY_MS)
}

/** No window attached: no refresh, and calls end at the session's limit. A workload has no window, and its platform keeps it. */
function renew(parts: AgentParts, control: ControlServer, log: (message: string) => void): void {
  const { workload } = parts.config
  if (control.attached === 0 && !workload) return
  const renewed = workload ? parts.people.keepWorkload() : parts.people.renew()
  renewed.catch((error: unknown) => { log(`the sign-in could not be renewed (${describeError(error)})`) })
}

/** What goes wrong inside, for whoever keeps this machine. Codes and names only: no value, key or token ever gets here. */
function openLog(file: string): (message: string) => void {
  const logger = pino({ base: null }, pino.destination({ dest: file, mode: 0o600, sync: true, append: true }))
  return (message) => { logger.warn(message) }
}

function announce(config: AgentConfig, parts: AgentParts): void {
  if (config.json) process.stdout.write(`${JSON.stringify({ url: parts.proxy.url, pid: process.pid, home: config.home })}\n`)
  else process.stdout.write(`Countersign agent at ${parts.proxy.url}, state in ${config.home}. Ctrl-C ends it.\n`)
}

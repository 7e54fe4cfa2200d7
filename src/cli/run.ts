/** `countersign run -- CMD`: one governed launch of a command, with everything it starts. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import type { Command } from 'commander'
import { CountersignError } from '../protocol/errors.ts'
import { mintSessionKey, sessionKeyHash } from '../protocol/sessionKey.ts'
import { connectControl, type ControlClient } from '../platform/controlClient.ts'
import { defaultHome } from '../platform/home.ts'
import { launchEnvironment, launchFolder, withPreloads } from '../platform/launchEnv.ts'
import { openBrowser } from '../platform/browser.ts'

export function runCommand(program: Command): void {
  program
    .command('run')
    .description('run a command whose model calls go through Countersign: countersign run -- python ask.py')
    .option('--home <folder>', 'state folder of the agent (default: COUNTERSIGN_HOME, else the platform\'s state folder)')
    .option('--code', 'sign in with a code on another device, where no browser can come back to this machine')
    .argument('<command...>', 'the command and its arguments, after --')
    .passThroughOptions()
    .action(async (command: string[], flags: { home?: string; code?: boolean }) => {
      process.exitCode = await runGoverned(command, flags.home ?? defaultHome(), flags.code === true)
    })
}

async function runGoverned(command: readonly string[], home: string, withCode: boolean): Promise<number> {
  const control = await connectControl(home, { client: 'countersign run' })
  try {
    const status = await control.request('status', {})
    if (!status.session) await (withCode ? signInWithCode(control) : signIn(control))
    const key = mintSessionKey(randomBytes(32))
    const hash = sessionKeyHash(key)
    // The command's name only: its arguments may hold what nobody should read in a timeline.
    await control.request('key.register', { hash, kind: 'run', label: path.basename(command[0] ?? '') })
    try {
      return await spawnGoverned(command, { ...launchEnvironment(status.url, key), ...withPreloads(process.env, launchFolder()) })
    } finally {
      await control.request('key.revoke', { hash })
    }
  } finally {
    control.close()
  }
}

async function signIn(control: ControlClient): Promise<void> {
  const begun = await control.request('signIn.begin', {})
  process.stderr.write(`Nobody is signed in. Sign in with your browser:\n  ${begun.authorizeUrl}\n`)
  openBrowser(begun.authorizeUrl)
  await control.request('signIn.wait', { attempt: begun.attempt })
}

async function signInWithCode(control: ControlClient): Promise<void> {
  const { attempt, userCode, verificationUri, origin } = await control.request('signIn.beginDevice', {})
  process.stderr.write(`Nobody is signed in. To sign in at ${origin}, open this page on any device:\n  ${verificationUri}\nand enter the code ${userCode}. Enter it only because you asked for it here; never a code that somebody sent you.\n`)
  await control.request('signIn.wait', { attempt })
}

function spawnGoverned(command: readonly string[], environment: Record<string, string>): Promise<number> {
  const [program = '', ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...environment } })
    // The terminal sends its signals to the whole group; we wait for the command to make of them what it wants.
    const ignore = (): void => undefined
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, signal === 'SIGINT' ? ignore : () => child.kill(signal))
    child.once('error', (cause) => {
      reject(new CountersignError('CS_SETTING', `the command ${program} could not be started. Check its name and your PATH.`, { cause }))
    })
    child.once('exit', (code, signal) => {
      resolve(code ?? (signal ? 128 + 15 : 1))
    })
  })
}

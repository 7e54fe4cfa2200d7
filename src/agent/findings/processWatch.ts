/**
 * Programs of governed launches as the operating system shows them (Linux, proc(5)): which variables they were started with, and
 * to whom they are connected. It looks, and it reports; it reaches into nothing. A program that left the launch's variables
 * behind is not seen, nor a connection that opens and ends between two glances at the tables of connections.
 */
import { readdir, readFile, readlink } from 'node:fs/promises'
import path from 'node:path'
import { describeError } from '../../protocol/errors.ts'
import type { LaunchFinding } from '../../protocol/finding.ts'
import { sessionKeyHash } from '../../protocol/sessionKey.ts'
import type { ModelAddresses } from './modelAddresses.ts'

export interface ProcessWatchOptions {
  /** Of a launch, by the hash of its session key. */
  readonly launchOf: (hash: string) => { readonly id: string } | undefined
  readonly found: (launch: string, finding: LaunchFinding) => Promise<void>
  readonly addresses: Pick<ModelAddresses, 'hostOf' | 'refresh'>
  readonly log: (message: string) => void
  /** `/proc`. */
  readonly folder: string
}

interface Member {
  readonly pid: string
  readonly launch: string
  readonly variables: ReadonlyMap<string, string>
}

const EVERY_MS = 3_000
/** Between two glances at the tables of connections, while programs of launches run and one of them may be new: a call to a model lasts longer. */
const GLANCE_MS = 500
/** What runs longer is looked at in its turn, and keeps its connections. */
const YOUNG_MS = 5_000
/** Where the tables are long, glances take no more than this share of the time. */
const SHARE = 1 / 20
/** Names under which classes look for a provider's key. */
const KEY_NAMES = new Set([
  'OPENAI_API_KEY', 'AZURE_OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'GOOGLE_API_KEY', 'GEMINI_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK', 'AWS_ACCESS_KEY_ID', 'MISTRAL_API_KEY', 'COHERE_API_KEY',
  'CO_API_KEY', 'GROQ_API_KEY', 'TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY', 'DEEPSEEK_API_KEY', 'XAI_API_KEY', 'OPENROUTER_API_KEY', 'FIREWORKS_API_KEY', 'HUGGINGFACEHUB_API_TOKEN', 'HUGGINGFACEHUB_API_KEY',
])
const OWN_KEY = /^(?:hf_)?cs_/

export class ProcessWatch {
  readonly #options: ProcessWatchOptions
  /** Programs of nobody's launch, by how often they were looked at: between fork and exec one still shows its parent's variables. */
  readonly #strangers = new Map<string, number>()
  /** Sockets to model hosts whose owners were looked for. */
  #seen: ReadonlySet<string> = new Set()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  /** The last process that the system began. */
  #newest: string | undefined
  #youngUntil = 0
  #isStopped = false
  #hasMembers = false

  constructor(options: ProcessWatchOptions) {
    this.#options = options
  }

  start(): void {
    this.#next(0, 0)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#looking
  }

  /** Looks when it is time to, or when there is a new connection to a model host; one after the other. */
  #next(wait: number, looked: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      const isDue = Date.now() - looked >= EVERY_MS
      let next = EVERY_MS
      this.#looking = (async () => {
        const began = performance.now()
        const isNew = await this.#hasNew()
        const took = performance.now() - began
        if (isDue || isNew) await this.look()
        if (this.#hasMembers) next = Math.min(Math.max(took / SHARE, GLANCE_MS), EVERY_MS)
      })()
        .catch((error: unknown) => { this.#options.log(`the programs of launches could not be looked at (${describeError(error)})`) })
        .finally(() => { this.#next(next, isDue ? Date.now() : looked) })
    }, wait).unref()
  }

  /** Tables cost the system some milliseconds, however short they are: they are read while a program may be one that soon ends. */
  async #hasNew(): Promise<boolean> {
    const newest = (await readFile(path.join(this.#options.folder, 'loadavg'), 'utf8')).trim().split(' ').at(-1)
    if (newest !== this.#newest) this.#youngUntil = Date.now() + YOUNG_MS
    this.#newest = newest
    if (Date.now() > this.#youngUntil) return false
    const before = this.#seen
    this.#seen = new Set((await this.#connections()).keys())
    return [...this.#seen].some((inode) => !before.has(inode))
  }

  async look(): Promise<void> {
    const members = await this.#members()
    this.#hasMembers = members.length > 0
    if (members.length === 0) return
    await this.#options.addresses.refresh()
    const connected = await this.#connections()
    for (const member of members) {
      const findings = [...keysOf(member), ...(await this.#isolationOf(member)), ...(await this.#connectionsOf(member, connected))]
      if (findings.length === 0) continue
      const program = (await this.#read(member.pid, 'comm')).trim().slice(0, 60)
      for (const finding of findings) await this.#options.found(member.launch, { ...finding, ...(program === '' ? {} : { program }) })
    }
  }

  async #members(): Promise<Member[]> {
    const pids = (await readdir(this.#options.folder)).filter((name) => /^\d+$/.test(name))
    const alive = new Set(pids)
    for (const pid of this.#strangers.keys()) if (!alive.has(pid)) this.#strangers.delete(pid)
    const members: Member[] = []
    for (const pid of pids) {
      const looked = this.#strangers.get(pid) ?? 0
      if (looked > 1) continue
      const variables = variablesOf(await this.#read(pid, 'environ'))
      const key = variables.get('COUNTERSIGN_KEY')
      const launch = key === undefined ? undefined : this.#options.launchOf(sessionKeyHash(key))
      if (launch) members.push({ pid, launch: launch.id, variables })
      else this.#strangers.set(pid, looked + 1)
    }
    return members
  }

  /** A Python that leaves PYTHONPATH out leaves out what routes the classes that read no variable. */
  async #isolationOf({ pid }: Member): Promise<LaunchFinding[]> {
    const [program = '', ...args] = (await this.#read(pid, 'cmdline')).split('\0')
    if (!/^python[\d.]*$/.test(path.basename(program))) return []
    const options = args.slice(0, args.findIndex((arg) => !/^-[A-Za-z]+$/.test(arg) || /[cm]$/.test(arg)) + 1)
    const option = options.find((arg) => /^-[a-zA-Z]*[IE]/.test(arg))
    return option === undefined ? [] : [{ kind: 'isolated', subject: option.includes('I') ? '-I' : '-E' }]
  }

  /** Sockets to model hosts, by inode. */
  async #connections(): Promise<ReadonlyMap<string, string>> {
    const tables = await Promise.all(['tcp', 'tcp6'].map((name) => this.#read('self', `net/${name}`)))
    const lines = tables.flatMap((table) => table.split('\n').slice(1))
    return new Map(lines.flatMap((line) => {
      const fields = line.trim().split(/\s+/)
      const [address, port] = remoteOf(fields[2] ?? '')
      const host = this.#options.addresses.hostOf(address, port)
      return host === undefined || fields[9] === undefined ? [] : [[fields[9], host] as const]
    }))
  }

  async #connectionsOf({ pid }: Member, connected: ReadonlyMap<string, string>): Promise<LaunchFinding[]> {
    if (connected.size === 0) return []
    const folder = path.join(this.#options.folder, pid, 'fd')
    // It may end while it is looked at.
    const links = await Promise.all((await readdir(folder).catch(() => [])).map((name) => readlink(path.join(folder, name)).catch(() => '')))
    const hosts = new Set(links.flatMap((link) => connected.get(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '') ?? []))
    return [...hosts].map((subject) => ({ kind: 'connection', subject }))
  }

  /** Empty where it ended, or is another user's. */
  #read(pid: string, name: string): Promise<string> {
    return readFile(path.join(this.#options.folder, pid, name), 'utf8').catch(() => '')
  }
}

function keysOf({ variables }: Member): LaunchFinding[] {
  return [...variables].flatMap(([name, value]) => (KEY_NAMES.has(name) && value !== '' && !OWN_KEY.test(value) ? [{ kind: 'environmentKey' as const, subject: name }] : []))
}

function variablesOf(environ: string): Map<string, string> {
  return new Map(environ.split('\0').flatMap((entry) => {
    const cut = entry.indexOf('=')
    return cut < 1 ? [] : [[entry.slice(0, cut), entry.slice(cut + 1)] as const]
  }))
}

/** `0100007F:2CAA`: words of an address in the machine's byte order (little-endian here), then the port. IPv4 in IPv6 is told as IPv4. */
function remoteOf(field: string): readonly [address: string, port: number] {
  const [words = '', port = ''] = field.split(':')
  const bytes = (words.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)))
  if (bytes.length === 4) return [bytes.join('.'), Number.parseInt(port, 16)]
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  if (isMapped) return [bytes.slice(12).join('.'), Number.parseInt(port, 16)]
  const groups = Array.from({ length: bytes.length / 2 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16))
  return [compressed(groups), Number.parseInt(port, 16)]
}

/** The longest run of zeros as `::`, as RFC 5952 writes it and resolvers do. */
function compressed(groups: readonly string[]): string {
  const runs = [...groups.join(':').matchAll(/(?<![\da-f])0(?::0(?![\da-f]))+/g)].sort((a, b) => b[0].length - a[0].length)
  const [longest] = runs
  if (!longest) return groups.join(':')
  const text = groups.join(':')
  return `${text.slice(0, longest.index).replace(/:$/, '')}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`
}

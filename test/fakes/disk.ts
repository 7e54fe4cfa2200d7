/**
 * A disk in memory: holds what was synced apart from what was only written, so that a power cut can take the latter away,
 * and fails the n-th operation on demand. It is the writer's file port and the verifier's source at once.
 */
import type { FilePort, HeldFile } from '../../src/core/log/files.ts'
import type { LogSource } from '../../src/core/log/verifySource.ts'

export type Operation = 'write' | 'sync' | 'create' | 'append' | 'truncate' | 'replace' | 'remove' | 'read' | 'list'

interface Stored {
  durable: Buffer
  written: Buffer
}

export class Disk implements FilePort, LogSource {
  readonly #files = new Map<string, Stored>()
  /** Every operation that may fail, in order. */
  readonly operations: { readonly what: Operation; readonly path: string }[] = []
  /** Asked before each operation; an error returned is thrown, `bytes` of a write are written first. */
  fault: (what: Operation, path: string, index: number) => { readonly error: Error; readonly bytes?: number } | undefined = () => undefined

  static of(files: Readonly<Record<string, Buffer | string>>): Disk {
    const disk = new Disk()
    for (const [path, bytes] of Object.entries(files)) disk.set(path, Buffer.from(bytes))
    return disk
  }

  set(path: string, bytes: Buffer): void {
    this.#files.set(path, { durable: Buffer.from(bytes), written: Buffer.from(bytes) })
  }

  async remove(path: string): Promise<void> {
    this.#check('remove', path)
    this.get(path)
    this.#files.delete(path)
    await Promise.resolve()
  }

  get(path: string): Buffer {
    const stored = this.#files.get(path)
    if (!stored) throw new Error(`there is no ${path}`)
    return stored.written
  }

  paths(under = ''): string[] {
    return [...this.#files.keys()].filter((path) => path.startsWith(under)).sort()
  }

  copy(): Disk {
    const disk = new Disk()
    for (const [path, { durable, written }] of this.#files) disk.#files.set(path, { durable: Buffer.from(durable), written: Buffer.from(written) })
    return disk
  }

  /** Power cut. @param keep how many of the unsynced bytes of a file happen to survive */
  crash(keep: (unsynced: number) => number = () => 0): Disk {
    const disk = new Disk()
    for (const [path, { durable, written }] of this.#files) disk.set(path, written.subarray(0, durable.length + keep(written.length - durable.length)))
    return disk
  }

  #before(what: Operation, path: string): { readonly error: Error; readonly bytes?: number } | undefined {
    this.operations.push({ what, path })
    return this.fault(what, path, this.operations.length - 1)
  }

  #check(what: Operation, path: string): void {
    const fault = this.#before(what, path)
    if (fault) throw fault.error
  }

  async list(folder: string): Promise<string[]> {
    this.#check('list', folder)
    const names = this.paths(`${folder}/`).map((path) => path.slice(folder.length + 1).split('/')[0] ?? '')
    return Promise.resolve([...new Set(names)].sort())
  }

  async read(path: string): Promise<Buffer | undefined> {
    this.#check('read', path)
    const stored = this.#files.get(path)
    return Promise.resolve(stored && Buffer.from(stored.written))
  }

  async *stream(path: string): AsyncGenerator<Uint8Array> {
    const bytes = this.get(path)
    // Small uneven chunks: lines are cut everywhere.
    for (let at = 0; at < bytes.length; at += 977) yield await Promise.resolve(bytes.subarray(at, at + 977))
  }

  async makeFolder(): Promise<void> {
    await Promise.resolve()
  }

  async create(path: string): Promise<HeldFile> {
    this.#check('create', path)
    if (this.#files.has(path)) throw Object.assign(new Error('there already'), { code: 'EEXIST' })
    this.#files.set(path, { durable: Buffer.alloc(0), written: Buffer.alloc(0) })
    return Promise.resolve(this.#held(path))
  }

  async append(path: string): Promise<HeldFile> {
    this.#check('append', path)
    this.get(path)
    return Promise.resolve(this.#held(path))
  }

  #held(path: string): HeldFile {
    const stored = this.#files.get(path) ?? { durable: Buffer.alloc(0), written: Buffer.alloc(0) }
    return {
      write: async (bytes) => {
        const fault = this.#before('write', path)
        stored.written = Buffer.concat([stored.written, bytes.subarray(0, fault ? (fault.bytes ?? 0) : bytes.length)])
        if (fault) throw fault.error
        await Promise.resolve()
      },
      sync: async () => {
        this.#check('sync', path)
        stored.durable = Buffer.from(stored.written)
        await Promise.resolve()
      },
      close: () => Promise.resolve(),
    }
  }

  async truncate(path: string, size: number): Promise<void> {
    this.#check('truncate', path)
    this.set(path, this.get(path).subarray(0, size))
    await Promise.resolve()
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    this.#check('replace', path)
    this.set(path, Buffer.from(bytes))
    await Promise.resolve()
  }
}

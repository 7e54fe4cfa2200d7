/**
 * An append-only file of lines beside the log, for what is no leaf: group commit as the log's, and as there a failed write or
 * sync is never repeated on the same file. The family is `NAME.jsonl`, `NAME-2.jsonl`, …; a reader takes all of them.
 */
import type { FilePort, HeldFile } from './files.ts'
import { linesOf } from './read.ts'

interface Waiting {
  readonly lines: Buffer
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const LARGEST = 32 * 1024 * 1024

/** Files of a family in the order they were begun. */
export async function filesOf(files: FilePort, folder: string, name: string): Promise<string[]> {
  return (await files.list(folder))
    .flatMap((file) => {
      const number = numberOf(file, name)
      return number === undefined ? [] : [{ file, number }]
    })
    .sort((a, b) => a.number - b.number)
    .map(({ file }) => file)
}

function numberOf(file: string, name: string): number | undefined {
  const [, found, number = '1'] = /^([\w-]*?[a-z])(?:-(\d+))?\.jsonl$/.exec(file) ?? []
  return found === name ? Number(number) : undefined
}

export class LineFile {
  readonly #files: FilePort
  readonly #folder: string
  readonly #name: string
  #held: HeldFile | undefined
  #size = 0
  #number: number
  readonly #queue: Waiting[] = []
  #running: Promise<void> | undefined

  private constructor(files: FilePort, folder: string, name: string, number: number) {
    this.#files = files
    this.#folder = folder
    this.#name = name
    this.#number = number
  }

  /** Opens the newest file of the family, its torn tail cut, or the first one. */
  static async open(files: FilePort, folder: string, name: string): Promise<LineFile> {
    const newest = (await filesOf(files, folder, name)).at(-1)
    const one = new LineFile(files, folder, name, newest === undefined ? 0 : (numberOf(newest, name) ?? 0))
    if (newest === undefined) await one.#next()
    else {
      const bytes = (await files.read(`${folder}/${newest}`)) ?? Buffer.alloc(0)
      const { torn } = linesOf(newest, bytes)
      if (torn > 0) await files.truncate(`${folder}/${newest}`, bytes.length - torn)
      one.#held = await files.append(`${folder}/${newest}`)
      one.#size = bytes.length - torn
    }
    return one
  }

  /** Resolves when the lines are on disk. @param lines whole ones, each with its newline */
  append(lines: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ lines, resolve, reject })
      this.#running ??= this.#drain()
    })
  }

  async #drain(): Promise<void> {
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0)
      try {
        await this.#commit(Buffer.concat(batch.map(({ lines }) => lines)))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#running = undefined
  }

  async #commit(bytes: Buffer): Promise<void> {
    if (this.#held && this.#size < LARGEST) {
      try {
        await this.#write(bytes)
        return
      } catch {
        // What this file holds of these lines is uncertain; they are written whole to the next one, or the second error is told.
      }
    }
    try {
      await this.#next()
      await this.#write(bytes)
    } catch (error) {
      this.#held = undefined
      throw error
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#held?.write(bytes)
    await this.#held?.sync()
    this.#size += bytes.length
  }

  async #next(): Promise<void> {
    const old = this.#held
    this.#held = undefined
    // Nothing acknowledged depends on this close: its lines were synced, or are written anew.
    await old?.close().catch(() => undefined)
    this.#number++
    this.#held = await this.#files.create(`${this.#folder}/${this.#name}${this.#number === 1 ? '' : `-${this.#number}`}.jsonl`)
    this.#size = 0
  }

  async close(): Promise<void> {
    await this.#running
    await this.#held?.close()
    this.#held = undefined
  }
}

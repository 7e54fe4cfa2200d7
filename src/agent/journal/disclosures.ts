/** The erasable texts of the journal: one append-only file, sealed per subject and month, synced before the leaf that names them. */
import { createHmac, randomBytes } from 'node:crypto'
import type { Disclosure } from '../../protocol/audit.ts'
import { encodeDisclosure, openDisclosure, sealDisclosure, subjectKey, type SealedDisclosure, type SubjectKey } from '../../core/log/disclosure.ts'
import type { FilePort, HeldFile } from '../../core/log/files.ts'
import { linesOf } from '../../core/log/read.ts'

interface Waiting {
  readonly lines: Buffer
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const NAME = 'disclosures.jsonl'
const KEYS = 'disclosure-keys.jsonl'

export class DisclosureStore {
  readonly #dataKey: Buffer
  /** Random secret of each subject and month, wrapped by the data key on disk. Deleting one erases what it sealed. */
  readonly #secrets = new Map<string, Buffer>()
  #file: HeldFile | undefined
  #keyFile: HeldFile | undefined
  #queue: Waiting[] = []
  #running: Promise<void> | undefined

  private constructor(dataKey: Buffer) {
    this.#dataKey = dataKey
  }

  static async open(files: FilePort, folder: string, dataKey: Buffer): Promise<DisclosureStore> {
    const store = new DisclosureStore(dataKey)
    const bytes = await files.read(`${folder}/${KEYS}`)
    if (bytes) for (const { kid, secret } of readKeys(bytes, dataKey)) store.#secrets.set(kid, secret)
    store.#keyFile = bytes ? await files.append(`${folder}/${KEYS}`) : await files.create(`${folder}/${KEYS}`)
    const torn = linesOf(NAME, (await files.read(`${folder}/${NAME}`)) ?? Buffer.alloc(0))
    if (torn.torn > 0) await files.truncate(`${folder}/${NAME}`, torn.lines.reduce((sum, line) => sum + line.bytes.length + 1, 0))
    store.#file = (await files.read(`${folder}/${NAME}`)) ? await files.append(`${folder}/${NAME}`) : await files.create(`${folder}/${NAME}`)
    return store
  }

  /** @returns the digests, in order, once the texts are durable */
  async put(disclosures: readonly Disclosure[], subject: string, now: Date): Promise<string[]> {
    if (disclosures.length === 0) return []
    const key = await this.#keyFor(subject, now)
    const sealed = disclosures.map((one) => {
      const { encoded, digest } = encodeDisclosure(one, randomBytes(16))
      return sealDisclosure(encoded, digest, key, randomBytes(12))
    })
    await this.#write(Buffer.from(sealed.map((one) => `${JSON.stringify(one)}\n`).join('')))
    return sealed.map(({ digest }) => digest)
  }

  async #keyFor(subject: string, now: Date): Promise<SubjectKey> {
    const month = now.toISOString().slice(0, 7)
    const kid = createHmac('sha256', this.#dataKey).update(`${subject}\n${month}`).digest('base64url').slice(0, 22)
    const known = this.#secrets.get(kid)
    if (known) return subjectKey(known, kid)
    const secret = randomBytes(32)
    this.#secrets.set(kid, secret)
    const { encoded, digest } = encodeDisclosure({ path: kid, value: secret.toString('base64url') }, randomBytes(16))
    const wrapped = sealDisclosure(encoded, digest, subjectKey(this.#dataKey, kid), randomBytes(12))
    await this.#keyFile?.write(Buffer.from(`${JSON.stringify(wrapped)}\n`))
    await this.#keyFile?.sync()
    return subjectKey(secret, kid)
  }

  #write(lines: Buffer): Promise<void> {
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
        await this.#file?.write(Buffer.concat(batch.map(({ lines }) => lines)))
        await this.#file?.sync()
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#running = undefined
  }

  async close(): Promise<void> {
    await this.#running
    await this.#file?.close()
    await this.#keyFile?.close()
  }
}

function readKeys(bytes: Buffer, dataKey: Buffer): { kid: string; secret: Buffer }[] {
  return linesOf(KEYS, bytes).lines.map((line) => {
    const wrapped = JSON.parse(line.bytes.toString('utf8')) as SealedDisclosure
    const { path, value } = openDisclosure(wrapped, subjectKey(dataKey, wrapped.kid))
    return { kid: path, secret: Buffer.from(value, 'base64url') }
  })
}

/**
 * All texts that can still be opened, by digest. An erased key leaves its texts out; a changed box is reported, not hidden.
 * @returns the texts, and the digests of boxes that were changed
 */
export async function readDisclosures(files: FilePort, folder: string, dataKey: Buffer): Promise<{ texts: Map<string, Disclosure>; changed: string[]; stored: Set<string> }> {
  const keys = new Map(readKeys((await files.read(`${folder}/${KEYS}`)) ?? Buffer.alloc(0), dataKey).map(({ kid, secret }) => [kid, subjectKey(secret, kid)]))
  const texts = new Map<string, Disclosure>()
  const changed: string[] = []
  const stored = new Set<string>()
  for (const line of linesOf(NAME, (await files.read(`${folder}/${NAME}`)) ?? Buffer.alloc(0)).lines) {
    try {
      const sealed = JSON.parse(line.bytes.toString('utf8')) as SealedDisclosure
      stored.add(sealed.digest)
      const key = keys.get(sealed.kid)
      if (key) texts.set(sealed.digest, openDisclosure(sealed, key))
    } catch {
      changed.push(`${NAME}, line ${line.line}`)
    }
  }
  return { texts, changed, stored }
}

/** The erasable texts of a log: append-only files, sealed per subject and month, synced before the leaf that names them. */
import { createHmac } from 'node:crypto'
import type { Disclosure } from '../../protocol/audit.ts'
import { encodeDisclosure, openDisclosure, sealDisclosure, subjectKey, type SealedDisclosure, type SubjectKey } from './disclosure.ts'
import type { FilePort } from './files.ts'
import { filesOf, LineFile } from './lineFile.ts'
import { linesOf, type Line } from './read.ts'

const TEXTS = 'disclosures'
const KEYS = 'disclosure-keys'

export interface DisclosureStoreOptions {
  readonly files: FilePort
  readonly folder: string
  /** 32 bytes: wraps the keys of subjects and months. */
  readonly dataKey: Buffer
  readonly random: (bytes: number) => Uint8Array
}

export class DisclosureStore {
  readonly #dataKey: Buffer
  readonly #random: DisclosureStoreOptions['random']
  /** Key of each subject and month, from a random secret that lies wrapped by the data key. Deleting its line erases what it sealed. */
  readonly #keys = new Map<string, Promise<SubjectKey>>()
  readonly #texts: LineFile
  readonly #keyLines: LineFile

  private constructor({ dataKey, random }: DisclosureStoreOptions, texts: LineFile, keyLines: LineFile) {
    this.#dataKey = dataKey
    this.#random = random
    this.#texts = texts
    this.#keyLines = keyLines
  }

  /** @throws CountersignError CS_LOG_PROOF when a key was changed or is of another data key */
  static async open(options: DisclosureStoreOptions): Promise<DisclosureStore> {
    const { files, folder, dataKey } = options
    const keyLines = await LineFile.open(files, folder, KEYS)
    const store = new DisclosureStore(options, await LineFile.open(files, folder, TEXTS), keyLines)
    for (const [kid, key] of await readKeys(files, folder, dataKey)) store.#keys.set(kid, Promise.resolve(key))
    return store
  }

  /** @returns the digests, in order, once the texts are durable */
  async put(disclosures: readonly Disclosure[], subject: string, now: Date): Promise<string[]> {
    if (disclosures.length === 0) return []
    const key = await this.#keyFor(subject, now)
    const sealed = disclosures.map((one) => {
      const { encoded, digest } = encodeDisclosure(one, this.#random(16))
      return sealDisclosure(encoded, digest, key, this.#random(12))
    })
    await this.#texts.append(Buffer.from(sealed.map((one) => `${JSON.stringify(one)}\n`).join('')))
    return sealed.map(({ digest }) => digest)
  }

  /** A text is sealed only with a key that is on disk: otherwise a crash would make of it a text nobody can open. */
  #keyFor(subject: string, now: Date): Promise<SubjectKey> {
    const month = now.toISOString().slice(0, 7)
    const kid = createHmac('sha256', this.#dataKey).update(`${subject}\n${month}`).digest('base64url').slice(0, 22)
    let key = this.#keys.get(kid)
    if (!key) {
      key = this.#makeKey(kid)
      this.#keys.set(kid, key)
      // Whoever asked is told; the next one tries anew.
      key.catch(() => this.#keys.delete(kid))
    }
    return key
  }

  async #makeKey(kid: string): Promise<SubjectKey> {
    const secret = Buffer.from(this.#random(32))
    const { encoded, digest } = encodeDisclosure({ path: kid, value: secret.toString('base64url') }, this.#random(16))
    const wrapped = sealDisclosure(encoded, digest, subjectKey(this.#dataKey, kid), this.#random(12))
    await this.#keyLines.append(Buffer.from(`${JSON.stringify(wrapped)}\n`))
    return subjectKey(secret, kid)
  }

  async close(): Promise<void> {
    await this.#texts.close()
    await this.#keyLines.close()
  }
}

async function* linesIn(files: FilePort, folder: string, name: string): AsyncGenerator<Line, void, undefined> {
  for (const file of await filesOf(files, folder, name)) yield* linesOf(file, (await files.read(`${folder}/${file}`)) ?? Buffer.alloc(0)).lines
}

async function readKeys(files: FilePort, folder: string, dataKey: Buffer): Promise<Map<string, SubjectKey>> {
  const keys = new Map<string, SubjectKey>()
  for await (const line of linesIn(files, folder, KEYS)) {
    const wrapped = JSON.parse(line.bytes.toString('utf8')) as SealedDisclosure
    const { path, value } = openDisclosure(wrapped, subjectKey(dataKey, wrapped.kid))
    keys.set(path, subjectKey(Buffer.from(value, 'base64url'), path))
  }
  return keys
}

/**
 * Texts that can still be opened, by digest. An erased key leaves its texts out; a changed box is reported, not hidden.
 * @param wanted only these, when given: a page needs few of many
 * @returns the texts, and the places of boxes that were changed
 */
export async function readDisclosures(files: FilePort, folder: string, dataKey: Buffer, wanted?: ReadonlySet<string>): Promise<{ texts: Map<string, Disclosure>; changed: string[] }> {
  const texts = new Map<string, Disclosure>()
  const changed: string[] = []
  if (wanted?.size === 0) return { texts, changed }
  const keys = await readKeys(files, folder, dataKey)
  for await (const line of linesIn(files, folder, TEXTS)) {
    try {
      const sealed = JSON.parse(line.bytes.toString('utf8')) as SealedDisclosure
      const key = wanted === undefined || wanted.has(sealed.digest) ? keys.get(sealed.kid) : undefined
      if (key) texts.set(sealed.digest, openDisclosure(sealed, key))
    } catch {
      changed.push(`${line.segment}, line ${line.line}`)
    }
  }
  return { texts, changed }
}

/**
 * Names for people's eyes: of persons (from their tokens) and devices. They identify nobody, decide nothing and may be erased,
 * so they stand apart from the log, whose records hold issuer, subject and device id only.
 */
import { z } from 'zod'
import { CountersignError } from '../protocol/errors.ts'
import type { FilePort } from '../core/log/files.ts'
import type { Person } from './access/person.ts'

const stored = z.object({ people: z.record(z.string(), z.string()), devices: z.record(z.string(), z.string()) })

export class Labels {
  readonly #files: FilePort
  readonly #file: string
  readonly #people: Map<string, string>
  readonly #devices: Map<string, string>
  #last: Promise<void> = Promise.resolve()

  private constructor(files: FilePort, file: string, people: Map<string, string>, devices: Map<string, string>) {
    this.#files = files
    this.#file = file
    this.#people = people
    this.#devices = devices
  }

  /** @throws CountersignError CS_STATE when the file is there and cannot be read */
  static async open(files: FilePort, file: string): Promise<Labels> {
    const bytes = await files.read(file)
    try {
      const { people, devices } = bytes ? stored.parse(JSON.parse(bytes.toString('utf8'))) : { people: {}, devices: {} }
      return new Labels(files, file, new Map(Object.entries(people)), new Map(Object.entries(devices)))
    } catch (cause) {
      throw new CountersignError('CS_STATE', `the file of names ${file} cannot be read. Move it away; names come back with the next sign-ins.`, { cause })
    }
  }

  person(issuer: string, subject: string): string | undefined {
    return this.#people.get(`${issuer} ${subject}`)
  }

  device(id: string): string | undefined {
    return this.#devices.get(id)
  }

  async keepPerson({ issuer, subject, name }: Person): Promise<void> {
    if (name !== undefined && this.person(issuer, subject) !== name) await this.#keep(this.#people, `${issuer} ${subject}`, name)
  }

  async keepDevice(id: string, name: string): Promise<void> {
    if (this.device(id) !== name) await this.#keep(this.#devices, id, name)
  }

  #keep(map: Map<string, string>, key: string, name: string): Promise<void> {
    map.set(key, name)
    const text = JSON.stringify({ people: Object.fromEntries(this.#people), devices: Object.fromEntries(this.#devices) })
    const write = this.#last.then(() => this.#files.replace(this.#file, Buffer.from(text)))
    this.#last = write.catch(() => undefined)
    return write
  }
}

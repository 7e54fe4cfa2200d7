/** One mirror for each log of each device, opened when it is first asked for; at start those that are on disk. */
import path from 'node:path'
import { CountersignError } from '../../protocol/errors.ts'
import { deviceStream } from '../../protocol/hub.ts'
import type { AcceptedLogs } from '../../core/log/accepted.ts'
import type { FilePort } from '../../core/log/files.ts'
import type { NoteSigner } from '../../core/log/note.ts'
import type { Device, Devices } from '../access/devices.ts'
import { Mirror } from './mirror.ts'

export interface MirrorsOptions {
  readonly files: FilePort
  /** `<home>/mirrors`. */
  readonly folder: string
  readonly devices: Devices
  readonly cosigner: NoteSigner
  readonly now: () => number
  /** What this hub gave receipts for before, as its own log says. */
  readonly accepted: AcceptedLogs
}

export interface OpenMirror {
  readonly device: Device
  readonly epoch: number
  readonly stream: string
  readonly mirror: Mirror
}

/** A device whose log keeps breaking needs a person, not a thousand folders. */
const MOST_EPOCHS = 1000

export class Mirrors {
  readonly #options: MirrorsOptions
  readonly #open = new Map<string, Promise<OpenMirror>>()
  readonly #ready: OpenMirror[] = []
  readonly #broken: { readonly stream: string; readonly why: string }[] = []

  private constructor(options: MirrorsOptions) {
    this.#options = options
  }

  /** A copy that does not hold what the hub gave receipts for is closed and shown; the other devices go on. */
  static async open(options: MirrorsOptions): Promise<Mirrors> {
    const mirrors = new Mirrors(options)
    for (const device of options.devices.all)
      for (const name of await options.files.list(path.join(options.folder, device.id))) {
        const [, digits] = /^epoch-(\d{4,6})$/.exec(name) ?? []
        if (digits !== undefined) await mirrors.#openKnown(deviceStream(device.key, Number(digits)))
      }
    return mirrors
  }

  async #openKnown(stream: string): Promise<void> {
    try {
      await this.of(stream)
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error
      this.#broken.push({ stream, why: error.message })
    }
  }

  /** Copies that do not verify, and why. */
  get broken(): readonly { readonly stream: string; readonly why: string }[] {
    return this.#broken
  }

  /** Copies that hold less than this hub gave receipts for: their devices may still have it, and it is taken back when it is the same. */
  get lacking(): readonly string[] {
    const held = (stream: string): number => this.#ready.find((one) => one.stream === stream)?.mirror.cosigned ?? 0
    return this.#options.accepted.lacking((stream) => (this.#broken.some((one) => one.stream === stream) ? Infinity : held(stream)))
  }

  /** Those with at least one accepted request, in the order they were opened. */
  get all(): readonly OpenMirror[] {
    return this.#ready
  }

  /** The newest receipt of a log; undefined when there is none, without making anything. */
  receipt(stream: string): string | undefined {
    return this.#ready.find((one) => one.stream === stream)?.mirror.receipt
  }

  /** @throws CountersignError CS_LOG_PROOF when no enrolled device has a log of this name */
  async of(stream: string): Promise<OpenMirror> {
    const found = this.#options.devices.ofStream(stream)
    if (!found || found.epoch > MOST_EPOCHS) throw new CountersignError('CS_LOG_PROOF', 'no device that is enrolled here has a log of this name.')
    let opened = this.#open.get(stream)
    if (!opened) {
      opened = this.#openOne(stream, found.device, found.epoch)
      opened.catch(() => this.#open.delete(stream))
      this.#open.set(stream, opened)
    }
    return opened
  }

  async #openOne(stream: string, device: Device, epoch: number): Promise<OpenMirror> {
    const { files, folder, cosigner, now, accepted } = this.#options
    const mirror = await Mirror.open({
      files,
      folder: path.join(folder, device.id, `epoch-${String(epoch).padStart(4, '0')}`),
      stream,
      device: { name: stream, type: 1, key: Buffer.from(device.key, 'base64url') },
      cosigner,
      now,
      accepted: accepted.of(stream),
    })
    const one = { device, epoch, stream, mirror }
    this.#ready.push(one)
    return one
  }

  async close(): Promise<void> {
    for (const { mirror } of this.#ready) await mirror.close()
  }
}

/**
 * Requests signed by a device: `Authorization: Countersign <JWS>` over method, path and body, good for a minute and once. Who
 * asks is checked before a byte of the body is read; the body's digest after. All refusals look alike and cost alike.
 */
import { createHash, generateKeyPairSync, timingSafeEqual, type KeyObject } from 'node:crypto'
import { decodeJwt, jwtVerify } from 'jose'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { Device, Devices } from './devices.ts'

export interface DeviceRequestOptions {
  readonly devices: Devices
  readonly audience: string
  /** Throws for a device that gets nothing any more. */
  readonly admit: (device: Device) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** A request whose sender is known and whose body is not yet checked. */
export interface Announced {
  readonly device: Device
  readonly bodyHash: string
  readonly jti: string
  readonly expiresAt: number
}

const LONGEST_S = 60
const SKEW_S = 30
const LARGEST_TOKEN = 4096
const MOST_TOKENS = 200_000

export class DeviceRequests {
  readonly #options: DeviceRequestOptions
  readonly #startedAt: number
  /** Of nobody: an unknown device costs the same time as a known one. */
  readonly #decoy: KeyObject = generateKeyPairSync('ed25519').publicKey
  /** By device and jti: seconds at which it may be forgotten. */
  readonly #used = new Map<string, number>()
  readonly #seen = new Map<string, number>()

  constructor(options: DeviceRequestOptions) {
    this.#options = options
    this.#startedAt = Math.floor(options.now() / 1000)
  }

  /** @throws CountersignError CS_HUB_REFUSED */
  async announce(header: string | undefined, method: string, url: string): Promise<Announced> {
    const [, token = ''] = /^Countersign ([\w.-]+)$/.exec(header ?? '') ?? []
    try {
      if (token === '' || token.length > LARGEST_TOKEN) throw new TypeError('no token')
      const claimed = decodeJwt(token).iss ?? ''
      const device = this.#options.devices.find(claimed)
      const { payload } = await jwtVerify(token, device?.verifyingKey ?? this.#decoy, {
        algorithms: ['EdDSA', 'Ed25519'],
        typ: 'countersign-device+jwt',
        issuer: claimed,
        audience: this.#options.audience,
        requiredClaims: ['iat', 'exp', 'jti', 'htm', 'htu', 'bh'],
        clockTolerance: SKEW_S,
        currentDate: new Date(this.#options.now()),
      })
      if (!device) throw new TypeError('unknown device')
      return this.#bound(device, payload, method, url)
    } catch (cause) {
      throw refused(cause)
    }
  }

  #bound(device: Device, payload: Record<string, unknown>, method: string, url: string): Announced {
    const { iat, exp, jti, htm, htu, bh } = payload
    if (typeof iat !== 'number' || typeof exp !== 'number' || typeof jti !== 'string' || typeof bh !== 'string' || jti.length > 100) throw new TypeError('a claim is missing')
    const now = Math.floor(this.#options.now() / 1000)
    if (exp - iat > LONGEST_S || iat > now + SKEW_S) throw new TypeError('it would be good for too long')
    // Which tokens were used before a restart is not known any more, so those are not taken.
    if (iat < this.#startedAt) throw new TypeError('it is from before the hub started')
    if (htm !== method || htu !== url) throw new TypeError('it is for another request')
    return { device, bodyHash: bh, jti: `${device.id} ${jti}`, expiresAt: exp + SKEW_S }
  }

  /**
   * Holds the body against what was signed and spends the token.
   * @param evenRemoved for the routes that take a journal: what happened on a device that was removed is still evidence
   * @throws CountersignError CS_HUB_REFUSED, CS_OFFBOARDED
   */
  spend(announced: Announced, body: Uint8Array, evenRemoved = false): Device {
    const hash = createHash('sha256').update(body).digest()
    const signed = Buffer.from(announced.bodyHash, 'base64url')
    if (signed.length !== hash.length || !timingSafeEqual(signed, hash)) throw refused(new TypeError('it is for another body'))
    this.#forget()
    if (this.#used.has(announced.jti)) throw refused(new TypeError('it was used before'))
    if (this.#used.size >= MOST_TOKENS) throw new CountersignError('CS_BUSY', 'the hub has too much to do at this moment. Try again.')
    this.#used.set(announced.jti, announced.expiresAt)
    this.#seen.set(announced.device.id, this.#options.now())
    if (!evenRemoved) this.#options.admit(announced.device)
    return announced.device
  }

  /** Milliseconds since 1970 of a device's last good request, since the hub started. */
  lastSeen(device: string): number | undefined {
    return this.#seen.get(device)
  }

  /** Insertion order is nearly that of expiry: the oldest are looked at until one is still good. */
  #forget(): void {
    const now = Math.floor(this.#options.now() / 1000)
    for (const [jti, until] of this.#used) {
      if (until >= now) return
      this.#used.delete(jti)
    }
  }
}

function refused(cause: unknown): CountersignError {
  return new CountersignError('CS_HUB_REFUSED', 'this request is not signed by an enrolled device, or not for this moment. If the clock of the device is wrong, set it right; otherwise sign in again.', { cause, detail: cause instanceof TypeError ? cause.message : describeError(cause) })
}

/** Devices, their keys and who enrolled them: projected from the hub's own log, nothing else says who a device is. */
import { createHash, randomBytes, type KeyObject } from 'node:crypto'
import { jwtVerify } from 'jose'
import { CountersignError, describeError } from '../../protocol/errors.ts'
import type { HubEvent } from '../../protocol/audit.ts'
import { deviceStream, type EnrolReply } from '../../protocol/hub.ts'
import { newId } from '../../protocol/ids.ts'
import { publicKeyFrom } from '../../core/log/note.ts'
import type { HubLog } from '../log/hubLog.ts'
import { samePerson, type Person } from './person.ts'

export interface Device {
  readonly id: string
  /** Ed25519 public key, 32 bytes, base64url. */
  readonly key: string
  readonly verifyingKey: KeyObject
  readonly people: readonly { readonly issuer: string; readonly subject: string; readonly at: string }[]
  readonly enrolledAt: string
}

export interface EnrolOptions {
  readonly person: Person
  readonly name: string
  readonly key: string
  /** Attacker-controlled. */
  readonly proof: string
  readonly audience: string
  readonly now: () => number
}

export class Devices {
  readonly #log: HubLog
  readonly #byId = new Map<string, Device>()
  readonly #byKey = new Map<string, string>()
  /** One enrolment at a time: the same key twice at once is one device. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(log: HubLog) {
    this.#log = log
    for (const record of log.records) this.#project(record.event as HubEvent, record.time)
  }

  get all(): readonly Device[] {
    return [...this.#byId.values()]
  }

  find(id: string): Device | undefined {
    return this.#byId.get(id)
  }

  /** The device whose key a log's name holds, and the log's epoch. */
  ofStream(stream: string): { readonly device: Device; readonly epoch: number } | undefined {
    const [, key = '', digits = ''] = /^countersign\/([\w-]{43})\/([1-9]\d{0,5})$/.exec(stream) ?? []
    const device = this.#byId.get(this.#byKey.get(key) ?? '')
    return device && { device, epoch: Number(digits) }
  }

  /** Gives a key its identity; once more by the same person is no news. @throws CountersignError CS_HUB_REFUSED when the key's owner did not ask */
  async enrol(options: EnrolOptions): Promise<EnrolReply> {
    await checkPossession(options)
    const result = this.#turn.then(() => this.#enrol(options))
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #enrol({ person, key, now }: EnrolOptions): Promise<EnrolReply> {
    const known = this.#byId.get(this.#byKey.get(key) ?? '')
    const device = known?.id ?? newId('dv', now(), randomBytes(10))
    const stream = deviceStream(key, 1)
    if (!known?.people.some((one) => samePerson(one, person))) {
      const event: HubEvent = { type: 'device.enrolled', device, stream, iss: person.issuer, sub: person.subject, groups: person.groups, key }
      await this.#log.append(event)
      this.#project(event, new Date(now()).toISOString())
    }
    return { device, stream }
  }

  #project(event: HubEvent, at: string): void {
    if (event.type !== 'device.enrolled') return
    const { device: id, key, iss: issuer, sub: subject } = event
    const before = this.#byId.get(id)
    this.#byId.set(id, {
      id,
      key,
      verifyingKey: before?.verifyingKey ?? publicKeyFrom(Buffer.from(key, 'base64url')),
      people: [...(before?.people ?? []), { issuer, subject, at }],
      enrolledAt: before?.enrolledAt ?? at,
    })
    this.#byKey.set(key, id)
  }
}

/** Proof that whoever asks holds the private key: otherwise a log could be taken over by its name. */
async function checkPossession({ key, proof, audience, now }: EnrolOptions): Promise<void> {
  try {
    const { payload } = await jwtVerify(proof, publicKeyFrom(Buffer.from(key, 'base64url')), {
      algorithms: ['EdDSA', 'Ed25519'],
      typ: 'countersign-enrol+jwt',
      audience,
      maxTokenAge: 60,
      clockTolerance: 30,
      requiredClaims: ['iat', 'exp'],
      currentDate: new Date(now()),
    })
    if (payload['key'] !== key) throw new TypeError('the proof is of another key')
  } catch (cause) {
    throw new CountersignError('CS_HUB_REFUSED', 'this device did not prove that it holds its key. If its clock is wrong, set it right; then sign in again.', { cause, detail: describeError(cause) })
  }
}

/** Short name of a device for people: the first characters of its key's digest. */
export function deviceMark(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8)
}

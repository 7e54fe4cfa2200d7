/**
 * Offboarding: a person or a device that gets nothing from the hub any more, from this moment on. A removed device may still
 * deliver its journal: what happened before is evidence.
 */
import { CountersignError } from '../../protocol/errors.ts'
import type { AuditEvent } from '../../protocol/audit.ts'
import type { HubLog } from '../log/hubLog.ts'
import type { Device } from './devices.ts'
import { samePerson, type Person } from './person.ts'

export interface RemovalBy {
  readonly person: Person
  readonly reason: string
}

type Named = Pick<Person, 'issuer' | 'subject'>

export class Removals {
  readonly #log: HubLog
  readonly #people = new Set<string>()
  readonly #devices = new Set<string>()

  constructor(log: HubLog) {
    this.#log = log
    for (const { event } of log.records) this.#project(event)
  }

  isRemoved(person: Named): boolean {
    return this.#people.has(keyOf(person))
  }

  /** Itself removed, or of nobody but removed people. */
  isDeviceRemoved(device: Pick<Device, 'id' | 'people'>): boolean {
    return this.#devices.has(device.id) || device.people.every((person) => this.isRemoved(person))
  }

  /** @throws CountersignError CS_OFFBOARDED */
  checkPerson(person: Named): void {
    if (this.isRemoved(person)) throw new CountersignError('CS_OFFBOARDED', 'you were removed from this hub. If that is wrong, ask your security lead.')
  }

  /** @throws CountersignError CS_OFFBOARDED */
  checkDevice(device: Pick<Device, 'id' | 'people'>): void {
    if (this.isDeviceRemoved(device)) throw new CountersignError('CS_OFFBOARDED', 'this device was removed from this hub. If that is wrong, ask your security lead.')
  }

  /** @throws CountersignError CS_OPERATION_DENIED when somebody would remove themselves */
  async setPerson(person: Named, removed: boolean, { person: by, reason }: RemovalBy): Promise<void> {
    if (samePerson(person, by)) throw new CountersignError('CS_OPERATION_DENIED', 'nobody removes or admits themselves; ask another security lead.')
    await this.#record({ type: removed ? 'person.removed' : 'person.restored', person: { iss: person.issuer, sub: person.subject }, ...actor(by), reason })
  }

  async setDevice(device: string, removed: boolean, { person: by, reason }: RemovalBy): Promise<void> {
    await this.#record({ type: removed ? 'device.removed' : 'device.restored', device, ...actor(by), reason })
  }

  /** In force once it is on record, not before. */
  async #record(event: Parameters<HubLog['append']>[0]): Promise<void> {
    await this.#log.append(event)
    this.#project(event)
  }

  #project(event: AuditEvent): void {
    if (event.type === 'person.removed') this.#people.add(keyOf({ issuer: event.person.iss, subject: event.person.sub }))
    else if (event.type === 'person.restored') this.#people.delete(keyOf({ issuer: event.person.iss, subject: event.person.sub }))
    else if (event.type === 'device.removed') this.#devices.add(event.device)
    else if (event.type === 'device.restored') this.#devices.delete(event.device)
  }
}

function keyOf({ issuer, subject }: Named): string {
  return `${issuer} ${subject}`
}

function actor({ issuer, subject, groups, authTime }: Person): { iss: string; sub: string; groups: readonly string[]; authTime: number } {
  return { iss: issuer, sub: subject, groups, authTime }
}

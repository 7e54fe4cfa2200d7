/** Provider keys of an agent without a hub, in memory only: those it was started with, and those a person brought, which serve nobody else. */
import type { Principal } from '../../protocol/identity.ts'

type Person = Pick<Principal, 'issuer' | 'subject'>

export class OwnKeys {
  readonly #keys: Map<string, { readonly key: string; readonly of: Person | undefined }>

  /** @param configured of the agent itself */
  constructor(configured: ReadonlyMap<string, string> = new Map()) {
    this.#keys = new Map([...configured].map(([upstream, key]) => [upstream, { key, of: undefined }]))
  }

  /** @param key null: removed @returns false when nothing changed: windows bring it again each time they attach */
  set(upstream: string, key: string | null, of: Person): boolean {
    const known = this.#keys.get(upstream)
    if (key === null) return known !== undefined && this.#keys.delete(upstream)
    if (known?.key === key && isSame(known.of, of)) return false
    this.#keys.set(upstream, { key, of: { issuer: of.issuer, subject: of.subject } })
    return true
  }

  /** @param person who is signed in */
  get(upstream: string, person: Person | undefined): string | undefined {
    const known = this.#keys.get(upstream)
    return known && (known.of === undefined || isSame(known.of, person)) ? known.key : undefined
  }

  namesFor(person: Person | undefined): string[] {
    return [...this.#keys.keys()].filter((upstream) => this.get(upstream, person) !== undefined)
  }
}

function isSame(one: Person | undefined, other: Person | undefined): boolean {
  return one !== undefined && one.issuer === other?.issuer && one.subject === other.subject
}

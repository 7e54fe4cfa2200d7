/** What a report says of itself. It is signed by nobody: everything that counts in it can be derived again from the records. */
import type { Totals } from './tables.ts'

export interface PackedLog {
  /** Name of its folder under `logs/`, and in the tables. */
  readonly id: string
  readonly stream: string
  /** Records [first, size). */
  readonly first: number
  readonly size: number
}

export interface Manifest {
  readonly format: 1
  readonly generator: string
  /** RFC 3339, UTC; `to` is not in it any more. Times are those that the devices' clocks claimed. */
  readonly period: { readonly from: string; readonly to: string }
  /** vkey of the hub that gave the receipts, and where the maker of the report had it from. Compare it with your own. */
  readonly hub: { readonly cosigner: string; readonly from: string } | null
  /** Made where the hub's own log lies: an approval counts when that log has it, whatever a device says. */
  readonly isHub: boolean
  readonly logs: readonly PackedLog[]
  /** Logs that were missing where the report was made, each in a sentence. */
  readonly missing: readonly string[]
  /** SHA-256 of policies that were in force and whose texts were not where the report was made. */
  readonly policiesWithoutText: readonly string[]
  readonly totals: Totals
  /** All files but this one, by path. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[]
}

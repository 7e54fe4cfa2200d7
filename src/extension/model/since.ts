/**
 * What on this machine's record is shown to whoever looks: not what was done while somebody else was signed in. A person sees
 * everything since the last session of another; with nobody signed in, since the last session at all. The whole record stays
 * one choice away, because it is the machine's. Pure.
 */
import type { Call, KnownLaunch, Ledger } from './ledger.ts'
import { isMe, type Me } from './me.ts'

export interface Since {
  /** Sequence number of the first record that is shown. */
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly at: number
}

export const EVERYTHING: Since = { seq: 0, at: 0 }

export function sinceOthers(ledger: Ledger, me: Me | undefined): Since {
  const last = ledger.events.findLast(({ event }) => (event.type === 'session.started' || event.type === 'session.ended') && !isMe({ issuer: event.actor.iss, subject: event.actor.sub }, me))
  return last ? { seq: last.seq + 1, at: last.at } : EVERYTHING
}

export function callsSince(ledger: Ledger, { seq }: Since): Call[] {
  return seq === 0 ? [...ledger.calls.values()] : [...ledger.calls.values()].filter((call) => call.firstSeq >= seq)
}

/** Launches that these calls come from, and those that were seen going around the agent. */
export function launchesSince(ledger: Ledger, { at }: Since, calls: readonly Call[]): KnownLaunch[] {
  const known = new Set(calls.map(({ launch }) => launch))
  return [...ledger.launches.values()].filter((launch) => known.has(launch.id) || (launch.findings.length > 0 && launch.at >= at))
}

/** Who calls: the words of sign-in. Issuer and subject identify; name and e-mail are labels only (OpenID Connect Core 5.7). */
import type { CallPlace } from './place.ts'

export interface Principal {
  readonly issuer: string
  readonly subject: string
  /** Group names from the identity provider's configured claim, as of the newest token. Empty when it sent none. */
  readonly groups: readonly string[]
  /** Seconds since 1970 at which the person proved who they are (`auth_time`). */
  readonly authTime: number
  /** Absent for a person. */
  readonly kind?: 'workload'
  readonly acr?: string
  readonly amr?: readonly string[]
  /** Labels: shown to people, kept as erasable disclosures, never used to decide. */
  readonly name?: string
  readonly email?: string
  /** Of a workload: who started it, as its platform's token says. */
  readonly startedBy?: string
  /** Of a workload: who started it, as whoever started it says. Both may not decide on its calls. */
  readonly onBehalfOf?: string
}

/** A principal's time-limited right to use this agent: one per person and machine, shared by windows. */
export interface Session {
  readonly id: string
  readonly principal: Principal
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly lastUsedAt: number
  readonly endsAt: number
}

/** What was started under a session key: a window's terminals, one script run by `countersign run`, a kernel. */
export interface Launch {
  readonly id: string
  readonly kind: 'window' | 'run' | 'notebook' | 'sandbox' | 'headless'
  /** Shown in the timeline: a command's name or a file, never arguments (they may hold secrets). */
  readonly label: string
}

/** An admitted caller: who, in which session, from which launch. */
export interface Caller {
  readonly session: Session
  readonly launch: Launch
  /** Where in the launch, as the program says. */
  readonly place?: CallPlace
}

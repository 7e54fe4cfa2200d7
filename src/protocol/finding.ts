/**
 * What shows that calls of a launch may go around the agent. It is no decision and stops nothing: it is put on record, once for
 * each thing and launch, so that whoever reads the journal sees that there was another way out. Never a key, never a path.
 */
import { z } from 'zod'

export const FINDING_KINDS = [
  /** A provider key among the variables of a program of the launch; the subject is the variable's name. */
  'environmentKey',
  /** A literal provider key in code or a `.env`; the subject is the argument's or variable's name. */
  'codeKey',
  /** A direct address in code or a `.env`; the subject is its host, or the variable's name. */
  'address',
  /** A connection of a program of the launch to a model host; the subject is the host. */
  'connection',
  /** A Python of the launch that was told to leave out what routes it (`-I`, `-E`); the subject is the option. */
  'isolated',
] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

export interface LaunchFinding {
  readonly kind: FindingKind
  readonly subject: string
  /** Name of the file, without folders. */
  readonly file?: string
  /** Name of the program, without folders and arguments. */
  readonly program?: string
}

const name = z.string().min(1).max(120).regex(/^[^/\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u)

/** `finding.report`: what the editor sees in files. `hash` names the launch by its session key. */
export const findingReport = z.strictObject({
  hash: z.string().regex(/^[\w-]{43}$/),
  kind: z.enum(['codeKey', 'address']),
  subject: z.string().regex(/^[\w.:-]{1,120}$/),
  file: name.optional(),
})

/**
 * People's reasons in a report. They are no part of the records, so that they can be erased where they were written; a report
 * discloses them with their salts (RFC 9901), and the digests in the records say that they are the ones.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { REQUESTER_REASON, type AuditRecord, type Disclosure } from '../../protocol/audit.ts'
import { parseDisclosure } from '../../core/log/disclosure.ts'

/** Beside the records of a log. */
export const REASONS = 'reasons.jsonl'

/** A line of the file. */
export interface DisclosedReason {
  readonly digest: string
  /** base64url of JSON [salt, path, value]. */
  readonly disclosure: string
}

const TOLD = new Set(['approval.settled', 'approval.reason', 'approval.reviewed', 'approval.ended'])

/** Digests of a record that may be those of reasons. */
export function reasonsNamed({ event }: AuditRecord): readonly string[] {
  return TOLD.has(event.type) && 'sd' in event && Array.isArray(event.sd) ? (event.sd as readonly string[]) : []
}

export function isReason({ path: name }: Disclosure): boolean {
  return name === REQUESTER_REASON || /^approval\/reviewers\/\d{1,3}\/reason$/.test(name)
}

/** @param folder of a packed log @param named digests that its records name @returns texts, and the lines that are not what a record names */
export async function readReasons(folder: string, named: ReadonlySet<string>): Promise<{ readonly texts: Map<string, Disclosure>; readonly wrong: readonly number[] }> {
  const texts = new Map<string, Disclosure>()
  const wrong: number[] = []
  const content = await readFile(path.join(folder, REASONS), 'utf8').catch(() => '')
  for (const [index, line] of content.split('\n').entries()) {
    if (line === '') continue
    const text = reasonIn(line, named)
    if (text) texts.set(text.digest, text.disclosure)
    else wrong.push(index + 1)
  }
  return { texts, wrong }
}

function reasonIn(line: string, named: ReadonlySet<string>): { readonly digest: string; readonly disclosure: Disclosure } | undefined {
  try {
    const { digest, disclosure } = JSON.parse(line) as DisclosedReason
    const parsed = parseDisclosure(disclosure, digest)
    return named.has(digest) && isReason(parsed) ? { digest, disclosure: parsed } : undefined
  } catch {
    // The caller names the line.
    return undefined
  }
}

/**
 * The erasable texts of a log against its leaves: a digest without its text was erased or is missing (the log's proofs hold
 * all the same), a text that does not give its digest was changed. Needs no key to find what is missing, and the data key
 * to find what was changed.
 */
import type { Disclosure } from '../../protocol/audit.ts'
import { openDisclosure, openEncoded, parseDisclosure, subjectKey, type SealedDisclosure, type SubjectKey } from './disclosure.ts'
import type { Problem } from './verifyChain.ts'
import { eachLine, type LogSource } from './verifySource.ts'

export interface DisclosureVerdict {
  /** Digests that leaves name. */
  readonly named: number
  /** Texts present and, where they could be opened, unchanged. */
  readonly present: number
  /** Named by a leaf; its text or its key is gone. */
  readonly erased: number
  /** False in a copy that never had the texts: a hub's. */
  readonly kept: boolean
  /** False when there was no data key: then presence was checked, and content was not. */
  readonly opened: boolean
  readonly problems: readonly Problem[]
}

/** @param named digests that leaves name; those found are taken out */
export async function verifyDisclosures(source: LogSource, folder: string, named: Set<string>, dataKey: Buffer | undefined): Promise<DisclosureVerdict> {
  const total = named.size
  const problems: Problem[] = []
  const keys = dataKey ? await keysOf(source, folder, dataKey, problems) : undefined
  let present = 0
  const files = await textFiles(source, folder)
  for (const name of files) {
    let line = 0
    await eachLine(source.stream(`${folder}/${name}`), (buffer, start, end) => {
      line++
      const sealed = sealedOf(buffer.toString('utf8', start, end))
      const key = sealed && keys?.get(sealed.kid)
      if (!sealed || (key && !opens(sealed, key))) problems.push({ what: 'an erasable text was changed', file: name, line })
      else if (named.delete(sealed.digest) && (!keys || key)) present++
    })
  }
  return { named: total, present, erased: total - present, kept: files.length > 0, opened: keys !== undefined, problems }
}

/** Texts of these digests that can still be opened; what was erased or changed is not among them. */
export async function readTexts(source: LogSource, folder: string, wanted: ReadonlySet<string>, dataKey: Buffer): Promise<Map<string, Disclosure>> {
  const encoded = await readEncoded(source, folder, wanted, dataKey)
  return new Map([...encoded].map(([digest, text]) => [digest, parseDisclosure(text, digest)]))
}

/** The same, salted as their digests were taken of them. */
export async function readEncoded(source: LogSource, folder: string, wanted: ReadonlySet<string>, dataKey: Buffer): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  if (wanted.size === 0) return texts
  const keys = await keysOf(source, folder, dataKey, [])
  for (const name of await textFiles(source, folder))
    await eachLine(source.stream(`${folder}/${name}`), (buffer, start, end) => {
      const sealed = sealedOf(buffer.toString('utf8', start, end))
      const key = sealed && wanted.has(sealed.digest) ? keys.get(sealed.kid) : undefined
      if (sealed && key && opens(sealed, key)) texts.set(sealed.digest, openEncoded(sealed, key))
    })
  return texts
}

async function textFiles(source: LogSource, folder: string): Promise<string[]> {
  return (await source.list(folder)).filter((one) => /^disclosures(?:-\d+)?\.jsonl$/.test(one)).sort()
}

async function keysOf(source: LogSource, folder: string, dataKey: Buffer, problems: Problem[]): Promise<Map<string, SubjectKey>> {
  const keys = new Map<string, SubjectKey>()
  for (const name of (await source.list(folder)).filter((one) => /^disclosure-keys(?:-\d+)?\.jsonl$/.test(one))) {
    let line = 0
    await eachLine(source.stream(`${folder}/${name}`), (buffer, start, end) => {
      line++
      const key = unwrap(buffer.toString('utf8', start, end), dataKey)
      if (key) keys.set(key.kid, key)
      else problems.push({ what: 'the key of erasable texts was changed, or is of another data key', file: name, line })
    })
  }
  return keys
}

function unwrap(line: string, dataKey: Buffer): SubjectKey | undefined {
  const wrapped = sealedOf(line)
  if (!wrapped) return undefined
  try {
    const { path, value } = openDisclosure(wrapped, subjectKey(dataKey, wrapped.kid))
    return subjectKey(Buffer.from(value, 'base64url'), path)
  } catch {
    // The caller names the line.
    return undefined
  }
}

function opens(sealed: SealedDisclosure, key: SubjectKey): boolean {
  try {
    openDisclosure(sealed, key)
    return true
  } catch {
    // The caller names the line.
    return false
  }
}

function sealedOf(text: string): SealedDisclosure | undefined {
  try {
    const value = JSON.parse(text) as Partial<Record<keyof SealedDisclosure, unknown>> | null
    const whole = typeof value === 'object' && value !== null && [value.digest, value.kid, value.iv, value.box].every((one) => typeof one === 'string')
    return whole ? (value as unknown as SealedDisclosure) : undefined
  } catch {
    // Named by the caller, with its line.
    return undefined
  }
}

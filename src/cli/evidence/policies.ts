/** Texts of policies, wherever a folder keeps them: an agent keeps the newest envelope, a hub every version. Found by digest. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** @param homes folders of agents and hubs @returns texts by SHA-256 of the text, base64url; the digest is ours, not the file's */
export function policyTexts(homes: readonly string[]): Map<string, string> {
  const texts = new Map<string, string>()
  const add = (document: unknown): void => {
    if (typeof document === 'string') texts.set(createHash('sha256').update(document).digest('base64url'), document)
  }
  for (const home of homes) {
    const envelope = member(jsonOf(path.join(home, 'policy.json')), 'envelope')
    if (typeof envelope === 'string') add(member(parsed(Buffer.from(envelope.split('.')[1] ?? '', 'base64url').toString('utf8')), 'document'))
    const folder = path.join(home, 'policies')
    if (existsSync(folder)) for (const name of readdirSync(folder).filter((one) => one.endsWith('.json'))) add(member(jsonOf(path.join(folder, name)), 'document'))
  }
  return texts
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function jsonOf(file: string): unknown {
  return existsSync(file) ? parsed(readFileSync(file, 'utf8')) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No text then: the report says which policy's text is not here.
    return undefined
  }
}

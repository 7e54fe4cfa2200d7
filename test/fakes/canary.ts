/** Looking for planted secrets in what something left behind, however they are written. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** As it is, and as it would look in a URL, in base64 at each offset, and in hex. */
export function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].flatMap((skip) => {
    const text = Buffer.concat([Buffer.alloc(skip), bytes]).toString('base64').replace(/=+$/, '')
    // The first and the last characters hold bits of the neighbours.
    const middle = text.slice(skip === 0 ? 0 : 4, -2)
    return [middle, middle.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [secret, encodeURIComponent(secret), bytes.toString('hex'), ...base64]
}

export function found(text: string, secret: string): boolean {
  return spellings(secret).some((one) => text.includes(one))
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name))
}

/** Numbers of the processes that run now, as proc(5) lists them. */
export function processes(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
}

/** What proc(5) shows of a process, on Linux; empty when it ended in the meantime, or is another user's. */
export function shownBy(pid: number | string, what: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'latin1')
  } catch {
    return ''
  }
}

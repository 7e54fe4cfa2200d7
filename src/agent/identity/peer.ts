/** Whose program is at the other end of a loopback connection: the socket's owner as the kernel lists it (Linux, proc(5)). */
import { readFile } from 'node:fs/promises'

/**
 * @param remotePort the client's port, @param localPort ours
 * @returns the user id, or undefined where the platform does not tell
 */
export async function peerUid(remotePort: number, localPort: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined
  const wanted = [hexPort(remotePort), hexPort(localPort)]
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(file, 'utf8').catch(() => '')
    for (const line of text.split('\n').slice(1)) {
      // sl local_address rem_address st … uid: from the client's side, its port is the local one.
      const fields = line.trim().split(/\s+/)
      if (fields[1]?.endsWith(wanted[0] ?? '-') && fields[2]?.endsWith(wanted[1] ?? '-')) return Number(fields[7])
    }
  }
  return undefined
}

function hexPort(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`
}

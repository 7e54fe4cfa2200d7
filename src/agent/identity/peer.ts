/** Whose program is at the other end of a loopback connection: the socket's owner as the kernel lists it (Linux, proc(5)). */
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'

/** Nobody's: a connection that the kernel's table does not know, although it knows others. */
export const UNKNOWN_PEER = -1

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6']
const asked = new WeakMap<Socket, Promise<number | undefined>>()

/** A connection has one owner for its life, so it is looked up once. */
export function peerOf(socket: Socket): Promise<number | undefined> {
  const known = asked.get(socket) ?? peerUid(socket.remotePort ?? 0, socket.localPort ?? 0)
  asked.set(socket, known)
  return known
}

/**
 * @param remotePort the client's port, @param localPort ours
 * @returns the user id; UNKNOWN_PEER when the table lists our end and not the client's; undefined where the platform does not tell
 */
export async function peerUid(remotePort: number, localPort: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined
  const tables = await Promise.all(TABLES.map((file) => readFile(file, 'utf8').catch(() => '')))
  for (const table of tables) {
    const uid = ownerIn(table, remotePort, localPort)
    if (uid !== undefined) return uid
  }
  // Some sandboxes show an empty table: there, nothing can be told. A table that lists our end must list the other one too.
  return tables.some((table) => ownerIn(table, localPort, remotePort) !== undefined) ? UNKNOWN_PEER : undefined
}

/** `sl local_address rem_address st tx:rx tr:when retrnsmt uid …`: from the client's side, its port is the local one. */
function ownerIn(table: string, local: number, remote: number): number | undefined {
  const ours = `:${hexPort(local)} `
  for (let at = table.indexOf(ours); at >= 0; at = table.indexOf(ours, at + 1)) {
    const end = table.indexOf('\n', at)
    const fields = table.slice(table.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end).trim().split(/\s+/)
    if (fields[1]?.endsWith(`:${hexPort(local)}`) && fields[2]?.endsWith(`:${hexPort(remote)}`)) return Number(fields[7])
  }
  return undefined
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}

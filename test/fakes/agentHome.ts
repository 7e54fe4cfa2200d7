/** An agent's home on a real disk, with a journal a hub gave receipts for, and that hub's two public answers on a real socket. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { openDeviceKeys, type DeviceKeys } from '../../src/agent/identity/device.ts'
import { openJournal, type AgentJournal } from '../../src/agent/journal/journal.ts'
import { vkeyOf } from '../../src/core/log/note.ts'
import { nodeFiles } from '../../src/platform/files.ts'
import { Disk } from './disk.ts'
import { ACTOR, answer, call, fakeHub, uploader, type FakeHub } from './device.ts'

export interface AgentHome {
  readonly home: string
  /** Folder of the first epoch. */
  readonly folder: string
  readonly keys: DeviceKeys
  readonly hub: FakeHub
  readonly hubKey: string
  /** The hub's newest receipt. */
  receipt(): string | undefined
  open(): Promise<AgentJournal>
  /** Brings to the hub what the journal signed. */
  sync(journal: AgentJournal): Promise<void>
}

export async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-test-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** @param pinned whether the home remembers the hub's key, as after an enrolment */
export async function agentHome(t: TestContext, pinned = true): Promise<AgentHome> {
  const home = path.join(await temporary(t), 'agent')
  const files = nodeFiles()
  await files.makeFolder(home)
  const keys = openDeviceKeys(home)
  const hub = fakeHub(new Disk())
  const stream = `countersign/${keys.publicKey}/1`
  const mirror = await hub.mirror(stream, keys.signing)
  t.after(() => mirror.close())
  const hubKey = vkeyOf(hub.signer)
  if (pinned) await writeFile(path.join(home, 'hub.json'), JSON.stringify({ hub: 'https://hub.example', known: { cosigner: hubKey }, device: 'dv_1', stream }))
  return {
    home,
    folder: path.join(home, 'journal', 'epoch-0001'),
    keys,
    hub,
    hubKey,
    receipt: () => mirror.receipt,
    open: () => openJournal({ files, folder: path.join(home, 'journal'), deviceKey: keys.signing, dataKey: keys.data, device: 'laptop' }),
    async sync(journal) {
      await journal.checkpoint()
      const { uploader: one } = await uploader(journal, files, hub, (where, body) => answer(mirror, where, body))
      one.wake()
      await one.settled()
      await one.stop()
    },
  }
}

/** A morning of Ada's: two calls the hub has a receipt for, one it has not. */
export async function withStory(one: AgentHome): Promise<void> {
  const journal = await one.open()
  await journal.append((sd) => ({ type: 'session.started', actor: ACTOR, endsAt: '2026-11-24T20:00:00.000Z', sd }), [{ path: 'name', value: 'Ada Lovelace' }, { path: 'email', value: 'ada@example.com' }], 'ada')
  await call(journal, 'ex_1')
  await call(journal, 'ex_2')
  await one.sync(journal)
  await call(journal, 'ex_3')
  await journal.close()
}

export interface PublicHub {
  readonly url: string
  close(): Promise<void>
}

/** GET /v1/log/receipt and the well-known document, as a hub answers them. */
export async function publicHub(t: TestContext, cosigner: string, receipt: (stream: string) => string | undefined): Promise<PublicHub> {
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://hub')
    const note = url.pathname === '/v1/log/receipt' ? receipt(url.searchParams.get('stream') ?? '') : undefined
    const known = { format: 1, organisation: 'Example', audience: 'https://hub.example', issuer: 'https://id.example', clientId: 'c', groupsClaim: 'groups', cosigner, policyKey: {} }
    const body = url.pathname === '/.well-known/countersign' ? known : note === undefined ? { error: { code: 'CS_ROUTE_UNKNOWN', message: 'no' } } : { note }
    response.writeHead('error' in body ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => { resolve() })
    })
  t.after(close)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

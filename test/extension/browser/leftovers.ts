/** Everything a signed-in run in the editor wrote, kept or showed, for a search: files, the browser's stores, command lines, environments. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { connectControl } from '../../../src/platform/controlClient.ts'
import { filesUnder, found, processes, shownBy } from '../../fakes/canary.ts'
import type { World } from './world.ts'

/** What pages stored, read through the browser: its files are compressed. */
const STORES = `(async () => {
  const all = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })]
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done, failed) => { const ask = indexedDB.open(name); ask.onsuccess = () => done(ask.result); ask.onerror = failed })
    try {
      for (const store of db.objectStoreNames) for (const read of ['getAll', 'getAllKeys']) all.push(JSON.stringify(await new Promise((done) => { const ask = db.transaction(store).objectStore(store)[read](); ask.onsuccess = () => done(ask.result) })))
    } finally { db.close() }
  }
  return all.join('\\n')
})()`

/** Places by name, each with its text. A process that ended meanwhile shows nothing. */
export async function leftovers({ editor, browser, services, workspace, page }: World): Promise<Map<string, string>> {
  const places = new Map<string, string>([['the browser\'s stores', await page.evaluate<string>(STORES)]])
  // The operator's own key file lies in the services' settings; what the hub writes is searched.
  for (const folder of [path.dirname(editor.home), path.join(services.dir, 'hub'), browser.profile, workspace])
    for (const file of filesUnder(folder).filter((one) => !one.startsWith(path.join(services.dir, 'settings') + path.sep))) places.set(file, textOf(file))
  for (const pid of processes()) places.set(`command line of ${pid}`, shownBy(pid, 'cmdline'))
  for (const pid of processes()) if (shownBy(pid, 'environ') !== '') places.set(`environment of ${pid}`, shownBy(pid, 'environ'))
  return places
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

/** @returns names of the places that hold it, in whatever spelling */
export function placesOf(secret: string, places: ReadonlyMap<string, string>): string[] {
  return [...places].filter(([, text]) => found(text, secret)).map(([name]) => name)
}

/** The key with which the kernel of this editor calls, as its environment has it. */
export function kernelKey(home: string): string | undefined {
  for (const pid of processes()) {
    const environment = shownBy(pid, 'environ')
    if (!shownBy(pid, 'cmdline').includes('ipykernel') || !environment.includes(`COUNTERSIGN_HOME=${home}\0`)) continue
    const key = /(?:^|\0)OPENAI_API_KEY=([^\0]+)/.exec(environment)?.[1]
    if (key !== undefined) return key
  }
  return undefined
}

/** Processes that are no launch: they need no session key. */
export async function servants({ editor, services }: World): Promise<string[]> {
  const control = await connectControl(editor.home, { client: 'test' })
  control.close()
  return [control.agent.pid, services.hub.pid, editor.pid, process.pid].map((pid) => `environment of ${pid}`)
}

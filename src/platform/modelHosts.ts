/** Hosts of model providers, from the same list by which the preloads of programs route (`media/launch/hosts.json`). */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { launchFolder } from './launchEnv.ts'

export interface ModelHosts {
  /** Those without a wildcard: the ones that can be looked up. */
  readonly names: readonly string[]
  has(host: string): boolean
}

/** @throws CountersignError CS_STATE when the list is not part of this installation */
export function modelHosts(): ModelHosts {
  const listed = Object.keys(JSON.parse(readFileSync(path.join(launchFolder(), 'hosts.json'), 'utf8')) as Record<string, string>)
  const patterns = listed.map((host) => new RegExp(`^${host.replaceAll('.', '\\.').replaceAll('*', '[a-z0-9-]+')}$`))
  return { names: listed.filter((host) => !host.includes('*')), has: (host) => patterns.some((one) => one.test(host)) }
}

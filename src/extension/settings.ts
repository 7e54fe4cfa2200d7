/**
 * Settings as the person's own settings say them. All have application scope, so a workspace can set none of them; what a
 * workspace's settings.json claims is not even looked at here. What cannot be honoured is told, not guessed.
 */
import * as vscode from 'vscode'
import type { AgentStatus } from '../protocol/control.ts'
import type { AgentSettings } from './agentProcess.ts'

export type Settings = { readonly kind: 'unset' } | { readonly kind: 'wrong'; readonly why: string } | { readonly kind: 'set'; readonly agent: AgentSettings }

export function readSettings(): Settings {
  const section = vscode.workspace.getConfiguration('countersign')
  const text = (name: string): string => {
    const value = section.inspect<unknown>(name)?.globalValue
    return typeof value === 'string' ? value.trim() : ''
  }
  return settingsOf({ hub: text('hub'), issuer: text('issuer'), clientId: text('clientId'), groupsClaim: text('groupsClaim'), policyFile: text('policyFile') })
}

export interface RawSettings {
  readonly hub: string
  readonly issuer: string
  readonly clientId: string
  readonly groupsClaim: string
  readonly policyFile: string
}

function settingsOf(raw: RawSettings): Settings {
  if (raw.hub !== '') {
    const why = urlFault(raw.hub)
    return why === undefined ? { kind: 'set', agent: { hub: raw.hub.replace(/\/+$/, '') } } : { kind: 'wrong', why: vscode.l10n.t('The setting "{0}" is not usable: {1}', 'countersign.hub', why) }
  }
  if (raw.issuer === '' && raw.clientId === '' && raw.policyFile === '') return { kind: 'unset' }
  if (raw.issuer === '' || raw.clientId === '' || raw.policyFile === '')
    return { kind: 'wrong', why: vscode.l10n.t('Without a hub, all of "{0}", "{1}" and "{2}" are needed.', 'countersign.issuer', 'countersign.clientId', 'countersign.policyFile') }
  const why = urlFault(raw.issuer)
  if (why !== undefined) return { kind: 'wrong', why: vscode.l10n.t('The setting "{0}" is not usable: {1}', 'countersign.issuer', why) }
  return { kind: 'set', agent: { issuer: raw.issuer, clientId: raw.clientId, groupsClaim: raw.groupsClaim === '' ? 'groups' : raw.groupsClaim, policyFile: raw.policyFile } }
}

/** https everywhere; plain http to this machine only. The agent checks again: here it is only said sooner. */
function urlFault(text: string): string | undefined {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return vscode.l10n.t('it must be an address, as in https://hub.example.com.')
  }
  const loopback = /^(?:127(?:\.\d+){3}|localhost|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) return undefined
  return vscode.l10n.t('it must begin with https://.')
}

/** Does this agent serve what the settings say? An agent of the command line with another hub does not. */
export function fits(settings: AgentSettings, status: Pick<AgentStatus, 'hub' | 'issuer' | 'alone'>): boolean {
  if (settings.hub !== undefined) return status.hub === settings.hub
  const { issuer, alone } = status
  if (alone === null || issuer?.replace(/\/+$/, '') !== settings.issuer.replace(/\/+$/, '')) return false
  return alone.clientId === settings.clientId && alone.groupsClaim === settings.groupsClaim && alone.policyFile === settings.policyFile
}

/** Names the settings a kept sign-in belongs to: one kept for another hub or provider is never offered to this one. */
export function settingsName(settings: AgentSettings): string {
  return settings.hub ?? `${settings.issuer} ${settings.clientId}`
}

/** The two native trees: sessions (a day's launches) and the policy in force, rule by rule. */
import * as vscode from 'vscode'
import type { AgentStatus, PolicyLine } from '../../protocol/control.ts'
import type { Launch } from '../../protocol/panelModels.ts'
import type { Call, Ledger } from '../model/ledger.ts'
import { isHeld, launchOf, noLaunch } from '../model/rows.ts'
import { callsSince, EVERYTHING, launchesSince, type Since } from '../model/since.ts'
import { dayStart } from '../model/views.ts'

interface Day {
  readonly start: number
  readonly launches: readonly Launch[]
}

export type Node = { readonly kind: 'day'; readonly day: Day } | { readonly kind: 'launch'; readonly launch: Launch }

const ICONS: Readonly<Record<string, string>> = { notebook: 'notebook', script: 'file-code', terminal: 'terminal', debug: 'debug-alt', window: 'window', run: 'terminal', sandbox: 'beaker', headless: 'server-process' }
const DAY = 86_400_000

export class SessionsTree implements vscode.TreeDataProvider<Node> {
  readonly #ledger: Ledger
  readonly #changed = new vscode.EventEmitter<undefined>()
  /** Held calls by launch, as of the last change. */
  readonly #held = new Map<string, number>()
  /** Launches whose programs can still make calls. */
  #live: ReadonlySet<string> = new Set()
  #since: Since = EVERYTHING

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  get onDidChangeTreeData(): vscode.Event<undefined> {
    return this.#changed.event
  }

  /** @param since from where on the record is this person's to see */
  update(launches: AgentStatus['launches'], since: Since): void {
    this.#since = since
    this.#live = new Set(launches.map(({ id }) => id))
    this.#held.clear()
    for (const call of this.#ledger.calls.values()) if (call.launch !== undefined && isHeld(call)) this.#held.set(call.launch, (this.#held.get(call.launch) ?? 0) + 1)
    this.#changed.fire(undefined)
  }

  getChildren(node?: Node): Node[] {
    if (node?.kind === 'day') return node.day.launches.map((launch) => ({ kind: 'launch', launch }))
    return node ? [] : this.#days().map((day) => ({ kind: 'day', day }))
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'day') return dayItem(node.day)
    const { launch } = node
    const name = launch.cell === undefined ? launch.file : vscode.l10n.t('{0}, cell [{1}]', launch.file, launch.cell)
    const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.None)
    item.id = launch.id
    if (this.#live.has(keyOf(launch.id))) item.contextValue = 'liveLaunch'
    const held = this.#held.get(launch.id) ?? 0
    const seen = launch.findings === undefined ? '' : `, ${findingsWords(launch.findings)}`
    item.description = `${held === 0 ? callsWords(launch.calls) : vscode.l10n.t('{0}, {1} held', callsWords(launch.calls), held)}${seen}`
    item.iconPath = new vscode.ThemeIcon(held > 0 ? 'debug-pause' : (ICONS[launch.kind] ?? 'window'))
    const since = vscode.l10n.t('{0}, since {1}', name, new Date(launch.startedAt).toLocaleTimeString())
    item.tooltip = held === 0 ? since : `${vscode.l10n.t('{0} held, waiting for a decision.', held)}\n${since}`
    item.command = { command: 'countersign.openTimeline', title: vscode.l10n.t('Open session timeline') }
    return item
  }

  #days(): Day[] {
    const days = new Map<number, Launch[]>()
    const calls = callsSince(this.#ledger, this.#since)
    for (const launch of launchesSince(this.#ledger, this.#since, calls)) {
      const start = dayStart(launch.at)
      days.set(start, [...(days.get(start) ?? []), launchOf(launch, this.#ledger.findingsOf(launch))])
    }
    // Refused before anybody knew who called.
    const stray = new Map<number, Call[]>()
    for (const call of calls) {
      if (call.launch !== undefined) continue
      const start = dayStart(call.at)
      const known = stray.get(start)
      if (known) known.push(call)
      else stray.set(start, [call])
    }
    for (const [start, calls] of stray) {
      const without = noLaunch(vscode.l10n.t, calls)
      if (without) days.set(start, [...(days.get(start) ?? []), { ...without, id: `${without.id} ${start}` }])
    }
    return [...days].sort(([a], [b]) => b - a).map(([start, launches]) => ({ start, launches: launches.reverse() }))
  }
}

/** A file or a cell makes its calls with the key of the launch that it is a part of. */
export function keyOf(launch: string): string {
  return launch.split('/', 1)[0] ?? launch
}

function dayItem({ start, launches }: Day): vscode.TreeItem {
  const today = dayStart(Date.now())
  const label = start === today ? vscode.l10n.t('Today') : start >= today - DAY ? vscode.l10n.t('Yesterday') : new Date(start).toLocaleDateString()
  const item = new vscode.TreeItem(label, start === today ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed)
  item.id = String(start)
  item.description = callsWords(launches.reduce((sum, launch) => sum + launch.calls, 0))
  return item
}

function findingsWords(findings: number): string {
  return findings === 1 ? vscode.l10n.t('1 way around Countersign') : vscode.l10n.t('{0} ways around Countersign', findings)
}

function callsWords(calls: number): string {
  return calls === 1 ? vscode.l10n.t('1 call') : vscode.l10n.t('{0} calls', calls)
}

const EFFECTS: Readonly<Record<PolicyLine['effect'], string>> = { allow: 'pass', deny: 'error', hold: 'debug-pause' }

export class PolicyTree implements vscode.TreeDataProvider<PolicyLine> {
  readonly #ledger: Ledger
  readonly #changed = new vscode.EventEmitter<undefined>()
  #policy: AgentStatus['policy'] = null
  #view: vscode.TreeView<PolicyLine> | undefined

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  get onDidChangeTreeData(): vscode.Event<undefined> {
    return this.#changed.event
  }

  register(): vscode.Disposable {
    this.#view = vscode.window.createTreeView('countersign.policy', { treeDataProvider: this })
    return this.#view
  }

  update(policy: AgentStatus['policy']): void {
    this.#policy = policy
    if (this.#view) this.#view.description = policy === null ? '' : policy.source === 'hub' ? vscode.l10n.t('version {0}, managed', policy.version) : vscode.l10n.t('unmanaged')
    this.#changed.fire(undefined)
  }

  getChildren(rule?: PolicyLine): PolicyLine[] {
    return rule ? [] : [...(this.#policy?.rules ?? [])]
  }

  getTreeItem(rule: PolicyLine): vscode.TreeItem {
    const item = new vscode.TreeItem(rule.id, vscode.TreeItemCollapsibleState.None)
    item.iconPath = new vscode.ThemeIcon(EFFECTS[rule.effect])
    item.description = firedWords(this.#firedToday(rule.id))
    item.tooltip = rule.sentence
    item.accessibilityInformation = { label: `${rule.id}. ${rule.sentence}` }
    return item
  }

  #firedToday(rule: string): number {
    const from = dayStart(Date.now())
    let fired = 0
    for (const call of this.#ledger.calls.values()) if (call.at >= from && (call.decided?.decision.rule ?? call.held?.rule) === rule) fired++
    return fired
  }
}

function firedWords(times: number): string {
  return times === 0 ? vscode.l10n.t('none today') : vscode.l10n.t('{0} today', times)
}

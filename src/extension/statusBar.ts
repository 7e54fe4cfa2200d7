/** The one status bar item: text first, at most one icon; a click does what the words name. */
import * as vscode from 'vscode'

export type Phase = 'unset' | 'wrong' | 'starting' | 'signedOut' | 'signingIn' | 'ready' | 'stopped'

export interface StatusShown {
  readonly phase: Phase
  readonly person: string | undefined
  /** Why the kept sign-in is not taken up yet, or why the last session is over. */
  readonly waits: string | undefined
  readonly over: string | undefined
  readonly hubAway: boolean
  /** The hub refuses this machine's journal, so every call is refused. */
  readonly journalRefused: boolean
  /** Calls of mine that wait for others, and requests that wait for me; late: more than half the time is over. */
  readonly held: number
  readonly toDecide: number
  readonly isLate: boolean
  /** No policy: every call is refused. */
  readonly noPolicy: boolean
}

interface Shown {
  readonly text: string
  readonly tooltip: string
  readonly command: string
  readonly background?: 'error' | 'warning'
}

export function createStatusBar(): { update(state: StatusShown): void; dispose(): void } {
  const item = vscode.window.createStatusBarItem('countersign.status', vscode.StatusBarAlignment.Left, 20)
  item.name = 'Countersign'
  return {
    update(state) {
      const { text, tooltip, command, background } = shown(state)
      item.text = text
      item.tooltip = tooltip
      item.command = command
      item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(`statusBarItem.${background}Background`)
      item.accessibilityInformation = { label: `Countersign: ${tooltip}`, role: 'button' }
      item.show()
    },
    dispose: () => { item.dispose() },
  }
}

function shown(state: StatusShown): Shown {
  const { t } = vscode.l10n
  switch (state.phase) {
    case 'unset':
      return { text: `$(shield) ${t('Set up Countersign')}`, tooltip: t('No hub is set, so calls from this window do not pass through Countersign.'), command: 'countersign.openSettings' }
    case 'wrong':
      return { text: `$(warning) ${t('Countersign settings')}`, tooltip: t('The settings cannot be used as they are. Opens them.'), command: 'countersign.openSettings', background: 'error' }
    case 'starting':
      return { text: `$(loading~spin) Countersign`, tooltip: t('Starting the agent. Calls wait until it runs.'), command: 'countersign.approvals.focus' }
    case 'signingIn':
      return { text: `$(loading~spin) ${t('Signing in')}`, tooltip: t('Finish the sign-in in your browser. A click opens the page again.'), command: 'countersign.signIn' }
    case 'signedOut':
      if (state.waits !== undefined) return { text: `$(debug-disconnect) ${t('Sign-in waits')}`, tooltip: t('{0} Calls are refused until you are signed in, which is tried again by itself. Opens Approvals.', state.waits), command: 'countersign.approvals.focus' }
      if (state.over !== undefined) return { text: `$(circle-slash) ${t('Sign in to Countersign')}`, tooltip: t('{0} Calls from this window are refused. Starts the sign-in.', state.over), command: 'countersign.signIn' }
      return { text: `$(circle-slash) ${t('Sign in to Countersign')}`, tooltip: t('Signed out: calls from this window are refused. Starts the sign-in.'), command: 'countersign.signIn' }
    case 'stopped':
      return { text: `$(error) ${t('Agent stopped')}`, tooltip: t('Calls are refused. Starts the agent.'), command: 'countersign.startAgent', background: 'error' }
    default:
      return ready(state)
  }
}

function ready({ person, hubAway, journalRefused, held, toDecide, isLate, noPolicy }: StatusShown): Shown {
  const { t } = vscode.l10n
  const name = person ?? ''
  if (toDecide > 0) return { text: `$(bell) ${t('{0} to decide', toDecide)}`, tooltip: t('Requests wait for you. Opens Approvals.'), command: 'countersign.approvals.focus', ...(isLate ? { background: 'warning' as const } : {}) }
  if (held > 0) return { text: `$(debug-pause) ${t('{0} held', held)}`, tooltip: t('Calls of yours wait for a decision. Opens Approvals.'), command: 'countersign.approvals.focus' }
  if (noPolicy) return { text: `$(error) ${t('{0}, no policy', name)}`, tooltip: t('No policy is in force, so every call is refused. Opens Approvals.'), command: 'countersign.approvals.focus' }
  if (journalRefused) return { text: `$(error) ${t('{0}, journal refused', name)}`, tooltip: t('The hub refuses the journal of this machine, so every call is refused. Opens Approvals, which says what to do.'), command: 'countersign.approvals.focus', background: 'error' }
  if (hubAway) return { text: `$(debug-disconnect) ${t('{0}, hub away', name)}`, tooltip: t('Calls go on, records wait on this machine. Opens Approvals.'), command: 'countersign.approvals.focus' }
  return { text: `$(shield) ${name}`, tooltip: t('Calls go out as {0}, and each is recorded. Opens the session timeline.', name), command: 'countersign.openTimeline' }
}

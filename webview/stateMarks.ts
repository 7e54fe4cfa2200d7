/** Each state's shape and colour; the word stands beside it everywhere. */
import type { Row, EventRow } from '../src/protocol/panelModels.ts'
import type { Icon, Tone } from './icons.ts'

export const STATE_MARKS: Record<Row['state'], { readonly icon: Icon; readonly tone: Tone }> = {
  inspecting: { icon: 'search', tone: 'quiet' },
  held: { icon: 'held', tone: 'held' },
  approved: { icon: 'ok', tone: 'ok' },
  sent: { icon: 'send', tone: 'info' },
  streaming: { icon: 'stream', tone: 'info' },
  answered: { icon: 'ok', tone: 'ok' },
  denied: { icon: 'denied', tone: 'bad' },
  expired: { icon: 'expired', tone: 'quiet' },
  withdrawn: { icon: 'withdrawn', tone: 'quiet' },
  stopped: { icon: 'stopped', tone: 'quiet' },
  failed: { icon: 'warn', tone: 'bad' },
}

export const EVENT_ICONS: Record<EventRow['what'], Icon> = {
  signedIn: 'shield-ok', signedOut: 'shield-off', agentStarted: 'play', agentStopped: 'stopped', recovered: 'history', hubAway: 'cloud-off', hubBack: 'hub',
  receipt: 'receipt', policy: 'rule', refused: 'denied', grant: 'clock', notCovered: 'unplug',
}

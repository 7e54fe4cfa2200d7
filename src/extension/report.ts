/** Text of a problem report: versions, states and the log's redacted lines. No call, no name, no address of a person. */
import os from 'node:os'
import * as vscode from 'vscode'
import { BUILD } from '../platform/build.ts'
import { redact } from './redact.ts'
import type { CountersignWindow } from './window.ts'

export function problemReport(window: CountersignWindow): string {
  const { status, link, phase, settings } = window
  const facts: readonly (readonly [string, string])[] = [
    ['Countersign', BUILD],
    ['Editor', `${vscode.env.appName} ${vscode.version}, ${vscode.env.remoteName ?? 'local'}, ${vscode.env.uiKind === vscode.UIKind.Web ? 'web' : 'desktop'}`],
    ['System', `${os.platform()} ${os.release()} ${os.arch()}, Node ${process.versions.node}`],
    ['Phase', phase],
    ['Agent', status ? `${status.build}, process ${status.pid}` : link.state.kind === 'stopped' ? `stopped: ${link.state.why}` : link.state.kind],
    ['Set up with', settings.kind === 'set' ? (settings.agent.hub === undefined ? 'provider and policy file' : 'hub') : settings.kind],
    ['Policy', status?.policy ? `version ${status.policy.version} from ${status.policy.source}` : 'none'],
    ['Journal', status ? `${status.journal.size} records, ${status.journal.healthy ? 'healthy' : 'not healthy'}, ${status.journal.cosigned} receipted` : 'unknown'],
    ['Sync', status ? `${status.sync.state}, ${status.sync.waiting} waiting` : 'unknown'],
    ['Workspace', `${vscode.workspace.isTrusted ? 'trusted' : 'restricted'}, ${vscode.workspace.workspaceFolders?.length ?? 0} folders`],
  ]
  const lines = [
    '# Countersign problem report',
    '',
    vscode.l10n.t('Read this before you give it to anybody: it was made on this machine and has been sent to nobody.'),
    '',
    `## ${vscode.l10n.t('What happened, and what was expected')}`,
    '',
    '',
    '',
    '## State',
    '',
    ...facts.map(([name, value]) => `- ${name}: ${redact(value)}`),
    '',
    '## Log',
    '',
    '```',
    ...window.log.recent(),
    '```',
    '',
  ]
  return lines.join('\n')
}

import * as vscode from 'vscode'
import { describeError } from '../protocol/errors.ts'
import { capital } from './model/capital.ts'
import { withoutLinks } from './reviewToasts.ts'

/** For a message box: what is true and what to do, as the agent or we wrote it; anything else by its name only. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string' || !error.code.startsWith('CS_')) return vscode.l10n.t('Something went wrong ({0}). The log has the detail.', describeError(error))
  // A hub's or a provider's words may stand in it.
  return withoutLinks(capital(error.message))
}

/** Debug sessions whose calls are not covered: the person is told when they start one, once for each kind and window. */
import * as vscode from 'vscode'

const { t } = vscode.l10n

/** Of a debug configuration, what its model calls have to do with Countersign; undefined: they are routed. */
function uncoveredWords(configuration: Readonly<Record<string, unknown>>): string | undefined {
  if (configuration['request'] === 'attach')
    return t('This debug session attaches to a program that runs already. Its model calls go through Countersign only if it was started in a governed terminal.')
  const given: unknown = configuration['pythonArgs']
  const options = (Array.isArray(given) ? given : []).filter((one): one is string => typeof one === 'string')
  const isolated = options.find((one) => /^-[a-zA-Z]*[IE]/.test(one))
  return isolated === undefined
    ? undefined
    : t('With "{0}" Python leaves out what routes classes that read no variable, such as ChatCohere. Their calls do not go through Countersign. Take it out of "pythonArgs".', isolated)
}

const told = new Set<string>()

export function noteUncovered(configuration: vscode.DebugConfiguration): void {
  const words = uncoveredWords(configuration)
  if (words === undefined || told.has(words)) return
  told.add(words)
  void vscode.window.showWarningMessage(words)
}

/** What a person can ask for. Nothing here approves: commands can be run by any extension, a decision is made in the view. */
import * as vscode from 'vscode'
import { CountersignError } from '../protocol/errors.ts'
import type { FromView } from '../protocol/panel.ts'
import { sentenceOf } from './errorSentence.ts'
import { previewText, recordedText } from './model/documents.ts'
import { routedWords, routeKernel } from './notebooks.ts'
import { UPSTREAMS } from './providerKeys.ts'
import { problemReport } from './report.ts'
import { offerSignOutThere } from './signIn.ts'
import type { Papers } from './views/papers.ts'
import { keyOf, type Node } from './views/trees.ts'
import type { CountersignWindow } from './window.ts'

const { t } = vscode.l10n

export function registerCommands(window: CountersignWindow): vscode.Disposable[] {
  const command = (name: string, run: (...args: readonly unknown[]) => Promise<void> | void): vscode.Disposable =>
    vscode.commands.registerCommand(`countersign.${name}`, async (...args: readonly unknown[]) => {
      try {
        await run(...args)
      } catch (error) {
        await tell(window, name, error)
      }
    })
  return [
    command('signIn', (how) => signIn(window, how === 'device' ? 'device' : 'browser')),
    command('signOut', () => signOut(window)),
    command('revokeLaunch', (node) => revokeLaunch(window, node as Node | undefined)),
    command('openTimeline', (ex) => { window.screen.timeline.open(typeof ex === 'string' ? ex : undefined) }),
    command('openTerminal', () => { vscode.window.createTerminal({ name: 'Countersign' }).show() }),
    command('routeKernel', () => routeRunningKernel(window)),
    command('startAgent', () => window.link.restart()),
    command('syncNow', async () => {
      await window.link.attached.request('sync.now', {})
      await window.link.refresh()
    }),
    command('setProviderKey', () => setProviderKey(window)),
    command('reportProblem', () => reportProblem(window)),
    command('openSettings', async () => { await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:countersign.countersign') }),
    command('showLog', () => { window.log.show() }),
  ]
}

async function routeRunningKernel(window: CountersignWindow): Promise<void> {
  if (window.launchFolder === undefined) throw new CountersignError('CS_STATE', t('Countersign\'s agent does not run yet. Start it, then route the kernel.'))
  const { text, isDone } = routedWords(await routeKernel(window.launchFolder))
  if (isDone) void vscode.window.showInformationMessage(text)
  else void vscode.window.showWarningMessage(text)
}

/** One message with one action; a cancelled sign-in is none. */
async function tell(window: CountersignWindow, what: string, error: unknown): Promise<void> {
  window.log.error(`${what} did not succeed`, error)
  const showLog = t('Show log')
  if ((await vscode.window.showErrorMessage(sentenceOf(error), showLog)) === showLog) window.log.show()
}

async function signIn(window: CountersignWindow, how: 'browser' | 'device'): Promise<void> {
  if (window.phase === 'unset' || window.phase === 'wrong') {
    await vscode.commands.executeCommand('countersign.openSettings')
    return
  }
  if (window.phase === 'starting') await window.link.start()
  try {
    await window.signInNow(how)
  } catch (error) {
    window.log.error('the sign-in did not succeed', error)
    // The view says why, beside the button that tries again; a cancelled one says nothing.
    if (window.signIn.failure === undefined || window.screen.showsApprovals) return
    const [again, showLog] = [t('Sign in'), t('Show log')]
    const choice = await vscode.window.showErrorMessage(sentenceOf(error), again, showLog)
    if (choice === showLog) window.log.show()
    else if (choice === again) await signIn(window, how)
  }
}

/** Calls end at once. */
async function signOut(window: CountersignWindow): Promise<void> {
  offerSignOutThere(await window.signOutNow())
}

async function revokeLaunch(window: CountersignWindow, node: Node | undefined): Promise<void> {
  if (node?.kind !== 'launch') return
  const key = keyOf(node.launch.id)
  const launch = window.status?.launches.find(({ id }) => id === key)
  const revoke = t('Revoke')
  // One key is all that a window starts: what else goes with it is said before.
  const title = launch === undefined || launch.kind === 'window' ? t('Revoke the session key of the window "{0}"?', launch?.label ?? node.launch.file) : t('Revoke the session key of "{0}"?', launch.label)
  const detail = t('Terminals, kernels and debug sessions that were started with it are refused from now on. New ones work.')
  const programs = window.screen.programsOf(key)
  const used = programs.length === 0 ? detail : `${t('It made calls for {0}.', programs.join(', '))} ${detail}`
  if ((await vscode.window.showWarningMessage(title, { modal: true, detail: used }, revoke)) !== revoke) return
  await window.link.attached.request('key.revoke', { launch: key })
  await window.link.refresh()
  const again = t('Open a governed terminal')
  void vscode.window.showInformationMessage(t('The session key is revoked. Open new terminals and restart kernels; this window has a new key for them.'), again).then((choice) => { if (choice === again) void vscode.commands.executeCommand('countersign.openTerminal') })
}

async function setProviderKey(window: CountersignWindow): Promise<void> {
  if (window.status?.hub != null) {
    void vscode.window.showInformationMessage(t('Provider keys come from your hub. Nothing needs to be set here.'))
    return
  }
  const known = window.status?.keys?.upstreams ?? []
  const items = UPSTREAMS.map((label) => ({ label, ...(known.includes(label) ? { description: t('set, developer-held') } : {}) }))
  const picked = await vscode.window.showQuickPick(items, { title: t('Set provider key'), placeHolder: t('Upstream of your policy file that the key belongs to') })
  if (picked === undefined) return
  const upstream = picked.label
  const isSet = known.includes(upstream)
  const key = await vscode.window.showInputBox({
    title: t('Set provider key'),
    prompt: isSet
      ? t('New key of "{0}", or nothing to remove the one that is set. It is developer-held: kept in the editor\'s secret storage and given to the agent alone.', upstream)
      : t('Key of "{0}". It is developer-held: kept in the editor\'s secret storage and given to the agent alone.', upstream),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => ((isSet && text === '') || /^(?:[\x21-\x7e]{1,8192}|\{[\x20-\x7e]{1,8190}\})$/.test(text.trim()) ? undefined : t('A key is one word of printable characters.')),
  })
  if (key === undefined) return
  await window.providerKeys.set(window.link.attached, upstream, key.trim() === '' ? null : key.trim())
  await window.link.refresh()
  void vscode.window.showInformationMessage(key.trim() === '' ? t('The key of "{0}" is removed.', upstream) : t('The key of "{0}" is set. It is developer-held: it is yours, serves only you, and no hub can take it back.', upstream))
}

/** A text of the person's own, to read before it is sent to anybody. */
async function reportProblem(window: CountersignWindow): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: problemReport(window) })
  await vscode.window.showTextDocument(document)
}

/** What a view asks for and a command does. */
const PLAIN = { openTerminal: 'countersign.openTerminal', openRule: 'countersign.policy.focus' } as const

/** What a person did in a view. */
export function viewActions(window: CountersignWindow, papers: Papers): (message: FromView) => void {
  const run = (command: string, ...args: readonly unknown[]): void => { void vscode.commands.executeCommand(command, ...args) }
  return (message) => {
    switch (message.type) {
      case 'signIn':
        run('countersign.signIn', message.how)
        return
      case 'openTerminal':
      case 'openRule':
        run(PLAIN[message.type])
        return
      case 'cancelSignIn':
        window.signIn.cancel().catch((error: unknown) => { window.log.error('the sign-in could not be cancelled', error) })
        return
      case 'openTimeline':
        run('countersign.openTimeline', message.ex)
        return
      case 'review':
        // The timeline knows a held call by its exchange, the sidebar by its request.
        window.screen.reveal(window.approvals.requests.find((one) => one.ex === message.request)?.id ?? message.request)
        return
      case 'decide':
      case 'withdraw':
      case 'giveReason':
      case 'cancelDecision':
      case 'openSignInPage':
      case 'clear':
        void window.approvals.act(message).then((answer) => { if (answer) window.screen.answer({ type: 'answer', ...answer }) })
        return
      case 'notice':
        noticeAction(window, message, run)
        return
      default:
        viewCopies(window, papers, message)
    }
  }
}

function noticeAction(window: CountersignWindow, { notice, action }: Extract<FromView, { type: 'notice' }>, run: (command: string) => void): void {
  const commands: Partial<Record<typeof action, string>> = {
    tryHub: 'countersign.syncNow',
    startAgent: 'countersign.startAgent',
    showLog: 'countersign.showLog',
    reportProblem: 'countersign.reportProblem',
    openSettings: 'countersign.openSettings',
    signIn: 'countersign.signIn',
    manageTrust: 'workbench.trust.manage',
    showRecord: 'countersign.openTimeline',
  }
  const command = commands[action]
  if (action === 'hideNotice') window.hideNotice(notice)
  else if (command !== undefined) run(command)
}

function viewCopies(window: CountersignWindow, papers: Papers, message: FromView): void {
  const read = (name: string, text: () => Promise<string>): void => { shown(window, text().then((content) => papers.show(name, content))) }
  switch (message.type) {
    case 'copyCode':
      void vscode.env.clipboard.writeText(window.signIn.device?.code ?? '')
      return
    case 'copyCall':
      void vscode.env.clipboard.writeText(message.ex)
      return
    case 'openPrompt':
      read(`${t('Prompt')}.md`, () => Promise.resolve(promptOf(window, message.request)))
      return
    case 'export':
      // To be saved: a document of the person's own.
      shown(window, Promise.resolve(vscode.workspace.openTextDocument({ content: window.screen.callsTable(), language: 'csv' })).then((document) => vscode.window.showTextDocument(document)))
      return
    case 'showRecords':
      read(`${message.ex}.json`, () => window.recordsOf(message.ex))
      return
    case 'whatIsRecorded':
      read(`${t('What is recorded about you')}.md`, () => Promise.resolve(recordedText(t, window.status?.hub ?? null)))
      return
    // `reading`: who reads a card is told to nobody yet.
    case 'ready':
    case 'fault':
    case 'reading':
      return
    default:
      window.log.info(`a view asked for "${message.type}", which this version does not offer`)
  }
}

function promptOf(window: CountersignWindow, id: string): string {
  const request = window.approvals.requests.find((one) => one.id === id)
  return request ? previewText(request) : t('This request has ended.')
}

function shown(window: CountersignWindow, showing: Promise<unknown>): void {
  showing.catch((error: unknown) => tell(window, 'opening a document', error))
}

/**
 * The editor's account menu and other extensions' view of who is signed in. Any extension may ask the editor for our session,
 * so what it gets is powerless: the token is a display handle that no agent and no hub accepts.
 */
import * as vscode from 'vscode'
import type { AgentStatus } from '../protocol/control.ts'
import { displayHandle } from './model/displayHandle.ts'

export const PROVIDER_ID = 'countersign'

type Change = vscode.AuthenticationProviderAuthenticationSessionsChangeEvent

export class AccountProvider implements vscode.AuthenticationProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Change>()
  readonly #signIn: () => Promise<void>
  readonly #signOut: () => Promise<void>
  #session: vscode.AuthenticationSession | undefined

  /** @param signIn resolves when somebody is signed in and `update` was told @param signOut likewise */
  constructor(signIn: () => Promise<void>, signOut: () => Promise<void>) {
    this.#signIn = signIn
    this.#signOut = signOut
  }

  get onDidChangeSessions(): vscode.Event<Change> {
    return this.#changed.event
  }

  /** Told of each state of the agent. */
  update(session: AgentStatus['session']): void {
    const before = this.#session
    if (before?.id === (session?.id ?? undefined) && before?.account.label === labelOf(session)) return
    this.#session = session ? sessionOf(session) : undefined
    this.#changed.fire({ added: this.#session ? [this.#session] : [], removed: before ? [before] : [], changed: [] })
  }

  getSessions(_scopes: readonly string[] | undefined, options: vscode.AuthenticationProviderSessionOptions): Promise<vscode.AuthenticationSession[]> {
    const session = this.#session
    const wanted = options.account === undefined || options.account.id === session?.account.id
    return Promise.resolve(session && wanted ? [session] : [])
  }

  async createSession(): Promise<vscode.AuthenticationSession> {
    await this.#signIn()
    if (!this.#session) throw new Error(vscode.l10n.t('The sign-in was not completed.'))
    return this.#session
  }

  async removeSession(): Promise<void> {
    await this.#signOut()
  }

  dispose(): void {
    this.#changed.dispose()
  }
}

function labelOf(session: AgentStatus['session']): string | undefined {
  return session ? (session.name ?? session.subject) : undefined
}

function sessionOf(session: NonNullable<AgentStatus['session']>): vscode.AuthenticationSession {
  return {
    id: session.id,
    accessToken: displayHandle(session.id),
    account: { id: `${session.issuer} ${session.subject}`, label: session.name ?? session.subject },
    scopes: [],
  }
}

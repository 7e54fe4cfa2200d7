/** The other end of the control channel, for the command line, the sandbox and the extension. */
import net from 'node:net'
import { createMessageConnection, ErrorCodes, ResponseError, SocketMessageReader, SocketMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node'
import {
  CONTROL_NOTICES,
  CONTROL_PROTOCOL,
  type AgentStatus,
  type ControlMethod,
  type DeviceSignInBegun,
  type HelloReply,
  type JournalEntry,
  type JournalPage,
  type KeptSignIn,
  type LiveNotice,
  type Registered,
  type SignedOut,
  type SignInBegun,
} from '../protocol/control.ts'
import type { ApprovalsList } from '../protocol/approval.ts'
import { CountersignError, ERRORS, type ErrorCode } from '../protocol/errors.ts'
import { BUILD } from './build.ts'
import { controlPath } from './home.ts'

/** Answers by method; methods that are not listed answer with an empty object. */
export interface ControlReplies {
  hello: HelloReply
  status: AgentStatus
  'signIn.begin': SignInBegun
  'signIn.beginDevice': DeviceSignInBegun
  signOut: SignedOut
  'signIn.keep': KeptSignIn
  'journal.read': JournalPage
  'key.register': Registered
  'approvals.list': ApprovalsList
  'approval.confirm': SignInBegun
  shutdown: { readonly stopping: boolean }
}
type Reply<M extends ControlMethod> = M extends keyof ControlReplies ? ControlReplies[M] : Record<string, unknown>

export interface ControlClient {
  readonly agent: HelloReply
  /** @throws CountersignError with the agent's code and sentence */
  request<M extends ControlMethod>(method: M, params: Readonly<Record<string, unknown>>): Promise<Reply<M>>
  /** Told when something that `status` shows has changed. */
  onChanged(listener: () => void): void
  /** Told of each record as it is sealed, of what calls do between their records, and of a sign-in to be kept anew. */
  onRecord(listener: (entry: JournalEntry) => void): void
  onLive(listener: (notice: LiveNotice) => void): void
  onSignInKept(listener: (kept: KeptSignIn) => void): void
  /** Told when the agent is gone. */
  onClosed(listener: () => void): void
  close(): void
}

/** @param home the agent's state folder @throws CountersignError CS_STATE when no agent answers there */
export async function connectControl(home: string, options: { readonly client: string }): Promise<ControlClient> {
  const socket = await connect(controlPath(home), home)
  const reader = new SocketMessageReader(socket)
  // Nobody asks for it, and its timer would keep a process alive whose agent ended in the middle of a message.
  reader.partialMessageTimeout = 0
  const connection = createMessageConnection(reader, new SocketMessageWriter(socket))
  const closed = new Set<() => void>()
  let isClosed = false
  connection.onClose(() => {
    isClosed = true
    // What was asked and not answered yet ends here; without this it would wait for ever.
    connection.dispose()
    for (const listener of closed) listener()
  })
  connection.onError(() => { socket.destroy() })
  connection.listen()
  const request = <M extends ControlMethod>(method: M, params: Readonly<Record<string, unknown>>): Promise<Reply<M>> => ask(connection, method, params)
  const agent = await request('hello', { protocol: CONTROL_PROTOCOL, build: BUILD, client: options.client })
  return {
    agent,
    request,
    onChanged: (listener) => { connection.onNotification(CONTROL_NOTICES.changed, listener) },
    onRecord: (listener) => { connection.onNotification(CONTROL_NOTICES.record, listener) },
    onLive: (listener) => { connection.onNotification(CONTROL_NOTICES.live, listener) },
    onSignInKept: (listener) => { connection.onNotification(CONTROL_NOTICES.signInKept, listener) },
    onClosed: (listener) => {
      if (isClosed) listener()
      else closed.add(listener)
    },
    close: () => {
      closed.clear()
      if (!isClosed) connection.dispose()
      isClosed = true
      socket.destroy()
    },
  }
}

async function ask<M extends ControlMethod>(connection: MessageConnection, method: M, params: Readonly<Record<string, unknown>>): Promise<Reply<M>> {
  try {
    return await connection.sendRequest(method, params)
  } catch (error) {
    if (error instanceof ResponseError && error.code !== ErrorCodes.PendingResponseRejected) {
      const code = (error.data as { code?: string } | undefined)?.code
      throw new CountersignError(code !== undefined && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'CS_STATE', error.message)
    }
    throw new CountersignError('CS_STATE', 'the agent ended while it was asked. Start it again.', { cause: error })
  }
}

function connect(address: string, home: string): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(address)
    socket.once('connect', () => { resolve(socket) })
    socket.once('error', (cause) => {
      reject(new CountersignError('CS_STATE', `no agent runs for ${home}. Open the editor, or run: countersign agent --home ${home}`, { cause }))
    })
  })
}

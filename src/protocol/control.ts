/**
 * Control channel: JSON-RPC 2.0 (vscode-jsonrpc framing) over the agent's private socket. `attach` is what any program of
 * the same user may do; `operate` is for a connection that completed the sign-in itself or proves the operate secret.
 * Parameters are checked with the zod schemas beside the method; an unknown method is refused.
 */
import { z } from 'zod'

export const CONTROL_PROTOCOL = 1

export const keyRegistration = z.strictObject({
  /** SHA-256 of the session key, base64url: the agent never stores the key. */
  hash: z.string().regex(/^[\w-]{43}$/),
  kind: z.enum(['window', 'run', 'sandbox', 'headless']),
  label: z.string().max(200),
})
export type KeyRegistration = z.infer<typeof keyRegistration>

export const hello = z.strictObject({ protocol: z.number().int(), build: z.string().max(100), client: z.string().max(100) })

export interface HelloReply {
  readonly protocol: number
  readonly build: string
  readonly pid: number
  /** Base of the data plane, `http://127.0.0.1:PORT`. */
  readonly url: string
}

export interface AgentStatus {
  readonly url: string
  readonly pid: number
  readonly build: string
  readonly hub: string | null
  readonly issuer: string | null
  readonly session: { readonly id: string; readonly issuer: string; readonly subject: string; readonly name?: string; readonly groups: readonly string[]; readonly endsAt: string } | null
  readonly policy: { readonly version: number; readonly source: 'hub' | 'local'; readonly digest: string } | null
  readonly journal: { readonly stream: string; readonly size: number; readonly healthy: boolean; readonly cosigned: number }
  readonly sync: { readonly state: 'idle' | 'sending' | 'away' | 'refused' | 'off'; readonly since: string | null; readonly waiting: number }
  readonly launches: readonly { readonly id: string; readonly kind: string; readonly label: string; readonly calls: number }[]
}

/** Method names, one place. `attach` needs nothing; `operate` needs the proof named above. */
export const CONTROL_METHODS = {
  hello: 'attach',
  status: 'attach',
  'key.register': 'attach',
  'key.revoke': 'attach',
  'signIn.begin': 'attach',
  'signIn.wait': 'attach',
  'signIn.cancel': 'attach',
  signOut: 'operate',
  'policy.refresh': 'attach',
  'sync.now': 'attach',
  'upstreamKey.set': 'operate',
  shutdown: 'attach',
} as const
export type ControlMethod = keyof typeof CONTROL_METHODS

export const signInBegin = z.strictObject({ loginHint: z.string().max(200).optional(), prompt: z.enum(['login']).optional() })
export interface SignInBegun {
  readonly attempt: string
  /** To be opened in the person's own browser. */
  readonly authorizeUrl: string
}
export const signInWait = z.strictObject({ attempt: z.string().max(100) })

/** Notices the agent sends to every attached connection. */
export const CONTROL_NOTICES = { changed: 'changed', record: 'record' } as const

/**
 * A provider is a vendor's API dialect. A codec turns its bytes into parts and back, and speaks refusals in its error
 * shape; it never meets sockets, keys or policy. Bodies are rewritten in place: every byte that is not masked text stays.
 */
import type { CountersignError } from '../../protocol/errors.ts'
import type { Usage } from '../../protocol/audit.ts'
import type { Part, SpanEvidence } from '../../protocol/masking.ts'

export interface Operation {
  /** `chat.completions`, `models.list`: the name policy uses. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below the upstream's URL, with the query that may go along: `/chat/completions`, `/v1/messages?beta=true`. */
  readonly path: string
  /** Project and location that the call names, where the path does: `acme/europe-west1`. */
  readonly project?: string
  /** How its body is written; absent: JSON. `trace`: as OpenTelemetry's exporters write it. */
  readonly body?: 'form' | 'trace'
  /** Policy lets it through unread, in both directions. */
  readonly uninspected?: true
  /** Nobody waits for its answer (traces): where a rule would hold it, it is denied. */
  readonly background?: true
}

export interface ModelCall {
  readonly operation: Operation
  /** Empty for operations that name none. */
  readonly model: string
  readonly streaming: boolean
  readonly parts: readonly Part[]
  /** Content nobody can read here: `file`, `image`, `audio`. */
  readonly opaque: readonly string[]
  /** Names of tools offered to the model. */
  readonly tools: readonly string[]
  /** Every non-text member of the body as sent, for the record; strings that are parts are left out. */
  readonly params: Readonly<Record<string, unknown>>
  /** Media type of the body that `rewrite` makes; absent: as the client said, or JSON. */
  readonly contentType?: string
  /**
   * The body with the parts' texts replaced. `texts` has one entry per part; an entry equal to the part's text leaves its
   * bytes as they are. Members the agent must add or set (usage in a stream, no logprobs while masking) are set here too.
   */
  rewrite(texts: readonly string[], options: { readonly masking: boolean }): Uint8Array
}

/** A text of the answer as it flows: opened once per logical field (choice, block, tool call). */
export interface MaskStream {
  /** Text that may be released now, masked. */
  push(text: string): string
  /** The rest: nothing more comes for this field. */
  flush(): string
  /** Spans masked so far, offsets in the field's original text. */
  readonly spans: readonly SpanEvidence[]
}

export interface Channel {
  /** Where in the answer, `choices/0/message/content`: the path of the whole answer also while it streams. */
  readonly path: string
  readonly kind: 'text' | 'json'
  /** Name of the member where it may tell what the value is (`password` in a tool's result), else absent. */
  readonly key?: string
}

export type OpenChannel = (channel: Channel) => MaskStream

/** What the record keeps of an answer. */
export interface AnswerSummary {
  readonly model?: string
  readonly id?: string
  readonly finish: readonly string[]
  readonly usage: Usage
  /** Masked text by channel, for the disclosures. */
  readonly texts: readonly { readonly path: string; readonly value: string }[]
  readonly spans: readonly SpanEvidence[]
  /** Kinds of signed or encrypted material that passed unread: `encrypted_content`. */
  readonly opaque: readonly string[]
}

/** One answer on its way back. Stateful, made per call. */
export interface AnswerCodec {
  /**
   * Bytes from the upstream in, bytes for the client out; may be empty while text is held.
   * @throws CountersignError CS_UPSTREAM_NONSENSE when they are not what the content type promised
   */
  push(chunk: Uint8Array): Uint8Array
  /** The upstream ended. @throws CountersignError CS_UPSTREAM_NONSENSE when the answer is cut off */
  end(): Uint8Array
  /** A refusal in the middle of a stream, in the provider's own error event, never looking complete. Held text is dropped. */
  fail(error: CountersignError, ex: string): Uint8Array
  readonly summary: AnswerSummary
}

export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface Provider {
  readonly name: string
  /**
   * @param method as received; @param path below the provider's prefix, normalised, without query
   * @param query as received, without `?`; what a provider lets through of it stands in the operation's path. A query that
   * leaves none there makes the proxy refuse the call
   * @returns the operation, `denied` for one that exists and cannot be inspected, undefined for an unknown one
   */
  route(method: string, path: string, query?: string): Operation | 'denied' | undefined
  /** @throws CountersignError CS_MALFORMED (with the place), CS_NOT_INSPECTABLE */
  describe(operation: Operation, body: Uint8Array): ModelCall
  /** @param contentType of the upstream's answer @throws CountersignError CS_UPSTREAM_NONSENSE */
  answer(call: ModelCall, reply: { readonly status: number; readonly contentType: string }, open: OpenChannel): AnswerCodec
  /**
   * Our own answer in this provider's error shape. The message ends with the exchange id, so that it can be found.
   * @param operation once it is known
   */
  refuse(error: CountersignError, ex: string | null, operation?: Operation): Refusal
  /**
   * Headers of its clients, lower case, that change what a call does: guardrails, workspaces, kinds of service. Who pays
   * (an organisation, a project) belongs to the key and is none of them: a policy sets it for its upstream.
   */
  readonly headers?: readonly string[]
  /**
   * Those of them that guard a call, by what they look like. One that looks so goes along as it is (an account's number in it
   * is nobody's); any other refuses the call, which would go on unguarded without it.
   */
  readonly guards?: Readonly<Record<string, RegExp>>
  /** Headers this provider uses for its credential, lower case: all are stripped before ours goes in. */
  readonly credentialHeaders: readonly string[]
  /** How the real key is sent. */
  authorize(key: string): Readonly<Record<string, string>>
}

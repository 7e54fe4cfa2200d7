/** How a stream is cut into JSON values: server-sent events, lines, binary messages. Frames keep their bytes. */

export interface StreamFrame {
  /** JSON source, or a sentinel; undefined where the frame carries none. */
  readonly data: string | undefined
  /** The event's name, where the framing has one. */
  readonly name: string | undefined
  /** Texts beside the data: comments, ids, header values. */
  readonly beside: readonly string[]
  /** Line ending the stream uses. */
  readonly ending: string
  /**
   * @param data in place of the frame's own; undefined leaves the bytes as they came
   * @param drop texts of `beside` that must not pass
   */
  render(data: string | undefined, drop: ReadonlySet<string>): Uint8Array
}

export interface Framing {
  /** @throws CountersignError CS_UPSTREAM_NONSENSE */
  push(chunk: Uint8Array): StreamFrame[]
  /** What is left when the stream ended. @throws CountersignError CS_UPSTREAM_NONSENSE when that is no frame */
  end(): StreamFrame | undefined
}

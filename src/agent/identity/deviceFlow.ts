/**
 * Waits for a sign-in with a code on another device (RFC 8628 sections 3.4 and 3.5): asks as often as the provider lets us, slower
 * when it says so, and no longer than the code is good. Time comes in as an argument.
 */
import * as oidc from 'openid-client'
import { CountersignError } from '../../protocol/errors.ts'
import { isAway } from '../../platform/oidcDiscovery.ts'
import { checkUrl } from '../../platform/settings.ts'

export interface Time {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after so many milliseconds, or at once when the signal says that it is over. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const realTime: Time = {
  now: Date.now,
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const over = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', over)
        resolve()
      }
      const timer = setTimeout(over, ms)
      signal.addEventListener('abort', over)
      if (signal.aborted) over()
    }),
}

export interface DevicePolling<T> {
  /** Asks once. */
  readonly ask: () => Promise<T>
  /** Seconds between two questions, as the provider said; 5 when it did not. */
  readonly interval: number | undefined
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly signal: AbortSignal
  readonly time: Time
}

const DEFAULT_S = 5
/** Added for good with each `slow_down`. */
const SLOWER_S = 5
const LONGEST_S = 60

/** @throws CountersignError CS_SIGN_IN_FAILED when it is cancelled or nobody came in time, and what `ask` throws for good */
export async function pollDevice<T>({ ask, interval, expiresAt, signal, time }: DevicePolling<T>): Promise<T> {
  let pause = interval ?? DEFAULT_S
  for (;;) {
    await time.sleep(pause * 1000, signal)
    if (signal.aborted) throw new CountersignError('CS_SIGN_IN_FAILED', 'the sign-in was cancelled.')
    if (time.now() >= expiresAt) throw new CountersignError('CS_SIGN_IN_FAILED', 'nobody entered the code in time. Start the sign-in again.')
    try {
      return await ask()
    } catch (error) {
      if (error instanceof oidc.ResponseBodyError && error.error === 'slow_down') pause += SLOWER_S
      // A line that broke: asked again, each time after twice as long (RFC 8628 section 3.5).
      else if (isAway(error)) pause = Math.max(pause, Math.min(pause * 2, LONGEST_S))
      else if (!(error instanceof oidc.ResponseBodyError && error.error === 'authorization_pending')) throw error
    }
  }
}

/**
 * What is shown to people on terminals and in notes of the editor: a page that is opened over a safe line, and a code that is nothing else.
 * @throws CountersignError CS_SIGN_IN_FAILED
 */
export function checkShown({ page, code }: { readonly page: string; readonly code: string }): void {
  try {
    checkUrl('the page of a sign-in with a code', page)
    if (/^[\x21-\x7e]{1,500}$/.test(page) && !/[()[\]<>"'`\\]/.test(page) && /^[\w .-]{1,64}$/.test(code)) return
  } catch {
    // Said below, without the page.
  }
  throw new CountersignError('CS_SIGN_IN_FAILED', 'your identity provider answered with something that is no page and no code to enter there. Ask its administrator.')
}

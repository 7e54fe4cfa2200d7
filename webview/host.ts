/** The one line to the extension: messages both ways are checked, state is kept by the editor, faults carry no content. */
import type * as z from 'zod'
import { fromView, PANEL_PROTOCOL, toView, type FromView, type ToView } from '../src/protocol/panel.ts'
import { useLocale } from './format.ts'
import { useTranslation } from './words.ts'

interface EditorApi {
  postMessage(message: unknown): void
  getState(): unknown
  setState(state: unknown): void
}

declare function acquireVsCodeApi(): EditorApi

const api = acquireVsCodeApi()

export function post(message: FromView): void {
  const checked = fromView.safeParse(message)
  // A message that does not parse is a fault of the view; what it held is not repeated.
  api.postMessage(checked.success ? checked.data : { type: 'fault', code: 'message', where: `sending ${message.type}` })
}

/** Starts the exchange: `init` is taken care of here, everything else goes to the view. */
export function connect(view: 'sidebar' | 'timeline', take: (message: ToView) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const checked = toView.safeParse(event.data)
    if (!checked.success) {
      post({ type: 'fault', code: 'message', where: placeOf(checked.error) })
      return
    }
    if (checked.data.type === 'init') {
      useTranslation(checked.data.words, checked.data.locale)
      useLocale(checked.data.locale)
      document.documentElement.lang = checked.data.locale
    }
    take(checked.data)
  })
  // Where something broke, never what it was about.
  window.addEventListener('error', (event) => { post({ type: 'fault', code: 'render', where: `line ${event.lineno}, column ${event.colno}` }) })
  window.addEventListener('unhandledrejection', () => { post({ type: 'fault', code: 'render', where: 'a promise' }) })
  post({ type: 'ready', protocol: PANEL_PROTOCOL, view })
}

function placeOf(error: z.ZodError): string {
  const [issue] = error.issues
  return issue ? `${issue.code} at ${issue.path.map(String).join('.')}`.slice(0, 200) : 'unknown'
}

/** @returns what was kept, or null when there is none or it does not parse */
export function savedState<T>(schema: z.ZodType<T>): T | null {
  const state = api.getState()
  if (state === undefined || state === null) return null
  const checked = schema.safeParse(state)
  if (!checked.success) post({ type: 'fault', code: 'state', where: placeOf(checked.error) })
  return checked.success ? checked.data : null
}

let pending: unknown
let timer: ReturnType<typeof setTimeout> | undefined

/** Kept soon, not at each keystroke. */
export function keepState(state: unknown): void {
  pending = state
  timer ??= setTimeout(() => {
    timer = undefined
    api.setState(pending)
  }, 200)
}

/** Names an act, so that its answer finds back. Not a secret. */
export function newAct(): string {
  return crypto.randomUUID()
}

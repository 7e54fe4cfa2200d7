/** Imported before anything that makes schemas: a webview's content security policy forbids code made of text, so zod must not try. */
import { config } from 'zod'

config({ jitless: true })

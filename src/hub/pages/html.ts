/** Pages as text: everything put into a template is made inert and escaped; only what a template itself wrote is markup. */
import { inert } from '../../core/words/inert.ts'

export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Renderable = Html | string | number | undefined | null | false | readonly Renderable[]

const LONGEST = 100_000

export function html(parts: TemplateStringsArray, ...values: readonly Renderable[]): Html {
  return new Html(parts.map((part, index) => part + (index < values.length ? rendered(values[index]) : '')).join(''))
}

/** Several lines, kept as they are: text of a policy, a leaf, a note. */
export function lines(text: string): Html {
  return new Html(text.split(/\r?\n/).map((line) => escape(inert(line, LONGEST))).join('\n'))
}

function rendered(value: Renderable): string {
  if (value instanceof Html) return value.text
  if (value === undefined || value === null || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escape(inert(String(value), LONGEST))
  return value.map(rendered).join('')
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

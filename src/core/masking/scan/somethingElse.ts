/** Values that arithmetic or a shape has found, where what stands before them, or the name of their field, says that they are something else. */
import type { Context } from '../recognisers/recogniser.ts'
import { formsOf } from './fieldForms.ts'
import type { WindowView } from './match.ts'

/** What speaks for a value says more, also where arithmetic had asked nobody. @param from of the value in the window */
export function isSomethingElse(context: Context, unless: NonNullable<Context['unless']>, view: WindowView, from: number, to: number): boolean {
  const value = view.value(from, to)
  const left = view.left(from)
  const names = formsOf(view.key)
  if (!unless(left, value)) {
    // A text in JSON, and not a number, by what stands right before it.
    const quote = /["'`]$/.exec(left)?.[0] ?? ''
    if (!names.some((name) => unless(`"${name}": ${quote}`, value))) return false
  }
  return context.left?.test(left) !== true && !names.some((name) => context.key?.test(name))
}

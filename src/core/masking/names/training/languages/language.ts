/** What the generator knows of a language besides English. */
export interface Language {
  /** Locales of `@faker-js/faker` whose names its people have. */
  readonly locales: RegExp
  /** Countries, by their two letters, whose towns stand in its texts. */
  readonly countries: readonly string[]
  /** A street is one of `ways` before a name, or a name with one of `wayEnds` at its end. */
  readonly ways: readonly string[]
  readonly wayEnds: readonly string[]
  /** What a firm does, as its name says it. */
  readonly fields: readonly string[]
  /** Templates by the name of the slot that draws one of them. `mail`, `plain` (without a name) and `named` are what texts begin with. */
  readonly rules: Readonly<Record<string, readonly string[]>>
}

/** What stands between the bars of a template that are in no bracket. */
export function alternatives(inner: string): string[] {
  const parts: string[] = ['']
  let depth = 0
  for (let i = 0; i < inner.length; i++) {
    const char = inner.charAt(i)
    const escaped = char === '\\' ? char + inner.charAt(++i) : ''
    if (char === '(') depth++
    else if (char === ')') depth--
    if (char === '|' && depth === 0) parts.push('')
    else parts.push((parts.pop() ?? '') + (escaped || char))
  }
  return parts
}

/** Pieces that compound words are made of; alone they are no words. */
export const STEM = 'stem'

/** Every word that the templates of the language are written with, in no case in particular. */
export function vocabulary(language: Language): string[] {
  return Object.entries(language.rules).flatMap(([name, templates]) =>
    name === STEM ? [] : templates.flatMap((template) => template.replace(/\\.|<\w+>/g, ' ').split(/[^\p{L}\p{M}]+/u).filter((word) => word.length > 1)),
  )
}

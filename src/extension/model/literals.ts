/**
 * A program's text apart: code, with comments and the insides of strings blanked out, and its string literals with their places.
 * No parser: enough to tell an argument from a comment in Python and JavaScript, and it never throws at text that is half written.
 */
export type CodeLanguage = 'python' | 'javascript'

export interface Literal {
  /** UTF-16 offsets, quotes and prefix included. */
  readonly start: number
  readonly end: number
  /** As written between the quotes. */
  readonly value: string
  /** False where the program puts something into it (f"…{x}…", `…${x}…`). */
  readonly isWhole: boolean
}

export interface Source {
  readonly text: string
  /** As long as `text`; a literal is one run of `"`, a comment is spaces. */
  readonly code: string
  readonly literals: readonly Literal[]
  /** The literal that begins at an offset. */
  literalAt(offset: number): Literal | undefined
}

const TOKENS: Readonly<Record<CodeLanguage, RegExp>> = {
  python: /#[^\n]*|\b([rbuf]{1,2})?("""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\[^]|[^"\\\n])*(?:"|(?=\n)|$)|'(?:\\[^]|[^'\\\n])*(?:'|(?=\n)|$))|("""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\[^]|[^"\\\n])*(?:"|(?=\n)|$)|'(?:\\[^]|[^'\\\n])*(?:'|(?=\n)|$))/gi,
  javascript: /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|()("(?:\\[^]|[^"\\\n])*(?:"|(?=\n)|$)|'(?:\\[^]|[^'\\\n])*(?:'|(?=\n)|$)|`(?:\\[^]|[^`\\])*(?:`|$))/g,
}

export function sourceOf(text: string, language: CodeLanguage): Source {
  const literals: Literal[] = []
  const code = text.replace(TOKENS[language], (token, prefix: string | undefined, prefixed: string | undefined, bare: unknown, at: unknown) => {
    const quoted = prefixed ?? (typeof bare === 'string' ? bare : undefined)
    const start = typeof at === 'number' ? at : (bare as number)
    if (quoted === undefined) return token.replace(/[^\n]/g, ' ')
    const quotes = /^("""|'''|["'`])/.exec(quoted)?.[1] ?? ''
    const closed = quoted.length > quotes.length && quoted.endsWith(quotes)
    const value = quoted.slice(quotes.length, closed ? -quotes.length : undefined)
    const isFilled = language === 'python' ? /f/i.test(prefix ?? '') && value.includes('{') : quotes === '`' && value.includes('${')
    literals.push({ start, end: start + token.length, value, isWhole: !isFilled })
    return token.replace(/[^\n]/g, '"')
  })
  const byStart = new Map(literals.map((one) => [one.start, one]))
  return { text, code, literals, literalAt: (offset) => byStart.get(offset) }
}

export interface Enclosure {
  /** Names of the calls around it, innermost first: `ChatOpenAI` for an argument of `ChatOpenAI(…)`. */
  readonly calls: readonly string[]
  /** The bracket that it stands in; undefined at the top level. */
  readonly opener: string | undefined
}

interface Opened {
  readonly at: number
  readonly bracket: string
}

const MOST_CALLS = 6

/** What stands around each of these offsets, in one pass: a file may hold as many arguments as it likes. @param offsets ascending */
export function enclosuresOf(code: string, offsets: readonly number[]): Enclosure[] {
  const open: Opened[] = []
  const calls: { readonly at: number; name: string | undefined }[] = []
  const brackets = /[()[\]{}]/g
  let next = brackets.exec(code)
  return offsets.map((offset) => {
    for (; next && next.index < offset; next = brackets.exec(code)) {
      const [bracket] = next
      if (bracket === '(') calls.push({ at: next.index, name: undefined })
      else if (bracket === ')') calls.pop()
      if ('([{'.includes(bracket)) open.push({ at: next.index, bracket })
      else open.pop()
    }
    const names = calls.slice(-MOST_CALLS).reverse().map((call) => (call.name ??= nameBefore(code, call.at)))
    return { calls: names.filter((name) => name !== ''), opener: open.at(-1)?.bracket }
  })
}

function nameBefore(code: string, at: number): string {
  return /([A-Za-z_$][\w$]*)\s*$/.exec(code.slice(Math.max(0, at - 100), at))?.[1] ?? ''
}

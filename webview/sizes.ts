/** Sizes that a person drags, as variables in a constructable style sheet: a style attribute would need a looser policy. */
const sheet = new CSSStyleSheet()
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]

/** Width in pixels of the widest of these words at 12 px, so that a column is as wide as its language needs. */
export function widest(words: readonly string[]): number {
  const context = document.createElement('canvas').getContext('2d')
  if (!context) return 0
  context.font = `12px ${getComputedStyle(document.documentElement).getPropertyValue('--vscode-font-family') || 'sans-serif'}`
  return Math.ceil(Math.max(...words.map((word) => context.measureText(word).width)))
}

/** @param sizes names without dashes, pixels */
export function useSizes(sizes: Readonly<Record<string, number>>): void {
  const body = Object.entries(sizes).map(([name, px]) => `--cs-${name}:${Math.round(px)}px`)
  sheet.replaceSync(`:root{${body.join(';')}}`)
}

/** Sizes that a person drags, as variables in a constructable style sheet: a style attribute would need a looser policy. */
const sheet = new CSSStyleSheet()
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]

/** @param sizes names without dashes, pixels */
export function useSizes(sizes: Readonly<Record<string, number>>): void {
  const body = Object.entries(sizes).map(([name, px]) => `--cs-${name}:${Math.round(px)}px`)
  sheet.replaceSync(`:root{${body.join(';')}}`)
}

/** Text under somebody else's control, made fit for a terminal or a page: what would move the cursor, hide or reorder is shown by its code. */

/** Controls, line and paragraph separators, bidirectional marks, joiners and other invisible characters, unpaired surrogates. */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu

/** @param longest characters; more are cut and the cut is shown */
export function inert(text: string, longest = 200): string {
  const shown = text.replace(ACTIVE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
  return shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown
}

/** Several lines: its line ends stay, everything else that is active is shown. */
export function inertLines(text: string): string {
  return text.split(/\r?\n/).map((line) => inert(line, 4000)).join('\n')
}

/** Keys of the list of requests: it is one Tab stop, and no letter decides anything. */

/** @param ids of the requests as they stand, top to bottom */
export function walkKey(root: HTMLElement, event: KeyboardEvent, ids: readonly string[], go: (id: string) => void): void {
  const id = event.target instanceof HTMLElement ? event.target.dataset['head'] : undefined
  if (id === undefined || event.altKey || event.ctrlKey || event.metaKey) return
  const focus = (selector: string) => root.querySelector<HTMLElement>(selector)?.focus()
  const at = ids.indexOf(id)
  const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 }
  const target = to[event.key]
  if (target !== undefined) {
    const next = ids[Math.min(ids.length - 1, Math.max(0, target))]
    if (next !== undefined) {
      go(next)
      focus(`[data-head="${CSS.escape(next)}"]`)
    }
  } else if (event.key.toLowerCase() === 'r' && event.target instanceof HTMLElement && event.target.ariaExpanded === 'true') {
    focus('vscode-text-area.reason')
  } else if (event.key.toLowerCase() === 'd' && event.target instanceof HTMLElement && event.target.ariaExpanded === 'true') {
    focus('vscode-button.deny')
  } else return
  event.preventDefault()
}

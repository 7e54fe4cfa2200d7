/** Whether somebody is at the view. Two seconds after pointer and focus have left, settled cards may move. */
const AWAY_MS = 2000

export class Presence {
  readonly #away: () => void
  #inside = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(away: () => void) {
    this.#away = away
  }

  watch(): void {
    const root = document.documentElement
    root.addEventListener('pointerenter', () => { this.#inside = true; this.#look() })
    root.addEventListener('pointerleave', () => { this.#inside = false; this.#look() })
    window.addEventListener('focus', () => { this.#look() })
    window.addEventListener('blur', () => { this.#look() })
  }

  /** Something settled: if nobody is here, it may move soon. */
  changed(): void {
    this.#look()
  }

  #look(): void {
    if (this.#inside || document.hasFocus()) {
      clearTimeout(this.#timer)
      this.#timer = undefined
      return
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#away()
    }, AWAY_MS)
  }
}

/** The view's one polite region, and the alert that only ever answers one's own click. Rules: state.speech.ts. */
import { html, type TemplateResult } from 'lit'
import { LightElement } from './element.ts'
import { hear, SILENCE, utter, type Speech } from './state.speech.ts'
import { sayCount } from './words.ts'

export class Speaker extends LightElement {
  static override properties = { said: { state: true }, alarm: { state: true } }
  declare private said: string
  declare private alarm: string
  #speech: Speech = SILENCE
  #timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.said = ''
    this.alarm = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#timer = setInterval(() => { this.#speak() }, 1000)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  hear(sentences: readonly string[]): void {
    this.#speech = hear(this.#speech, sentences)
    this.#speak()
  }

  /** What makes everything said before stale, like a count that changes while somebody types. */
  tell(sentence: string): void {
    this.#speech = hear({ ...this.#speech, waiting: [] }, [sentence])
    this.#speak()
  }

  /** The answer to one's own click; the same answer twice is said twice. */
  alert(sentence: string): void {
    this.alarm = ''
    void this.updateComplete.then(() => { this.alarm = sentence })
  }

  #speak(): void {
    const { speech, say } = utter(this.#speech, performance.now(), document.hasFocus(), (last, others) => `${last} ${sayCount('spoken.more', others)}`)
    this.#speech = speech
    if (say !== null) this.said = say
  }

  override render(): TemplateResult {
    return html`<div class="cs-vh" role="status">${this.said}</div>
      <div class="cs-vh" role="alert">${this.alarm}</div>`
  }
}
customElements.define('cs-speaker', Speaker)

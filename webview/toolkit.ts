/**
 * The only file that knows @vscode/webview-ui-toolkit (archived upstream), so that another kit is one file's work. It
 * registers the five elements that the views use and mends what they need here:
 * - the elements whose templates carry style attributes (badge, progress ring) are not used, and constructable style sheets
 *   carry all styles, so that the content security policy has nothing to refuse;
 * - the toolkit's button forgets ARIA attributes that are set later;
 * - a description in the page cannot be named by id from inside a shadow root; it is handed over as an element.
 */
import { endFocusProbe } from './focusProbe.ts'
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeDropdown, vsCodeOption, vsCodeTextArea, vsCodeTextField } from '@vscode/webview-ui-toolkit'
import { nothing, type ElementPart, type TemplateResult, html } from 'lit'
import { Directive, directive, PartType, type PartInfo } from 'lit/directive.js'
import { icon, type Icon } from './icons.ts'

export function registerToolkit(): void {
  endFocusProbe()
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextArea(), vsCodeTextField(), vsCodeDropdown(), vsCodeOption())
}

const ARIA = { disabled: 'aria-disabled', invalid: 'aria-invalid', expanded: 'aria-expanded', haspopup: 'aria-haspopup', label: 'aria-label', controls: 'aria-controls' } as const
export type Aria = Partial<Record<keyof typeof ARIA, string | null>> & { readonly describedBy?: string | null }

/** `aria(…)` in an element position: states of the control inside a toolkit element. */
class AriaDirective extends Directive {
  constructor(info: PartInfo) {
    super(info)
    if (info.type !== PartType.ELEMENT) throw new Error('aria() belongs in an element position')
  }

  render(_aria: Aria): typeof nothing {
    return nothing
  }

  override update(part: ElementPart, [states]: [Aria]): typeof nothing {
    const host = part.element
    // The control exists once the element is connected, and the description once this render is done.
    queueMicrotask(() => { apply(host, states) })
    return nothing
  }
}

function apply(host: Element, states: Aria): void {
  const control = host.shadowRoot?.querySelector('[part=control]')
  if (!control) return
  for (const [name, attribute] of Object.entries(ARIA)) {
    const value = states[name as keyof typeof ARIA]
    if (value === undefined) continue
    if (value === null) control.removeAttribute(attribute)
    else control.setAttribute(attribute, value)
    if (name === 'disabled') host.toggleAttribute('data-cannot', value === 'true')
    if (name === 'invalid') host.toggleAttribute('data-invalid', value === 'true')
  }
  const described = states.describedBy ? document.getElementById(states.describedBy) : null
  control.ariaDescribedByElements = described ? [described] : null
}

export const aria = directive(AriaDirective)

export interface ButtonOptions extends Aria {
  readonly text: string
  readonly primary?: boolean
  readonly icon?: Icon
  readonly busy?: boolean
  readonly more?: string
  readonly press: (event: Event) => void
}

export function button(options: ButtonOptions): TemplateResult {
  const { text, primary = false, busy = false, more = '', press, ...states } = options
  const mark = busy ? html`<svg slot="start" class="cs-i cs-spin" aria-hidden="true"><use href="#i-spinner"></use></svg>` : options.icon && text === '' ? icon(options.icon) : nothing
  return html`<vscode-button
    class=${`cs-btn ${primary && states.disabled !== 'true' ? 'primary' : ''} ${more}`}
    appearance=${primary ? 'primary' : 'secondary'}
    @click=${press}
    ${aria({ disabled: null, expanded: null, ...states })}
    >${mark}${text}</vscode-button
  >`
}

/** What an input element of the toolkit holds now. */
export function valueOf(event: Event): string {
  const host = event.currentTarget
  return host instanceof HTMLElement && 'value' in host && typeof host.value === 'string' ? host.value : ''
}

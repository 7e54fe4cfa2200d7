/**
 * While the toolkit loads it asks the browser whether it knows `:focus-visible`, by way of a style element. The content
 * security policy refuses that element, the toolkit concludes "no", and draws focus rings on mouse clicks. Here the question
 * gets its true answer from a constructable style sheet, for as long as the toolkit loads. Imported before it.
 */
type Create = (name: string, options?: ElementCreationOptions) => HTMLElement

const page: { createElement: Create } = document
const create = page.createElement.bind(document)

page.createElement = (name, options) => {
  if (name !== 'style') return create(name, options)
  const stand = create('meta')
  Object.defineProperty(stand, 'sheet', { value: new CSSStyleSheet() })
  return stand
}

/** The toolkit has loaded. */
export function endFocusProbe(): void {
  Reflect.deleteProperty(document, 'createElement')
}

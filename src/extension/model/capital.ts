/** The agent's sentences begin small, because they stand after its name in a client's error; in a view they begin one. */
export function capital(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`
}

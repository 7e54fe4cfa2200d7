/** What the first text would have to wait for: tables that are made on first use, expressions that are compiled on first use. */
import { readExample } from './findAll.ts'
import type { Masker } from './masker.ts'
import { FAMILIES } from './recognisers/families.ts'

/**
 * Lets the masker read the recognisers' own examples, in slices between which the event loop gets its turn: a tenth of a second of work that
 * nobody waits for. What a first call of a few kilobytes costs afterwards is what every call costs.
 * @returns false when a detector threw: the next call will fail closed and say so
 */
export async function warmUp(masker: Pick<Masker, 'inspect'>): Promise<boolean> {
  const examples = FAMILIES.flatMap(({ recognisers }) => recognisers.flatMap((one) => one.examples.map((example) => readExample(example).text)))
  const { status } = await masker.inspect([{ path: '', role: 'user', origin: 'prompt', kind: 'text', text: examples.join('\n') }], [])
  return status === 'ok'
}

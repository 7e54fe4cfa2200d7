/** A state file that is never written: what outlives a part in a test. */
import type { Store } from '../../src/agent/state/store.ts'

export function memoryStore<T>(initial: T): Store<T> {
  let data = initial
  return {
    get data() {
      return data
    },
    update(change) {
      data = change(data)
      return Promise.resolve()
    },
  }
}

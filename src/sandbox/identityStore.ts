/** What the sample identity provider remembers: in memory, gone with the trial. */
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

interface Kept {
  readonly payload: AdapterPayload
  /** Milliseconds since 1970; Infinity: until it is destroyed. */
  readonly until: number
}

/** One store for one provider: a second trial in the same process has its own people signed in. */
export function identityStore(): AdapterFactory {
  const kept = new Map<string, Kept>()
  const find = (key: string): AdapterPayload | undefined => {
    const found = kept.get(key)
    if (!found) return undefined
    if (found.until > Date.now()) return found.payload
    kept.delete(key)
    return undefined
  }
  const findWhere = (model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const [key, { payload }] of kept) if (key.startsWith(`${model} `) && matches(payload)) return find(key)
    return undefined
  }
  return (model): Adapter => ({
    upsert(id, payload, expiresIn) {
      kept.set(`${model} ${id}`, { payload, until: expiresIn !== undefined && expiresIn > 0 ? Date.now() + expiresIn * 1000 : Infinity })
      return Promise.resolve()
    },
    find: (id) => Promise.resolve(find(`${model} ${id}`)),
    findByUserCode: (userCode) => Promise.resolve(findWhere(model, (payload) => payload.userCode === userCode)),
    findByUid: (uid) => Promise.resolve(findWhere(model, (payload) => payload.uid === uid)),
    consume(id) {
      const found = kept.get(`${model} ${id}`)
      if (found) kept.set(`${model} ${id}`, { ...found, payload: { ...found.payload, consumed: Math.floor(Date.now() / 1000) } })
      return Promise.resolve()
    },
    destroy(id) {
      kept.delete(`${model} ${id}`)
      return Promise.resolve()
    },
    revokeByGrantId(grantId) {
      for (const [key, { payload }] of kept) if (payload.grantId === grantId) kept.delete(key)
      return Promise.resolve()
    },
  })
}

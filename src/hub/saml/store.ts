/** What the broker's OpenID provider keeps, in memory: sign-ins end with the hub. Bounded, and forgotten at their time. */
import type { Adapter, AdapterPayload } from 'oidc-provider'

interface Kept {
  readonly payload: AdapterPayload
  /** Milliseconds since 1970. */
  readonly until: number
}

const MOST = 100_000
/** Of what the provider itself sets no time for. */
const LONGEST_S = 86_400

export function brokerStore(now: () => number): (model: string) => Adapter {
  const kept = new Map<string, Kept>()
  const good = (one: Kept | undefined): AdapterPayload | undefined => (one && one.until > now() ? one.payload : undefined)
  const findWhere = (model: string, fits: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const [key, one] of kept) if (key.startsWith(`${model} `) && good(one) && fits(one.payload)) return one.payload
    return undefined
  }
  const forget = (): void => {
    for (const [key, { until }] of kept) if (until <= now() || kept.size > MOST) kept.delete(key)
  }
  return (model) => ({
    upsert(id, payload, expiresIn) {
      if (kept.size >= MOST || kept.size % 100 === 99) forget()
      kept.set(`${model} ${id}`, { payload, until: now() + (expiresIn ?? LONGEST_S) * 1000 })
      return Promise.resolve()
    },
    find: (id) => Promise.resolve(good(kept.get(`${model} ${id}`))),
    findByUserCode: (userCode) => Promise.resolve(findWhere(model, (payload) => payload.userCode === userCode)),
    findByUid: (uid) => Promise.resolve(findWhere(model, (payload) => payload.uid === uid)),
    consume(id) {
      const one = kept.get(`${model} ${id}`)
      if (one) kept.set(`${model} ${id}`, { ...one, payload: { ...one.payload, consumed: Math.floor(now() / 1000) } })
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

/** Addresses of machines as texts. */

/** Four numbers up to 255, with or without a prefix length. */
export function isIpv4(value: string): boolean {
  const [address = '', prefix] = value.split('/')
  const parts = address.split('.')
  return parts.length === 4 && parts.every((part) => Number(part) <= 255 && (part.length === 1 || !part.startsWith('0'))) && (prefix === undefined || Number(prefix) <= 32)
}

/** Of every machine or of none (RFC 6890): loopback, unspecified, broadcast, the clouds' metadata service; and masks of networks. It tells nothing about anybody, and programs do not work without it. */
const EVERYONES = /^(?:127\.(?:\d{1,3}\.){2}\d{1,3}|0\.0\.0\.0|169\.254\.169\.254|255\.255\.(?:\d{1,3}\.\d{1,3}))$/

export function isEveryones(address: string): boolean {
  return EVERYONES.test(address)
}

/** Of an address in full, its end written with dots. */
const LEAST_COLONS = 6

function countColons(value: string): number {
  let count = 0
  for (let at = value.indexOf(':'); at >= 0; at = value.indexOf(':', at + 1)) count++
  return count
}

/** RFC 4291 section 2.2, with a zone and a prefix length. `::` alone is the address of nobody, and an operator of many languages. */
export function isIpv6(value: string): boolean {
  // Times of day, which are most of what looks like one.
  if (!value.includes('::') && countColons(value) < LEAST_COLONS) return false
  const address = value.replace(/[/%].*$/, '')
  const dotted = /[\d.]*\.[\d.]*$/.exec(address)?.[0] ?? ''
  if (dotted !== '' && !isIpv4(dotted)) return false
  const plain = dotted === '' ? address : `${address.slice(0, -dotted.length)}0:0`
  const halves = plain.split('::')
  if (halves.length > 2 || plain === '::' || /:::|^:[^:]|[^:]:$/.test(plain)) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false
  return halves.length === 2 ? groups.length <= 7 && isLikelyAddress(groups, value) : groups.length === 8
}

/** `a::b`, `Dead::Beef` and the like are names in code: with `::` an address has a digit, or nothing but digits and colons. */
function isLikelyAddress(groups: readonly string[], value: string): boolean {
  return groups.some((group) => /\d/.test(group)) || value.includes('/')
}

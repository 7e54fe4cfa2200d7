/** Numbers of Singapore: identity cards (NRIC, FIN) and business entities (UEN), with their check letters. */
import { weightedSum } from './digits.ts'

const LETTERS: Readonly<Record<string, readonly [table: string, offset: number]>> = {
  S: ['JZIHGFEDCBA', 0],
  T: ['JZIHGFEDCBA', 4],
  F: ['XWUTRQPNMLK', 0],
  G: ['XWUTRQPNMLK', 4],
  M: ['KLJNPQRTUWX', 3],
}

export function hasNricCheck(value: string): boolean {
  const id = value.toUpperCase()
  const [table, offset] = LETTERS[id.charAt(0)] ?? ['', 0]
  if (!/^[STFGM]\d{7}[A-Z]$/.test(id)) return false
  const rest = (weightedSum(id.slice(1), [2, 7, 6, 5, 4, 3, 2]) + offset) % 11
  return table.charAt(id.startsWith('M') ? 10 - rest : rest) === id.charAt(8)
}

const UEN_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWX0123456789'

function isOtherEntity(uen: string): boolean {
  if (!/^[RST]\d{2}[A-Z]{2}\d{4}[A-Z]$/.test(uen)) return false
  const weights = [4, 3, 5, 3, 10, 2, 2, 5, 7]
  const sum = weights.reduce((total, weight, i) => total + UEN_ALPHABET.indexOf(uen.charAt(i)) * weight, 0)
  return UEN_ALPHABET.charAt((sum - 5 + 110) % 11) === uen.charAt(9)
}

/** Businesses have eight digits, companies their year and five, other entities a letter, year, kind and four. */
export function isUen(value: string): boolean {
  const uen = value.toUpperCase()
  if (/^\d{8}[A-Z]$/.test(uen)) return 'XMKECAWLJDB'.charAt(weightedSum(uen, [10, 4, 9, 3, 8, 2, 7, 1]) % 11) === uen.charAt(8)
  if (/^(?:18|19|20)\d{7}[A-Z]$/.test(uen)) return 'ZKCMDNERGWH'.charAt(weightedSum(uen, [10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11) === uen.charAt(9)
  return isOtherEntity(uen)
}

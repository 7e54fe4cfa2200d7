/** Bank routing: the ABA's 3-7-1 sum, and ISO 3166 countries inside a BIC. */
import { weightedSum } from './digits.ts'

/** Nine digits; the first two name a Federal Reserve district, a thrift, an electronic route or a traveller's cheque. */
export function isAbaRouting(digits: string): boolean {
  if (digits.length !== 9) return false
  const district = Number(digits.slice(0, 2))
  const known = (district >= 1 && district <= 12) || (district >= 21 && district <= 32) || (district >= 61 && district <= 72) || district === 80
  return known && weightedSum(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0
}

/** ISO 3166-1 alpha-2, and XK, which banks use for Kosovo. */
const COUNTRIES =
  'ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW'

let countries: ReadonlySet<string> | undefined

export function isCountry(code: string): boolean {
  countries ??= new Set(COUNTRIES.match(/../g) ?? [])
  return countries.has(code)
}

/** ISO 9362: institution, country, location, and a branch of three where it is named. */
export function isBic(value: string): boolean {
  return /^[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-WYZ0-9][A-Z0-9]{2}|XXX)?$/.test(value) && isCountry(value.slice(4, 6))
}

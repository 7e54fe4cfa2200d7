/** IBAN: length by country (ISO 13616 register), structure of the account part where letters matter, and mod 97. */
import { alphanumericValue } from './digits.ts'

/**
 * Country, then the account part in the register's own notation without spaces: `n` digits, `a` capitals, `c` either.
 * Countries outside the register that print IBANs of a fixed shape are in as well, marked by their position at the end.
 */
const REGISTER =
  'AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR23n1a1c BY4c4n16c CH5n12c CR18n CY8n16c CZ20n DE18n DJ23n DK14n DO4c20n ' +
  'EE16n EG25n ES20n FI14n FK2a12n FO14n FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n GR7n16c GT20c4c HN4a20n HR17n HU24n IE4a14n IL19n IQ4a15n IS22n ' +
  'IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LC4a24c LI5n12c LT16n LU3n13c LV4a13c LY21n MC10n11c2n MD2c18c ME18n MK3n10c2n MN16n MR23n MT4a5n18c ' +
  'MU4a19n3a NI4a20n NL4a10n NO11n OM3n16c PK4a16c PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n RU14n15c SA2n18c SC4a20n3a SD14n SE20n SI15n SK20n ' +
  'SM1a10n12c SO19n ST21n SV4a20n TL19n TN20n TR6n16c UA6n19c VA18n VG4a16n XK16n YE4a4n18c ' +
  'AO21n BF2c22n BJ2c22n CF23n CG23n CI2c22n CM23n CV21n DZ22n GA23n GQ23n GW2c19n IR22n KM23n MA24n MG23n ML2c22n MZ21n NE2c22n SN2c22n TD23n TG2c22n'

interface Account {
  readonly length: number
  /** Of each character, one of n, a and c. */
  readonly shape: string
}

let accounts: ReadonlyMap<string, Account> | undefined

function readRegister(): ReadonlyMap<string, Account> {
  return new Map(
    REGISTER.split(' ').map((entry) => {
      let shape = ''
      for (const [, count, kind] of entry.slice(2).matchAll(/(\d+)([nac])/g)) {
        shape += (kind ?? 'c').repeat(Number(count))
      }
      return [entry.slice(0, 2), { length: shape.length + 4, shape }]
    }),
  )
}

/** Length of an IBAN of this country, or 0 where the country has none. */
export function ibanLength(country: string): number {
  accounts ??= readRegister()
  return accounts.get(country)?.length ?? 0
}

/** `value` without separators, of any case. */
export function isIban(value: string): boolean {
  const iban = value.toUpperCase()
  accounts ??= readRegister()
  const account = accounts.get(iban.slice(0, 2))
  return account?.length === iban.length && isOfShape(iban, 2, 'nn') && isOfShape(iban, 4, account.shape) && hasMod97(iban)
}

/** Whether what stands from an offset on is as the register says. */
function isOfShape(iban: string, from: number, shape: string): boolean {
  for (let i = 0; i < shape.length; i++) {
    const code = iban.charCodeAt(from + i)
    const isDigit = code >= 48 && code <= 57
    const isLetter = code >= 65 && code <= 90
    const kind = shape.charAt(i)
    if (!(kind === 'n' ? isDigit : kind === 'a' ? isLetter : isDigit || isLetter)) return false
  }
  return true
}

/** ISO 7064 MOD 97-10 over the rearranged text, letters as 10..35. */
export function hasMod97(iban: string): boolean {
  let rest = 0
  for (let i = 0; i < iban.length; i++) {
    const value = alphanumericValue(iban.charCodeAt((i + 4) % iban.length))
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}

function countriesByLength(): readonly (readonly [length: number, countries: readonly string[]])[] {
  const lengths = new Map<number, string[]>()
  for (const [country, { length }] of readRegister()) lengths.set(length, [...(lengths.get(length) ?? []), country])
  return [...lengths].sort(([a], [b]) => b - a)
}

/** Lengths with the countries that have them, longest first. */
export const IBAN_COUNTRIES_BY_LENGTH = countriesByLength()

/** Calendar dates inside ids. Whether a day exists is all that counts here; the century is often not in the number. */

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** A day of some year: 29 February is let through, for a two-digit year does not tell the century. */
export function isDayOfYear(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= (DAYS[month - 1] ?? 0)
}

export function isDate(year: number, month: number, day: number): boolean {
  if (!isDayOfYear(month, day)) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return month !== 2 || day <= (leap ? 29 : 28)
}

/** `yymmdd` at `from`. */
export function isShortDate(digits: string, from = 0): boolean {
  return isDayOfYear(Number(digits.slice(from + 2, from + 4)), Number(digits.slice(from + 4, from + 6)))
}

/** `ddmmyy` at `from`. */
export function isDayFirstDate(digits: string, from = 0): boolean {
  return isDayOfYear(Number(digits.slice(from + 2, from + 4)), Number(digits.slice(from, from + 2)))
}

/** `yyyymmdd` at `from`, of a person who may be alive. */
export function isBirthDate(digits: string, from = 0): boolean {
  const year = Number(digits.slice(from, from + 4))
  return year >= 1880 && year <= 2039 && isDate(year, Number(digits.slice(from + 4, from + 6)), Number(digits.slice(from + 6, from + 8)))
}

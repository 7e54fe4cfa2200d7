/**
 * Telephone numbers by length alone: country codes of ITU-T E.164 with how many digits follow. Numbering plans inside a country change
 * monthly and their tables weigh more than the whole engine; for masking, the length after a real country code decides enough.
 */

/** Country code, then fewest and most national digits; codes that share a first digit group are spelled out. */
const PLANS =
  '1:10 7:10 20:8-10 27:9 30:10 31:8-9 32:8-9 33:9 34:9 36:8-9 39:6-11 40:9 41:9 43:6-13 44:9-10 45:8 46:7-10 47:8 48:9 49:6-13 51:8-9 52:10 53:6-8 54:10-11 55:10-11 56:9 57:10 58:10 60:8-10 61:9 62:8-12 63:8-10 64:8-10 65:8 66:8-9 81:9-10 82:8-10 84:9-10 86:9-12 90:10 91:10 92:9-10 93:9 94:9 95:7-10 98:10'
const REST = { least: 6, most: 12 } as const

const plans = new Map(
  PLANS.split(' ').map((plan): [string, { least: number; most: number }] => {
    const [code = '', range = ''] = plan.split(':')
    const [least, most] = range.split('-')
    return [code, { least: Number(least), most: Number(most ?? least) }]
  }),
)

/** First two digits of the three-digit codes that are in use. */
const LONG = '2[1-69]|35|37|38|42|50|59|6[789]|8[0578]|96|97[0-7]|99[2-8]'
const LONG_CODES = new RegExp(`^(?:${LONG})`)

/** Regular expression source of a number behind its `+`, as long as its country's numbers are; digits may be apart. */
export function internationalShape(): string {
  const rest = (least: number, most: number): string => `(?:[ .-]?\\(?\\d\\)?){${least},${most}}`
  const known = [...plans].map(([code, { least, most }]) => code + rest(least, most))
  return `(?:${known.join('|')}|(?:${LONG})\\d${rest(REST.least, REST.most)})`
}

/** Digits after the `+` or `00`. A `0` that people write in brackets after the country code is dropped. */
export function isInternationalNumber(digits: string): boolean {
  for (const width of [1, 2]) {
    const plan = plans.get(digits.slice(0, width))
    if (!plan) continue
    const national = digits.slice(width)
    const length = national.startsWith('0') && digits.length > width + plan.most ? national.length - 1 : national.length
    return length >= plan.least && length <= plan.most + (national.startsWith('0') ? 1 : 0)
  }
  const length = digits.length - 3
  return LONG_CODES.test(digits) && length >= REST.least && length <= REST.most
}

/** Five pairs, as French numbers are written: a date has no pairs behind the year. */
const PAIRS = /^0[1-9]([ .-])\d\d\1\d\d\1\d\d\1\d\d$/

/** A date or a time that digits and separators also spell. */
export function isDateLike(value: string): boolean {
  return !PAIRS.test(value) && /^(?:(?:19|20)\d\d[-./ ]?(?:0?[1-9]|1[0-2])[-./ ]?(?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|[12]\d|3[01])[-./](?:19|20)?\d\d)(?:\D|$)/.test(value)
}

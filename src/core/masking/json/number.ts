/** What stands in the place of a number in JSON, so that the JSON can be read afterwards. */
const LONGEST_EXPONENT = 3

/** The token where it is a number of the same shape but for noughts before it (`replace`) and longer than an exponent, else undefined. */
export function numberOfShape(source: string, token: string): string | undefined {
  const number = token.replace(/^(-?)0(?=\d)/, '$11')
  const isShaped = number.length === source.length && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(number)
  return isShaped && number.length > LONGEST_EXPONENT + 1 ? number : undefined
}

/**
 * A number, or a part of one, of the same shape: the token where that is one, else what all numbers of that shape become, a 0 and a 1 alike. It
 * is never the greater of the two, so that what could be read before can be read afterwards, whatever exponent stands behind it.
 * @param next the character behind it, which may be a digit of it
 */
export function asNumber(source: string, token: string, next: string): string {
  const number = numberOfShape(source, token)
  if (number !== undefined) return number
  const [mantissa = '', ...exponent] = source.split(/(?<=[eE])/)
  const noughts = mantissa.replace(/\d/g, '0')
  return (/^-?[1-9]\d/.test(mantissa + next) ? noughts.replace('0', '1') : noughts) + exponent.map((part) => part.replace(/\d/g, part.startsWith('-') ? '9' : '0')).join('')
}

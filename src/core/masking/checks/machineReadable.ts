/** The lines that machines read in passports and identity cards (ICAO 9303). */
const WEIGHTS = [7, 3, 1]
const NUMBERS = /^(?:(?<paper>[A-Z\d]{9})(?<ofPaper>\d)[A-Z]{3})?(?<born>\d{6})(?<ofBorn>\d)[MFX](?<until>\d{6})(?<ofUntil>\d)/

/** Digits count as they are, letters from 10 on. */
function sumOf(field: string): number {
  return Array.from(field).reduce((sum, char, i) => sum + parseInt(char, 36) * (WEIGHTS[i % 3] ?? 0), 0) % 10
}

/** Whether a line, or what of it stands before its fillers, holds the dates of a person and of a paper, with the sums of all of them. */
export function isMachineReadable(line: string): boolean {
  const { paper, ofPaper, born = '', ofBorn, until = '', ofUntil } = NUMBERS.exec(line)?.groups ?? {}
  if (![born, until].every((date) => /^\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(date))) return false
  return sumOf(born) === Number(ofBorn) && sumOf(until) === Number(ofUntil) && (paper === undefined || sumOf(paper) === Number(ofPaper))
}

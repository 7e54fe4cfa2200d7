/** Numbers of persons between the Gulf and the Malay archipelago: one recogniser, for each more would cost time at every number. */
import { isBirthDate, isDayOfYear, isShortDate } from '../checks/calendar.ts'
import { digitsOf, isLuhn } from '../checks/digits.ts'
import { officeNumber } from './shapes.ts'
import type { Family } from './recogniser.ts'

/** Emirates: 784, the year of birth, a serial, Luhn. */
function isEmiratesId(digits: string): boolean {
  return digits.startsWith('784') && isBirthDate(`${digits.slice(3, 7)}0101`) && isLuhn(digits)
}

/** Indonesia: six digits of a district, the birth date with 40 added to a woman's day, a serial. */
function isNik(digits: string): boolean {
  return isDayOfYear(Number(digits.slice(8, 10)), Number(digits.slice(6, 8)) % 40) && !digits.endsWith('0000')
}

function isPersonal(value: string): boolean {
  const digits = digitsOf(value)
  switch (digits.length) {
    case 12:
      // Malaysia: the birth date, a place, a serial. Vietnam: a province, then sex and century.
      return isShortDate(digits) || /^0\d{2}[0-3]/.test(digits)
    case 13:
      // Pakistan: a province and district, a family, the sex.
      return /^[1-7]/.test(digits)
    case 15:
      return isEmiratesId(digits)
    default:
      return isNik(digits)
  }
}

export const GULF_TO_MALAYA: Family = {
  name: 'gulf-to-malaya',
  recognisers: officeNumber({
    type: 'NATIONAL_ID',
    name: 'gulf-to-malaya-id',
    source: String.raw`784([ -]?)(?:19|20)\d{2}\1\d{7}\1\d|\d{5}-\d{7}-\d|\d{6}-\d{2}-\d{4}|\d{12,13}|\d{16}`,
    gate: { digits: 12, minLength: 12 },
    check: isPersonal,
    bareCheck: (value) => value.includes('-') && isPersonal(value),
    version: 3,
    words: String.raw`emirates id|رقم الهوية|الهوية الإماراتية|\bcnic\b|\bnicop\b|nadra|شناختی|\bnik\b|\bktp\b|kependudukan|mykad|kad pengenalan|\bcccd\b|căn cước|\bcmnd\b|chứng minh nhân dân`,
    distance: 24,
    key: /emirates_?id|(?:^|[._])(?:cnic|nik|ktp|cccd|cmnd)(?:$|_)|mykad/i,
    bare: 'alone',
    examples: [
      'Emirates ID «784198512345673»', 'رقم الهوية: «784198512345673»', 'CNIC «35202-1234567-1»', 'cnic: «3520212345671»', 'NIK: «3273011206850003»', 'nomor KTP «3273015206850003»', 'MyKad «850612-14-5678»', 'no. kad pengenalan: «850612145678»',
      'số CCCD: «001185012345»', 'căn cước công dân «079203004567»',
    ],
    bareExamples: ['«784-1985-1234567-3»', '«35202-1234567-1»', '«850612-14-5678»'],
    counterExamples: [
      '784-1985-1234567-5', '784198512345673', '3520212345671', 'lot 35202-1234567-1', 'NIK: 3273013213850003', '3273011206850003', 'MyKad 851312-14-5678', 'run 850612-14-5678', '001185012345',
    ],
  }),
}

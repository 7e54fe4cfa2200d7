/**
 * What stands at the places of messages that hospitals, insurers and traders exchange: HL7 version 2, X12, EDIFACT. A place has no name there; here it is given the
 * one that a field of JSON or a column would have. Only places that say who somebody is are listed.
 */

/** Name of a field; or of its components, in their order, empty for those that are of no interest; or one that depends on another field of the segment. */
export type Place = string | readonly string[] | Qualified

export interface Qualified {
  /** Number of the field whose first component says what this one is. */
  readonly by: number
  readonly is: Readonly<Record<string, Place>>
}

export interface Segment {
  /** What its first field must be where nothing has told yet that the text is such a message. Absent: then it is none of one. */
  readonly first?: RegExp
  /** By number, from 1. */
  readonly fields: Readonly<Record<number, Place>>
}

export interface Format {
  /** Between components; another value of the same field; the end of a segment, as the end of a line is. */
  readonly component: string
  readonly repeat: string
  readonly end: string
  readonly segments: ReadonlyMap<string, Segment>
}

const PERSON = 'person_name'
const PATIENT = 'patient_id'
const MEMBER = 'member_id'
const POLICY = 'policy_number'
const STREET = 'street_address'
const CITY = 'home_city'
const STATE = 'home_state'
const POSTAL = 'postal_code'
const PHONE = 'home_phone'
const BORN = 'birth_date'
const SEX = 'sex'
const SSN = 'ssn'
const ACCOUNT = 'account_number'
const DIAGNOSIS = 'diagnosis_code'

/** Data types of HL7: a person's name, one who works there, an address, a telephone number, an identifier. */
const XPN = [PERSON, PERSON, PERSON]
const XCN = ['provider_id', PERSON, PERSON, PERSON]
const XAD = [STREET, STREET, CITY, STATE, POSTAL]
const XTN = [PHONE, '', '', 'email', '', PHONE, PHONE]
const CX = [PATIENT]
const CODE = [DIAGNOSIS]

/** The number of the segment among those of its kind, mostly left out. */
const SET_ID = /^\d{0,4}$/

/** @param numbers of fields that are all of one kind */
function all(place: Place, ...numbers: readonly number[]): Readonly<Record<number, Place>> {
  return Object.fromEntries(numbers.map((number) => [number, place]))
}

const HL7: Readonly<Record<string, Segment>> = {
  MSH: { first: /^\^~\\{1,2}&#?$/, fields: {} },
  EVN: { fields: all(XCN, 5) },
  PID: { first: SET_ID, fields: { ...all(CX, 2, 3, 4, 18, 21), ...all(XPN, 5, 6, 9), ...all(XTN, 13, 14), 7: BORN, 8: SEX, 11: XAD, 19: SSN, 20: ['driver_license'], 23: CITY } },
  PD1: { fields: all(XCN, 4) },
  NK1: { first: SET_ID, fields: { ...all(XPN, 2, 26, 30), ...all(XAD, 4, 32), ...all(XTN, 5, 6, 31), 15: SEX, 16: BORN, 33: CX, 37: SSN } },
  GT1: { first: SET_ID, fields: { ...all(CX, 2, 19), ...all(XPN, 3, 4, 16), ...all(XAD, 5, 17), ...all(XTN, 6, 7, 18), 8: BORN, 9: SEX, 12: SSN } },
  IN1: { first: SET_ID, fields: { ...all(POLICY, 8, 36), ...all(XPN, 6, 16), 18: BORN, 19: XAD, 43: SEX, 49: [MEMBER] } },
  IN2: { fields: { ...all(MEMBER, 1, 8, 61), 2: SSN, 6: 'mbi', 40: XPN, 63: XTN } },
  MRG: { fields: { ...all(CX, 1, 2, 3, 4, 5, 6), 7: XPN } },
  PV1: { first: SET_ID, fields: { ...all(XCN, 7, 8, 9, 17, 52), ...all(CX, 5, 19, 50) } },
  DG1: { first: SET_ID, fields: { 3: CODE, 16: XCN } },
  ORC: { fields: { ...all(XCN, 10, 11, 12, 19), 14: XTN } },
  OBR: { first: SET_ID, fields: { ...all(XCN, 10, 16, 28), 17: XTN } },
  OBX: { first: SET_ID, fields: all(XCN, 16) },
  FT1: { first: SET_ID, fields: { ...all(XCN, 20, 21), 19: CODE } },
  ROL: { fields: { 4: XCN, 11: XAD, 12: XTN } },
  SCH: { fields: { ...all(XCN, 12, 16, 20), 13: XTN, 17: XTN } },
  AIP: { fields: all(XCN, 3) },
  STF: { fields: { 2: ['provider_id'], 3: XPN, 5: SEX, 6: BORN, 10: XTN, 11: XAD } },
  TXA: { fields: all(XCN, 5, 9, 10, 11) },
  CTD: { fields: { 2: XPN, 3: XAD, 5: XTN } },
}

/** Numbers of X12 by what says which they are. */
const NUMBERS: Readonly<Record<string, Place>> = { SY: SSN, '34': SSN, MI: MEMBER, HN: MEMBER, C: MEMBER, II: MEMBER, MR: MEMBER, N: MEMBER, '0F': MEMBER, '1W': MEMBER, '1D': MEMBER, F6: MEMBER, '1L': POLICY, IG: POLICY, '6P': POLICY, Y4: POLICY, D9: POLICY, '23': PATIENT, EA: PATIENT, '3H': PATIENT, EJ: PATIENT, XX: 'npi', EI: 'tax_id', TJ: 'tax_id' }
/** The same of ways to reach somebody. */
const REACHED: Readonly<Record<string, Place>> = { TE: PHONE, HP: PHONE, CP: PHONE, WP: PHONE, FX: PHONE, EM: 'email' }
/** Names are those of people where the party is one. */
const OF_PERSON: Place = { by: 2, is: { '1': PERSON } }
const DIAGNOSES: Place = ['', DIAGNOSIS]

const X12: Readonly<Record<string, Segment>> = {
  ISA: { first: /^\d\d$/, fields: {} },
  NM1: { first: /^[A-Z\d]{2,3}$/, fields: { ...all(OF_PERSON, 3, 4, 5), 9: { by: 8, is: NUMBERS } } },
  N3: { fields: all(STREET, 1, 2) },
  N4: { fields: { 1: CITY, 2: STATE, 3: POSTAL } },
  DMG: { first: /^D8$/, fields: { 2: BORN, 3: SEX } },
  REF: { first: /^[A-Z\d]{2}$/, fields: { 2: { by: 1, is: NUMBERS } } },
  PER: { first: /^[A-Z]{2}$/, fields: { 2: PERSON, 4: { by: 3, is: REACHED }, 6: { by: 5, is: REACHED }, 8: { by: 7, is: REACHED } } },
  SBR: { fields: { 3: POLICY } },
  CLM: { fields: { 1: PATIENT } },
  CLP: { fields: { 1: PATIENT, 7: PATIENT } },
  HI: { fields: all(DIAGNOSES, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) },
  BPR: { first: /^[CDHIPUX]$/, fields: { 7: 'routing_number', 9: ACCOUNT, 13: 'routing_number', 15: ACCOUNT } },
}

const EDIFACT: Readonly<Record<string, Segment>> = {
  UNB: { first: /^UNO[A-Z]:\d$/, fields: {} },
  NAD: { first: /^[A-Z]{2,3}$/, fields: { ...all(PERSON, 4), 3: [STREET, STREET, STREET, STREET, STREET], 5: STREET, 6: CITY, 7: STATE, 8: POSTAL } },
  CTA: { fields: { 2: ['', PERSON] } },
  COM: { fields: { 1: [PHONE] } },
  FII: { fields: { 2: [ACCOUNT, PERSON, PERSON] } },
  DTM: { fields: { 1: { by: 1, is: { '329': ['', BORN] } } } },
}

const hl7: Format = { component: '^', repeat: '~', end: '\r', segments: new Map(Object.entries(HL7)) }
const x12 = (component: string): Format => ({ component, repeat: '', end: '~', segments: new Map(Object.entries(X12)) })

/** By the mark between their fields. X12 with strokes shares none of its segments with HL7. */
export const FORMATS: ReadonlyMap<string, readonly Format[]> = new Map([
  ['|', [hl7, x12(':')]],
  ['*', [x12(':')]],
  ['+', [{ component: ':', repeat: '', end: "'", segments: new Map(Object.entries(EDIFACT)) }]],
])

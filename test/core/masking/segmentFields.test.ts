/** Messages whose fields have no names but their places: HL7, X12, EDIFACT. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { maskerWith, optionsFor, rulesFor } from './masker.ts'

const { masker } = maskerWith()

function masked(text: string, kind: 'text' | 'json' = 'text'): string {
  return masker.mask(text, optionsFor(kind)).text
}

const ADMISSION = [
  'MSH|^~\\&|ADT1|NORTHGATE|LABSYS|NORTHGATE|20240311081126||ADT^A01|MSG00417|P|2.5.1',
  'PID|1||48291377^^^NGH^MR~PT-0091^^^NGH||QVISTGAARD^TORBEN^E^^^^L|HALVORSEN|19710423|M||2106-3|9 Via del Sole^Apt 9^Wexley^OH^43055^USA^H||^PRN^PH^^1^614^5550142|||M|CAT|400003403|219-09-9998',
  'NK1|1|OYELARAN^FOLASADE|SPO^Spouse',
  'PV1|1|I|2N^201^B|E|||004777^SZABLEWSKI^KRZYS^^^DR',
]
const ADMITTED = [
  'MSH|^~\\&|ADT1|NORTHGATE|LABSYS|NORTHGATE|20240311081126||ADT^A01|MSG00417|P|2.5.1',
  'PID|1||[MEDICAL_RECORD]^^^NGH^MR~[MEDICAL_RECORD]^^^NGH||[PERSON]^[PERSON]^[PERSON]^^^^L|[PERSON]|[DATE_OF_BIRTH]|[SPECIAL]||2106-3|[ADDRESS]^[ADDRESS]^[LOCATION]^[LOCATION]^[POSTAL_CODE]^USA^H||^PRN^PH^^1^[PHONE]^[PHONE]|||M|CAT|[MEDICAL_RECORD]|[US_SSN]',
  'NK1|1|[PERSON]^[PERSON]|SPO^Spouse',
  'PV1|1|I|2N^201^B|E|||[US_NPI]^[PERSON]^[PERSON]^^^DR',
]
const CLAIM = 'ISA*00*          *00*          *ZZ*NORTHCLR       *ZZ*BLUEHBR        *240311*1253*^*00501*000000905*1*P*:~ST*837*0021~NM1*41*2*NORTH CLEARING*****46*TGJ23~NM1*IL*1*QVISTGAARD*TORBEN*E***MI*11122333301~N3*9 VIA DEL SOLE*APT 9~N4*WEXLEY*OH*43055~DMG*D8*19710423*M~REF*SY*219099998~CLM*26463774*100***11:B:1*Y~HI*ABK:J45909~SV1*HC:99213*40*UN*1***1~'
const CLAIMED = 'ISA*00*          *00*          *ZZ*NORTHCLR       *ZZ*BLUEHBR        *240311*1253*^*00501*000000905*1*P*:~ST*837*0021~NM1*41*2*NORTH CLEARING*****46*TGJ23~NM1*IL*1*[PERSON]*[PERSON]*[PERSON]***MI*[HEALTH_ID]~N3*[ADDRESS]*[ADDRESS]~N4*[LOCATION]*[LOCATION]*[POSTAL_CODE]~DMG*D8*[DATE_OF_BIRTH]*[SPECIAL]~REF*SY*[US_SSN]~CLM*[MEDICAL_RECORD]*100***11:B:1*Y~HI*ABK:[SPECIAL]~SV1*HC:99213*40*UN*1***1~'

describe('fields of messages are told by their places', () => {
  test('in HL7, however its segments end', () => {
    for (const end of ['\n', '\r', '\r\n', '\\r', '\\n']) assert.equal(masked(ADMISSION.join(end)), ADMITTED.join(end), JSON.stringify(end))
    assert.equal(masked(ADMISSION.join(' ')), ADMITTED.join(' '))
  })

  test('in a string of JSON, and behind words in a line', () => {
    assert.deepEqual(JSON.parse(masked(JSON.stringify({ raw: ADMISSION.join('\r') }), 'json')), { raw: ADMITTED.join('\r') })
    assert.equal(masked(`{"raw":"${ADMISSION.slice(1).join('\\r')}"}`), `{"raw":"${ADMITTED.slice(1).join('\\r')}"}`)
    assert.equal(masked(`why is this refused: ${ADMISSION[2] ?? ''}`), `why is this refused: ${ADMITTED[2] ?? ''}`)
  })

  test('in X12, in one line and in many, with its usual marks and with strokes', () => {
    assert.equal(masked(CLAIM), CLAIMED)
    assert.equal(masked(CLAIM.replaceAll('~', '~\n')), CLAIMED.replaceAll('~', '~\n'))
    assert.equal(masked('NM1|IL|1|OYELARAN|FOLASADE||||MI|W99120034~N4|WEXLEY|OH|43055~'), 'NM1|IL|1|[PERSON]|[PERSON]||||MI|[HEALTH_ID]~N4|[LOCATION]|[LOCATION]|[POSTAL_CODE]~')
  })

  test('in EDIFACT', () => {
    assert.equal(masked("NAD+PAT+++SZABLEWSKI KRZYS+LERCHENMOOR 44+WEXLEY++99817+DE'CTA+IC+:OYELARAN'DTM+329:19710423:102'DTM+137:20240311:102'"), "NAD+PAT+++[PERSON]+[ADDRESS]+[LOCATION]++[POSTAL_CODE]+DE'CTA+IC+:[PERSON]'DTM+329:[DATE_OF_BIRTH]:102'DTM+137:20240311:102'")
  })

  test('where two formats follow one another in a line', () => {
    const [message, expected] = ['NM1*IL*1*QVISTGAARD*TORBEN~ PID|1||48291377 NM1*QC*1*OYELARAN~', 'NM1*IL*1*[PERSON]*[PERSON]~ PID|1||[MEDICAL_RECORD] NM1*QC*1*OYELARAN~']
    assert.equal(masked(message), expected)
  })

  test('not in what only begins like one', () => {
    for (const text of ['PID|USER|PR|NI|VIRT\n1|ROOT|20|0|CPUS\n', 'N3*a + N4*b', 'NM1*x*y*ZORN', 'see NAD+ and NADH+', '| PID | CMD |\n|-----|-----|\n| 17 | VIM |', 'REF*a*480112', 'MSH|PIPE|ZORN|ZORN']) assert.equal(masked(text), text)
  })

  test('not of types that policy does not mask', () => {
    const rules = { ...rulesFor('keep'), DATE_OF_BIRTH: 'redact' as const }
    assert.equal(masker.mask('PID|1||48291377||QVISTGAARD^TORBEN||19710423|M', optionsFor('text', { rules })).text, 'PID|1||48291377||QVISTGAARD^TORBEN||[DATE_OF_BIRTH]|M')
  })

  test('at every cut of a message, and character by character', () => {
    for (const text of [ADMISSION.join('\r'), CLAIM, `NM1*IL*1*QVISTGAARD*TORBEN~ ${ADMISSION.join('\\r')}`]) {
      const whole = masked(text)
      for (const chunks of [text.split(''), ...Array.from(text, (_, cut) => [text.slice(0, cut), text.slice(cut)])]) {
        const stream = masker.session('cut').open(optionsFor('text'))
        assert.equal(chunks.map((chunk) => stream.push(chunk)).join('') + stream.flush(), whole)
      }
    }
  })

  test('with no more held back than a field may be long', () => {
    const stream = masker.session('held').open(optionsFor('text'))
    let most = 0
    let held = 0
    for (const char of `PID|1||||${'Ab '.repeat(900)}|`) {
      held += 1 - stream.push(char).length
      most = Math.max(most, held)
    }
    assert.ok(most <= 128, `${most} characters were held back`)
  })
})

test('messages are masked alike however they are cut', () => {
  const pieces = ['PID|', 'NM1*', 'N3*', 'N4|', 'NAD+', "'", 'MSH|^~\\&|', '1', 'IL', 'PAT', '|', '*', '+', '^', ':', '~', '\r', '\n', '\\r', ' ', 'QVISTGAARD', '48291377', '9 Via del Sole', '19710423', 'MI', '"', '[', 'pin', ',', '4829', '<table>', '<tr>', '<td>', '\u200b', '-----BEGIN PRIVATE KEY-----', '\nid,pin\n']
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 3, maxLength: 40 }), fc.array(fc.nat(), { maxLength: 12 }), (parts, cuts) => {
      const text = parts.join('')
      const whole = masked(text)
      const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length]
      for (const chunks of [text.split(''), places.slice(1).map((place, i) => text.slice(places[i], place))]) {
        const stream = masker.session('cut').open(optionsFor('text'))
        assert.equal(chunks.map((chunk) => stream.push(chunk)).join('') + stream.flush(), whole)
      }
    }),
    { numRuns: 1500 },
  )
})

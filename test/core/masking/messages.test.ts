/** Messages whose fields are told by their places or tags. */
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

const PAYMENT = [':20:REF4711', ':50K:/0044771239', 'QVISTGAARD TORBEN', 'LERCHENMOOR 44', '99817 WEXLEY', ':59F:/0088123400', '1/OYELARAN FOLASADE', '2/ADEOLA CLOSE 9', '3/NG/LAGOS', '4/19951201', '', ':70:INVOICE 2291']
const PAID = [':20:REF4711', ':50K:/[US_BANK]', '[PERSON]', '[ADDRESS]', '[ADDRESS]', ':59F:/[US_BANK]', '1/[PERSON]', '2/[ADDRESS]', '3/NG/[LOCATION]', '4/[DATE_OF_BIRTH]', '', ':70:INVOICE 2291']

describe('fields of messages are told by their tags', () => {
  test('in SWIFT, however its lines end', () => {
    for (const end of ['\n', '\r\n', '\\n', '\\r\\n']) assert.equal(masked(PAYMENT.join(end)), PAID.join(end), JSON.stringify(end))
    assert.equal(masked(':25:0044771239\n:28C:00012/001'), ':25:[US_BANK]\n:28C:00012/001')
    assert.equal(masked('{4:\n:50K:QVISTGAARD TORBEN\nLERCHENMOOR 44\n-}\nQVISTGAARD'), '{4:\n:50K:[PERSON]\n[ADDRESS]\n-}\nQVISTGAARD')
  })

  test('in ISO 20022, with and without a prefix', () => {
    const said = (name: string, street: string, place: string, account: string): string => `<Dbtr><Nm>${name}</Nm><PstlAdr><StrtNm>${street}</StrtNm><TwnNm>${place}</TwnNm></PstlAdr></Dbtr><DbtrAcct><Id><Othr><Id>${account}</Id></Othr></Id></DbtrAcct><RmtInf><Ustrd>Wexley</Ustrd></RmtInf>`
    const [from, to] = [said('Torben Qvistgaard', 'Lerchenmoor', 'Wexley', '0044771239'), said('[PERSON]', '[ADDRESS]', '[LOCATION]', '[US_BANK]')]
    assert.equal(masked(from), to)
    assert.equal(masked(from.replaceAll(/<(\/?)/g, '<$1ns2:')), to.replaceAll(/<(\/?)/g, '<$1ns2:'))
  })

  test('in clinical documents, and not where the same element means something else', () => {
    assert.equal(masked('<name use="L"><given>Torben</given><given>E</given><family>Qvistgaard</family></name>'), '<name use="L"><given>[PERSON]</given><given>[PERSON]</given><family>[PERSON]</family></name>')
    assert.equal(masked('<patientRole><id extension="998991" root="2.16"/><birthTime value="19710423"/>'), '<patientRole><id extension="[MEDICAL_RECORD]" root="2.16"/><birthTime value="[DATE_OF_BIRTH]"/>')
    for (const text of ['<family>DejaVu Sans</family>', '<given>a list</given>', '<city>Wexley</city>', '<Id>0044771239</Id>', '<Nm>Northgate Bank</Nm>']) assert.equal(masked(text), text)
  })

  test('in dumps of DICOM', () => {
    assert.equal(masked('(0010,0010) PN [Qvistgaard^Torben]  # 18\n(0010,0020) LO [48291377]\n(0010,0030) DA [19710423]\n(0008,0020) DA [20240311]'), '(0010,0010) PN [[PERSON]]  # 18\n(0010,0020) LO [[MEDICAL_RECORD]]\n(0010,0030) DA [[DATE_OF_BIRTH]]\n(0008,0020) DA [20240311]')
    assert.equal(masked("(0010, 0010) Patient's Name                      PN: 'Qvistgaard^Torben'\n(0010, 0020) Patient ID                          LO: 'A991200'"), "(0010, 0010) Patient's Name                      PN: '[PERSON]'\n(0010, 0020) Patient ID                          LO: '[MEDICAL_RECORD]'")
  })

  test('in what machines read of a passport', () => {
    assert.equal(masked('P<UTOQVISTGAARD<<TORBEN<EMRIK<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n'), 'P<[PASSPORT]\n[PASSPORT]<<<<<10\n')
  })

  test('in FHIR, also as one part of a text', () => {
    const patient = { identifier: [{ system: 'urn:oid:1.2.36.146', value: '48291377' }], name: [{ family: 'Qvistgaard', given: ['Torben', 'Emrik'] }], address: [{ line: ['Larkmoor 9'] }] }
    assert.deepEqual(JSON.parse(masked(JSON.stringify(patient), 'json')), { identifier: [{ system: 'urn:oid:1.2.36.146', value: '[MEDICAL_RECORD]' }], name: [{ family: '[PERSON]', given: ['[PERSON]', '[PERSON]'] }], address: [{ line: ['[ADDRESS]'] }] })
    assert.doesNotMatch(masked(`see ${JSON.stringify(patient, null, 2)}`), /Qvistgaard|Torben|Emrik|48291377/)
  })

  test('at every cut, and character by character', () => {
    for (const text of [PAYMENT.join('\r\n'), PAYMENT.join('\\n'), '<Nm>Torben Qvistgaard</Nm><given>T</given><family>Q</family>', "(0010, 0010) Patient's Name    PN: 'Qvistgaard^Torben'\n(0010,0020) LO [48291377]", 'P<UTOQVISTGAARD<<TORBEN<EMRIK<<<<<<<<<<<<<<<<\nx']) {
      const whole = masked(text)
      for (const chunks of [text.split(''), ...Array.from(text, (_, cut) => [text.slice(0, cut), text.slice(cut)])]) {
        const stream = masker.session('cut').open(optionsFor('text'))
        assert.equal(chunks.map((chunk) => stream.push(chunk)).join('') + stream.flush(), whole)
      }
    }
  })
})

test('a field or segment that is too long ends at one place, however it is cut: what stands behind it is read', () => {
  const dump = "(0010, 0010) Patient's Name    PN: 'Qvistgaard^Torben'"
  for (const text of [`class P<T> ${'-'.repeat(60)} ${dump}`, `class P<T> ${'-'.repeat(200)} ${dump}`, `<Nm>${'-'.repeat(150)} ${dump}`, `PID|1||${'- '.repeat(4200)}${dump}`]) {
    const whole = masked(text)
    assert.match(whole, /PN: '\[PERSON\]'$/)
    for (const size of [1, 7, 50]) {
      const stream = masker.session('cut').open(optionsFor('text'))
      let out = ''
      for (let i = 0; i < text.length; i += size) out += stream.push(text.slice(i, i + size))
      assert.equal(out + stream.flush(), whole)
    }
  }
})

test('messages are masked alike however they are cut', () => {
  const pieces = ['PID|', 'NM1*', 'N3*', 'N4|', 'NAD+', "'", 'MSH|^~\\&|', '1', 'IL', 'PAT', '|', '*', '+', '^', ':', '~', '\r', '\n', '\\r', ' ', 'QVISTGAARD', '48291377', '9 Via del Sole', '19710423', 'MI', '"', '[', 'pin', ',', '4829', '<table>', '<tr>', '<td>', '\u200b', '-----BEGIN PRIVATE KEY-----', '\nid,pin\n', '\n:50K:', '\n:59F:', '/', '1/', '3/NG/', '\\n', '<Nm>', '</Nm>', '<given>', '<name>', '(0010,0010) PN [', ']', "PN: '", '\nP<', 'UTO', '<<', '- '.repeat(50)]
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

/**
 * What nothing but the name of its field gives away in records of people, whatever it looks like: names that no list knows, streets without a word for one, numbers
 * without a check digit. The field is one of JSON, a column, or a place in a message (`../scan/segments.ts`).
 */
import { isMachineReadable } from '../checks/machineReadable.ts'
import { isPlaceholder } from '../checks/secret.ts'
import type { Family, Recogniser } from './recogniser.ts'
import { boundedCalled } from './shapes.ts'

const record = (type: Recogniser['type'], name: string, key: RegExp, pattern: RegExp, rest: Pick<Recogniser, 'examples' | 'counterExamples'> & Partial<Recogniser>): Recogniser => ({
  type,
  name,
  version: 1,
  window: 'field',
  pattern,
  certainty: 'context',
  context: { key, required: true },
  hold: 96,
  ...rest,
})

/** Words of forms and schemas, where a name could be. */
const OF_FORMS = /^(?:none|null|nil|nan|n\/?a|unknown|test|string|str|text|varchar|char|required|optional|true|false|yes|no|other|self|undefined|empty|default|value|type|field|label|column|asc(?:ending)?|desc(?:ending)?|hidden|visible|keyword|object|integer|redacted|masked|anonymous)$|name|nombre|nom\b|nome|imi[eę]|apellido|prénom|cognome|required|address|adresse/i
const FIRM = /\b(?:inc|llc|llp|ltd|limited|gmbh|ag|kg|corp|corporation|co|company|plc|s\.?a|s\.?r\.?l|b\.?v|bank|hospital|clinic|insurance|university|group|services|systems|payroll)\b\.?/i

export const RECORDS: Family = {
  name: 'records',
  recognisers: [
    record('PERSON', 'name-field', /(?:^|[._])(?:first|last|middle|given|family|maiden|person|patient|member|subscriber|insured|customer|cardholder|client)_?name$|(?:^|[._])(?:surname|forename)$|(?:^|\.)name\.(?:family|given|text)$|(?:^|\.)(?:subject|patient|beneficiary|subscriber)\.display$|^00100010\.Value/i, /^\p{L}(?:[\p{L}\p{M}'’.& ,^=-]{0,62}[\p{L}\p{M}.])?$/u, {
      valid: (value) => !OF_FORMS.test(value) && !FIRM.test(value),
      examples: ['(0010,0010) PN [«Qvistgaard^Torben»]', "(0010, 0010) Patient's Name                      PN: '«Qvistgaard^Torben»'", ':20:REF4711\n:50K:/DE89370400440532013000\n«TORBEN QVISTGAARD»\nAM LERCHENMOOR 44', ':20:REF4711\n:59F:/BE30001216371411\n1/«KRZYS SZABLEWSKI»\n3/IT/TARVISIO', '<Cdtr><Nm>«Torben Qvistgaard»</Nm>', '<name><given>«Torben»</given><family>«Qvistgaard»</family></name>', 'PID|1||||«QVISTGAARD»^«TORBEN»^«E»^^^^L|«HALVORSEN»|', 'NK1|1|«Oyelaran»^«Folasade»|SPO', 'NM1*IL*1*«QVISTGAARD»*«TORBEN»****MI*', "NAD+PAT+++«SZABLEWSKI KRZYS»:«DR»'", 'REF*EA*1~PER*IC*«MARIT HALVORSEN»*TE*'],
      counterExamples: ['PID|USER|PR|NI\n1|ROOT|20|0', 'id,last_name\n1,string\n', 'NM1*41*2*NORTHCLR*****46*TGJ23~', 'MSH|^~\\&|ADT|NORTHGATE|LAB|', 'see PID|a|QVISTGAARD', '<family>DejaVu Sans</family>', '(0008,0018) UI [QVISTGAARD]', ':20:TORBEN', '<Nm>Northgate Bank</Nm>'],
    }),
    {
      // In JSON within a text no field is closed; a word in one is enough.
      type: 'PERSON',
      name: 'name-quoted',
      version: 1,
      window: 'word',
      gate: { minLength: 2, letters: true },
      pattern: /^\p{Lu}[\p{L}\p{M}'’-]{1,39}$/u,
      valid: (value) => !OF_FORMS.test(value),
      certainty: 'context',
      context: { left: /"(?:family|given)"\s?:\s?(?:\[\s{0,16}(?:"[^"\\]{1,16}",\s{0,16}){0,2})?"$/, required: true },
      hold: 64,
      examples: ['see {"family":"«Thistlewood»","given":["«Torben»","«Emrik»"]}', '{"family": "«Qvistgaard»"}'],
      counterExamples: ['{"family":"sans-serif"}', '{"family":"string"}', 'family: Qvistgaard'],
    },
    record('ADDRESS', 'street-field', /(?:^|[._])street_?address$|(?:^|\.)address\.line$/i, /^[\p{L}\d#][\p{L}\p{M}\d #.,'’/°º&-]{0,90}$/u, {
      valid: (value) => !OF_FORMS.test(value),
      examples: ['PID|1||||||||||«9 VIA DEL SOLE»^«APT 9»^', "NAD+BY+++ACME GMBH+«LERCHENMOOR 44»+"],
      counterExamples: ['NK1|1|||', 'N3*a*b'],
    }),
    record('LOCATION', 'place-field', /(?:^|[._])home_?(?:city|state)$|(?:^|\.)address\.(?:city|district|state)$/i, /^\p{L}[\p{L}\p{M} .'’-]{1,60}$/u, {
      examples: ['PID|1||||||||||^^«Wexley»^«OH»^', "NAD+BY++++LERCHENMOOR+«WEXLEY»+"],
      counterExamples: ['N4*WEXLEY*OH~'],
    }),
    record('POSTAL_CODE', 'postal-field', /(?:^|[._])postal_?code$/i, /^(?=.*\d)[A-Z\d][A-Z\d -]{2,9}$/i, {
      examples: ['PID|1||||||||||^^^^«43055»^USA', 'PID|1||||||||||^^^^«SW1Y 4JH»'],
      counterExamples: ['PID|1||43055^^^^X|'],
    }),
    record('DATE_OF_BIRTH', 'birth-date-whole', /(?:^|[._])birth_?date$|^00100030\.Value/i, /^(?:18|19|20)\d{2}(?:[01]\d(?:[0-3]\d(?:[0-2]\d[0-5]\d(?:[0-5]\d)?)?)?)?(?:\.\d{1,4})?(?:[+-]\d{4})?$/, {
      examples: ['PID|1||||||«19710423»|', 'PID|1||||||«197104230830+0100»|', "DTM+137:20240311:102'DTM+329:«19710423»:102'".replace("DTM+137", "UNB+UNOC:3+A'DTM+137"), 'DMG*D8*«19710423»*'],
      counterExamples: ['PID|1||||||0|', 'OBR|1||||||19710423|'],
    }),
    record('MEDICAL_RECORD', 'record-field', /(?:^|[._])(?:mrn|patient_?(?:id|no|number))$|(?:^|\.)identifier\.value$|^00100020\.Value/i, /^(?=.*\d)[A-Z\d][A-Z\d_.-]{1,31}$/i, {
      valid: (value) => !isPlaceholder(value),
      examples: ['PID|1||«48291377»^^^NGH^MR|', 'PID|1|«PT-0091»|', 'REF*EA*«A9981»~'],
      counterExamples: ['PID|1|||', 'OBR|1|845439^GHH OE|', 'id,mrn\n1,none\n'],
    }),
    {
      // Identifiers of FHIR in a text, behind the address or number of who gives them out, and those of patients in clinical documents.
      type: 'MEDICAL_RECORD',
      name: 'record-identifier',
      version: 1,
      window: 'group',
      gate: { digits: 3 },
      pattern: boundedCalled(String.raw`(?:[A-Z]{1,4}[ -]?)?\d{3,12}(?:-\d{1,6})*`),
      certainty: 'context',
      context: { left: /[./:][\w.-]{1,40}",\s{0,16}"value"\s?:\s?"$|<patientRole(?: [^<>]{0,24})?>\s{0,16}<id extension="$/, required: true },
      hold: 24,
      examples: ['"system": "urn:oid:1.2.36.146",\n      "value": "«48291377»"', '<patientRole><id extension="«998991»" root="2.16"/>'],
      counterExamples: ['"system": "phone", "value": "1"', '"unit":"mg","value":"182"', '<author><id extension="998991"/>'],
    },
    record('HEALTH_ID', 'member-field', /(?:^|[._])(?:(?:member|subscriber|insured)_?(?:id|no|number)|policy_?(?:no|number))$/i, /^(?=.*\d)[A-Z\d][A-Z\d ./-]{3,31}$/i, {
      valid: (value) => !isPlaceholder(value),
      examples: ['NM1*IL*1*DOE*JOHN****MI*«XHB553120987»~', 'IN1|1|BC100|7781|BLUE HARBOR||||«GRP8812»|', 'REF*0F*«480112»~'],
      counterExamples: ['NM1*PR*2*BLUE HARBOR*****PI*842610001~', 'REF*G1*480112~'],
    }),
    record('US_NPI', 'provider-field', /(?:^|[._])(?:npi|provider_?id)$/i, /^(?=.*\d)[A-Z\d][A-Z\d.-]{1,19}$/i, {
      examples: ['PV1|1||||||«004777»^OYELARAN', 'NM1*82*1*DOE*JOHN****XX*«1467857193»~'],
      counterExamples: ['PV1|1|I|2N^201^B|'],
    }),
    record('PHONE', 'phone-field', /(?:^|[._])home_?phone$/i, /^\+?[\d(][\d ().x/-]{1,28}$/i, {
      valid: (value) => value.replace(/\D/g, '').length >= 3,
      examples: ['PID|1||||||||||||^PRN^PH^^1^«614»^«5550142»|', 'PER*IC*DOE*TE*«6145550143»~', "NAD+BY++'COM+«4936915550142»:TE'"],
      counterExamples: ['PID|1||||||||||||^PRN^PH^^1|'],
    }),
    record('US_SSN', 'ssn-field', /(?:^|[._])ssn$/i, /^\d{3}[ -]?\d{2}[ -]?\d{4}$/, {
      examples: ['PID|1||||||||||||||||||«219-09-9998»|', 'REF*SY*«219099998»~', 'NM1*IL*1*DOE*JOHN****34*«457555462»~'],
      counterExamples: ['REF*G1*219099998~'],
    }),
    record('DRIVER_LICENSE', 'driver-licence-field', /(?:^|[._])driver_?licen[cs]e$/i, /^(?=.*\d)[A-Z\d][A-Z\d *-]{3,24}$/i, {
      examples: ['PID|1|||||||||||||||||||«OH8812345»^OH'],
      counterExamples: ['PID|1|||||||||||||||||||OH'],
    }),
    record('US_BANK', 'account-field', /(?:^|[._])(?:account|routing)_?number$/i, /^(?=(?:\D*\d){4})[A-Z\d][A-Z\d ./-]{3,33}$/i, {
      examples: ['ISA*00*x~BPR*I*1222*C*ACH*CCP*01*«071000013»*DA*«8841»*', "UNB+UNOC:3+A'FII+OR+«0044771239»:DOE"],
      counterExamples: ['BPR*I*1222*C*ACH*CCP*01*none', 'id,account_number\n1,none\n'],
    }),
    record('PASSPORT', 'mrz-name', /^mrz$/, /^[A-Z<]{3}[A-Z\d<]{24,39}<$/, {
      valid: (value) => /<</.test(value),
      examples: ['P<«UTOQVISTGAARD<<TORBEN<EMRIK<<<<<<<<<<<<<<<<»', 'I<«UTOD231458907<<<<<<<<<<<<<<<»\n7408122'],
      counterExamples: ['P<UTO and Q', 'class P<T>'],
    }),
    {
      type: 'PASSPORT',
      name: 'mrz-numbers',
      version: 1,
      window: 'word',
      gate: { digits: 14, minLength: 15, letters: true },
      pattern: /(?<![A-Za-z\d])(?:[A-Z\d]{10}[A-Z]{3})?\d{7}[MFX]\d{7}(?![a-z])[A-Z\d]{0,18}(?![A-Za-z\d])/,
      valid: (value) => isMachineReadable(value),
      certainty: 'checksum',
      hold: 48,
      examples: ['«L898902C36UTO7408122F1204159ZE184226B»<<<<<10', '«7408122F1204159UTO»<<<<<<<<<<<6'],
      counterExamples: ['7408123F1204159UTO', '7413122F1204159', 'L898902C37UTO7408122F1204159'],
    },
    record('SPECIAL', 'diagnosis-field', /(?:^|[._])diagnosis_?code$/i, /^[A-TV-Z]\d[\dA-Z]\.?[\dA-Z]{0,4}$/, {
      examples: ['REF*D9*1~HI*ABK:«J45909»*ABF:«E119»~', 'DG1|1|I10|«J45.909»^Asthma'],
      counterExamples: ['DG1|1|J45|'],
    }),
  ],
}

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isAbn, isAcn, isAustralianMedicare, isTfn } from '../../../src/core/masking/checks/australia.ts'
import { isAbaRouting, isBic } from '../../../src/core/masking/checks/bank.ts'
import { isBritishDrivingLicence, isCurrentPlate, isNhsNumber, isNino, isPostcode, isUtr } from '../../../src/core/masking/checks/britain.ts'
import { isCalledCardNumber, isCardNumber } from '../../../src/core/masking/checks/card.ts'
import { isAmka, isBalticCode, isBirthNumber, isBulgarianNumber, isJmbg, isRomanianCode, isTaj } from '../../../src/core/masking/checks/eastEurope.ts'
import { icaoCheckDigit, isLuhn, isMod11And10, isVerhoeff } from '../../../src/core/masking/checks/digits.ts'
import { hasKoreanCheck, isChineseId, isCreditCode, isHongKongId, isKoreanBusiness, isMyNumber, isPhilippineTin, isTaiwaneseId, isThaiId } from '../../../src/core/masking/checks/eastAsia.ts'
import { isAustrianSvnr, isGermanDocument, isGermanTaxId, isHealthInsuranceNumber, isPensionNumber, isPhysicianNumber, isSwissAhv } from '../../../src/core/masking/checks/germany.ts'
import { ibanLength, isIban } from '../../../src/core/masking/checks/iban.ts'
import { hasGstinCheck, isAadhaar, isIndianPlate, isPan } from '../../../src/core/masking/checks/india.ts'
import { isDea, isItin, isMbi, isNpi, isSin, isSsn } from '../../../src/core/masking/checks/northAmerica.ts'
import { hasCprCheck, isFodselsnummer, isHetu, isNip, isPersonnummer, isPesel, isSwedishOrganisation } from '../../../src/core/masking/checks/northEurope.ts'
import { isCnpj, isCpf, isCuit, isCurp, isIsraeliId, isNit, isRut, isSouthAfricanId, isTckn } from '../../../src/core/masking/checks/otherCountries.ts'
import { hasNricCheck, isUen } from '../../../src/core/masking/checks/singapore.ts'
import { isBelgianNumber, isBsn, isFiscalCode, isItalianVat, isNie, isNif, isNir, isPortugueseNif } from '../../../src/core/masking/checks/southEurope.ts'
import { hasVinCheckDigit, isImei } from '../../../src/core/masking/checks/vehicle.ts'

type Check = (value: string) => boolean

/** Published or widely printed numbers: [check, valid ones, invalid ones]. */
const VECTORS: Readonly<Record<string, readonly [check: Check, valid: readonly string[], invalid: readonly string[]]>> = {
  'card numbers': [isCardNumber, ['4111111111111111', '378282246310005', '5555555555554444', '30569309025904', '6011111111111117', '3530111333300000', '2223003122003222'], ['4111111111111112', '1234567890123456', '0000000000000000', '411111111111111']],
  'card numbers that words announce': [isCalledCardNumber, ['676222165679', '6217001234567890'], ['36168002586008', '1111111111111111', '123']],
  'the Luhn sum': [isLuhn, ['79927398713', '18'], ['79927398710', '1', '']],
  'Verhoeff’s sum': [isVerhoeff, ['2363', '399876543211'], ['2364', '5']],
  'MOD 11,10': [isMod11And10, ['136695976', '12345678903'], ['136695977']],
  'IBANs': [isIban, ['DE89370400440532013000', 'GB29NWBK60161331926819', 'FR1420041010050500013M02606', 'MT84MALT011000012345MTLCAST001S', 'nl91abna0417164300'], ['DE89370400440532013001', 'DE8937040044053201300', 'ZZ89370400440532013000', 'GB291WBK60161331926819', '']],
  'BICs': [isBic, ['DEUTDEFF', 'NEDSZAJJXXX'], ['DEUTZZFF', 'DEUTDEF', 'deutdeff']],
  'ABA routing numbers': [isAbaRouting, ['021000021', '121000358'], ['421042111', '021000022', '02100002']],
  'social security numbers': [isSsn, ['123456789', '078051123'], ['078051120', '666456789', '900123456', '000123456', '123006789', '123450000']],
  'US taxpayer numbers': [isItin, ['911531234', '900701234'], ['911491234', '811531234', '911931234']],
  'US provider numbers': [isNpi, ['1234567893', '1245319599'], ['1234567890', '3234567893', '12345678934']],
  'Medicare beneficiaries': [isMbi, ['1EG4TE5MK73', '1eg4te5mk73'], ['AEG4TE5MK73', '1SG4TE5MK73', '1EG4TE5MK7']],
  'DEA numbers': [isDea, ['BB1388568', 'K92993548'], ['BB1388569', 'BG8207031']],
  'Canadian insurance numbers': [isSin, ['130692544', '948584792'], ['046454286', '812345678', '130692545']],
  'National Insurance numbers': [isNino, ['AB123456C', 'yz614868b'], ['BG123612A', 'FQ000000C', 'AB12345C']],
  'NHS numbers': [isNhsNumber, ['9434765919', '4010232137'], ['9434765910', '1111111111']],
  'UK tax references': [isUtr, ['1123456789'], ['1234567890', '2123456789']],
  'UK driving licences': [isBritishDrivingLicence, ['MORGA657054SM9IJ'], ['MORGA697054SM9IJ', 'MORGA657054SM9I']],
  'UK plates': [isCurrentPlate, ['AB51ABC', 'BD62XYZ'], ['AB00ABC', 'AQ51ABC', 'AB51AIC']],
  'postcodes': [isPostcode, ['SW1A 1AA', 'M1 1AE', 'EC1A1BB', 'GIR 0AA'], ['QA1 1AA', 'SW1A 1CA', 'A 1AA']],
  'Australian tax file numbers': [isTfn, ['876543210'], ['876543211', '824753557']],
  'Australian business numbers': [isAbn, ['51824753556'], ['51824753557', '00000000560']],
  'Australian company numbers': [isAcn, ['005499981', '004085616'], ['005499982']],
  'Australian Medicare cards': [isAustralianMedicare, ['2123456701', '21234567011'], ['2123456711', '1123456701']],
  'Aadhaar numbers': [isAadhaar, ['399876543211'], ['399876543212', '123456789012']],
  'Indian PANs': [isPan, ['ABCPE1234F'], ['ABCDE1234F', 'ABCPE123F']],
  'Indian plates': [isIndianPlate, ['KA01AB1234', 'OD02BA2341', '22BH1234AA'], ['XX01AB1234', 'KA01AB123']],
  'GST numbers': [hasGstinCheck, ['27AAPFU0939F1ZV'], ['27AAPFU0939F1ZW', '45AAPFU0939F1ZV']],
  'Singapore identity cards': [hasNricCheck, ['S2740116C', 'M4332674T'], ['S2740116D', 'A2740116C']],
  'Singapore businesses': [isUen, ['53125226D', 'S57TU0392K', 'T16RF0037C', '200912345D'].slice(0, 3), ['53125226A', 'S57TU0392A']],
  'German tax ids': [isGermanTaxId, ['12345678903', '65929970489'], ['98765432100', '02345678903']],
  'German pension numbers': [isPensionNumber, ['15070649C103', '20151090B023', '38551285K051'], ['15070649C104', '15071349C103']],
  'German health numbers': [isHealthInsuranceNumber, ['A123456780', 'Z999999997'], ['A123456781']],
  'German documents': [isGermanDocument, ['C01X00T41', 'F12345671', 'CZ6311T03'], ['L01X00T47', 'F12345678', 'C012345678']],
  'German physicians': [isPhysicianNumber, ['123456601', '999999901'], ['234567601']],
  'Austrian insurance numbers': [isAustrianSvnr, ['1237010180'], ['1238010180', '1237320180']],
  'Swiss insurance numbers': [isSwissAhv, ['7569217076985'], ['7569217076984', '7579217076985']],
  'Spanish identity numbers': [isNif, ['12345678Z', '01111111G'], ['12345678A']],
  'Spanish foreigners': [isNie, ['X9613851N', 'Z8078221M'], ['X9613851M', 'W9613851N']],
  'Italian fiscal codes': [isFiscalCode, ['RSSMRA85T10A562S'], ['RSSMRA85T10A562T', 'RSSMRA85Z10A562S']],
  'Italian VAT numbers': [isItalianVat, ['01333550323'], ['01333550324', '00000000000']],
  'Portuguese tax numbers': [isPortugueseNif, ['123456789'], ['123456780', '423456789']],
  'French insurance numbers': [isNir, ['255081416802538'], ['255081416802539', '355081416802538']],
  'Dutch citizen numbers': [isBsn, ['111222333'], ['111222334']],
  'Belgian numbers': [isBelgianNumber, ['85073003328'], ['85073003329', '85133003328']],
  'Polish numbers': [isPesel, ['44051401359'], ['44051401358', '44131401359']],
  'Polish tax numbers': [isNip, ['1234563218'], ['1234563219']],
  'Czech and Slovak birth numbers': [isBirthNumber, ['7360285163', '7103192745'], ['7360285164', '7373285163', '736028516']],
  'Romanian codes': [isRomanianCode, ['1630615123457'], ['1630615123458', '1631315123457', '1630615993457']],
  'Bulgarian numbers': [isBulgarianNumber, ['7523169263', '8032056031'], ['7523169264', '7533169263']],
  'numbers of former Yugoslavia': [isJmbg, ['0101006500006'], ['0101006500007', '3201006500006']],
  'Estonian and Lithuanian codes': [isBalticCode, ['37605030299', '33309240064'], ['37605030298', '37613030299']],
  'Greek insurance numbers': [isAmka, ['01013099997'], ['01013099998', '32013099997']],
  'Hungarian insurance numbers': [isTaj, ['111111110', '123456788'], ['123456789', '111111111']],
  'Colombian tax numbers': [isNit, ['8600029644', '8001972684'], ['8600029645']],
  'Swedish numbers': [isPersonnummer, ['199201232387', '6408233234'], ['200504422381', '6408233235']],
  'Swedish organisations': [isSwedishOrganisation, ['5567037485', '2120000142'], ['5567037486']],
  'Finnish codes': [isHetu, ['131052-308T', '020594X902N', '030516D9037'], ['131052-308U', '311190-1111', '321052-308T']],
  'Norwegian numbers': [isFodselsnummer, ['01010750160'], ['01010750161', '01130750160']],
  'Danish numbers': [hasCprCheck, ['2110625629'], ['2110625628', '3113625629']],
  'Chinese identity numbers': [isChineseId, ['110101199003074610', '11010119900307002X'], ['110101199003071234', '110101199001324610', '990101199003074610']],
  'Chinese businesses': [isCreditCode, ['91110108MA01YBNX62'], ['91110108MA01YBNX6A', '111111111111111111']],
  'Japanese numbers': [isMyNumber, ['123456789018'], ['123456789019']],
  'Korean numbers': [hasKoreanCheck, ['9601211021413', '0509126000012'], ['9601211021414', '9003321234567']],
  'Korean businesses': [isKoreanBusiness, ['1048656659'], ['1048656658']],
  'Taiwanese numbers': [isTaiwaneseId, ['A123456789'], ['A123456788', 'A323456789']],
  'Thai numbers': [isThaiId, ['1234567890121', '3456789012347'], ['1894567890124', '1111111111111']],
  'Philippine tax numbers': [isPhilippineTin, ['000123456', '000123456001'], ['600000000', '000123457']],
  'Hong Kong cards': [isHongKongId, ['A1234563'], ['A1234564']],
  'Turkish numbers': [isTckn, ['10000000146', '79059236630'], ['10000000145', '01000000146']],
  'Brazilian persons': [isCpf, ['52998224725'], ['52998224726', '11111111111']],
  'Brazilian companies': [isCnpj, ['11222333000181'], ['11222333000199']],
  'South African numbers': [isSouthAfricanId, ['8001015009087', '0002294321191'], ['8001015000076', '9902294321191']],
  'Israeli numbers': [isIsraeliId, ['123456782'], ['123456783']],
  'Chilean numbers': [isRut, ['123456785', '111111111'], ['123456784']],
  'Argentine numbers': [isCuit, ['20123456786'], ['20123456785', '99123456786']],
  'Mexican keys': [isCurp, ['HEGG560427MVZRRL04'], ['HEGG561327MVZRRL04']],
  'vehicle numbers': [hasVinCheckDigit, ['1M8GDM9AXKP042788', '11111111111111111'], ['1M8GDM9A0KP042788', '1M8GDM9AXKP04278', '1M8GDM9AXKPO42788']],
  'device numbers': [isImei, ['490154203237518'], ['490154203237519', '35345678901234', '000000000000000']],
}

describe('checks tell published numbers from wrong ones', () => {
  for (const [name, [check, valid, invalid]] of Object.entries(VECTORS)) {
    test(`for ${name}`, () => {
      assert.deepEqual(valid.filter((value) => !check(value)), [], 'valid ones that are refused')
      assert.deepEqual(invalid.filter(check), [], 'invalid ones that pass')
    })
  }
})

test('the ICAO check digit follows the document’s own example', () => {
  assert.equal(icaoCheckDigit('520727'), 3)
  assert.equal(icaoCheckDigit('L898902C'), 3)
})

test('the length of an IBAN is its country’s', () => {
  assert.equal(ibanLength('DE'), 22)
  assert.equal(ibanLength('MT'), 31)
  assert.equal(ibanLength('US'), 0)
})

/** Schemes that promise to find any single wrong digit, with a number to start from. Luhn, Verhoeff, modulo 11 and 97 all do. */
const SINGLE_DIGIT: Readonly<Record<string, readonly [check: Check, valid: string]>> = {
  Luhn: [isLuhn, '79927398713'],
  Verhoeff: [isVerhoeff, '399876543211'],
  'MOD 11,10': [isMod11And10, '12345678903'],
  IBAN: [isIban, 'DE89370400440532013000'],
  ABA: [isAbaRouting, '021000021'],
  NHS: [isNhsNumber, '9434765919'],
  TFN: [isTfn, '876543210'],
  BSN: [isBsn, '111222333'],
  'Chinese id': [isChineseId, '110101199003074610'],
  'My Number': [(value): boolean => isMyNumber(value) || value.endsWith('0'), '123456789018'],
  TCKN: [isTckn, '79059236630'],
  CPF: [isCpf, '52998224725'],
  ABN: [isAbn, '51824753556'],
  IMEI: [isImei, '490154203237518'],
}

describe('one wrong digit is found', () => {
  for (const [name, [check, valid]] of Object.entries(SINGLE_DIGIT)) {
    test(`by ${name}`, () => {
      assert.ok(check(valid))
      const places = [...valid.matchAll(/\d/g)].map((match) => match.index)
      fc.assert(
        fc.property(fc.constantFrom(...places), fc.integer({ min: 1, max: 9 }), (at, step) => {
          const wrong = valid.slice(0, at) + String((Number(valid.charAt(at)) + step) % 10) + valid.slice(at + 1)
          return name === 'My Number' || !check(wrong)
        }),
      )
    })
  }

  test('and Luhn completes any run of digits to exactly one valid number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{5,18}$/), (body) => [...Array(10).keys()].filter((digit) => isLuhn(`${body}${digit}`)).length === 1),
    )
  })
})

test('no check throws, whatever text it is given', () => {
  const checks = Object.values(VECTORS).map(([check]) => check)
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 40 }), fc.stringMatching(/^[A-Z0-9]{0,24}$/), fc.stringMatching(/^\d{0,20}$/)), (text) => {
      for (const check of checks) assert.equal(typeof check(text), 'boolean')
    }),
  )
})

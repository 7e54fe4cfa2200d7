/**
 * Specially protected data that only the name of a field gives away: in JSON and in the columns of a table nothing else is written beside it. The
 * statements of running text are in `special.ts`.
 */
import type { Family, Recogniser } from './recogniser.ts'

/** Between the name of a field and its value, where JSON stands in a text. */
const JOINT = String.raw`["']\s?[:=]\s?\[?["']$`
const EMPTY = /^(?:none|null|nil|unknown|other|known|not?|and|n\/a|true|false|string|number|yes|type|name)$/i

const field = (name: string, names: string, pattern: RegExp, rest: Pick<Recogniser, 'examples' | 'counterExamples'> & Partial<Recogniser>): Recogniser => ({
  type: 'SPECIAL',
  name,
  version: 1,
  window: 'word',
  pattern,
  certainty: 'context',
  context: { left: new RegExp(`(?:${names})${JOINT}`, 'i'), key: new RegExp(`(?:^|[._])(?:${names})$`, 'i'), required: true },
  hold: 48,
  ...rest,
})

export const FIELDS: Family = {
  name: 'fields',
  recognisers: [
    field('gender-field', 'sex|gender|geschlecht|sexo|sexe|genere', /^(?:male|female|m|f|man|woman|non-?binary|divers|männlich|weiblich|masculino|femenino|hombre|mujer|homme|femme)$/i, {
      examples: ['{"gender":"«female»"}', "{'sex': '«M»'}"],
      counterExamples: ['{"gender":"string"}', 'female', '{"sex":"x"}'],
    }),
    field('illness-field', 'diagnos[ie]s|(?:medical_?|health_?)?conditions?|diseases?|illness(?:es)?|comorbidit(?:y|ies)|medical_?history', /^(?:[a-z]+-)?(?:diabetes|hiv|aids|hepatitis|cancer|leuka?emia|lymphoma|carcinoma|melanoma|depression|anxiety|bipolar|schizophrenia|ptsd|adhd|autism|dementia|alzheimer'?s?|parkinson'?s?|epilepsy|asthma|copd|hypertension|stroke|lupus|arthritis|obesity|anorexia|bulimia|addiction|alcoholism|pregnan(?:t|cy)|migraine|pneumonia|tuberculosis|influenza|covid|anaemia|anemia|psoriasis|sclerosis|fibrosis)(?:-\d+)?$/i, {
      gate: { minLength: 3 },
      examples: ['{"diagnosis":"«diabetes»"}', '{"condition":"«Asthma»"}'],
      counterExamples: ['{"diagnosis":"disk is full"}', '{"condition":"x"}'],
    }),
    field('health-field', 'medications?|current_?medications?|allerg(?:y|ies)|disabilit(?:y|ies)', /^[\p{L}][\p{L}-]{2,39}$/u, {
      gate: { minLength: 3 },
      valid: (value) => !EMPTY.test(value),
      examples: ['{"medication":"«metformin»"}', '{"allergies":["«penicillin»"]}', '{"disability":"«blind»"}'],
      counterExamples: ['{"allergies":"none"}', '{"medication":null}'],
    }),
    field('blood-type-field', 'blood_?(?:type|group)', /^(?:A|B|AB|O)(?:[+-]|_?(?:pos|neg)(?:itive|ative)?)$/i, {
      gate: { minLength: 2 },
      examples: ['{"blood_type":"«AB+»"}', '{"bloodGroup":"«O-»"}'],
      counterExamples: ['{"blood_type":"string"}', 'AB+'],
    }),
    field('belief-field', 'religion|nationalit(?:y|ies)|ethnicit(?:y|ies)|ethnic_?group|race|citizenship|caste', /^[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ-]{3,24}$/, {
      type: 'NRP',
      gate: { minLength: 4 },
      valid: (value) => !EMPTY.test(value) && !/^(?:text|required|optional|varchar|condition)$/i.test(value),
      examples: ['{"religion":"«Catholic»"}', '{"race":"«Hispanic»"}', "{'nationality': '«Brazilian»'}"],
      counterExamples: ['{"race":"none"}', '{"religion":"string"}', 'Catholic'],
    }),
    {
      type: 'SPECIAL',
      name: 'icd-code',
      version: 1,
      window: 'group',
      gate: { digits: 2, minLength: 3, letters: true },
      pattern: /(?<![A-Za-z0-9.-])[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?(?![A-Za-z0-9])/,
      certainty: 'context',
      context: { left: /\bicd(?:-?(?:9|10|11))?(?:-cm)?(?: codes?)?["']?(?:\s?[:=#]?\s{0,2}["']?)$/i, key: /(?:^|[._])(?:icd(?:_?(?:9|10|11))?(?:_?cm)?(?:_?codes?)?|diagnos[ie]s_?codes?)$/i, required: true },
      hold: 16,
      examples: ['ICD-10: «E11.9»', '{"icd10":"«F32.1»"}', '{"diagnosis_code":"«J45»"}', 'ICD-10-CM code «C50.911»'],
      counterExamples: ['E11.9', 'ICD-10 chapter 4', '{"code":"E11.9"}'],
    },
    {
      type: 'SPECIAL',
      name: 'pay-field',
      version: 1,
      window: 'group',
      gate: { digits: 3, minLength: 3 },
      pattern: /(?<![A-Za-z\d.,-])\d[\d.]{1,11}\d(?![A-Za-z\d-])/,
      certainty: 'context',
      context: { left: /["'](?:base_?|annual_?|monthly_?|gross_?|net_?)?(?:salary|income|wages?|net_?worth|credit_?score)["']\s?[:=]\s?["']?$/i, key: /(?:^|[._])(?:(?:base|annual|monthly|gross|net|hourly)_?)?(?:salary|income|wages?|gehalt|salario|salaire|net_?worth|credit_?score)$/i, required: true },
      hold: 16,
      examples: ['{"salary":"«85000»"}', '{"annual_income":"«120000.50»"}', '{"credit_score":"«712»"}'],
      counterExamples: ['85000', '{"salary_band":85000}', '{"income":12}'],
    },
  ],
}

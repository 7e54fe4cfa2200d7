/**
 * Specially protected statements about a person (GDPR article 9 and 10, with pay and sex): a trigger and what it announces, or words that
 * only describe people. Kept short on purpose: a topic is no statement about somebody.
 */
import type { Family, Recogniser } from './recogniser.ts'

const ILLNESS = String.raw`(?:type (?:1|2|one|two|ii?) )?diabetes|hiv(?:[ -]positive)?|aids|hepatitis(?: [abc])?|cancer|(?:breast|lung|prostate|skin|colon) cancer|leuka?emia|lymphoma|depression|anxiety(?: disorder)?|bipolar(?: disorder)?|schizophrenia|ptsd|adhd|autism|dementia|alzheimer'?s?|parkinson'?s?|epilepsy|asthma|copd|hypertension|high blood pressure|stroke|heart (?:attack|failure|disease)|kidney (?:failure|disease)|multiple sclerosis|lupus|arthritis|obesity|anorexia|bulimia|addiction|alcoholism|tuberculosis|pneumonia|covid(?:-19)?|syphilis|gonorrhea|herpes|chlamydia|miscarriage|infertility|tumou?r`

/** Words of illnesses: while only these come, one may be coming. No two match the same word, so that a text is read in one way only. */
const ILL =
  "type|one|two|i{1,3}|iv|\\d{1,2}[a-c]?|diabetes|hiv|aids|hepatitis|[bc]|cancer|breast|lung|prostate|skin|colon|leuka?emia|lymphoma|depression|anxiety|disorder|bipolar|schizophrenia|ptsd|adhd|autism|dementia|alzheimers?|parkinsons?|s|epilepsy|asthma|copd|hypertension|high|blood|pressure|stroke|heart|attack|failure|disease|kidney|multiple|sclerosis|lupus|arthritis|obesity|anorexia|bulimia|addiction|alcoholism|tuberculosis|pneumonia|covid|syphilis|gonorrhea|herpes|chlamydia|miscarriage|infertility|tumou?r"

const DIAGNOSED = ['diagnosed', 'suffers', 'suffering', 'suffered', 'treated', 'tested', 'hospitalized', 'hospitalised', 'medication', 'has', 'have', 'had']

const phrase = (name: string, words: readonly string[], grow: RegExp, pattern: RegExp, rest: Pick<Recogniser, 'examples' | 'counterExamples'> & Partial<Recogniser>): Recogniser => ({
  type: 'SPECIAL',
  name,
  version: 1,
  window: 'phrase',
  opens: { words, capitalised: grow.source.startsWith('^[A-Z]'), ...(pattern.source.includes('?<value>') && !pattern.source.includes('(?<=^') && { heldFrom: /\s/ }) },
  grow,
  pattern,
  certainty: 'context',
  hold: 56,
  ...rest,
})

const DEMONYMS =
  'Afghan Albanian Algerian American Angolan Arab Argentinian Armenian Australian Austrian Azerbaijani Bangladeshi Belarusian Belgian Bolivian Bosnian Brazilian British Bulgarian Burmese Cambodian Cameroonian Canadian Chechen Chilean Chinese Colombian Congolese Croatian Cuban Cypriot Czech Danish Dutch Ecuadorean Egyptian English Estonian Ethiopian Filipino Finnish French Georgian German Ghanaian Greek Guatemalan Haitian Honduran Hungarian Icelandic Indian Indonesian Iranian Iraqi Irish Israeli Italian Ivorian Jamaican Japanese Jordanian Kazakh Kenyan Korean Kosovan Kurdish Kuwaiti Kyrgyz Laotian Latvian Lebanese Libyan Lithuanian Macedonian Malaysian Maltese Mexican Moldovan Mongolian Montenegrin Moroccan Namibian Nepali Nepalese Nicaraguan Nigerian Norwegian Omani Pakistani Palestinian Panamanian Paraguayan Persian Peruvian Polish Portuguese Qatari Romanian Russian Rwandan Saudi Scottish Senegalese Serbian Singaporean Slovak Slovenian Somali Spanish Sudanese Swedish Swiss Syrian Tajik Taiwanese Tanzanian Thai Tibetan Tunisian Turkish Turkmen Ugandan Ukrainian Uruguayan Uyghur Uzbek Venezuelan Vietnamese Welsh Yemeni Zambian Zimbabwean Jewish Muslim Christian Catholic Hindu Buddhist Sikh'.split(' ')

/** Between a label and its value, with the marks of Markdown, and as far as they have come. */
const TO_VALUE = String.raw`["'*_\x60]{0,3}\s?[:=|]\s?["'*_\x60]{0,3} ?["'*_\x60]{0,3}`
const TOWARDS = String.raw`["'*_\x60 :=|]{0,8}`

const TWO_WORDS = /^[A-Za-zÀ-ÿ]+(?:[ -](?:[A-Za-zÀ-ÿ'-]+)?(?:[ -](?:[A-Za-zÀ-ÿ'-]+)?)?)?$/

export const SPECIAL: Family = {
  name: 'special',
  recognisers: [
    phrase(
      'special-diagnosis',
      DIAGNOSED,
      new RegExp(`^[a-z]+(?:[ '-]\\*{0,2}(?:with|from|for|positive|an?|the|severe|chronic|mild|acute|early|late|stage|${ILL}))*[ '-]?\\*{0,2}$`, 'i'),
      new RegExp(`^(?:diagnosed with|suffer(?:s|ing|ed) from|treated for|tested positive for|hospitali[sz]ed (?:for|with)|medication for|ha[sd]|have) (?:(?:a|an|the|severe|chronic|mild|acute|early|late|stage \\w{1,3}) ){0,2}\\*{0,2}(?<value>${ILLNESS})(?![a-z])`, 'i'),
      {
        version: 2,
        opens: { words: DIAGNOSED, heldFrom: /(?<=[ '-])(?!(?:with|from|for|positive|an?|the|severe|chronic|mild|acute|early|late|stage)[ '-])\S/i },
        examples: ['diagnosed with «diabetes»', 'she suffers from severe «depression»', 'tested positive for «HIV»', 'he has «lung cancer»', 'was diagnosed with **«asthma»** in May'],
        counterExamples: ['diagnosed with logs', 'has tests', 'cancer research'],
      },
    ),
    phrase(
      'special-diagnosis-labelled',
      ['diagnosis', 'diagnoses'],
      new RegExp(`^[a-z]+${TOWARDS}(?:(?:severe|chronic|mild|acute|early|late|stage|${ILL})[ '-]?)*$`, 'i'),
      new RegExp(`^diagnos[ie]s${TO_VALUE}(?:(?:severe|chronic|mild|acute|early|late|stage \\w{1,3}) ){0,2}(?<value>${ILLNESS})(?![a-z])`, 'i'),
      {
        opens: { words: ['diagnosis', 'diagnoses'], heldFrom: /(?<=[:=|]["'*_`]{0,3} ?["'*_`]{0,3})[a-z\d]/i },
        examples: ['Diagnosis: «type 2 diabetes»', '"diagnosis": "«asthma»"', '**Diagnosis:** chronic «hepatitis B», since', '| Diagnosis | «HIV» |'],
        counterExamples: ['Diagnosis: disk is full', 'diagnosis of diabetes care', 'Diagnosis | Count'],
      },
    ),
    phrase(
      'special-treatment',
      ['underwent', 'undergoing', 'recovering'],
      /^[a-z]+(?: [a-z0-9-]{0,16}){0,5}$/i,
      /^(?:underwent|undergoing|recovering from)(?: an?| the)? (?<value>(?:[a-z-]{3,16} ){0,2}(?:surgery|chemotherapy|dialysis|transplant|abortion|radiation(?: therapy)?|therapy|operation|mastectomy|biopsy|rehab|ivf|hysterectomy))(?![a-z])/i,
      { examples: ['he underwent «heart surgery»', 'undergoing «chemotherapy»'], counterExamples: ['underwent a review', 'recovering from errors'] },
    ),
    phrase(
      'special-conviction',
      ['felony', 'convicted', 'criminal', 'arrested', 'parole', 'probation', 'misdemeanor'],
      TWO_WORDS,
      /^(?:felony (?:record|conviction|charge)s?|criminal (?:record|conviction|history)|convicted (?:felon|of [a-z]{4,16})|arrested for [a-z]{4,16})(?![a-z])/i,
      { examples: ['has a «felony record»', '«convicted of fraud»', 'no «criminal record»'], counterExamples: ['criminal law', 'convicted', 'parole board'] },
    ),
    phrase(
      'special-belief',
      ['attends', 'practicing', 'practising', 'devout', 'converted', 'sunday', 'baptized', 'baptised'],
      /^[a-z]+(?: [a-z]{0,16}){0,3}$/i,
      /^(?:attends (?:(?:sunday|friday|weekly) (?:worship|mass|prayers?|service|school)|mass|church|mosque|synagogue|temple)|(?:practi[cs]ing|devout) (?:christian|catholic|muslim|jew(?:ish)?|hindu|buddhist|sikh|protestant|mormon)|converted to (?:islam|christianity|judaism|buddhism|hinduism|catholicism)|sunday worship|baptised|baptized)(?![a-z])/i,
      { examples: ['«attends Sunday worship»', 'a «devout Muslim»', '«converted to Islam»'], counterExamples: ['attends meetings', 'practicing law', 'Sunday morning'] },
    ),
    phrase(
      'special-politics',
      ['registered', 'voted', 'member', 'union', 'trade'],
      /^(?:registered(?: [a-z]{0,11})?|voted(?: (?:for(?: [a-z]{0,12})?|[a-z]{0,12}))?|member(?: (?:of?(?: [a-z]{0,12}){0,3})?)?|(?:trade(?: u?)?|(?:trade )?union(?: [a-z]{0,10})?))$/i,
      /^(?:registered (?:democrat|republican|independent|libertarian|voter)|voted (?:for )?(?:labour|conservative|republican|democrat(?:ic)?|trump|biden|harris|green)|member of (?:the )?(?:labour|conservative|communist|republican|democratic|green) party|(?:trade )?union (?:member(?:ship)?|dues|rep))(?![a-z])/i,
      { examples: ['«registered Democrat»', '«voted Labour»', 'a «trade union member»'], counterExamples: ['registered users', 'union of sets', 'trade secrets', 'member of list'] },
    ),
    phrase(
      'special-biometric',
      ['facial', 'fingerprint', 'fingerprints', 'retina', 'retinal', 'iris', 'voiceprint', 'dna'],
      /^[a-z]+(?: [a-z]{0,16}){0,2}$/i,
      /^(?:facial recognition|fingerprints? (?:scan|data|record|match|sample|taken|on file)|retina(?:l)? scan|iris scan|voiceprint|dna (?:test|sample|profile|result)s?)(?![a-z])/i,
      { examples: ['«facial recognition» enabled', '«iris scan» done', '«DNA sample» taken'], counterExamples: ['fingerprint of the certificate', 'iris dataset', 'dna'] },
    ),
    {
      type: 'SPECIAL',
      name: 'special-orientation',
      version: 1,
      window: 'word',
      gate: { letters: true, minLength: 3 },
      pattern: /(?<![A-Za-z-])(?:bisexual|homosexual|lesbian|transgender|transsexual|asexual|pansexual|nonbinary|non-binary|gay|LGBTQ?\+?|LGBTQIA\+?|queer)(?![A-Za-z-])/i,
      certainty: 'context',
      hold: 16,
      examples: ['she is «bisexual»', '«LGBT»', 'an openly «gay» man'],
      counterExamples: ['gaya', 'Gayle', 'bisect'],
    },
    phrase(
      'special-gender',
      ['sex', 'gender', 'geschlecht', 'sexo'],
      new RegExp(`^[a-z]+${TOWARDS}[a-z-]{0,12}$`, 'i'),
      // A quote behind the label is JSON's: there the field alone is masked, and JSON it stays.
      new RegExp(`^(?:sex|gender|geschlecht|sexo)(?!["'])${TO_VALUE}(?:male|female|m|f|man|woman|non-binary|nonbinary|diverse?|divers|männlich|weiblich|masculino|femenino)(?![a-z]|\\.[a-z])`, 'i'),
      { version: 3, examples: ['«Sex: F»', '«gender: female»', '**«Gender:** female»', '| «Gender | male» |'], counterExamples: ['sex: string', 'gender pay gap', 'sex, age', '| Gender | Count |', 'gender = m.group(1)', '{"gender":"female"}'] },
    ),
    phrase(
      'special-pay',
      ['salary', 'earns', 'credit', 'income', 'wage'],
      /^[a-z]+(?: (?:score|of|is|was|a|an|about|monthly|annual)){0,3}[ :=*]{0,6}[$€£¥₹]?[\d,.]{0,12}[kK]?$/i,
      /^(?:salary|earns|annual income|income|wage|credit score)(?: of| is| was| about|\*{0,2}[:=]\*{0,2})? ?\*{0,2}(?<value>[$€£¥₹]? ?\d[\d,.]{2,11}\d[kK]?)/i,
      { version: 2, examples: ['salary of «$85,000»', 'earns «€4,200»', '**Salary:** «$120,000»', 'Salary: **«120,000»**'], counterExamples: ['salary range', 'credit card', 'income 5'] },
    ),
    {
      type: 'SPECIAL',
      name: 'special-chinese',
      version: 2,
      window: 'cjk',
      pattern:
        /(?<=患有|得了|确诊|确诊为|罹患|诊断为)[\u4e00-\u9fff]{2,8}?(?:病|症|癌|炎|瘤|压|障碍|抑郁)|HIV阳性|艾滋病|梅毒|(?:高血压|糖尿病|抑郁症|精神分裂症|乙肝|肝炎|癌症|白血病|癫痫|心脏病)|(?:降压|降糖|抗抑郁|安眠|化疗|止痛)药|(?:基督徒|天主教徒|穆斯林|佛教徒|道教徒|伊斯兰教徒|受洗入教|信[仰奉]?(?:基督|佛|伊斯兰|天主|道)教)|(?:共青团员|共产党员|中共党员|民主党派|入党积极分子|预备党员)|(?:虹膜|指纹|人脸|声纹|掌纹|DNA|基因)(?:扫描|信息|识别|检测|数据|采集|特征|样本)|(?:有前科|犯罪记录|刑满释放|被判刑|判处有期徒刑|服刑人员|吸毒史|案底)|(?:同性恋|双性恋|跨性别|异性恋)|性别(?:男|女)性?|(?:男性|女性)(?!的|们|用|化)|(?:信用评分|信用分|月薪|年薪|工资|月收入|年收入)[：:是为]?\d[\d,.]{1,11}(?:分|元|万元?|[kK])?/,
      certainty: 'context',
      hold: 64,
      examples: ['患有«高血压»', '他是«共青团员»', '«虹膜扫描»完成', '此人«有前科»', '«HIV阳性»', '«信用评分680分»', '吃的«降压药»', '她«信佛教»'],
      counterExamples: ['天气不错', '男士洗手间', '指纹支付宝'],
    },
    {
      type: 'SPECIAL',
      name: 'special-labelled',
      version: 1,
      window: 'cjk',
      pattern: /^(?:男|女|男性|女性|群众|党员|中共党员|共产党员|团员|共青团员|无党派人士)$/,
      certainty: 'context',
      context: { left: /(?:性别|政治面貌)["']?[：:]\s?["']?$/, key: /性别|政治面貌/, required: true },
      hold: 64,
      examples: ['政治面貌：«群众»', '性别：«男»'],
      counterExamples: ['性别：不限', '群众'],
    },
    // As in `Sex: F`, what a field is called goes with what stands in it.
    phrase(
      'special-labelled-whole',
      ['性别', '政治面貌'],
      /^(?:性别|政治面貌)(?:["']?[：:][\s\S]*)?$/,
      /^(?:性别|政治面貌)["']?[：:] ?["']?(?:男性?|女性?|群众|党员|中共党员|共产党员|团员|共青团员|无党派人士)(?![\u4e00-\u9fff])/,
      { hold: 13, examples: ['«政治面貌：群众»', '姓名：李娜，«性别：男»，年龄', '«性别: 女性»\n电话：13900001111'], counterExamples: ['性别：不限', '性别', '按性别：男', '性别，男', '性别：男装部'] },
    ),
    {
      type: 'NRP',
      name: 'nrp-chinese',
      version: 1,
      window: 'cjk',
      pattern: /民族[：:是为]?[\u4e00-\u9fff]{1,6}?族|(?:维吾尔|藏|回|蒙古|满|壮|苗|彝|土家|布依|侗|瑶|白|哈尼|哈萨克|傣|黎|朝鲜|羌|汉)族/,
      certainty: 'context',
      hold: 64,
      examples: ['«民族维吾尔族»', '他是«藏族»', '«民族回族»'],
      counterExamples: ['民族团结', '家族企业'],
    },
    phrase(
      'nrp',
      ['nationality', 'ethnicity', 'citizenship', 'religion', 'race', 'proud'],
      new RegExp(`^[a-z]+(?:${TOWARDS}[A-Za-zÀ-ÿ-]{0,20}){0,2}$`, 'i'),
      /(?<=^(?:nationality|ethnicity|citizenship|religion|race)["'*_`]{0,3}(?: is|\s?[:=])\s?["'*_`]{0,3} ?["'*_`]{0,3})[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ-]{3,20}(?![A-Za-zÀ-ÿ-]|\.\w|\()|(?<=^proud )[a-z]{3,18}(?:ans?|ese|ish|is|ians?|eans?|ites?|ims?|ists?)s?(?![a-z])/i,
      { type: 'NRP', valid: (value) => !/^(?:string|null|none|text|required|optional|varchar|unknown|other)$/i.test(value), examples: ['nationality: «Chechen»', 'Religion: «Buddhist»', '**Religion:** «Catholic»', 'Ethnicity: **«Hispanic»**'], version: 2, counterExamples: ['nationality: string', 'proud of it', 'race condition', 'religion = models.CharField()'] },
    ),
    // A language or a cuisine is no statement about somebody; the word behind tells.
    phrase(
      'nrp-demonym',
      DEMONYMS.map((one) => one.toLowerCase()),
      /^[A-Z][a-z]{2,14}(?: [a-z-]{0,14})?$/,
      new RegExp(`^(?:${DEMONYMS.join('|')})(?= (?:man|woman|men|women|boy|girl|people|person|citizen|national|immigrant|refugee|origin|descent|nationality|passport|place|restaurant|family|born|action|actor|actress|singer|writer|footballer|politician|community|minority)(?![a-z]))`),
      { type: 'NRP', hold: 32, examples: ['this nice new «Chechen» place', 'a «Dutch» woman', '«Russian» citizen'], counterExamples: ['in English', 'the Dutch language', 'english man', 'French fries'] },
    ),
  ],
}

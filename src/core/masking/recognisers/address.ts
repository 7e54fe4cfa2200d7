/**
 * Postal addresses. A window opens at a house number, at a word that streets begin with (`Rue`, `Via`, `Unit`), or behind a word that
 * announces an address (`lives`, `located`, `return to`), and grows over capitalised words, numbers and particles. What decides in the end
 * is evidence: a street word, a flat or suite, a military post office, or the announcing word.
 */
import { ADDRESS_CJK } from './addressCjk.ts'
import { near } from './shapes.ts'
import type { Family, Recogniser } from './recogniser.ts'

const STREET_END =
  'street|str|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|place|pl|square|sq|boulevard|blvd|terrace|way|close|crescent|grove|gardens|hills?|park|parkway|pkwy|highway|hwy|route|circle|trail|row|mews|walk|greens?|rise|view|vale|parade|quay|wharf|loop|alley|bridge|mall|plaza|turnpike|expressway|freeway|pike|point|ridge|bend|creek|crossing|cove|dale|dam|falls|ferry|fields?|flats|ford|fork|forges?|fort|gateway|glens?|harbors?|haven|heights|hollow|isle|islands?|junctions?|knolls?|lake|landing|lodge|manor|meadows?|mills?|mission|motorway|mount|mountains?|neck|overpass|pass|passage|path|pines?|plains?|ports?|prairie|ranch|rapids?|river|roads|shoals?|shores?|springs?|spur|station|stream|summit|throughway|trace|track|trafficway|tunnel|underpass|unions?|valleys?|viaduct|villages?|ville|vista|wells?|orchard|extensions?|estates?|corners?|course|cliffs?|club|canyon|cape|causeway|centers?|camp|brooks?|branch|bluffs?|beach|bayou|arcade|annex|ramp|divide|light|locks?'
const STREET_BEGIN =
  'rue|avenue|boulevard|bd|chemin|impasse|all[ée]e|quai|cours|via|viale|piazza|corso|largo|vicolo|rua|travessa|pra[çc]a|alameda|calle|avenida|avda|av|paseo|plaza|camino|carretera|ronda|ul|ulica|aleja|al|plac|os|strada|bulevardul|ulitsa|λεωφόρος|οδός|jalan|postbox|postboks|postfach|box|p\\.?o\\.? ?box'
// Written together with the name in Germanic, Nordic, Finnic and Hungarian addresses, or as a word behind it.
const COMPOUND =
  'stra(?:ß|ss)e|str\\.|weg|gasse|platz|allee|ufer|damm|chaussee|gata|gatan|gate|gade|vägen|vegen|vei|veien|vej|vejen|stræde|plads|tie|katu|kuja|polku|tee|puiestee|straat|laan|dijk|plein|gracht|kade|singel|steeg|utca|útja|út|tér|gränd|backen|torget|torg|stígur|braut|ulice|třída|náměstí'
const UNIT = 'apt|apartment|suite|ste|unit|flat|floor|room|rm|bldg|building|box|appt|wohnung|whg|etage|piso|lgh|lejl|interno|depto|shop|level'
const PARTICLE = 'de|da|do|dos|das|del|della|delle|dei|di|la|le|les|el|los|las|al|des|du|d|van|von|der|den|het|ter|ten|zum|zur|am|of|the|u|nad|pod|i|y|e|och|og|ja|fejedelem|rakpart|avenue|street|rue|road'

const CAP = String.raw`(?:\p{Lu}\.\p{Lu}\.|\p{Lu}[\p{L}'’∆-]*\.?)`
const NUM = String.raw`\d{1,5}[A-Za-z]?(?![\w])`
const HEAD = String.raw`(?:${CAP}|\d{1,2}(?:st|nd|rd|th)|(?:${PARTICLE}|${COMPOUND}|ul|al|av|avda|str)(?![\p{L}])\.?|C/)`
/** Between the parts of an address: also line breaks, with the marks of a quoted mail. */
const JOINT = String.raw`(?:,? {1,2}|,?[ \t]{0,3}\n[> \t]{0,6}(?:\n[> \t]{0,6})?,?[ ]?)`
const FLAT = String.raw`(?:(?i:${UNIT})\.? ?#?\d{1,5}[A-Za-z]?|#\d{1,5})(?![\w])`
const CODE = String.raw`(?:\d{3,5}(?:-\d{3,4})?|\d{3} \d{2}|\d{2}-\d{3}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?![\w-])`
const PLACE = String.raw`(?:\(?${CAP}\)?|nan|(?:of|the|de|do|del|da|u|nad|la|am|an|der|sur|en|upon)(?![\p{L}]))(?![\p{L}\d:])`
const TAIL = `(?:${JOINT}${FLAT}){0,3}(?:(?:${JOINT}${PLACE}(?: \\d{1,2}(?=,))?){1,9}(?:${JOINT}${CODE})?|${JOINT}${CODE}(?: ${PLACE}){0,3})?`

/** Number, perhaps a second one, words, perhaps a number. */
const NUMBERED = `${NUM}(?: ${NUM})?(?: ${HEAD}){1,6}(?: ${NUM}\\.?)?`
/** A street that needs no number before it: words, then a number; or words that end in a street word. */
const NAMED = `(?:${HEAD} ){1,6}(?:${NUM}\\.?)(?:(?: ${HEAD}){1,3})?|(?:${CAP} ){1,3}(?i:${STREET_END})(?![\\p{L}])`
const CORNER = `(?:[Tt]he )?[Cc]orner of (?:${NUM} )?(?:${HEAD} ){1,5}(?:${NUM} )?(?:St\\. )?and (?:${NUM} )?${HEAD}(?: ${HEAD}){0,4}(?: ${NUM})?`
const CROSSING = `${CAP} and (?:${HEAD} ){0,4}${HEAD} ${NUM}|(?:${HEAD} ){1,4}${NUM} and ${CAP}(?: ${CAP}){0,2}`
const MILITARY = String.raw`(?i:PSC \d{1,5},? Box \d{1,5}|Unit \d{1,5},? Box \d{1,5}|US(?:NS|NV|S|CGC|NR)\.? [\p{L}'’-]{2,20})${JOINT}(?i:[ADF]PO A[AEP]) \d{5}`

const hasStreetEnd = new RegExp(`[\\p{L}.] (?:${STREET_END})(?![\\p{L}])`, 'iu')
const hasStreetBegin = new RegExp(`(?:^|[^\\p{L}])(?:${STREET_BEGIN})\\.?[ ]`, 'iu')
const hasCompound = new RegExp(`(?:${COMPOUND})\\.? \\d`, 'iu')
const hasFlat = new RegExp(`(?:^|[ ,\\n>])${FLAT}`, 'u')
const hasCode = new RegExp(`(?:[\\n,] ?[> ]*${CAP}[^\\d]{0,60}|[A-Z]{2} )\\d{5}$`, 'u')

const ANNOUNCED = near(
  String.raw`address(?:es)?|\blives?\b|living|resid|located|return|\bsent\b|deliver|ship|arrived? at|taxi to|refers to|station is|corner of|moved|wohnhaft|wohnt|anschrift|adresse|direcci|domicil|indirizzo|endere|meet(?:ing)?|office|come to|visit|drive to|mail(?:ed)? to|drop off|pick up|it's in|same:|validate|\bon\b|\bat\b`,
  70,
)

function isStreet(value: string): boolean {
  return hasFlat.test(value) || hasStreetEnd.test(value) || hasStreetBegin.test(value) || hasCompound.test(value)
}

/** Numbers before capitalised words are mostly something else (`2024 Apple Inc`, `5 Stars`), unless evidence says street. */
function isAddress(value: string, _match: RegExpExecArray, left: string): boolean {
  if (/^\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/.test(value)) return false
  if (/^(?:19|20)\d\d (?!\d)/.test(value) && !hasFlat.test(value)) return hasStreetEnd.test(value) && ANNOUNCED.test(left)
  return isStreet(value) || hasCode.test(value) || (ANNOUNCED.test(left) && / \d/.test(value))
}

const grown = (start: string): RegExp =>
  new RegExp(`^(?:${start})(?:[ ,.\\n>'’()/-]{1,8}(?:${HEAD}|${NUM}|#|(?i:${UNIT})\\.?|nan|[A-Z]\\d[A-Z\\d]?|\\d[A-Z]{2}))*[ ,.\\n>'’()/-]{0,8}$`, 'u')

const TRIGGERS =
  'address addresses lives lived living resides located return sent deliver delivered ship shipped arrived taxi refers station moved wohnhaft wohnt anschrift adresse dirección domicilio indirizzo endereço same validate following side stop'.split(' ')
const FILLER = String.raw`(?:\s?[:?.,]|\s(?:is|are|was|to|at|on|in|of|with|the|my|new|here|they|it|it's|be|as|from|our|his|her|north|south|east|west|side|corner|under|following|same)(?![\p{L}])|'s){0,7}`

const phrase = (name: string, rest: Omit<Recogniser, 'type' | 'name' | 'version' | 'window' | 'certainty' | 'hold'> & { hold?: number }): Recogniser => ({
  type: 'ADDRESS',
  name,
  version: 1,
  window: 'phrase',
  certainty: 'context',
  hold: 160,
  ...rest,
})

export const ADDRESS: Family = {
  name: 'address',
  recognisers: [
    phrase('address-numbered', {
      opens: { digit: true },
      grow: new RegExp(`^${NUM}(?: ?$| \\d{1,5}[A-Za-z]?(?: ?$| (?=[\\p{Lu}\\p{Ll}]))| (?=[\\p{Lu}\\p{Ll}]))(?:${HEAD}(?:[ .'’/-]{1,2}(?:${HEAD}|$)){0,6}(?:[ ,.\\n>#()-]{1,10}(?:${NUM}|(?i:${UNIT})\\.?|${HEAD}|nan|[A-Z]\\d[A-Z\\d]?|\\d[A-Z]{2}|$)){0,16})?[ ,.\\n>()-]{0,10}$`, 'u'),
      pattern: new RegExp(`^${NUMBERED}${TAIL}`, 'u'),
      valid: isAddress,
      examples: [
        'lives at «742 Evergreen Terrace, Springfield, IL 62704».',
        'ship to «14 Kensington High Street, London W8 4PT» today',
        '«35 Kromwater 38\n Apt. 705\n Zoetermeer\n Tanzania 53144»\n06',
        'Please return to «56 Rua Cyro Franco 12\nGRASSE, PA 39551» in case',
        'call a taxi to «03 2657 Koontz Lane Apt. 602, Delta del Tigre, Austria 29614».',
      ],
      counterExamples: ['2024 Apple Inc. results', '5 Stars out of 5', '12 May 2024', 'page 3 Introduction', '100 000 users', '4 KB of Memory'],
    }),
    phrase('address-named', {
      opens: { words: 'rue avenue boulevard chemin impasse allée quai via viale piazza corso largo rua travessa praça alameda calle avenida avda av paseo camino carretera ul ulica aleja strada p postbox postfach postboks po box'.split(' ') },
      grow: grown(`(?i:${STREET_BEGIN}|p\\.?|po)`),
      pattern: new RegExp(`^(?i:P\\.?O\\.? ?Box|Postbox|Postfach|Postboks) \\d{1,6}${TAIL}|^(?i:${STREET_BEGIN})\\.? (?:${HEAD} ){1,5}${NUM}${TAIL}`, 'u'),
      valid: (value) => hasStreetBegin.test(value),
      examples: ['«Rue Dielhère 130»', 'on «Via Tasso 129» street', '«ul. Grochowa 80»', '«P.O. Box 101, Springfield»', '«Avenida Pedro Ulisses 888»'],
      counterExamples: ['via the API', 'Via Email', 'Box 3', 'av 5'],
    }),
    phrase('address-military', {
      opens: { words: ['psc', 'unit', 'usns', 'usnv', 'uss', 'uscgc', 'usnr'] },
      grow: /^(?:psc|unit|us(?:ns|nv|s|cgc|nr))[\s.]{0,2}(?:[\p{L}\d'’-]{1,20}(?:[\s,]{1,4}(?:$|box|[\d]{1,5}|[adf]po|a[aep])){0,8})?[\s,]{0,3}$/iu,
      pattern: new RegExp(`^${MILITARY}`, 'u'),
      examples: ['send to «Unit 9104 Box 2779\nDPO AP 29547»', '«PSC 1139, Box 7638\nAPO AP 94917»', '«USNS Bergman\nFPO AP 93757»', '«psc 5420, box 2708\napo aa 33879»'],
      counterExamples: ['unit tests', 'Unit 12 Box', 'PSC 1139'],
      hold: 80,
    }),
    phrase('address-corner', {
      opens: { words: ['corner', 'the'] },
      grow: new RegExp(`^(?:(?i:the) ?(?:corner)?|(?:(?i:the) )?corner(?: (?:of)?(?: (?:${HEAD}|${NUM}|and))*)?)[ .]{0,2}$`, 'u'),
      pattern: new RegExp(`^${CORNER}`, 'u'),
      examples: ['to «the corner of Auenweg 85 and Kesä Street» in case', 'at «the corner of 149 William Street and Çiftçi Street»'],
      counterExamples: ['the corner of the room', 'the code', 'corner case'],
      hold: 120,
    }),
    phrase('address-announced', {
      opens: { words: TRIGGERS, after: true },
      grow: new RegExp(`^(?:${FILLER}|${FILLER}[\\s>]{1,3}(?:(?:${HEAD}|${NUM}|and|nan|\\(|(?i:${UNIT})\\.?)[ ,.\\n>'’()/#-]{0,8})*)[\\s:?.,]{0,3}$`, 'u'),
      pattern: new RegExp(`^${FILLER}\\s{1,2}(?<value>(?:${CROSSING}|${NAMED})${TAIL})`, 'u'),
      valid: (value) => (/\d/.test(value) || hasStreetEnd.test(value)) && !/^(?:January|February|March|April|May|June|July|August|September|October|November|December|Section|Step|Figure|Table|Chapter|Version|Monday|Tuesday|Wednesday|Thursday|Friday|Python|Node|Port)\b/.test(value),
      hold: 200,
      examples: ['Ada lives on «Hansinegata 120»', 'He lives on the north side of «Joaquin Suarez 2906.»', 'return to «Peter Zuidhove 188\n Apt. 925\n Zoetermeer\n Laos» in case', 'Wohnhaft in «Leopoldstraße 48, 80802 München»; danke', 'the same: «Vidica and Via Roma 41»'],
      counterExamples: ['lives in Paris', 'located at the top', 'return Promise', 'returned to Python 3'],
    }),
    {
      type: 'ADDRESS',
      name: 'address-compound',
      version: 1,
      window: 'word',
      gate: { letters: true, minLength: 7 },
      pattern: /^\p{Lu}[\p{L}-]{2,30}(?:straße|strasse|straat|gatan|gata|vägen|veien|vejen|gasse|gracht|katu)$/u,
      certainty: 'shape',
      hold: 48,
      examples: ['«Leopoldstraße»'],
      counterExamples: ['Straße', 'leopoldstraße', 'Zugata1'],
    },
    {
      type: 'ADDRESS',
      name: 'address-compound-number',
      version: 1,
      window: 'group',
      gate: { digits: 1 },
      pattern: /^\d{1,4}[a-z]?(?![\w])/,
      certainty: 'context',
      context: { left: /\p{Lu}[\p{L}-]{2,30}(?:straße|strasse|str\.|straat|gatan|gata|vägen|veien|vejen|gasse|gracht|katu) $/u, required: true },
      hold: 8,
      examples: ['Leopoldstraße «48», 80802'],
      counterExamples: ['48', 'Haus 48'],
    },
    ...ADDRESS_CJK,
  ],
}

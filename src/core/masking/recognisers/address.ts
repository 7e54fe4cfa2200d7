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
  'rue|avenue|boulevard|bd|chemin|impasse|all[ée]e|quai|cours|via|viale|piazza|corso|largo|vicolo|rua|travessa|pra[çc]a|alameda|calle|carrer|avenida|avda|av|ctra|paseo|plaza|camino|carretera|ronda|ul|ulica|aleja|al|plac|os|strada|bulevardul|ulitsa|λεωφόρος|οδός|jalan|postbox|postboks|postfach|box'
// Written together with the name in Germanic, Nordic, Finnic and Hungarian addresses, or as a word behind it.
const COMPOUND =
  'stra(?:ß|ss)e|str\\.|weg|gasse|platz|allee|ufer|damm|chaussee|gata|gatan|gate|gade|vägen|vegen|vei|veien|vej|vejen|stræde|plads|tie|katu|kuja|polku|tee|puiestee|straat|laan|dijk|plein|gracht|kade|singel|steeg|utca|útja|út|tér|gränd|backen|torget|torg|stígur|braut|ulice|třída|náměstí|cesta'
/** Streets before which a number may stand with a comma. */
const NUMBER_FIRST = 'rue|avenue|av|boulevard|bd|chemin|impasse|all[ée]e|quai|cours|place|passage|square|route'
const UNIT = 'apt|apartment|suite|ste|unit|flat|floor|room|rm|bldg|building|box|appt|wohnung|whg|etage|piso|lgh|lejl|interno|depto|shop|level'
const PARTICLE = 'de|da|do|dos|das|del|della|delle|dei|di|la|le|les|el|los|las|al|des|du|d|van|von|der|den|het|ter|ten|zum|zur|am|of|the|u|nad|pod|i|y|e|och|og|ja|fejedelem|rakpart|avenue|street|rue|road'

// Ranges instead of Unicode classes: patterns with \p{…} take tens of milliseconds to be made ready.
const UPPER = 'A-ZÀ-ÖØ-ÞĀ-ſΆ-ΫЀ-Я'
const LETTER = 'A-Za-zÀ-ÖØ-öø-ɏ∆Ͱ-ϿЀ-ӿḀ-ỿ'
const WHOLE = `(?![${LETTER}\\d])`
/** Words of a list with a small or a capital first letter. */
const eitherCase = (list: string): string => list.replace(/(^|\|)([a-z])/g, (_all, bar: string, letter: string) => `${bar}[${letter.toUpperCase()}${letter}]`)
/** The same to be looked for in a text: of all the words only those of one first letter are tried at a place. */
function byFirst(list: string): string {
  const rests = new Map<string, string[]>()
  for (const word of list.split('|')) rests.set(word.charAt(0), [...(rests.get(word.charAt(0)) ?? []), word.slice(1)])
  return [...rests].map(([first, all]) => `${eitherCase(first)}(?:${all.join('|')})`).join('|')
}

const CAP = `(?:[${UPPER}]\\.[${UPPER}]\\.|[${UPPER}][${LETTER}'’-]*\\.?)`
/** Also `12/4` of a flat, `7 bis`, `7-II` of a floor. */
const NUM = String.raw`\d{1,5}[A-Za-z]?(?:/\d{1,4}[A-Za-z]?| (?:bis|ter)|-[IVX]{1,4})?(?![\w])`
const HEAD = `(?:${CAP}|\\d{1,2}(?:st|nd|rd|th)|(?:${PARTICLE}|${COMPOUND}|ul|al|av|avda|str)${WHOLE}\\.?|C/)`
/** Between the parts of an address: also line breaks, with the marks of a quoted mail. */
const JOINT = String.raw`(?:,? {1,2}|,?[ \t]*\n[> \t]*(?:\n[> \t]*)?,? ?)`
const FLAT = `(?:(?:${eitherCase(UNIT)})\\.? ?#?\\d{1,5}[A-Za-z]?|#\\d{1,5})(?![\\w])`
const CODE = String.raw`(?:\d{3,5}(?:-\d{3,4})?|\d{3} \d{2}|\d{2}-\d{3}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?![\w-])`
const PLACE = `(?:\\(?${CAP}\\)?|(?:nan|of|the|de|do|del|da|u|nad|la|am|an|der|sur|en|upon)${WHOLE})(?![${LETTER}\\d:])`
const TAIL = `(?:${JOINT}${FLAT})*(?:(?:${JOINT}${PLACE}(?: \\d{1,2}(?=,))?)+(?:${JOINT}${CODE})?|${JOINT}${CODE}(?: ${PLACE})*)?`

/** Number, perhaps a second one, words, perhaps a number. */
const NUMBERED = `${NUM}(?: ${NUM})?(?: ${HEAD})+(?: ${NUM}\\.?)?`
/** A street that needs no number before it: words, then a number; or words that end in a street word. */
const NAMED = `(?:${HEAD} )+(?:${NUM}\\.?)(?: ${HEAD})*|(?:${CAP} )+(?:${eitherCase(STREET_END)})${WHOLE}`
const CORNER = `[Cc]orner of (?:${NUM} )?(?:${HEAD} )+(?:${NUM} )?(?:St\\. )?and (?:${NUM} )?${HEAD}(?: ${HEAD})*(?: ${NUM})?`
const CROSSING = `${CAP} and (?:${HEAD} )+${NUM}|(?:${HEAD} )+${NUM} and ${CAP}(?: ${CAP})*`
const MILITARY = `(?:(?:PSC|psc|Unit|unit|UNIT) \\d{1,5},? [Bb]ox \\d{1,5}|(?:US(?:NS|NV|S|CGC|NR)|us(?:ns|nv|s|cgc|nr))\\.? [${LETTER}'’-]{2,20})${JOINT}(?:[ADF]PO A[AEP]|[adf]po a[aep]) \\d{5}`

/** First characters of what may stand behind a house number. */
const BEGINS = new RegExp(`[${UPPER}\\d${[...new Set([...PARTICLE.split('|'), ...COMPOUND.split('|'), 'ul', 'al', 'str'].map((one) => one.charAt(0)))].join('')}]`)

const STREET_ENDS = `(?<=[${LETTER}.]) (?:${byFirst(STREET_END)})${WHOLE}`
const STREET_BEGINS = `(?:^|[^${LETTER}])(?:${byFirst(STREET_BEGIN)}|[Pp]\\.? ?[Oo]\\.? ?[Bb]ox)\\.? `
const hasStreetEnd = new RegExp(STREET_ENDS)
const hasStreetBegin = new RegExp(STREET_BEGINS)
/** Either of them, in one look. */
const hasStreet = new RegExp(`${STREET_ENDS}|${STREET_BEGINS}`)
// The number is looked for first: of the words only those right before one are tried.
const hasCompound = new RegExp(`(?<=(?:${COMPOUND})\\.?) \\d`, 'i')
const hasFlat = new RegExp(`(?:^|[ ,\\n>])${FLAT}`)
/** In each word for a street or a flat: nothing but capitals and digits names neither. */
const hasSmall = /[a-zα-ωό#]/
const isNumberBehind = /\D\d/
/** A day with its month, or a year. */
const beginsDay = /^\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/
const beginsDate = new RegExp(`${beginsDay.source}|^(?:19|20)\\d\\d (?!\\d)`)
const hasCode = new RegExp(`(?:[\\n,] ?[> ]*${CAP}[^\\d]*|[A-Z]{2} )\\d{5}$`)

const ANNOUNCED = near(
  String.raw`address(?:es)?|\blives?\b|living|resid|located|return|\bsent\b|deliver|ship|arrived? at|taxi to|refers to|station is|corner of|moved|wohnhaft|wohnt|anschrift|adresse|direcci|domicil|indirizzo|endere|meet(?:ing)?|office|come to|visit|drive to|mail(?:ed)? to|drop off|pick up|it's in|same:|validate|\bon\b|\bat\b`,
  70,
)

/** The text begins a line of its own, as in a form or below a letter. */
const LINE_BEGIN = /(?:^|["\n])[> \t]*$/
/** A line break with the marks of a quoted mail, perhaps an empty line. */
const NEWLINE = String.raw`[ \t]*\n[> \t]*(?:\n[> \t]*)?`

/**
 * An address that is set line by line is read line by line: the street with its flat is the address, and the lines of the town and the
 * country are places. `Springfield, IL 62704` is one line of an address.
 */
function reachesPlaces(value: string, left: string): boolean {
  if (!value.includes('\n') || !LINE_BEGIN.test(left)) return false
  const lines = value.split(/[ \t]*\n[> \t\n]*/)
  const last = lines.findLastIndex((line) => hasFlat.test(line))
  const places = lines.slice(last + 1)
  return last >= 0 && places.length > 0 && !places.some((line) => line.includes(','))
}

function endsInNumber(value: string): boolean {
  const last = value.charCodeAt(value.length - 1)
  return last >= 48 && last <= 57
}

/** A window that grows asks for the same text left of it at each word, and at most two of them grow at once. */
const asked: { readonly left: string; readonly is: boolean }[] = []

function isAnnounced(left: string): boolean {
  for (const one of asked) if (one.left === left) return one.is
  const is = ANNOUNCED.test(left)
  if (asked.unshift({ left, is }) > 2) asked.pop()
  return is
}

/** What begins with a capital behind a word that announces an address, or behind a number, and names no street. */
const NO_STREET =
  'January|February|March|April|May|June|July|August|September|October|November|December|Section|Step|Figure|Table|Chapter|Version|Monday|Tuesday|Wednesday|Thursday|Friday|Python|Node|Port|Build|Page|Part|Line|Item|Release|UTC|GMT|CET|CEST|EST|PST|AM|PM'
const beginsElse = new RegExp(`^(?:${NO_STREET})\\b`)
/** A part of a document, or so many of so many. */
const numbersElse = new RegExp(`^\\d+ (?:(?:of|von|de|di|van) (?:the |den )?\\d|(?:${NO_STREET})\\b)`)
const endsInHours = /\d:$/
const hasName = new RegExp(`[${UPPER}]|\\d(?:st|nd|rd|th)`)

/** Enough behind a word that announces an address: a name and a second number. */
function isNamed(value: string): boolean {
  return / \d/.test(value) && hasName.test(value) && !numbersElse.test(value)
}

/** Numbers before capitalised words are mostly something else (`2024 Apple Inc`, `5 Stars`), unless evidence says street. */
function hasEvidence(value: string, left: string): boolean {
  const hasNumber = isNumberBehind.test(value)
  if (beginsDate.test(value)) {
    if (beginsDay.test(value)) return false
    if (!hasNumber || !hasFlat.test(value)) return hasStreetEnd.test(value) && isAnnounced(left)
  }
  // All other evidence has a number behind the first one.
  const isWritten = hasSmall.test(value)
  if (!hasNumber) return isWritten && hasStreet.test(value)
  if (reachesPlaces(value, left)) return false
  return (isWritten && (hasFlat.test(value) || hasStreet.test(value))) || hasCompound.test(value) || (endsInNumber(value) && hasCode.test(value)) || (isNamed(value) && isAnnounced(left))
}

// The minutes of a time are no house number.
const isAddress = (value: string, _window: string, left: string): boolean => hasEvidence(value, left) && !(left.endsWith(':') && endsInHours.test(left))

/** What ends a street and stands in texts about programs as well. */
const endsElse = / (?:fields?|paths?|trace|points?|view|branch|extensions?|track|light|stream|ports?|course|loop|pass)(?![a-z])/

/** What an announcing word announces: a name with a number, or a street; a new sentence is none. */
function isPlace(value: string, left: string): boolean {
  if (/\d/.test(value)) return hasName.test(value) || hasStreet.test(value) || hasCompound.test(value)
  return hasStreetEnd.test(value) && !endsElse.test(value) && !/[.?]\s*$/.test(left)
}

// What windows grow over. Tokens and separators share no character, so that each text is read in one way only and in linear time.
const SEPARATOR = String.raw`[ ,.\n>#()/'’-]`
const LOWER = [PARTICLE, COMPOUND, UNIT, STREET_BEGIN, 'nan|po|p|o|ap|aa|ae|bis'].join('|').replaceAll('\\.', '')
const tokenOf = (lower: string): string => `(?:[${UPPER}][${LETTER}]*(?:\\d[A-Z\\d]?)?|\\d{1,5}(?:[A-Za-z]{1,2}|st|nd|rd|th)?|(?:${lower}))${WHOLE}`
const TOKEN = tokenOf(LOWER)
/** Right behind the first word of a street stands a name, a number or an article. */
const AFTER_STREET = tokenOf(LOWER.split('|').filter((one) => /^(?:d[aeou]|la|le)/.test(one)).join('|'))
const MORE = `(?:${SEPARATOR}+${TOKEN})*${SEPARATOR}*`
const OR_AND = `(?:${SEPARATOR}+(?:${TOKEN}|and${WHOLE}))*${SEPARATOR}*`
/** No address has more. */
const MOST_NUMBERS = 6
const grown = (start: string): RegExp => new RegExp(`^${start}$`)

const TRIGGERS =
  'address addresses lives lived living resides located return sent deliver delivered ship shipped arrived taxi refers station moved wohnhaft wohnt anschrift adresse dirección domicilio indirizzo endereço same validate following side stop'.split(' ')
const FILL = 'is|are|was|to|at|on|in|of|with|the|my|new|here|they|it|be|as|from|our|his|her|north|south|east|west|side|corner|under|following|same|s'
const FILLER = `(?:[\\s:?.,'’]+(?:${FILL})${WHOLE})*`

const FLATS = 'apt apartment suite ste unit flat floor room rm'.split(' ')
const PLACES = `${PLACE}(?: ${PLACE})*`
const LINES_ABOVE = new RegExp(`(?:^|["\\n])[> \\t]*\\d[^\\n]*(?:${NEWLINE}| )(?:${eitherCase(FLATS.join('|'))})\\.? ?#?\\d{1,5}[A-Za-z]?$`)

const phrase = (name: string, rest: Omit<Recogniser, 'type' | 'name' | 'version' | 'window' | 'certainty' | 'hold'> & Partial<Pick<Recogniser, 'type' | 'version' | 'hold' | 'certainty'>>): Recogniser => ({
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
      version: 2,
      opens: { digit: true, longest: 6, follow: { between: ' ', first: BEGINS }, numbers: 2, mostNumbers: MOST_NUMBERS },
      grow: grown(`(?!\\d+ \\d+ \\d)\\d{1,5}[A-Za-z]?${WHOLE}(?: (?:${TOKEN}${MORE})?)?`),
      pattern: new RegExp(`^${NUMBERED}${TAIL}`),
      valid: isAddress,
      // Places and people that the tagger is surer of keep their own type; the rest of the address is masked around them.
      certainty: 'shape',
      context: { left: ANNOUNCED },
      examples: [
        'lives at «742 Evergreen Terrace, Springfield, IL 62704».',
        'ship to «14 Kensington High Street, London W8 4PT» today',
        'at «35 Kromwater 38\n Apt. 705\n Zoetermeer\n Tanzania 53144»\n06',
        'Ada\n«35 Kromwater 38\n Apt. 705»\n Zoetermeer\n Tanzania 53144\n06',
        'Ada\n«35 Kromwater 38 Apt. 705\nZoetermeer, TA 53144»\n06',
        'Please return to «56 Rua Cyro Franco 12\nGRASSE, PA 39551» in case',
        'call a taxi to «03 2657 Koontz Lane Apt. 602, Delta del Tigre, Austria 29614».',
      ],
      counterExamples: ['2024 Apple Inc. results', '5 Stars out of 5', '12 May 2024', 'page 3 Introduction', '100 000 users', '4 KB of Memory', 'Query returned 50 of 100 rows.', 'moved 3 of the 4 Servers', 'we delivered 12 of 15 Parcels', 'on RFC 7231 Section 6.5.1', 'at 14:30 UTC. Build 4 passed', 'at 9:15 Gate 4 opens'],
    }),
    phrase('address-places', {
      type: 'LOCATION',
      // A line break may be written as its escape.
      opens: { words: FLATS, after: true, heldFrom: /[\n\\]/ },
      grow: grown(`\\.?(?: ?(?:#?\\d{1,5}[A-Za-z]?${WHOLE}(?:(?:${NEWLINE})(?:${PLACES}(?:${NEWLINE})?)*(?:${PLACES}[ ])?)?)?)?`),
      pattern: new RegExp(`^\\.? ?#?\\d{1,5}[A-Za-z]?(?<value>${NEWLINE}${PLACES}(?:${NEWLINE}${PLACES})?(?:(?:${NEWLINE}| )(?=\\d))?)`),
      valid: (_value, _window, left) => LINES_ABOVE.test(left),
      // A line break more keeps a town and its country one value, and leaves nothing of the block between them.
      examples: ['Ada\n35 Kromwater 38\n Apt. 705«\n Zoetermeer\n Tanzania »53144\n06', '"to":"35 Kromwater 38\\n Apt. 705«\\n Zoetermeer\\n Tanzania »53144"'],
      counterExamples: ['at 35 Kromwater 38\n Apt. 705\n Zoetermeer', 'Unit 12\nIntroduction'],
      hold: 64,
    }),
    phrase('address-named', {
      opens: { words: 'rue avenue boulevard chemin impasse allée quai via viale piazza corso largo rua travessa praça alameda calle avenida avda av paseo carrer ctra camino carretera ul ulica al aleja strada p postbox postfach postboks po box'.split(' '), mostNumbers: MOST_NUMBERS },
      grow: grown(`(?:${eitherCase(`${STREET_BEGIN}|p|po`)}|PO)${WHOLE}(?:[. ]+(?:${AFTER_STREET}${MORE})?)?`),
      pattern: new RegExp(`^(?:(?:[Pp]\\.?[Oo]\\.? ?[Bb]ox|[Pp]ostbox|[Pp]ostfach|[Pp]ostboks) \\d{1,6}|(?:${eitherCase(STREET_BEGIN)})\\.? (?:${HEAD} )*${HEAD},? ${NUM}|(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Ii]mpasse|[Aa]ll[ée]e|[Qq]uai) (?:${HEAD} )*${CAP})${TAIL}`),
      // In France the number stands before the street: `12, rue …`.
      valid: (value, _window, left) => hasStreetBegin.test(value) && (/\d/.test(value) || /(?:^|[\s:])\d{1,4}, (?:bis |ter )?$/.test(left)),
      examples: ['«Rue Dielhère 130»', 'on «Via Tasso 129» street', '«ul. Grochowa 80»', '«P.O. Box 101, Springfield»', '«Avenida Pedro Ulisses 888»', '«Rua das Oliveiras, 72»', '«ul. Lipowa 28/4»', '«Rue Dielhère 7 bis»', '«al. Zielona 3»', '12, «rue de la Fontaine»', 'au 7, «avenue Foch, 75016 Paris»'],
      counterExamples: ['via the API', 'Via Email', 'Box 3', 'av 5', 'la rue de la Fontaine', 'Avenue Q'],
    }),
    phrase('address-number-first', {
      // In France the number stands before the street, with a comma or `bis` between.
      opens: { digit: true, longest: 4, follow: { between: ', ', first: /[rabciqpRABCIQPtT]/ }, mostNumbers: MOST_NUMBERS },
      grow: grown(`\\d{1,4}(?:,? ?(?:(?:bis|ter)?,? ?)(?:(?:b|t|${eitherCase(NUMBER_FIRST)})${WHOLE}(?:[. ]+(?:${AFTER_STREET}${MORE})?)?)?)?`),
      pattern: new RegExp(`^\\d{1,4}(?:,? (?:bis|ter),?|,) (?:${eitherCase(NUMBER_FIRST)})\\.? (?:${HEAD} )*${CAP}${TAIL}`),
      examples: ['«12, rue de la Fontaine»', 'au «7, avenue Foch, 75016 Paris»', 'send to «5 bis impasse des Lilas, 45809 Lyon» now', '«9 ter, chemin du Puits»'],
      counterExamples: ['step 10, rue it later', '12, avenues', '7, place it there', '3, avenue', '10, quai'],
    }),
    phrase('address-military', {
      opens: { words: ['psc', 'unit', 'usns', 'usnv', 'uss', 'uscgc', 'usnr'] },
      grow: grown(`(?:[Pp][Ss][Cc]|[Uu]nit|UNIT|[Uu][Ss](?:NS|ns|NV|nv|S|s|CGC|cgc|NR|nr))(?:[\\s.,]+(?:$|box|[adf]po|a[aep]|[A-Z][${LETTER}]*|[a-z]+(?=[\\s]*$|\\s+[adf]po)|\\d{1,5}))*[\\s,]*`),
      pattern: new RegExp(`^${MILITARY}`),
      examples: ['send to «Unit 9104 Box 2779\nDPO AP 29547»', '«PSC 1139, Box 7638\nAPO AP 94917»', '«USNS Bergman\nFPO AP 93757»', '«psc 5420, box 2708\napo aa 33879»'],
      counterExamples: ['unit tests', 'Unit 12 Box', 'PSC 1139'],
      hold: 80,
    }),
    phrase('address-corner', {
      opens: { words: ['corner'], next: /^corner o/i },
      grow: grown(`[Cc]orner(?: ?| of${OR_AND})`),
      pattern: new RegExp(`^${CORNER}`),
      examples: ['to the «corner of Auenweg 85 and Kesä Street» in case', 'at the «corner of 149 William Street and Çiftçi Street»'],
      counterExamples: ['the corner of the room', 'the code', 'corner case'],
      hold: 120,
    }),
    phrase('address-announced', {
      version: 3,
      opens: { words: TRIGGERS, after: true, heldFrom: /[\p{Lu}\d]/u },
      grow: grown(`${FILLER}[\\s:?.,'’>]*(?:(?=[${UPPER}\\d])${TOKEN}${OR_AND})?`),
      pattern: new RegExp(`^${FILLER}[\\s:?.,>]+(?<value>(?:${CROSSING}|${NAMED})${TAIL})`),
      valid: (value, _window, left) => isPlace(value, left) && !beginsElse.test(value),
      hold: 200,
      examples: ['Ada lives on «Hansinegata 120»', 'He lives on the north side of «Joaquin Suarez 2906.»', 'return to «Peter Zuidhove 188\n Apt. 925\n Zoetermeer\n Laos» in case', 'Wohnhaft in «Leopoldstraße 48, 80802 München»; danke', 'the same: «Vidica and Via Roma 41»'],
      counterExamples: ['lives in Paris', 'located at the top', 'return Promise', 'returned to Python 3', 'it will return the 401 challenge', 'was originally sent. This field is set', 'validate URL path templates', 'stop\n\nStop trace'],
    }),
    {
      type: 'ADDRESS',
      name: 'address-compound',
      version: 2,
      window: 'word',
      gate: { letters: true, minLength: 7 },
      pattern: /^[A-ZÀ-Þ][a-zß-ÿA-Z-]{2,30}(?:straße|strasse|str\.|straat|gatan|gata|vägen|veien|vejen|gasse|gracht|katu|damm|allee|chaussee|sgade|svej|laan|gaten)$/,
      // Words written together with inner capitals are names in code; some others are cut short in the same way.
      valid: (value) => !/[a-zß-ÿ][A-Z]/.test(value) && !/^(?:Con|De|Sub|Bit|Char|Min|Demon|Illu|Magi|Regi|Admini?)str\.$/.test(value),
      certainty: 'shape',
      hold: 48,
      examples: ['«Leopoldstraße»', 'am «Kurfürstendamm» 12', 'i «Havnsgade» 3'],
      counterExamples: ['Straße', 'leopoldstraße', 'Zugata1', 'FunctionCallee', 'a MachineInstr.', 'Substr.'],
    },
    {
      type: 'ADDRESS',
      name: 'address-compound-number',
      version: 1,
      window: 'group',
      gate: { digits: 1 },
      pattern: /^\d{1,4}[a-z]?(?![\w])/,
      certainty: 'context',
      context: { left: /[a-zß-ÿ](?:straße|strasse|str\.|straat|gatan|gata|vägen|veien|vejen|gasse|gracht|katu|damm|allee|chaussee|sgade|svej|laan|gaten) $/, required: true },
      hold: 8,
      examples: ['Leopoldstraße «48», 80802'],
      counterExamples: ['48', 'Haus 48'],
    },
    ...ADDRESS_CJK,
  ],
}

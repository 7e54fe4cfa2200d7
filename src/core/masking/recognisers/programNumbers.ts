/**
 * What programs, shops and couriers number. One in ten of such numbers holds the sum of some card or some country's id by chance, and runs of a
 * build are as long as a Chinese telephone number: what is called by such a name is nobody's, unless something says otherwise.
 */

/** Nothing that a person or a paper has: no account, client, document, member or user, and no photo: a photo ID is a passport. */
const THINGS =
  'run|job|workflow|pipeline|build|check_?run|check_?suite|suite|commit|project|repo|repository|installation|artifact|deployment|release|task|batch|block|event|request|trace|span|product|item|variant|listing|asset|ticket|issue|order|invoice|shipment|parcel|tracking|node|database|dataset|chunk|pull|message|msg|guild|tweet|status|post|comment|video|media|album'
/** Where people speak with one another: those go by telephone numbers, too. */
const TALKS = 'channel|thread|group|team|object|session|queue|topic'
const numbered = (things: string): string => String.raw`(?<![a-z])(?:(?:${things})[_ -]?(?:ids?|no\.?|nr\.?|num(?:ber)?s?)|(?:${things})(?:s|es)?\.(?:\d{1,6}\.)?ids?)`
/** The things themselves, and what is no more than a quantity or a point in time. */
const NAMES = String.raw`(?<![a-z])(?:order|invoice|ticket|tracking|run|job|build|revision|fedex|usps|dhl|seed|random_?state|nonce|offset|size|bytes|length|timestamp|epoch|gtin|upc|isbn|issn|asin|sku|pmid|bar_?code)`
/** Product codes, alone among these as long as the oldest cards. */
const GOODS = String.raw`(?<![a-z])(?:ean|gtin|upc|isbn|bar_?code)(?:[_ -]?(?:13|code|no\.?|number))?`
/** Between a name and its value, as prose, settings and JSON have it. Behind a line break or a tab stands what another column of a table is called. */
const BETWEEN = String.raw`["'\]]? ?(?:[:=#]|=>|is)? ?\[?["'#]?`
const path = (things: string): string => String.raw`(?<![\w-])(?:${things})(?:s|es)?/`
const CLOUD = String.raw`\barn:aws[\w-]*:[\w-]*:[\w-]*:|\bamazonaws\.com/`

/** Backwards from the end: what stands before it is not looked through for a beginning. */
function endsIn(source: string, flags = 'iy'): (text: string) => boolean {
  const pattern = new RegExp(`(?<=${source})$`, flags)
  return (text) => {
    pattern.lastIndex = text.length
    return pattern.test(text)
  }
}

/** @param more names that stand by themselves */
function programsOf(things: string, more = ''): (text: string) => boolean {
  const isNamed = endsIn(String.raw`(?:(?:${numbered(things)}|${NAMES}${more}|${GOODS})${BETWEEN}|${path(things)}|${CLOUD})`)
  // `workflowRunId`: only its capital begins the word.
  const capitals = things.replace(/(^|\|)([a-z])/g, (_all, bar: string, letter: string) => bar + letter.toUpperCase())
  const isInCamelCase = endsIn(String.raw`[a-z](?:${capitals})(?:Ids?|No|Nr|Num(?:ber)?s?)${BETWEEN}`, 'y')
  return (text) => isNamed(text) || isInCamelCase(text)
}

const isOfProgram = programsOf(`${THINGS}|${TALKS}`, '|(?<![a-z])session')
const isOfMachine = programsOf(THINGS)
const isOfGoods = endsIn(`${GOODS}${BETWEEN}`)
/**
 * The number of a row is its telephone number nowhere, as long as it is a number: a text may be one. With a word before it is somebody's: who signs in, and
 * who is written to, often is a telephone number (`wa_id`, `login ID`, `recipient_id`, `sender.id`).
 */
const isOfRow = endsIn(String.raw`(?<![a-z\u0080-\uffff][_. -]?)ids?["']?\s?[:=]\s?\[?`)

/** Programs write their numbers in digits alone: one in groups is written for people. They count from one: what begins with a nought is dialled. */
const PLAIN = /^\d+$/
const COUNTED = /^[1-9]\d*$/

/** Of ids and papers. @param before what stands left of the value, or the path of its field as JSON has it */
export function isProgramNumber(before: string, value: string): boolean {
  return PLAIN.test(value) && isOfProgram(before)
}

/** Of telephone numbers. */
export function isProgramsOrRows(before: string, value: string): boolean {
  return COUNTED.test(value) && (isOfMachine(before) || isOfRow(before))
}

const EAN = 13

/** Of cards: those that are longer or shorter than a product code are asked for nothing. */
export function isProductCode(before: string, value: string): boolean {
  return value.length === EAN && isOfGoods(before)
}

/**
 * What is known of a word by itself: what the lists say, and what it may do in a run of names. Most words of a text were met a
 * moment ago, so the last answers are kept, in a fixed number of places that all streams share.
 */
import { hashWord } from './tokens.ts'
import { LISTED, lookUp, type WordList } from './wordlist.ts'

/** Bits of what is known, beyond those of the lists. */
export const KNOWN = {
  listed: 0xff,
  /** Stands in names, written small: `Bank of America`. */
  joins: 0x100,
  /** In a list of names and unknown as a word, so that it may be a name in small letters as well. */
  onlyName: 0x200,
  /** Begins no name where any word has its capital for its place. */
  opens: 0x400,
} as const

const BITS = 11
const PLACE_BITS = 14
const PLACES = 1 << PLACE_BITS
/** A place that was never written equals no word. */
const WRITTEN = 1 << (32 - PLACE_BITS)

const JOINT_WORDS =
  'of and the for in on at upon de da do dos das del della di der den van von zu zum zur la le las los el al bin ibn ben bint e y i und et du des af av ten ter op sur sous am an d o'

/** Words that begin many sentences and no name, in seven languages: a run need not wait for what follows them. Articles that begin names (`La Paz`, `De Vries`) are not among them. */
const OPENING_WORDS =
  'the a an this that these those there here then it its he she they we you your our his her their my and but or nor so yet if when while what where which who whom whose why how as because since although though unless until after before during please thanks thank hello hi hey dear yes no not is are was were be been do does did done have has had can could would should shall must might also just only even such each every both all any some most more many much for from to of with without by at in on into onto over under about between through against upon per via than like once now today however therefore thus moreover finally first second third next last another other others ' +
  'der die das dem ein eine einen einem einer und oder aber wenn weil dass ob wir ich sie es ihr ihre ihren unser unsere unseren mein meine kein keine diese dieser dieses mit nach bei seit aus vom zum zur im am auf bitte danke vielen liebe lieber hallo sehr guten wie wann warum ' +
  'les une des ce cette ces il nous vous ils elles je notre votre nos vos leur leurs et mais donc avec sans pour par dans chez sur merci bonjour cher comment pourquoi ' +
  'uno unos este esta estos estas ese esa esto eso mis sus nuestro nuestra con sin para por en desde hasta cuando como porque gracias hola buenos buenas estimado estimada ' +
  'il gli questo questa questi queste per dal dalla sul sulla anche grazie ciao buongiorno cordiali ' +
  'os um essa isto isso seu sua nosso nossa com em não obrigado obrigada prezado prezada caro ' +
  'het een deze dit dat mijn uw onze ons wij zij hij niet maar dus want bij op naar uit over om tot beste geachte hoi met bedankt'

/** Own names: what is imported is checked each time that it is read. */
const { joins: JOINS, onlyName: ONLY_NAME, opens: OPENS } = KNOWN
const { names: NAMES, common: COMMON } = LISTED

/** What these words do, by hash. */
const PARTS = new Map<number, number>()
for (const [bit, words] of [[KNOWN.joins, JOINT_WORDS], [KNOWN.opens, OPENING_WORDS]] as const)
  for (const hash of words.split(' ').map(hashWord)) PARTS.set(hash, (PARTS.get(hash) ?? 0) | bit)

/** Known in lower case, and in no list of names. */
function isPlain(listed: number): boolean {
  return (listed & LISTED.common) !== 0 && (listed & (LISTED.names | LISTED.strong | LISTED.proper)) === 0
}

export class Lexicon {
  readonly #list: WordList
  /** The rest of a word's hash and what is known of it, at the place that its hash says. */
  readonly #places = new Int32Array(PLACES)

  constructor(list: WordList) {
    this.#list = list
  }

  /** Bits of `KNOWN` for the hash of a word. */
  of(hash: number): number {
    const place = this.#places[hash & (PLACES - 1)] ?? 0
    return place >>> BITS === ((hash >>> PLACE_BITS) | WRITTEN) ? place & ((1 << BITS) - 1) : this.#lookUp(hash)
  }

  #lookUp(hash: number): number {
    const listed = lookUp(this.#list, hash)
    let known = listed | (PARTS.get(hash) ?? 0)
    if ((known & JOINS) === 0 && (listed & NAMES) !== 0 && (listed & COMMON) === 0) known |= ONLY_NAME
    if (isPlain(listed)) known |= OPENS
    this.#places[hash & (PLACES - 1)] = (((hash >>> PLACE_BITS) | WRITTEN) << BITS) | known
    return known
  }
}

const lexicons = new WeakMap<WordList, Lexicon>()

export function lexiconOf(list: WordList): Lexicon {
  let lexicon = lexicons.get(list)
  if (lexicon === undefined) lexicons.set(list, (lexicon = new Lexicon(list)))
  return lexicon
}

/**
 * Expands one line of a template: `<slot>` draws a name or fact, `(a|b|)` chooses, `\\` takes the next character as it is. Slots written down here are the whole
 * language of `sentences.ts`, `records.ts` and `tables.ts`; other languages have rules of their own, which come first. With a capital, a rule's name writes what it
 * draws with a capital.
 */
import type { NameType } from '../types.ts'
import type { Draw } from './draw.ts'
import { alternatives } from './languages/language.ts'
import { ORG_FIELDS, PRODUCTS, ROLES, VERBS, WORKS } from './vocabulary.ts'
import { Scribe, type MarkedText } from './text.ts'

type Fill = (draw: Draw) => string

const NAMED: Readonly<Record<string, readonly [NameType, Fill]>> = {
  person: ['PERSON', (draw) => draw.person()],
  full: ['PERSON', (draw) => draw.fullAgain()],
  solo: ['PERSON', (draw) => draw.solo()],
  given: ['PERSON', (draw) => draw.given()],
  family: ['PERSON', (draw) => draw.family()],
  city: ['LOCATION', (draw) => draw.city()],
  bigcity: ['LOCATION', (draw) => draw.largeCity()],
  country: ['LOCATION', (draw) => draw.country()],
  region: ['LOCATION', (draw) => draw.region()],
  place: ['LOCATION', (draw) => draw.place()],
  org: ['ORGANIZATION', (draw) => draw.organisation()],
  ship: ['ADDRESS', (draw) => draw.family()],
  street: ['ADDRESS', (draw) => draw.street()],
  again: ['PERSON', (draw) => draw.again()],
  handle: ['PERSON', (draw) => draw.handle()],
  addrcity: ['ADDRESS', (draw) => (draw.dice.chance(0.2) ? draw.city().toUpperCase() : draw.city())],
  addrcountry: ['ADDRESS', (draw) => draw.country()],
  addrstate: ['ADDRESS', (draw) => draw.initial() + draw.initial()],
}

const PLAIN: Readonly<Record<string, Fill>> = {
  title: (draw) => draw.title(),
  nat: (draw) => draw.nationality(),
  word: (draw) => draw.word(),
  acronym: (draw) => draw.acronym(),
  upper: (draw) => draw.word().toUpperCase(),
  verb: (draw) => draw.dice.pick(VERBS),
  role: (draw) => draw.dice.pick(ROLES),
  work: (draw) => draw.dice.pick(WORKS),
  cap: (draw) => draw.capital(),
  product: (draw) => draw.dice.pick(PRODUCTS),
  field: (draw) => draw.dice.pick(ORG_FIELDS),
  month: (draw) => draw.month(),
  day: (draw) => draw.day(),
  n: (draw) => String(1 + draw.dice.below(99)),
  nn: (draw) => draw.digits(3 + draw.dice.below(3)),
  year: (draw) => String(1930 + draw.dice.below(100)),
  zip: (draw) => draw.digits(5),
  digits: (draw) => draw.digits(6 + draw.dice.below(6)),
  phone: (draw) => `${draw.dice.pick(['+44 ', '+1-', '(0', '0', ''])}${draw.digits(3)}${draw.dice.pick([') ', '-', ' ', '.'])}${draw.digits(3)}${draw.dice.pick(['-', ' ', '.'])}${draw.digits(4)}`,
  date: (draw) => draw.dice.pick([`${draw.digits(1)}/${draw.digits(2)}/19${draw.digits(2)}`, `20${draw.digits(2)}-0${draw.digits(1)}-1${draw.digits(1)}`, `${draw.digits(1)} ${draw.month()} 20${draw.digits(2)}`, `${draw.month()} ${draw.digits(1)}, 20${draw.digits(2)}`]),
  time: (draw) => `${String(1 + draw.dice.below(12))}:${draw.digits(1)}0${draw.dice.pick([' am', ' pm', '', 'pm'])}`,
  card: (draw) => `4${draw.digits(15)}`,
  iban: (draw) => `${draw.initial()}${draw.initial()}${draw.digits(18)}`,
  email: (draw) => draw.email(),
  mask: (draw) => draw.mask(),
  contact: (draw) => (draw.dice.chance(0.65) ? draw.email() : draw.mask()),
  row: (draw) => (draw.dice.chance(0.7) ? String(draw.dice.below(60)) : draw.digits(3 + draw.dice.below(3))),
  pad: (draw) => ' '.repeat(2 + draw.dice.below(9)),
  url: (draw) => `https://www.${draw.capital()}${draw.capital()}.${draw.dice.pick(['com', 'org', 'de', 'io'])}/`,
  id: (draw) => `${draw.initial()}${draw.digits(7)}`,
  hashtag: (draw) => `#${draw.dice.pick([draw.word(), draw.capital(), draw.capital() + draw.capital(), draw.city().replace(/ /g, '')])}`,
}

function slot(name: string, draw: Draw, scribe: Scribe): void {
  const rule = draw.rule(name)
  if (rule !== undefined) {
    expandInto(draw.dice.pick(rule), draw, scribe)
    return
  }
  const small = draw.rule(name.charAt(0).toLowerCase() + name.slice(1))
  if (small !== undefined) {
    const { text, names } = expand(draw.dice.pick(small), draw)
    scribe.append({ text: text.charAt(0).toUpperCase() + text.slice(1), names })
    return
  }
  const named = NAMED[name]
  if (named !== undefined) {
    scribe.name(named[1](draw), named[0])
    return
  }
  const plain = PLAIN[name]
  if (plain === undefined) throw new RangeError(`There is no slot <${name}>.`)
  scribe.write(plain(draw))
}

/** Index of the bracket that closes the one at `open`. */
function closing(template: string, open: number): number {
  let depth = 0
  for (let i = open; i < template.length; i++) {
    if (template[i] === '\\') i++
    else if (template[i] === '(') depth++
    else if (template[i] === ')' && --depth === 0) return i
  }
  throw new RangeError(`A bracket is open in ${template}`)
}

function expandInto(template: string, draw: Draw, scribe: Scribe): void {
  for (let i = 0; i < template.length; ) {
    const char = template.charAt(i)
    if (char === '\\') {
      scribe.write(template.charAt(i + 1))
      i += 2
    } else if (char === '(') {
      const end = closing(template, i)
      expandInto(draw.dice.pick(alternatives(template.slice(i + 1, end))), draw, scribe)
      i = end + 1
    } else if (char === '<') {
      const end = template.indexOf('>', i)
      slot(template.slice(i + 1, end), draw, scribe)
      i = end + 1
    } else {
      let end = i + 1
      while (end < template.length && !'(<\\'.includes(template.charAt(end))) end++
      scribe.write(template.slice(i, end))
      i = end
    }
  }
}

export function expand(template: string, draw: Draw): MarkedText {
  const scribe = new Scribe()
  expandInto(template, draw, scribe)
  return scribe.finish()
}

/** Draws names, places, organisations and small facts from the lists, in the many ways people write them. */
import type { Dice } from './random.ts'
import type { City, Home, Lists, Locale } from './lists.ts'
import { ACRONYM_LETTERS, KNOWN_ORGANISATIONS, NATIONALITIES, ORG_ENDS, ORG_FIELDS, PEOPLE_OF_NOTE, STREET_WORDS, SYLLABLES } from './vocabulary.ts'

const TITLES = ['Mr.', 'Mrs.', 'Ms.', 'Dr.', 'Mr', 'Mrs', 'Ms', 'Dr', 'Prof.', 'Miss', 'Sir', 'Professor', 'Herr', 'Frau', 'Señor', 'Madame', 'Capt.', 'Judge', 'Rev.', 'Sgt.', 'Lady', 'Lord']
const SUFFIXES = ['Jr.', 'Sr.', 'II', 'III', 'PhD', 'MD', 'Jr']
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
/** What a value that is masked already was. */
const MASKED = ['PERSON', 'PERSON', 'PERSON', 'EMAIL', 'EMAIL', 'PHONE', 'ADDRESS', 'IBAN', 'CREDIT_CARD', 'US_SSN', 'ORGANIZATION', 'LOCATION']
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

export class Draw {
  readonly dice: Dice
  readonly lists: Lists
  readonly #weighted: Locale[] = []
  /** Where the text is written, when it is in another language than English. */
  home: Home | undefined
  /** Towns of one word. */
  readonly #towns: readonly string[]
  #last = 'Ada'

  constructor(lists: Lists, dice: Dice) {
    this.dice = dice
    this.lists = lists
    this.#towns = lists.cities.filter((name) => /^\p{Lu}\p{Ll}{3,}$/u.test(name))
    lists.locales.forEach((locale, i) => {
      for (let n = 0; n < (lists.shares[i] ?? 1) * 2; n++) this.#weighted.push(locale)
    })
  }

  locale(): Locale {
    return this.dice.pick(this.home?.locales ?? this.#weighted)
  }

  /** The templates that the language of the text has for a slot. */
  rule(name: string): readonly string[] | undefined {
    return this.home?.language.rules[name]
  }

  /** A given name; now and then one of any language. */
  given(locale: Locale = this.locale()): string {
    return this.dice.chance(0.15) ? this.dice.pick(this.lists.given) : this.dice.pick(locale.given)
  }

  family(locale: Locale = this.locale()): string {
    return this.dice.chance(0.2) ? this.dice.pick(this.lists.family) : this.dice.pick(locale.family)
  }

  /** A family name as it stands behind a given one. Many are in no list of names: they are a town's, a word, or known to no list at all. */
  surname(locale: Locale): string {
    const roll = this.dice.next()
    if (roll < 0.08) return this.dice.pick(this.#towns)
    if (roll < 0.18) return this.stranger()
    if (roll < 0.2) return this.capital()
    return this.family(locale)
  }

  initial(): string {
    return LETTERS.charAt(this.dice.below(26))
  }

  title(): string {
    return this.dice.pick(TITLES)
  }

  /** A single name, as often as not of somebody that no list knows. */
  solo(): string {
    return this.dice.chance(0.45) ? this.stranger() : this.dice.chance(0.6) ? this.given() : this.family()
  }

  /** A full name without title, in the usual order. */
  full(): string {
    const { dice } = this
    const locale = this.locale()
    const given = dice.chance(0.06) ? this.stranger() : this.given(locale)
    const family = this.surname(locale)
    const roll = dice.next()
    if (roll < 0.62) return `${given} ${family}`
    if (roll < 0.7) return `${given} ${this.initial()} ${family}`
    if (roll < 0.78) return `${given} ${this.initial()}. ${family}`
    if (roll < 0.81) return `${given} ${this.given(locale)} ${family}`
    if (roll < 0.84) return `${given} ${family}-${this.family(locale)}`
    if (roll < 0.87) return `${given} ${family} ${this.family(locale)}`
    if (roll < 0.9) return `${this.initial()}. ${family}`
    if (roll < 0.92) return `${this.initial()}.${this.initial()}. ${family}`
    if (roll < 0.94) return `${given} ${family} ${dice.pick(SUFFIXES)}`
    if (roll < 0.96) return `${given} ${dice.pick(['van', 'de', 'von', 'van der', 'da', 'al', 'bin', 'del', 'ten'])} ${family}`
    if (roll < 0.98) return `${given} ${dice.pick(["O'", 'Mc', 'Mac', "D'", 'De', 'Le'])}${family}`
    return `${family}, ${given}`
  }

  /** A full name that `again` can repeat. */
  fullAgain(): string {
    return (this.#last = this.full())
  }

  /** Part of the name of the last full name drawn. */
  again(): string {
    const parts = this.#last.split(/[ ,]+/).filter((part) => part.length > 2)
    if (parts.length === 0) return this.#last
    return this.dice.chance(0.4) ? (parts[0] ?? this.#last) : (parts.at(-1) ?? this.#last)
  }

  /** A handle without its `@`. */
  handle(): string {
    const { dice } = this
    const words = dice.pick([[this.word()], [this.given()], [this.given(), this.family()], [this.word(), this.word()], [this.capital(), this.capital()], [this.invented()]])
    const tail = dice.pick(['', '', '', '_', this.digits(1), this.digits(2), `_${this.digits(1)}`, 'x', 'xx'])
    const name = words.join(dice.pick(['', '', '_'])).replace(/[^\p{L}_]/gu, '') + tail
    return dice.chance(0.4) ? name.toLowerCase() : name
  }

  /** What stands for a value that is masked, or has a pseudonym. */
  mask(): string {
    const { dice } = this
    const type = dice.pick(MASKED)
    return dice.chance(0.2) ? `[${type}]` : `[${type}_${String(1 + dice.below(20))}]`
  }

  email(): string {
    const { dice } = this
    const local = dice.pick([
      () => `${this.given()}${dice.pick(['.', '_', '', '-'])}${this.family()}`.toLowerCase(),
      () => this.given() + (dice.chance(0.5) ? this.initial() : '') + this.family(),
      () => this.word() + this.digits(2),
      () => `${this.initial()}.${this.family()}`,
      () => dice.pick(['info', 'support', 'hello', 'admin', 'sales']),
    ])()
    const domain = dice.pick([() => this.word(), () => this.invented(), () => this.family()])().toLowerCase()
    return `${local}@${domain}.${dice.pick(['com', 'org', 'net', 'io', 'de', 'co.uk', 'us', 'example', 'fr'])}`.replace(/[ ']/g, '')
  }

  /** A person in any form that text has. */
  person(): string {
    const roll = this.dice.next()
    if (roll < 0.54) return (this.#last = this.full())
    if (roll < 0.69) return (this.#last = this.given())
    if (roll < 0.82) return (this.#last = this.family())
    if (roll < 0.92) return (this.#last = this.stranger())
    if (roll < 0.95) return this.dice.pick(PEOPLE_OF_NOTE)
    // In other languages the templates write the titles, outside of the name.
    if (this.home !== undefined) return (this.#last = this.family())
    return `${this.title()} ${this.dice.chance(0.5) ? this.family() : this.full()}`
  }

  city(): string {
    if (this.home !== undefined && this.dice.chance(0.6)) return this.dice.pick(this.home.towns)
    const roll = this.dice.next()
    const name = roll < 0.4 ? this.dice.pick(this.lists.bigCities) : roll < 0.8 ? this.dice.pick(this.lists.cities) : this.invented()
    if (roll > 0.96) return `${name} ${this.dice.pick(['am Main', 'sur Mer', 'de la Sierra', 'upon Tyne', 'by the Sea', 'nad Labem', 'Hills', 'Town', 'City', 'Beach', 'Springs'])}`
    return this.dice.chance(0.08) ? name.toUpperCase() : name
  }

  country(): string {
    return this.dice.pick(this.home?.countries ?? this.lists.englishCountries)
  }

  region(): string {
    const { regions } = this.home === undefined && this.dice.chance(0.5) ? (this.lists.locales[this.lists.english] ?? this.locale()) : this.locale()
    return regions.length > 0 ? this.dice.pick(regions) : this.country()
  }

  place(): string {
    const roll = this.dice.next()
    if (this.home !== undefined) return roll < 0.6 ? this.city() : roll < 0.85 ? this.country() : this.region()
    if (roll < 0.5) return this.city()
    if (roll < 0.78) return this.country()
    if (roll < 0.88) return this.region()
    if (roll < 0.93) return `${this.dice.pick(['North', 'South', 'East', 'West', 'Northern', 'Southern', 'New', 'Upper', 'Central'])} ${this.dice.chance(0.5) ? this.country() : this.city()}`
    if (roll < 0.97) return `${this.city()} ${this.dice.pick(['Airport', 'County', 'Valley', 'River', 'Lake', 'Island', 'Bay', 'Hills', 'Beach', 'Park', 'Bridge', 'Square'])}`
    return `${this.dice.pick(['Lake', 'Mount', 'Cape', 'Port', 'Fort', 'San', 'St.', 'Isle of'])} ${this.dice.chance(0.5) ? this.family() : this.city()}`
  }

  /** A word that no list has: half of the world's names are in none. */
  invented(): string {
    const { dice } = this
    let word = ''
    for (let n = 2 + dice.below(2); n > 0; n--) word += dice.pick(SYLLABLES)
    return word.charAt(0).toUpperCase() + word.slice(1)
  }

  /** Somebody whose name no list has, but which sounds like one: the beginning of a name and the end of another. */
  stranger(): string {
    const [first, second] = [this.family(), this.dice.chance(0.5) ? this.family() : this.given()].map((name) => name.replace(/[^\p{L}].*/u, ''))
    if (first === undefined || second === undefined || first.length < 3 || second.length < 4 || this.dice.chance(0.3)) return this.invented()
    return first.slice(0, 2 + this.dice.below(3)) + second.slice(-3 - this.dice.below(2)).toLowerCase()
  }

  acronym(): string {
    let word = ''
    for (let n = 2 + this.dice.below(3); n > 0; n--) word += ACRONYM_LETTERS.charAt(this.dice.below(ACRONYM_LETTERS.length))
    return word
  }

  organisation(): string {
    const { dice } = this
    const locale = this.locale()
    const legal = (): string => (locale.legal.length > 0 ? dice.pick(locale.legal) : dice.pick(ORG_ENDS))
    const stem = (): string => (dice.chance(0.5) ? this.family(locale) : dice.chance(0.6) ? this.invented() : this.city())
    const roll = dice.next()
    if (this.home !== undefined && dice.chance(0.6)) return this.#localOrganisation(this.home, stem(), legal())
    if (roll < 0.2) return `${stem()} ${legal()}`
    if (roll < 0.4) return `${stem()} ${dice.pick(ORG_FIELDS)}${dice.chance(0.4) ? ` ${legal()}` : ''}`
    if (roll < 0.47) return `${this.family(locale)}, ${this.family(locale)} and ${this.family(locale)}${dice.chance(0.25) ? ` ${dice.pick(ORG_FIELDS)}` : ''}`
    if (roll < 0.49) return `${this.family(locale)}-${this.family(locale)}`
    if (roll < 0.52) return `${this.family(locale)} & ${this.family(locale)}`
    if (roll < 0.62) return this.invented()
    if (roll < 0.68) return this.acronym()
    if (roll < 0.88) return dice.pick(KNOWN_ORGANISATIONS)
    if (roll < 0.92) return `${dice.pick(['University of', 'Bank of', 'City of', 'Institute of', 'Ministry of', 'Museum of'])} ${this.place()}`
    if (roll < 0.96) return `${this.city()} ${dice.pick(['University', 'Hospital', 'College', 'High School', 'Council', 'Police', 'United', 'City', 'Tigers', 'Library', 'Museum'])}`
    return `${this.invented()}${dice.pick(['Soft', 'Tech', 'Works', 'Lab', '.io', '.com', 'Net', 'Pay', 'Bank'])}`
  }

  #localOrganisation({ language }: Home, stem: string, legal: string): string {
    const field = this.dice.pick(language.fields)
    return this.dice.pick([`${stem} ${field}`, `${stem} ${field} ${legal}`, `${field} ${stem}`, `${field} ${stem} ${legal}`, `${stem} ${legal}`, `${stem} ${legal}`])
  }

  nationality(): string {
    return this.dice.pick(NATIONALITIES)
  }

  /** A street without its number. */
  street(): string {
    const { dice } = this
    const locale = this.locale()
    const own = locale.streets.length > 20 && dice.chance(0.5)
    const roll = dice.next()
    if (this.home !== undefined && !own && roll < 0.8) return this.#localStreet(this.home)
    if (own) return dice.pick(locale.streets)
    if (roll < 0.55) return `${dice.chance(0.6) ? this.family(locale) : this.given(locale)} ${dice.pick(STREET_WORDS)}`
    if (roll < 0.7) return `${dice.pick(['Rua', 'Via', 'Rue', 'Calle', 'ul.', 'Avenue', 'Av.', 'Rue de', 'Calle de', 'Piazza', 'Ulica'])} ${this.dice.chance(0.5) ? this.family(locale) : this.full()}`
    if (roll < 0.85) return `${this.invented()}${dice.pick(['straße', 'gatan', 'vej', 'weg', 'laan', 'straat', 'gasse', 'gata', 'utca', 'tie', 'katu', 'veien'])}`
    return `${dice.pick(['Old', 'New', 'North', 'South', 'West', 'East', 'Upper', 'Great'])} ${this.invented()} ${dice.pick(STREET_WORDS)}`
  }

  word(): string {
    return this.dice.pick(this.lists.plain)
  }

  capital(): string {
    const word = this.word()
    return word.charAt(0).toUpperCase() + word.slice(1)
  }

  digits(count: number): string {
    let text = ''
    for (let i = 0; i < count; i++) text += String(this.dice.below(10))
    return text
  }

  #localStreet({ language: { ways, wayEnds } }: Home): string {
    const { dice } = this
    const name = dice.chance(0.5) ? this.family() : dice.chance(0.5) ? this.city() : dice.chance(0.5) ? this.given() : this.full()
    const end = dice.below(ways.length + wayEnds.length * 3)
    return end < ways.length ? `${ways[end] ?? ''}${name}` : `${name}${dice.pick(wayEnds)}`
  }

  month(): string {
    return this.dice.pick(MONTHS)
  }

  day(): string {
    return this.dice.pick(DAYS)
  }

  largeCity(): City['name'] {
    return this.dice.pick(this.lists.bigCities)
  }
}

/** Word lists for training, taken from the development packages. */
import { LANGUAGES } from './languages/shares.ts'
import { vocabulary, type Language } from './languages/language.ts'

/** What is read of a locale of `@faker-js/faker`. */
export interface FakerLocale {
  readonly person?: { readonly first_name?: unknown; readonly last_name?: unknown; readonly job_type?: unknown }
  readonly location?: Readonly<Record<string, unknown>>
  readonly company?: Readonly<Record<string, unknown>>
}

export interface City {
  readonly name: string
  readonly country: string
  readonly population: number
}

export interface Word {
  readonly word: string
  readonly count: number
}

export interface Locale {
  readonly given: readonly string[]
  readonly family: readonly string[]
  readonly cities: readonly string[]
  readonly regions: readonly string[]
  readonly streets: readonly string[]
  readonly countries: readonly string[]
  readonly legal: readonly string[]
}

/** Where a language is spoken. */
export interface Home {
  readonly language: Language
  readonly share: number
  readonly locales: readonly Locale[]
  readonly towns: readonly string[]
  readonly countries: readonly string[]
}

export interface Lists {
  readonly locales: readonly Locale[]
  /** Share of each locale in generated text, adding up to no particular number. */
  readonly shares: readonly number[]
  readonly given: readonly string[]
  readonly family: readonly string[]
  readonly strong: readonly string[]
  readonly cities: readonly string[]
  /** The larger ones of `cities`, drawn more often. */
  readonly bigCities: readonly string[]
  readonly countries: readonly string[]
  /** Countries by their English names. */
  readonly englishCountries: readonly string[]
  /** Which of `locales` is English. */
  readonly english: number
  readonly words: readonly Word[]
  /** Lower-case words of everyday English. */
  readonly plain: readonly string[]
  readonly homes: readonly Home[]
  /** Words of the languages of `homes` that are no names. */
  readonly foreign: readonly string[]
}

const LATIN = /^[\p{Script=Latin}\p{M} .'’-]+$/u
const CASED = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M} .'’-]+$/u
/** Fewest people of a city in the word list. */
const LARGE_ENOUGH = 25_000
const BIG = 150_000

function strings(value: unknown, fits: RegExp): string[] {
  if (typeof value === 'string') return fits.test(value) ? [value.trim()] : []
  if (Array.isArray(value)) return value.flatMap((one: unknown) => strings(one, fits))
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap((one) => strings(one, fits))
  return []
}

function distinct(words: Iterable<string>): string[] {
  return [...new Set(words)]
}

function localeOf(raw: FakerLocale, fits: RegExp): Locale {
  const place = raw.location ?? {}
  return {
    given: distinct(strings(raw.person?.first_name, fits)),
    family: distinct(strings(raw.person?.last_name, fits)),
    cities: distinct(strings(place['city_name'], fits)),
    regions: distinct([...strings(place['state'], fits), ...strings(place['county'], fits)]),
    streets: distinct(strings(place['street_name'], fits)),
    countries: distinct(strings(place['country'], fits)),
    legal: distinct(strings(raw.company?.['legal_entity_type'], fits)),
  }
}

function inSeveral(sets: readonly (readonly string[])[], atLeast: number): string[] {
  const seen = new Map<string, number>()
  for (const set of sets) for (const word of set) seen.set(word, (seen.get(word) ?? 0) + 1)
  return [...seen].filter(([, count]) => count >= atLeast).map(([word]) => word)
}

/** With the names of the whole world where a list has none. */
function homeOf([share, language]: (typeof LANGUAGES)[number], latin: readonly { readonly code: string; readonly locale: Locale }[], places: readonly City[], countries: readonly string[]): Home {
  const own = latin.filter(({ code }) => language.locales.test(code)).map(({ locale }) => locale)
  const locales = own.length > 0 ? own : latin.map(({ locale }) => locale)
  const large = places.filter(({ country, population }) => language.countries.includes(country) && population >= LARGE_ENOUGH).map(({ name }) => name)
  const towns = distinct([...large, ...own.flatMap(({ cities }) => cities)])
  const named = distinct(own.flatMap((locale) => locale.countries))
  return { language, share, locales, towns: towns.length > 0 ? towns : places.map(({ name }) => name), countries: named.length > 0 ? named : countries }
}

const SKIPPED = new Set(['base', 'en_BORK', 'en_AU_ocker', 'de_AT', 'eo'])
const ENGLISH = /^en/

export function readLists(faker: Readonly<Record<string, FakerLocale>>, places: readonly City[], words: readonly Word[]): Lists {
  const entries = Object.entries(faker).filter(([code]) => !SKIPPED.has(code))
  const latin = entries
    .map(([code, raw]) => ({ code, locale: localeOf(raw, LATIN) }))
    .filter(({ locale }) => locale.given.length >= 40 && locale.family.length >= 20)
  const all = entries.map(([, raw]) => localeOf(raw, CASED))
  const byPeople = places.filter((place) => LATIN.test(place.name))
  const countries = distinct(entries.flatMap(([, raw]) => strings(raw.location?.['country'], CASED).map((name) => name)))
  const englishCountries = distinct(strings(faker['en']?.location?.['country'], LATIN))
  return {
    locales: latin.map(({ locale }) => locale),
    shares: latin.map(({ code }) => (code === 'en' ? 14 : ENGLISH.test(code) ? 1.5 : 1)),
    given: distinct(all.flatMap((locale) => locale.given)),
    family: distinct(all.flatMap((locale) => locale.family)),
    strong: inSeveral([...all.map((locale) => locale.given), ...all.map((locale) => locale.family)], 4),
    cities: distinct([...byPeople.filter((place) => place.population >= LARGE_ENOUGH).map((place) => place.name), ...all.flatMap((locale) => locale.cities)]),
    bigCities: distinct(byPeople.filter((place) => place.population >= BIG).map((place) => place.name)),
    englishCountries,
    english: latin.findIndex(({ code }) => code === 'en'),
    countries: distinct([...countries, ...all.flatMap((locale) => locale.regions)]),
    words,
    homes: LANGUAGES.map((each) => homeOf(each, latin, byPeople, englishCountries)),
    foreign: distinct(LANGUAGES.flatMap(([, language]) => vocabulary(language))),
    plain: words.filter(({ word, count }) => count >= 150 && /^[a-z]{2,}$/.test(word)).map(({ word }) => word),
  }
}

/**
 * The name tagger: tokens, runs, tags, spans. Each step is a function of the text read so far and of one word after a
 * run, never of how the text was cut into chunks.
 */
import { Decoder } from './decoder.ts'
import { isInside, LABELS, NAME_TYPES, OUTSIDE, typeOf } from './labels.ts'
import { readModel } from './model.ts'
import { Runs, type Run } from './runs.ts'
import { isTechnical } from './technical.ts'
import { hashWord, SHAPE, type Token } from './tokens.ts'
import type { NameSpan, NameStream, NameTagger } from './types.ts'
import type { WordList } from './wordlist.ts'
import { WEIGHTS } from './weights.ts'

/** Score at which a name is as likely as not to be none, in the unit of the weights. */
const HALF = 40

function decodeBase64(text: string): Uint8Array {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

const FIELD_WORDS = new Set('iban bic swift ssn itin ein tin vat nino pan pin cvv cvc dob otp bsn pesel cpf cnpj imei vin mrn npi sku uuid'.split(' ').map(hashWord))

/** More digits are a year, or a count. */
const LONGEST_HOUSE_NUMBER = 3

/** What a street may stand behind, whatever the tagger takes it for. */
const BEFORE_PLACES = new Set('at to from in on near is by'.split(' ').map(hashWord))

/** A house number is no part of a name for the tagger: it belongs to the street where it follows at once. Behind a name that a list knows it counts something: `to London 40 minutes late`. */
function afterHouseNumber(run: Run, last: Token): number {
  const next = run.window.at(run.last + 1)
  const isHouseNumber = last.listed === 0 && next.shape === SHAPE.number && next.start === last.end + 1 && next.end - next.start <= LONGEST_HOUSE_NUMBER
  return isHouseNumber ? next.end : last.end
}

class Stream implements NameStream {
  readonly #decoder: Decoder
  readonly #runs: Runs
  #found: NameSpan[] = []

  constructor(list: WordList, decoder: Decoder) {
    this.#decoder = decoder
    this.#runs = new Runs(list, (run) => {
      this.#tag(run)
    })
  }

  get settled(): number {
    return this.#runs.settled
  }

  push(text: string): void {
    this.#runs.push(text)
  }

  end(): void {
    this.#runs.end()
  }

  take(): readonly NameSpan[] {
    const found = this.#found
    if (found.length > 0) this.#found = []
    return found
  }

  #tag(run: Run): void {
    this.#decoder.decode(run)
    const { tags } = this.#decoder
    const length = run.last - run.first + 1
    for (let i = 0; i < length; i++) {
      const token = run.window.at(run.first + i)
      if (token.shape !== SHAPE.mark && token.shape !== SHAPE.lower) this.#runs.memory.tagged(token.hash, tags[i] ?? OUTSIDE)
    }
    for (let i = 0; i < length; ) {
      const tag = tags[i] ?? OUTSIDE
      let next = i + 1
      if (tag !== OUTSIDE) {
        while (next < length && isInside(tags[next] ?? OUTSIDE)) next++
        this.#add(run, i, next - 1, tag)
      }
      i = next
    }
  }

  #add(run: Run, from: number, to: number, tag: number): void {
    const type = NAME_TYPES[typeOf(tag)]
    if (type === undefined) return
    // What a field is called (`IBAN`, `SSN`) is in no list of names, and looks like an organisation or a surname in capitals.
    const only = run.window.at(run.first + from)
    if (from === to && (only.shape === SHAPE.upper || only.shape === SHAPE.lower) && FIELD_WORDS.has(only.hash)) return
    if (isTechnical((place) => run.window.at(place), run.first + from, run.first + to)) return
    const { emissions, tags } = this.#decoder
    let margin = 0
    for (let i = from; i <= to; i++) margin += (emissions[i * LABELS + (tags[i] ?? 0)] ?? 0) - (emissions[i * LABELS] ?? 0)
    const certainty = 0.5 + (0.5 * margin) / (HALF + Math.abs(margin))
    const last = run.window.at(run.first + to)
    const isPlace = type === 'LOCATION' || BEFORE_PLACES.has(run.window.at(run.first + from - 1).hash)
    const end = isPlace && run.first + to === run.last ? afterHouseNumber(run, last) : last.end
    // A place with the number of a house is where somebody lives, and a policy may ask for addresses alone.
    this.#found.push({ start: only.start, end, type: type === 'LOCATION' && end > last.end ? 'ADDRESS' : type, certainty })
  }
}

/** What all streams share. One decoder serves them all: it keeps nothing between two runs. The bytes of the weights are not kept. */
interface Parts {
  readonly list: WordList
  readonly decoder: Decoder
}

function partsOf(weights: Uint8Array): Parts {
  const model = readModel(weights)
  return { list: model.list, decoder: new Decoder(model) }
}

let shipped: Parts | undefined

/** A tagger over the given weights (layout: `model.ts`), or over those of the package, which are read on first use. */
export function createNameTagger(weights?: Uint8Array): NameTagger {
  const { list, decoder } = weights === undefined ? (shipped ??= partsOf(decodeBase64(WEIGHTS))) : partsOf(weights)
  return { open: () => new Stream(list, decoder) }
}

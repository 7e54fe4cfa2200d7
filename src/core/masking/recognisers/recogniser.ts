/**
 * How a family of detectors is declared. A recogniser never sees a stream: it sees one closed window of folded text, the
 * text to the left of it and the name of the field it stands in. The engine (`../scan`) finds the windows, and closes
 * them by content alone, so nothing here can depend on how a text was cut into chunks.
 *
 * Windows
 * - `word`:   a maximal run without white space, quotes, brackets, commas, semicolons and bars: `a@b.example`, `key=sk-…`,
 *             a URL, a token. `=`, `:`, `/`, `&`, `?`, `@`, `.`, `-`, `_`, `+`, `#`, `%`, `$`, `!`, `~`, `*`, `^` belong to it.
 *             At most 512 characters are seen at once; longer runs are read in overlapping halves.
 * - `group`:  runs of letters and digits, at least one with a digit, joined by one to three of: space, tab, line break (one in
 *             a window), `-`, `.`, `/`, `(`, `)`, `+`, `:`, `_`, `#`. A run without digit belongs to it when it is one to four capitals
 *             (`GB29 NWBK 6016`, `AB 12 34 56 C`) or when letters and digits touch. A leading `+`, `(` or `#` is included.
 *             Between digits `dash`, `dot`, `space` and the like join as well, and are folded to the mark they name.
 *             A run of more than 34 letters and digits is no part of it. At most 96 characters. For cards, phones, IBANs, national ids, dates in digits.
 * - `cjk`:    a maximal run of Chinese, Japanese or Korean letters with the Latin letters and digits between them. At most 64.
 * - `phrase`: opens at a trigger (`opens`), grows while `grow` matches what it holds at each end of a token, at most `hold`
 *             characters; never crosses the end of a JSON string. For addresses, written dates, `diagnosed with …`.
 * - `field`:  all of a JSON string, of a cell of a table or a list, in a field for which `context.key` speaks; at most 96 characters. For
 *             passwords, in which any character may stand.
 * - `whole`:  all that stands in a field for which `context.key` speaks, whatever it is and however long: in JSON, in cells, and behind the name
 *             in plain text. Masked as it begins, and in pieces of 4,096 characters. The pattern is not asked. For types of which only that name is known.
 * - `run`:    two to four runs of letters and digits with one to three other characters between them, blanks folded to one space; at most 96 characters.
 *             Nothing else is folded. The pattern is not asked, `valid` is. For values that are known exactly.
 * - `block`:  opens at a literal (`starts`), needs `early`; for PEM and other blocks with an end line.
 *
 * Folded means: zero-width and other ignorable characters are gone; full-width, mathematical and foreign digits and
 * letters are ASCII; homoglyphs in words of mixed script are Latin; no-break space is a space, Unicode dashes are `-`;
 * `\uXXXX`, `%40` and `&#64;` inside a word are the character they stand for. Accents and case stay. Write patterns
 * for the plain form only.
 *
 * What wins where findings overlap: the higher certainty, then the earlier start, then the longer one; what sticks out
 * of the winner is masked too.
 */
import type { EntityType } from '../../../protocol/masking.ts'

/**
 * plan: marker, code and length agree, which says more than a sum that holds for every tenth number; checksum: arithmetic holds; prefix: the
 * issuer's own marker; context: words or key say so; shape: looks like one.
 */
export type Certainty = 'plan' | 'checksum' | 'prefix' | 'context' | 'shape'

export const CERTAINTY: Readonly<Record<Certainty, number>> = { plan: 0.97, checksum: 0.95, prefix: 0.9, context: 0.75, shape: 0.5 }

/** Cheap conditions on the window, all of which must hold before the pattern is run. They decide the engine's speed: give as many as are true. */
export interface Gate {
  /** At least this many digits (folded) in the window. */
  readonly digits?: number
  /** At most this many. */
  readonly maxDigits?: number
  /** Every one of these characters occurs; only `@ . : - _ / + = # %` count. */
  readonly has?: string
  /** Shortest and longest window (folded length) in which a match is possible. */
  readonly minLength?: number
  /** At least one letter occurs. */
  readonly letters?: boolean
  /** At least one of these marks occurs twice in the word; `:`, `.` and `-` count. For `word` only. */
  readonly twice?: string
}

export interface Context {
  /** Tested on the (folded) text left of the value, at most 64 characters; write it with the flag `i`, and with `$` where nearness counts. */
  readonly left?: RegExp
  /** Tested on the name of the field: JSON key (nested ones joined by `.`, innermost last), part key. In code and CSV use `left`. */
  readonly key?: RegExp
  /** True: without context nothing is found. False or absent: context raises the certainty to `context`. */
  readonly required?: boolean
  /** Says no when it matches the text left of the value: `order no.` before a card-like number. */
  readonly not?: RegExp
  /**
   * Says no where no context speaks for a value that was found: `run_id` before a number whose sum holds by chance. Without it words change
   * nothing for what arithmetic makes sure. @param before the same text, or the name of the field as JSON has it (`"run_id": `) @param value as folded
   */
  readonly unless?: (before: string, value: string) => boolean
}

/** Commits before the window is closed: for values that may be long. Everything after the opening is swallowed. */
export interface Early {
  /** Tested on the open window at 40, 64, 128 and 256 characters; matches when the opening decides: /sk-ant-[\w-]{20}/. */
  readonly opening: RegExp
  /** One character: the value goes on while this matches. Absent: to the end of the run (`word`). */
  readonly body?: RegExp
  /** For `block`: the last line, included in the value; at most `untilLength` characters long. It must end at the same place whatever follows, or look at the one character behind it. */
  readonly until?: RegExp
  readonly untilLength?: number
}

/** What opens a phrase window. */
export interface Opens {
  /** Lower-case words (one token each: letters and digits only); the window opens at the word. */
  readonly words?: readonly string[]
  /** With `words`: only where the word begins with a capital. Give it where words are common: each that opens a window is read with care. */
  readonly capitalised?: boolean
  /** True: the window opens behind the trigger word instead of at it, and the word itself is in the left context. */
  readonly after?: boolean
  /**
   * With `after`: the first character that can begin a value, one character class. What stands before it is not held back. A value is cut
   * to begin there. It must match at a character that has just come, or at one of the word being read: what stands before is out already.
   */
  readonly heldFrom?: RegExp
  /**
   * With `digit`: what must follow a token of digits alone, or the window is dropped: the marks that may stand between, and one character
   * class for the first character of the next token.
   */
  readonly follow?: { readonly between: string; readonly first: RegExp }
  /**
   * With `follow`: how many plain numbers, one of the marks between each two, may begin a value at most; it has letters as well. So a row of
   * them goes on without `grow` being asked, and with one more there is no value.
   */
  readonly numbers?: number
  /** Tokens with digits that a value has at most: the window closes with one more, or rows of numbers would be read once more at each of them. */
  readonly mostNumbers?: number
  /** Tested on the window up to the first character of the token after the opening one: the window closes when it does not match. */
  readonly next?: RegExp
  /** Any token that begins with a digit. */
  readonly digit?: boolean
  /** With `digit` or `capital`: the longest token that opens the window. */
  readonly longest?: number
  /** Any token that begins with a capital. Costly in held text: let `grow` fail early. */
  readonly capital?: boolean
}

export interface Recogniser {
  readonly type: EntityType
  /** Lower case, unique: `card`, `uk-nino`. With the version it is the detector's name in evidence, `card@1`. */
  readonly name: string
  /** Raise it when the same text would be judged otherwise. */
  readonly version: number
  readonly window: 'word' | 'group' | 'cjk' | 'phrase' | 'field' | 'whole' | 'run' | 'block'
  readonly gate?: Gate
  /** Literals of which at least one occurs in the window (case counts): `AKIA`, `ghp_`. Makes a recogniser almost free. */
  readonly starts?: readonly string[]
  /**
   * Finds values anywhere in the folded window; without flags g, y and d. The whole match is the value unless there is a group
   * named `value`. Linear: no nested repetition. The window has ends of its own, so \b and lookarounds see only the window.
   */
  readonly pattern: RegExp
  /** True: the digits of every value hold Luhn's sum, whatever else `valid` asks. */
  readonly luhn?: boolean
  /** Arithmetic, calendars, entropy. @param value as folded @param window all of it, folded @param left text left of the value */
  readonly valid?: (value: string, window: string, left: string) => boolean
  readonly certainty: Certainty
  readonly context?: Context
  /** True: only where nothing but white space stands left of the window (within the left context). Costs nothing elsewhere. */
  readonly alone?: boolean
  readonly early?: Early
  readonly opens?: Opens
  /**
   * For `phrase`: matches the text from the opening to the end of a token as long as a value may still be coming; as soon as it does
   * not, the window closes (with that token in it). Anchor it with ^ and $.
   */
  readonly grow?: RegExp
  /** Upper bound of characters held back because of this recogniser, for the stated bound: 320 for an e-mail address, 42 for an IBAN. */
  readonly hold: number
  /** Texts with the values between « and »: `write to «ada@example.com» now`. */
  readonly examples: readonly string[]
  /** Texts in which this recogniser finds nothing. */
  readonly counterExamples: readonly string[]
}

/** One file of `recognisers/`: what belongs together. */
export interface Family {
  readonly name: string
  readonly recognisers: readonly Recogniser[]
}

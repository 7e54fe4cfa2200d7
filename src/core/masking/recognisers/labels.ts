/**
 * What stands between a label and its value: operators, marks of Markdown, bars and tags of a table, arrows, quotes. Sources of regular
 * expressions, for the end of a left context. As short as they can be: everything within their length behind a label is looked at with care.
 */

const MARK = String.raw`[\s:=*_|"'\x60“”„«»‘’]`
/** An arrow, a dash apart from the words, a row of dots. */
const ARROW = String.raw`[-=]{1,2}>|→|\s-{1,2}\s|\.{3,8}`
/** A bar far behind the label, where the cells of a table are set evenly. */
const BAR = String.raw`\*{0,2}\s{4,24}\|\s?[*_\x60]{0,2}`
const TAGS = String.raw`[:\s]{0,2}(?:(?:</[a-z]{1,2}>){1,2}\s{0,6}(?:<[a-z]{1,2}>){0,2}|</[a-z]{3,8}>[:\s]{0,4}(?:<[a-z]{3,8}>)?|</?(?:strong|[a-z]{1,4})>)\s?`

/** At least one mark that sets the two apart. The near ones are for labels that are common words: behind these the longer forms would have too much looked at. */
const NEAR_SEPARATOR = `${MARK}{0,4}(?:[:=|*]|${ARROW})${MARK}{0,4}`
export const SEPARATOR = `(?:${NEAR_SEPARATOR}|${BAR}|${TAGS})`

/** The same, or nothing but a blank or a quote. */
export const NEAR_JOINT = String.raw`(?:${NEAR_SEPARATOR}|[\s"'\x60“„«‘]{1,4})`
export const JOINT = `(?:${NEAR_JOINT}|${BAR}|${TAGS})`

/** Beside these, what parts the fields of a row: where a label is said of nothing else. */
export const FIELD_JOINT = `(?:[,;>]["']?|${JOINT})`

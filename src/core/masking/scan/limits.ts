/** How far windows that look at the same token may lie apart. */

/** Units of a word that are looked at together; longer ones are read in overlapping halves. */
export const WORD_LIMIT = 512
/** Units of a token with which another window opens. Only escapes and invisible characters make a longer one, whose beginning may be out already. */
export const LONGEST_TOKEN = WORD_LIMIT / 2

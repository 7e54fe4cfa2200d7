/** What the name of a column is made of. */
export const COLUMN_NAME = /^[\p{L}_#][\p{L}\p{M}\p{N}_ .#/'’°º%&$€£*+-]{0,39}(?:\([^()]{1,20}\))?$/u

/** The name of a column as fields have it: `Acct #` is `Acct_no`, `Password (temp)` is `Password`, `D.O.B.` is `DOB`. */
export function fieldOf(name: string, isField: (name: string) => boolean): string {
  const bare = name.replace(/ ?\([^()]*\)$/, '').replace(/ ?#$/, ' no')
  const field = /^(?:\p{L}\.){2,}$/u.test(bare) ? bare.replaceAll('.', '') : bare.replace(/[ ./-]+/g, '_').replace(/_$/, '')
  return isField(field) || !isField(name) ? field : name
}

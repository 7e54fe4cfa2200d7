/** Who reads a view: their own words are told as theirs. */

export interface Me {
  readonly issuer: string
  readonly subject: string
}

export function isMe(one: Me, me: Me | undefined): boolean {
  return me !== undefined && one.issuer === me.issuer && one.subject === me.subject
}

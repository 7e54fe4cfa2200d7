/**
 * One field of a frame, as notebooks and sessions show it: what stands below `df['ssn']`, `print(df["ssn"])` or `df.ssn.unique()` is of this field.
 */
const ACCESS = /(?:\[["']([\p{L}_][\p{L}\p{N}_ ]{1,39})["']\]|\.([\p{L}_]\w{1,39}))(?:\.\w{1,24}\([^()\n]{0,24}\)|\.values)?\)?[ \t]{0,4}\r?\n(?:\r?\n)?(?:Out ?\[\d{1,4}\]:\s{0,4})?(?:<\w{5,24}>\r?\n)?(?:array\()?$/u

/** As polars prints one. */
const SERIES = /Series: '([\p{L}_][\p{L}\p{N}_ ]{1,39})' \[[\w[\], ]{1,24}\]\r?\n$/u

/** @param left what stands before a value @returns name of the field that the line above gives out, empty where it gives out none */
export function accessedIn(left: string): string {
  const match = ACCESS.exec(left) ?? SERIES.exec(left)
  return (match?.[1] ?? match?.[2] ?? '').replaceAll(' ', '_')
}

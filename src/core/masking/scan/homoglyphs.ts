/** Letters of other scripts that look like Latin ones. */

/** Latin letters that look like these. Only used in words that also have Latin letters or digits. */
const HOMOGLYPHS: Readonly<Record<string, string>> = {
  а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', у: 'y', х: 'x', і: 'i', ј: 'j', ѕ: 's', һ: 'h', ԁ: 'd', ԛ: 'q', ԝ: 'w', ѵ: 'v', ӏ: 'l', к: 'k', м: 'm', т: 't', в: 'b', н: 'h', г: 'r', п: 'n',
  А: 'A', В: 'B', Е: 'E', К: 'K', М: 'M', Н: 'H', О: 'O', Р: 'P', С: 'C', Т: 'T', У: 'Y', Х: 'X', І: 'I', Ј: 'J', Ѕ: 'S', Ԛ: 'Q', Ԝ: 'W', Ѵ: 'V', Ӏ: 'I', З: '3', б: '6', Ь: 'b',
  α: 'a', β: 'b', ε: 'e', ι: 'i', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', γ: 'y', η: 'n', ω: 'w',
  Α: 'A', Β: 'B', Ε: 'E', Ζ: 'Z', Η: 'H', Ι: 'I', Κ: 'K', Μ: 'M', Ν: 'N', Ο: 'O', Ρ: 'P', Τ: 'T', Υ: 'Y', Χ: 'X', ϲ: 'c', ϳ: 'j',
  օ: 'o', ս: 'u', ո: 'n', հ: 'h', զ: 'q', ց: 'g', Ѡ: 'W', Ꭺ: 'A', Ꮯ: 'C', Ꭼ: 'E', Ꮋ: 'H', Ꮶ: 'K', Ꮇ: 'M', Ꮲ: 'P', Ꭲ: 'T',
}
const LOOKALIKE = new Map(Object.entries(HOMOGLYPHS).map(([from, to]) => [from.charCodeAt(0), to.charCodeAt(0)]))

export function lookalike(code: number): number {
  return LOOKALIKE.get(code) ?? code
}

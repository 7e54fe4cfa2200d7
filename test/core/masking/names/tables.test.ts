import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createNameTagger } from '../../../../src/core/masking/names/tagger.ts'

/**
 * Rows and sentences as programs print and people write them, names in «». The surnames are in no list of names that the tagger is trained
 * with: some are towns to the lists, which the training now and then draws as surnames, the others nothing. The rows and many of the sentences
 * are of kinds that the training text has, in part with the same words (`represented by`, `in the meantime`): what is new in them is the name.
 */
const ROWS: readonly string[] = [
  ' nr customer mail tel\n 1 «Grace Anagnostou» g.anagnostou@mail.example +44 7700 900411\n 2 «Rose Hawksworth» rose@mail.example +44 7700 900412\n',
  ' 7 «Claire Odawara» claire.odawara@mail.example [PHONE_3]\n 8 «Vera Skrypnyk» v.skrypnyk@mail.example [PHONE_4]\n',
  '[US_SSN_4] Leeds [CREDIT_CARD_7] [IBAN_6]\n 3 «Mia Tveitan» [EMAIL_9] [PHONE_8]\n 4 «Bianca Wakefield» [EMAIL_10] [PHONE_9]\n',
  '17 «Stella Gokhale» stella.gokhale@mail.example 2026-02-11',
  '4  «Marguerita Birtwistle»       m.birtwistle@mail.example       Hull',
  '    holder                 mail\n0   «Thomas Kobayakawa»    tk@mail.example\n1   «Julio Blenkinsop»     jb@mail.example\n',
  '21     «Wenceslas Vlahovic»       +420 601 555 014     open',
  'ref\tmember\tjoined\n88\t«Ira Burnley»\t2024-06-01\n89\t«Parisa Nyirahabimana»\t2024-06-02\n',
  '5\t«Ken Joglekar»\t[EMAIL_4]\n6\t«Farshid Terpstra»\t[EMAIL_5]\n',
  'seat,passenger,mail\n14C,«Laura Matsumoto»,[EMAIL_1]\n14D,«Aisling Ratnayake»,[EMAIL_2]\n',
  '31,"«Daniel Heptonstall»",d.heptonstall@mail.example\n32,"«Clara Gunasekera»",c.gunasekera@mail.example',
  '| Nr | Guest | Mail |\n|---|---|---|\n| 1 | «Ella Sabbagh» | ella@mail.example |\n| 2 | «Simon Kimitsu» | simon@mail.example |',
  '| 12 | «Desislava Montjoie» | [PHONE_2] |\n| 13 | «Robert Khoury» | [PHONE_3] |',
  "[(41, '«Nora Ueda»', '[EMAIL_8]'), (42, '«Oisin Danylenko»', '[EMAIL_9]')]",
  '[{"nr":3,"holder":"«Felix Keighley»","mail":"[EMAIL_2]"},{"nr":4,"holder":"«Susan Habtemariam»","mail":"[EMAIL_3]"}]',
  '6 | «Tamati Ramsbottom» | tamati@mail.example',
  'rank  runner               club\n1     «Paul Boudreaux»      Harriers\n2     «Minjun Azkarraga»    Harriers\n',
  '102 «Martin Christodoulakis» 07700 900613 unpaid\n103 «Reina Thwaite» 07700 900614 paid',
]

const SENTENCES: readonly string[] = [
  '[PERSON_9] is represented by «Karen Sakata», who can be reached at [PHONE_2] in the evening.',
  'Note 12. [PERSON_3] is represented by «Linda Tanabe», who writes from [EMAIL_5] and answers late.',
  'Note 4. «Dan Subramanyam» wants the deposit paid to [IBAN_2] before Monday.\nNote 5. «Sofia Walsall» asked for a copy.',
  'The minutes were signed by «Priya Lockwood» and sent to [EMAIL_3].',
  'countersigned by «Helen Eiriksdottir» for [ORGANIZATION_2]',
  'contact: «Grace Akingbade», [PHONE_6]',
  'Contact person: «Elena Komatsu» (e.komatsu@mail.example)',
  'Emergency contact: «Mairead Strzelberg», sister',
  'Counsel for [PERSON_2]: «Ivan Hashiguchi»',
  '[PERSON_5] and «Sean Shibusawa» share an office.',
  '«Rose Ibarluzea», [PERSON_6] and [PERSON_7] were present.',
  'The spare key of [PERSON_1] is with the neighbour «Anna Kurume» in the meantime.',
  'On behalf of «Kevin Ravindranath»:',
  'To: [EMAIL_4]; «Chiara Fonoti»',
  '«Shirin Wiremu» <s.wiremu@mail.example> wrote:',
  'Ticket 8123\nOpened by: «Ahmed Nagano»\nMail: [EMAIL_7]',
  'Assignee: «Nova Sanogo»\nStatus: waiting',
  'Kind regards\n\n«Emily Toyama»\ne.toyama@mail.example',
  'Thanks,\n«Iolana Wiersma»\nBilling desk',
  'Caller «David Niskala» (+1 206 555 0148) says that the card was declined twice.',
  'We told «Roman Chitiyo» that the appointment of [PERSON_8] had moved.',
  'The claim that «Bronagh Rangihuna» filed in May is still open.',
  'Could «Julia Benally» confirm by Thursday that the parcel arrived?',
  'It was «Marco Kahananui» who reported the outage.',
]

/** The fewest of all these names, in parts of a hundred, that have to be masked from their first letter to their last, as a person's. */
const LEAST_WHOLE = 94

const NAMELESS: readonly string[] = [
  ' 3 Desk Lamp 49.90 Open',
  ' 4 Garden Chair 18.50 Sold',
  '| 7 | Weekly Report | Done |',
  '| 8 | Spare Parts | Open |',
  '12\tBlue Carpet\t40',
  '13\tWinter Coat\t12',
  '9  Annual Budget     2026-01-04',
  '10,Kitchen Table,119.00',
]
/** A name let through is worse than a row masked for nothing. */
const MOST_TAKEN = 1

interface Tried {
  readonly names: number
  readonly open: readonly string[]
}

const tagger = createNameTagger()

/** The names of which a part is not masked as a person's. */
function tried(line: string): Tried {
  const pieces = line.split(/[«»]/)
  const stream = tagger.open()
  stream.push(pieces.join(''))
  stream.end()
  const found = stream.take().filter(({ type }) => type === 'PERSON')
  const open: string[] = []
  let at = 0
  pieces.forEach((piece, i) => {
    const [start, end] = [at, (at += piece.length)]
    if (i % 2 === 1 && !found.some((span) => span.start <= start && span.end >= end)) open.push(piece)
  })
  return { names: (pieces.length - 1) / 2, open }
}

describe('the name tagger, where little but the place says that a name is one', () => {
  for (const [kind, lines] of Object.entries({ 'printed rows': ROWS, 'text beside masked values': SENTENCES }))
    test(`masks names of no list whole in ${kind}`, () => {
      const results = lines.map(tried)
      const names = results.reduce((sum, result) => sum + result.names, 0)
      const open = results.flatMap((result) => result.open)
      assert.ok(names >= 25, `there are ${String(names)} names only`)
      assert.ok((names - open.length) * 100 >= LEAST_WHOLE * names, `${String(open.length)} of ${String(names)} are not masked whole: ${open.join(', ')}`)
    })

  test('takes hardly a row for one that names somebody because a number stands before its words', () => {
    const taken = NAMELESS.filter((row) => {
      const stream = tagger.open()
      stream.push(row)
      stream.end()
      return stream.take().length > 0
    })
    assert.ok(taken.length <= MOST_TAKEN, `${String(taken.length)} of ${String(NAMELESS.length)} rows: ${taken.join(' / ')}`)
  })
})

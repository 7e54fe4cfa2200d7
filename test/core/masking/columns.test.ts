/** Tables in texts: what stands in a column is what the first line calls it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createMasker } from '../../../src/core/masking/createMasker.ts'
import { customFamily } from '../../../src/core/masking/recognisers/custom.ts'
import { FAMILIES } from '../../../src/core/masking/recognisers/families.ts'
import { KEYS, maskerWith, optionsFor, rulesFor } from './masker.ts'

const { masker, named } = maskerWith()
const mask = (text: string): string => masker.mask(text, optionsFor('text')).text

/** No value of these is known by its looks. */
const NAMES = ['id', 'dob', 'ssn', 'password', 'cvv', 'mrn', 'note']
const ROWS = [
  ['1', '1990-04-12', '219099998', 'tideWater31', '123', 'MRN0048213', 'paid'],
  ['2', '1985-10-12', '219099997', 'hunter2!x', '999', 'MRN0048214', 'open'],
]
const MASKED = ['DATE_OF_BIRTH', 'US_SSN', 'SECRET', 'CARD_CVV', 'MEDICAL_RECORD'].map((type) => `[${type}]`)

/** Ways to write a table, by what is done with a row. */
const WRITTEN: Readonly<Record<string, { readonly row: (cells: readonly string[]) => string; readonly ruler?: string }>> = {
  commas: { row: (cells) => cells.join(',') },
  'commas and quotes': { row: (cells) => cells.map((cell) => `"${cell}"`).join(',') },
  'commas and spaces': { row: (cells) => cells.join(', ') },
  semicolons: { row: (cells) => cells.join(';') },
  tabs: { row: (cells) => cells.join('\t') },
  'strokes between': { row: (cells) => ` ${cells.map((cell) => cell.padEnd(12)).join('| ')}`, ruler: `${'-'.repeat(13)}${'+-------------'.repeat(6)}` },
  'spaces, as pandas prints a frame': { row: (cells) => `${cells[0] === 'id' ? ' ' : Number(cells[0]) - 1}  ${cells.map((cell, i) => cell.padStart([2, 10, 9, 11, 3, 10, 4][i] ?? 0)).join(' ')}` },
  'spaces, as many commands print': { row: (cells) => cells.map((cell) => cell.padEnd(14)).join('').trimEnd(), ruler: '--            -----------   ----------    -----' },
  'a box': { row: (cells) => `│ ${cells.map((cell) => cell.padEnd(12)).join(' │ ')} │`, ruler: `├${'─'.repeat(14)}${`┼${'─'.repeat(14)}`.repeat(6)}┤` },
  'a frame of polars': { row: (cells) => `│ ${cells.map((cell) => cell.padEnd(12)).join(' ┆ ')} │`, ruler: `│ ---${'          ┆ ---'.repeat(6)}          │\n│ i64${'          ┆ str'.repeat(6)}          │\n╞${'═'.repeat(14)}${`╪${'═'.repeat(14)}`.repeat(6)}╡` },
  'a box with heavy names': { row: (cells) => `${cells[0] === 'id' ? '┃' : '│'} ${cells.map((cell) => cell.padEnd(12)).join(cells[0] === 'id' ? ' ┃ ' : ' │ ')} ${cells[0] === 'id' ? '┃' : '│'}`, ruler: `┡${'━'.repeat(14)}${`╇${'━'.repeat(14)}`.repeat(6)}┩` },
  'strokes twice around names': { row: (cells) => (cells[0] === 'id' ? `|| ${cells.join(' || ')} ||` : `| ${cells.join(' | ')} |`) },
  'strokes around': { row: (cells) => `| ${cells.join(' | ')} |`, ruler: '|---|:--|--:|---|---|---|---|' },
}

function table({ row, ruler }: (typeof WRITTEN)[string], rows: readonly (readonly string[])[], names = NAMES): string {
  return [row(names), ...(ruler === undefined ? [] : [ruler]), ...rows.map(row)].join('\n')
}

describe('what stands in a column', () => {
  for (const [name, way] of Object.entries(WRITTEN))
    test(`is masked by the name of the column: ${name}`, () => {
      const text = table(way, ROWS)
      const masked = mask(text)
      for (const cell of ROWS.flatMap((row) => row.slice(1, -1))) assert.ok(!masked.includes(cell), `${cell} in ${masked}`)
      for (const type of MASKED) assert.equal(masked.split(type).length - 1, ROWS.length, `${type} in ${masked}`)
      assert.ok(masked.startsWith(way.row(NAMES)) && masked.includes('paid') && masked.trimEnd().includes('open'), masked)
    })

  test('is what it is where lines end with a carriage return, and behind text and empty lines', () => {
    assert.equal(mask('Here it is:\n\nusername;password\r\nada_l;tideWater31\r\nbob_c;none\r\n\r\nada_l;tideWater31\r\n'), 'Here it is:\n\nusername;password\r\n[USERNAME];[SECRET]\r\n[USERNAME];none\r\n\r\n[USERNAME];[SECRET]\r\n')
  })

  test('is masked whole where it has spaces of its own', () => {
    assert.equal(mask('name  account_number         note\nx     4111 1111 1111 1111    paid\ny     0012345678             open\n'), 'name  account_number         note\nx     [CREDIT_CARD]    paid\ny     [US_BANK]             open\n')
    assert.equal(mask('  id       card_number  password\n0  1  4111 1111 1111 1111  hunter2!\n'.replace('       card_number', '          card_number')), '  id          card_number  password\n0  1  [CREDIT_CARD]  [SECRET]\n')
  })

  test('is masked beside numbers of rows, below what these are called, and where columns are left out', () => {
    assert.equal(mask(',id,password\n0,1,tideWater31\n'), ',id,password\n0,1,[SECRET]\n')
    assert.equal(mask('|    |   id | password    |\n|---:|-----:|:------------|\n|  0 |    1 | tideWater31 |\n'), '|    |   id | password    |\n|---:|-----:|:------------|\n|  0 |    1 | [SECRET] |\n')
    assert.equal(mask('   name  ...     password\nid                        \n1     x  ...  tideWater31\n'), '   name  ...     password\nid                        \n1     x  ...  [SECRET]\n')
  })

  test('may hold the mark between columns when it is quoted, and line breaks', () => {
    assert.equal(mask('note,password\n"a, b",tideWater31\n"said ""x, y""",hunter2!x\n"a\nb",tideWater31\n'), 'note,password\n"a, b",[SECRET]\n"said ""x, y""",[SECRET]\n"a\nb",[SECRET]\n')
  })

  test('is masked in a frame that is wider than a screen and goes on below', () => {
    assert.equal(mask('   id         dob  \\\n0   1  1990-04-12   \n1   2  1985-10-12   \n\n      password  pin  \n0  tideWater31    7  \n1    hunter2!x    8  \n\n         ssn  \n0  219099998  \n1  219099997  \n'), '   id         dob  \\\n0   1  [DATE_OF_BIRTH]   \n1   2  [DATE_OF_BIRTH]   \n\n      password  pin  \n0  [SECRET]    7  \n1    [SECRET]    8  \n\n         ssn  \n0  [US_SSN]  \n1  [US_SSN]  \n')
  })

  test('is masked by a name of several words where spaces alone hold columns apart', () => {
    assert.equal(mask('Phone Number  Social Security No  Date of Birth\n2125558833    219099431           1990-03-07\n'), 'Phone Number  Social Security No  Date of Birth\n[PHONE]    [US_SSN]           [DATE_OF_BIRTH]\n')
    assert.equal(mask('      Full Name Phone Number  Social Security No Date of Birth  Account Number\n0      Ada Wong   2125558833           219099431    1990-03-07        48291182\n1  Robert Stone   4155559912           457555462    1984-11-23        99118273\n').replaceAll(/ +/g, ' '), ' Full Name Phone Number Social Security No Date of Birth Account Number\n0 Ada Wong [PHONE] [US_SSN] [DATE_OF_BIRTH] [US_BANK]\n1 Robert Stone [PHONE] [US_SSN] [DATE_OF_BIRTH] [US_BANK]\n')
  })

  test('is masked below an index that is not called anything, where words begin with the names of their columns', () => {
    assert.equal(mask('    dob         password\n--  ----------  ----------\n 0  1990-04-12  tideWater31\n 1  1985-10-12  hunter2!x\n'), '    dob         password\n--  ----------  ----------\n 0  [DATE_OF_BIRTH]  [SECRET]\n 1  [DATE_OF_BIRTH]  [SECRET]\n')
  })

  test('is masked in rows that are called by values, by the names below those of the columns', () => {
    assert.equal(mask('                               dob       phone\nname         ssn                              \nAda Wong     219099431  1990-03-07  2125558833\nRobert Stone 457555462  1984-11-23  4155559912\n').replaceAll(/ +/g, ' '), ' dob phone\nname ssn \nAda Wong [US_SSN] [DATE_OF_BIRTH] [PHONE]\nRobert Stone [US_SSN] [DATE_OF_BIRTH] [PHONE]\n')
  })

  test('is masked in a frame of one column, and where values are counted', () => {
    assert.equal(mask('          dob\n0  1990-04-12\n1  1985-10-12\n\n1985-10-12\n'), '          dob\n0  [DATE_OF_BIRTH]\n1  [DATE_OF_BIRTH]\n\n1985-10-12\n')
    assert.equal(mask('dob\n1990-04-12    2\n1985-10-12    1\nName: count, dtype: int64\n1985-10-12    1\n'), 'dob\n[DATE_OF_BIRTH]    2\n[DATE_OF_BIRTH]    1\nName: count, dtype: int64\n1985-10-12    1\n')
    for (const text of ['dob\nsee below  now\n1985-10-12    1\n', '    dob\nsince  1985-10-12\n']) assert.equal(mask(text), text)
    assert.equal(mask('    ssn\nFROM t WHERE pin IN (4821, 4822)\n'), '    ssn\nFROM t WHERE pin IN ([SECRET], [SECRET])\n')
  })

  test('is masked in a frame on its side, by what each row is called', () => {
    assert.equal(mask('                  0           1\nname     Ada Wong        Bo B\ndob    1990-04-12  1985-10-12\nssn     219099998   219099997\n\ndob    1990-04-12  1985-10-12\n').split('\n').slice(2, 4).join(), 'dob    [DATE_OF_BIRTH]  [DATE_OF_BIRTH],ssn     [US_SSN]   [US_SSN]')
    assert.equal(mask('     12    14\nnote  1990-04-12  1985-10-12\n'), '     12    14\nnote  1990-04-12  1985-10-12\n')
    assert.equal(mask('     12    14\n\nx  1990-04-12\ndob\n\n  1985-10-12  1985-10-13\n'), mask('a\n\nx  1990-04-12\ndob\n\n  1985-10-12  1985-10-13\n').replace('a', '     12    14'))
  })

  test('is masked where one field of a frame is shown below what gave it out', () => {
    const series = '0    1990-04-12\n1    1985-10-12\nName: dob, dtype: object\n'
    const masked = '0    [DATE_OF_BIRTH]\n1    [DATE_OF_BIRTH]\nName: dob, dtype: object\n'
    for (const line of ["df['dob']", 'print(df["dob"])', '>>> df.dob', 'df["dob"].head(3)', "In [5]: df['dob']\nOut[5]:", "In [5]: df['dob']\nOut[5]: "]) assert.equal(mask(`${line}\n${series}${series}`), `${line}\n${masked}${series}`)
    for (const line of ["df['note']", 'the dob', "df['dob'] = 3", "df['dob']\nprint(3)", 'df.note.x']) assert.equal(mask(`${line}\n${series}`), `${line}\n${series}`)
  })

  test('is masked in a quoted mail, and in what was added to a file', () => {
    assert.equal(mask('> id,password\n> 1,tideWater31\n>\n> 2,hunter2!x\n> bye\n> 3,hunter2!x\n'), '> id,password\n> 1,[SECRET]\n>\n> 2,[SECRET]\n> bye\n> 3,hunter2!x\n')
    assert.equal(mask('+password,id\n+tideWater31,1\n-hunter2!x,2\n hunter2!x,2\n'), '+password,id\n+[SECRET],1\n-hunter2!x,2\n hunter2!x,2\n')
    assert.equal(mask('+pin,id\n+4829,1\n+\n\n+4829,2\n'), '+pin,id\n+[SECRET],1\n+\n\n+[SECRET],2\n')
    assert.equal(mask('>> | id | password |\n>> |---|---|\n>> | 1 | tideWater31 |\n'), '>> | id | password |\n>> |---|---|\n>> | 1 | [SECRET] |\n')
    assert.equal(mask('>    id     password\n> 0   1  tideWater31\n'), '>    id     password\n> 0   1  [SECRET]\n')
    assert.equal(mask('> pin  id\n> 4829  1\n'), '> pin  id\n> [SECRET]  1\n')
  })

  test('is masked in the rows of a dump', () => {
    const row = '1\tx\t1990-04-12\t219099998\n'
    assert.equal(mask(`COPY public.users (id, email, birth_date, "ssn") FROM stdin;\n${row}2\t\\N\t\\N\t\\N\n${row}\\.\n${row}`), `COPY public.users (id, email, birth_date, "ssn") FROM stdin;\n1\tx\t[DATE_OF_BIRTH]\t[US_SSN]\n2\t\\N\t\\N\t\\N\n1\tx\t[DATE_OF_BIRTH]\t[US_SSN]\n\\.\n${row}`)
    assert.equal(mask(`COPY that (id, ssn, note) to me\n${row}`), `COPY that (id, ssn, note) to me\n${row}`)
  })

  test('is masked in tables of hundreds of columns', () => {
    const features = Array.from({ length: 400 }, (_, i) => i)
    const head = features.map((i) => `a_feature_with_a_name_${i}`)
    for (const mark of [',', '\t', '  ']) assert.ok(!mask(`${head.join(mark)}${mark}password\n${features.map((i) => (mark === '  ' ? `${i}`.padEnd(head[i]?.length ?? 0) : i)).join(mark)}${mark}tideWater31\n`).includes('tide'))
  })

  test('stays in its column, where the names in two of them read as one', () => {
    const text = 'first_name,last_name,city\nJohn,Smith,Rome\nAda,Lovelace,London\n'
    assert.equal(named.mask(text, optionsFor('text')).text, 'first_name,last_name,city\n[PERSON],[PERSON],[LOCATION]\n[PERSON],[PERSON],[LOCATION]\n')
    for (let cut = 1; cut < text.length; cut++) {
      const stream = named.session('columns').open(optionsFor('text'))
      assert.equal(stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.flush(), named.mask(text, optionsFor('text')).text, `cut at ${cut}`)
    }
  })

  test('is masked beside names with marks', () => {
    for (const name of ['N° sécu', 'Taux %', 'Salary (%)', 'R&D', 'Cost €', 'Note:', 'Active?']) assert.equal(mask(`${name},id,password\nx,1,tideWater31\n`), `${name},id,password\nx,1,[SECRET]\n`)
    assert.equal(mask('| Name: | DOB: |\n|---|---|\n| x | 1990-03-07 |\n'), '| Name: | DOB: |\n|---|---|\n| x | [DATE_OF_BIRTH] |\n')
  })

  test('is nothing special below rows of columns that spaces held apart', () => {
    assert.equal(mask('id  password\n1   tideWater31\nthat was it\n2   hunter2!x\n'), 'id  password\n1   [SECRET]\nthat was it\n2   hunter2!x\n')
  })

  test('is nothing special behind a line with another number of cells', () => {
    assert.equal(mask('id,password\n1,tideWater31\nthat was it\n2,tideWater31\n'), 'id,password\n1,[SECRET]\nthat was it\n2,tideWater31\n')
  })

  test('is masked behind a line that is no row, where that is a pause or has a cell too many or too few', () => {
    const head = 'id,name,dob,password\n'
    const masked = '2,Bo,[DATE_OF_BIRTH],[SECRET]\n'
    for (const odd of ['', '1,Ann,1985-10-12,hunter2!x\ntotal,2\n', '1,Doe,Jane,x,y\n', '...\n', '\n', '\n\n', '\r\n']) assert.ok(mask(`${head}${odd}2,Bo,1990-04-12,tideWater31\n`).endsWith(`\n${masked}`), odd)
    for (const over of ['total,2\ntotal,3\n', '\n\n\n', '\ntotal,2\n', 'that was it\n', 'Well, see, it was\n']) assert.equal(mask(`${head}${over}2,Bo,1990-04-12,tideWater31\n`), `${head}${over}2,Bo,1990-04-12,tideWater31\n`)
    assert.equal(mask('| id | password |\n|---|---|\n| all |\n| 1 | tideWater31 |\n'), '| id | password |\n|---|---|\n| all |\n| 1 | [SECRET] |\n')
  })

  test('is masked where a comma with a space may be one of a value: by the names of both columns', () => {
    assert.equal(mask('id,name,dob,password\n1,Doe, Jane,1990-04-12,tideWater31\n2,Bo,1985-10-12,hunter2!x\n'), 'id,name,dob,password\n1,Doe, Jane,[DATE_OF_BIRTH],[SECRET]\n2,Bo,[DATE_OF_BIRTH],[SECRET]\n')
    assert.equal(mask('id,name,dob,password\n1,Ann, 1990-04-12, tideWater31\n'), 'id,name,dob,password\n1,Ann, [DATE_OF_BIRTH], [SECRET]\n')
    assert.equal(mask('id,dob,password\n1,1990-04-12,tideWater31,\n2,1985-10-12,hunter2!x,\n'), 'id,dob,password\n1,[DATE_OF_BIRTH],[SECRET],\n2,[DATE_OF_BIRTH],[SECRET],\n')
  })

  test('is masked by the names of a table that stands behind another one', () => {
    for (const between of ['', '\n', '...\n']) assert.equal(mask(`id,password\n1,tideWater31\n${between}id,note,dob\n1,x,1990-04-12\n`), `id,password\n1,[SECRET]\n${between}id,note,dob\n1,x,[DATE_OF_BIRTH]\n`)
    assert.equal(mask('id,note\n\nid,password\n1,tideWater31\n\ndob,note\n1990-04-12,hello\n'), 'id,note\n\nid,password\n1,[SECRET]\n\ndob,note\n[DATE_OF_BIRTH],hello\n')
    assert.equal(mask('id,password\n1,tideWater31\n\nThanks a lot, Bob\nIt works, see\n'), 'id,password\n1,[SECRET]\n\nThanks a lot, Bob\nIt works, see\n')
  })

  test('is masked by a name with spaces, and by those of a type that policy adds', () => {
    for (const name of ['Geburtsdatum', 'Data de nascimento', '出生日期']) assert.equal(mask(`id;${name}\nx;1990-04-12\n`), `id;${name}\nx;[DATE_OF_BIRTH]\n`)
    for (const name of ['Mot de passe', 'DB_PASS', 'Admin PW', 'пароль']) assert.equal(mask(`id;${name}\nx;tideWater31\n`), `id;${name}\nx;[SECRET]\n`)
    assert.equal(mask('Full Note,Date of Birth\nx,1990-04-12\n'), 'Full Note,Date of Birth\nx,[DATE_OF_BIRTH]\n')
    const custom = createMasker({ ...KEYS, families: [...FAMILIES, customFamily([{ name: 'BADGE', keys: ['badge no', 'region code'], ignoreCase: false }])] })
    assert.equal(custom.mask('Name\tBadge No\nx\tq-17\n', optionsFor('text', { rules: { ...rulesFor('redact'), BADGE: 'redact' } })).text, 'Name\tBadge No\nx\t[BADGE]\n')
    assert.equal(custom.mask('Name\tRegion Code\nx\tq-17\n', optionsFor('text', { rules: { ...rulesFor('redact'), BADGE: 'redact' } })).text, 'Name\tRegion Code\nx\t[BADGE]\n')
  })

  test('is masked by a name as people write them', () => {
    const cells = { DATE_OF_BIRTH: ['1990-04-12', 'D.O.B.', 'Date of Birth (DOB)'], CARD_CVV: ['123', 'Card CVV', 'Card Security Code'], US_BANK: ['12345678', 'Account No.', 'Acct #', 'Account #'], SECRET: ['tideWater31', 'Password (temp)'] }
    for (const [type, [cell, ...columns]] of Object.entries(cells))
      for (const column of columns) assert.equal(mask(`id,${column},note\n1,${cell ?? ''},paid\n`), `id,${column},note\n1,[${type}],paid\n`)
  })

  test('is masked beside columns with a number, an apostrophe or no name', () => {
    for (const head of ['Address 1,Address 2,password', "Driver's License,note,password", ',id,password', ';id;password'])
      assert.equal(mask(`${head}\n0,x,tideWater31\n`.replaceAll(',', head.includes(';') ? ';' : ',')), `${head}\n0,x,[SECRET]\n`.replaceAll(',', head.includes(';') ? ';' : ','))
  })

  test('is masked in a table within a string of JSON', () => {
    const text = JSON.stringify({ role: 'tool', content: table({ row: (cells) => cells.join(',') }, ROWS), after: '1990-04-12,219099998' })
    const masked = JSON.parse(masker.mask(text, optionsFor('json')).text) as { content: string; after: string }
    assert.equal(masked.content, table({ row: (cells) => cells.join(',') }, ROWS.map((row) => [row[0] ?? '', ...MASKED, row.at(-1) ?? ''])))
    assert.equal(masked.after, '1990-04-12,219099998')
  })
})

describe('a line', () => {
  test('begins no table when it is prose, code, or says nothing of its columns', () => {
    const row = '\nx,tideWater31,y\n'
    for (const line of ['Please send user, password', 'We need a name, a password, and a date', 'login(user, password, note)', 'user, password', 'user,password,', 'one,two,three', 'const user, password, note', '- user, password, pin.', 'one  password', 'the password'])
      assert.equal(mask(line + row), line + row)
  })

  test('begins a table whose cells may be passwords of any make, whatever holds them apart', () => {
    assert.equal(mask('| id | password |\n|---|---|\n| 1 | Sunshine |\n| 2 | P@ss;w0rd! |\n'), '| id | password |\n|---|---|\n| 1 | [SECRET] |\n| 2 | [SECRET] |\n')
    assert.equal(mask('│ id ┆ password │\n╞════╪══════════╡\n│ 1  ┆ sunshine │\n│ 2  ┆ P@ss;w0rd! │\n'), '│ id ┆ password │\n╞════╪══════════╡\n│ 1  ┆ [SECRET] │\n│ 2  ┆ [SECRET] │\n')
    assert.equal(mask('name      password\nAda       sunshine\nBo        moonbeams'), 'name      password\nAda       [SECRET]\nBo        [SECRET]')
  })

  test('begins no table where sentences or calls stand two spaces apart', () => {
    const below = '    # storage of lines until we know\n    # for sure that\n'
    for (const line of ['    # Handle case where user wants context.  We must do some', '  addition to the username and domain keywords.  If an address is given it', "        UserId('user')          # Fails", ' handle an unusually large username.  It now shows the'])
      assert.equal(mask(`${line}\n${below}`), `${line}\n${below}`)
    assert.match(mask('   Acct. No.  Date of Birth\n0         x1     1990-04-12\n'), /\[DATE_OF_BIRTH\]/)
  })

  test('that is no row ends no value that began in it, as an address in lines below what looks like names', () => {
    const address = 'the password; he lives at\n35 Kromwater 38\n Apt. 705\n Zoetermeer, TA 53144\n'
    assert.equal(mask(address), mask(address.replace('; ', ' - ')).replace(' - ', '; '))
    assert.ok(!mask(address).includes('705'))
  })

  test('that does not begin as that of the names of a quoted table is read as behind it, from its first mark', () => {
    for (const margin of ['> ', '>', '+', '>> '])
      for (const row of ['name,email\nAda,a@example.com', '| name | email |\n|---|---|\n| Ada | a@example.com |'])
        for (const between of ['', '\n', `${margin.trimEnd()}\n`, '...\n']) {
          const table = `${`\n${row}`.replaceAll('\n', `\n${margin}`).slice(1)}\n${between}`
          assert.ok(mask(`${table}-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n`).endsWith(`\n[SECRET]\n`), table)
          assert.ok(mask(`${table}+49 89 1234567\n`).endsWith('\n[PHONE]\n'), table)
          for (const other of ['', '> ', '>', '+']) if (other.trim() !== margin.trim()) assert.ok(mask(`${table}${other}id,pin\n${other}1,4829\n`).endsWith(`\n${other}id,pin\n${other}1,[SECRET]\n`), `${table}${other}`)
        }
    assert.equal(mask('>> name,email\n>> Ada,x\n> pin   id\n> 4829   1\n'), '>> name,email\n>> Ada,x\n> pin   id\n> [SECRET]   1\n')
  })

  test('behind a pause, or one with a cell too many or too few, is read as if the table were over, too', () => {
    const FOLLOWING = {
      "INSERT INTO users (id,dob,salary) VALUES (7,'1980-03-04',5);": "INSERT INTO users (id,dob,salary) VALUES (7,'[DATE_OF_BIRTH]',5);",
      'pin IN (4821, 4822)': 'pin IN ([SECRET], [SECRET])',
      '<table><tr><th>id<th>password<tr><td>1<td>tideWater31</table>': '<table><tr><th>id<th>password<tr><td>1<td>[SECRET]</table>',
      'He lives at 12 Main Street, Apt 4,\nSpringfield, IL 62704': 'He lives at [ADDRESS]',
      'x,y\nid,password\n1,tideWater31': 'x,y\nid,password\n1,[SECRET]',
      '"it\nid,password\n1,tideWater31': '"it\nid,password\n1,[SECRET]',
    }
    const tables = ['name,email\nx,a@example.com\n', 'name;email\nx;a@example.com\n', 'name\temail\nx\ta@example.com\n', '| name | email |\n|---|---|\n| x | a@example.com |\n', '│ name ┆ email │\n│ x ┆ a@example.com │\n', '> name,email\n> x,a@example.com\n', 'name  email\n']
    for (const table of tables) for (const between of ['\n', '...\n']) for (const [text, masked] of Object.entries(FOLLOWING)) assert.ok(mask(`${table}${between}${text}\n`).endsWith(`\n${between}${masked}\n`), `${table}${between}${text}`)
    for (const odd of ['name,email\nx,y,z\n', 'name,email\nx,y,\n', '| name | email |\n| x | y | z |\n']) for (const [text, masked] of Object.entries(FOLLOWING)) assert.ok(mask(`${odd}${text}\n`).endsWith(`\n${masked}\n`), `${odd}${text}`)
  })

  test('that is a row parts no label from its value, and no value that words began', () => {
    const address = 'x\nHe lives at 12 Main Street, Apt 4, Springfield IL 62704\n'
    assert.equal(mask(`user, password, ${address}`), 'user, password, x\nHe lives at [ADDRESS]\n')
    assert.equal(mask('| Customer | Region |\n|---|---|\n| DOB | Mar 7, 1990 |\n| E-mail | ada at example dot com |\n'), '| Customer | Region |\n|---|---|\n| DOB | [DATE_OF_BIRTH] |\n| E-mail | [EMAIL] |\n')
    assert.equal(mask('name,password\n{"password":"tideWater31,abc"}\n'), 'name,password\n{"password":"[SECRET]"}\n')
    assert.equal(mask('customer;region\na;return to Peter Zuidhove 188\n Apt. 925\n Zoetermeer\n Laos in case\n'), 'customer;region\na;return to [ADDRESS] in case\n')
  })

  test('ends no long value: a private key that begins in a cell is masked to its end', () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC,BKcwggSjAgEAAoIBAQ|\n'.repeat(6)}-----END PRIVATE KEY-----`
    assert.equal(mask(`id|password\n1|${key}\n2|tideWater31\n`), 'id|password\n1|[SECRET]\n2|tideWater31\n')
  })
})

test('the last cell of a frame is masked where the text ends with it', () => {
  for (const text of ['   id   pin\n0   1  4829\n1   2  4829', '   id     password\n0   1  tideWater31', 'id  pin\n1   4829']) assert.doesNotMatch(mask(text), /4829|tide/)
})

test('a line of words is the head of no table, however it came', () => {
  const text = 'card balance\n0  353932078  29891204\nEmirates ID 784198512345673\n'
  for (let cut = 0; cut <= text.length; cut++) {
    const stream = masker.session('words').open(optionsFor('text'))
    assert.equal(stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.flush(), text.replace('784198512345673', '[NATIONAL_ID]'))
  }
})

test('tables are masked alike however they are cut', () => {
  const PIECES = ['  ', '\nid  password', '\nssn', '\n    pin', '\n0  4829', '    1\n', '  \\', '\nid:,pin?', '\n> id,pin\n> 1,', '\n+', '\n> ', '\n-', '>', '\n   0  1', '\npin  4829  77', "df['ssn']\n", 'df.pin\n', '\n0    4829', '\nCOPY t (id, pin) FROM stdin;\n1\t4829', 'array([', 'Out[3]: ', '\n\n', '\n...\n', ', ', '\nid,password\n1,x\n', '┆', '│', '||', 'Date of Birth',  'id', 'password', 'dob', 'note', ',', ';', '|', '\t', '\n', '\r\n', ' ', '"', '1990-04-12', 'tideWater31', '219099998', '4111 1111', '---', '-----BEGIN PRIVATE KEY-----', '\x1b[31m', '&#44;', '\u200b', '12 Main Street']
  const text = fc.oneof(
    fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
    fc.tuple(fc.constantFrom(...Object.values(WRITTEN)), fc.array(fc.array(fc.constantFrom(...PIECES), { minLength: 7, maxLength: 7 }), { maxLength: 4 })).map(([way, rows]) => table(way, rows)),
  )
  fc.assert(
    fc.property(text, fc.array(fc.nat(300), { maxLength: 12 }), (whole, cuts) => {
      const offsets = cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b)
      const stream = masker.session('columns').open(optionsFor('text'))
      const out = [0, ...offsets].map((from, i) => stream.push(whole.slice(from, offsets[i] ?? whole.length))).join('') + stream.flush()
      assert.equal(out, mask(whole))
    }),
    { numRuns: 400 },
  )
})

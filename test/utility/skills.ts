/**
 * What the scripted model can do. It knows the tables' language and no value: whatever it says is put together from the text it received, so
 * that an answer can only be right when the text that reached it hangs together.
 */
export interface Message {
  readonly role: string
  readonly content: string
}

export interface Said {
  readonly text: string
  readonly call?: { readonly name: string; readonly input: Readonly<Record<string, unknown>> }
}

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`
const query = (sql: string): Said => ({ text: '', call: { name: 'query-sql', input: { input: sql } } })

type Row = Readonly<Record<string, string | number>>

/** @throws SyntaxError when the result that came is no JSON: the agent shows an error of the database as it stands */
function rowsOf(result: string): readonly Row[] {
  return JSON.parse(result) as readonly Row[]
}

/** The first column of a table as it was shown whose name is in the words of the question. */
function columnFor(words: string, shown: string): string {
  const columns = [...shown.matchAll(/\b([a-z_]+) (?:TEXT|INTEGER)/gi)].map(([, name = '']) => name)
  const found = columns.find((name) => words.replaceAll(' ', '_').includes(name))
  if (found === undefined) throw new Error(`no column of the tables is called ${words}`)
  return found
}

interface Skill {
  readonly asks: RegExp
  /** @param said words of the question @param results what the queries so far gave @param shown the tables */
  readonly does: (said: readonly string[], results: readonly string[], shown: string) => Said
}

const first = (result: string | undefined): Row => rowsOf(result ?? '[]')[0] ?? {}

const SQL: readonly Skill[] = [
  {
    asks: /^What is the (.+) of the customer whose ([a-z ]+) is (.+)\?$/,
    does: ([wanted = '', known = '', value = ''], [result], shown) => {
      const column = columnFor(wanted, shown)
      if (result === undefined) return query(`SELECT ${column} FROM customers WHERE ${columnFor(known, shown)} = ${literal(value)}`)
      return { text: `The ${wanted} of the customer with the ${known} ${value} is ${first(result)[column]}.` }
    },
  },
  {
    asks: /^How many orders did the customer with the email (.+) place\?$/,
    does: ([value = ''], [result]) => {
      if (result === undefined) return query(`SELECT COUNT(*) AS n FROM orders WHERE email = ${literal(value)}`)
      return { text: `${value} placed ${first(result)['n']} orders.` }
    },
  },
  {
    asks: /^Which customers ordered a (\w+)\? List their names and emails\.$/,
    does: ([product = ''], [result]) => {
      if (result === undefined)
        return query(`SELECT DISTINCT c.full_name, c.email FROM customers c JOIN orders o ON o.email = c.email WHERE o.product = ${literal(product)} ORDER BY c.id`)
      return { text: rowsOf(result).map((row) => `${row['full_name']} (${row['email']})`).join(', ') }
    },
  },
  {
    asks: /^Which customer spent the most in all\? Give name and card\.$/,
    does: (_said, [result]) => {
      if (result === undefined)
        return query('SELECT c.full_name, c.card FROM customers c JOIN orders o ON o.email = c.email GROUP BY c.id ORDER BY SUM(o.amount) DESC, c.id LIMIT 1')
      return { text: `${first(result)['full_name']} spent the most, with card ${first(result)['card']}.` }
    },
  },
  {
    asks: /^What did the customer with the phone (.+) order last\?$/,
    does: ([value = ''], [person, order]) => {
      if (person === undefined) return query(`SELECT email FROM customers WHERE phone = ${literal(value)}`)
      const email = String(first(person)['email'])
      if (order === undefined) return query(`SELECT product FROM orders WHERE email = ${literal(email)} ORDER BY day DESC, id DESC LIMIT 1`)
      return { text: `${email}, phone ${value}, ordered this last: ${first(order)['product']}.` }
    },
  },
  {
    asks: /^Which customers have an email at the same domain as (.+)\?$/,
    does: ([value = ''], [result]) => {
      const email = literal(value)
      if (result === undefined) return query(`SELECT full_name FROM customers WHERE substr(email, instr(email, '@')) = substr(${email}, instr(${email}, '@')) ORDER BY id`)
      return { text: `At the domain of ${value}: ${rowsOf(result).map((row) => row['full_name']).join(', ')}.` }
    },
  },
]

export function answerBySql(messages: readonly Message[]): Said {
  const question = messages.find(({ role }) => role === 'user')?.content ?? ''
  const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
  const [tables, shown, ...answers] = results
  if (tables === undefined) return { text: '', call: { name: 'list-tables-sql', input: { input: '' } } }
  if (shown === undefined) return { text: '', call: { name: 'info-sql', input: { input: tables } } }
  for (const { asks, does } of SQL) {
    const match = asks.exec(question)
    if (match) return does(match.slice(1), answers, shown)
  }
  throw new Error('no skill for this question')
}

/** What a question asks, and where the note that answers it has it; `NAME` stands for whoever the question names. */
const READING: readonly { readonly asks: RegExp; readonly finds: RegExp; readonly says: (name: string, found: string) => string }[] = [
  { asks: /^At which number does (.+) want to be called back\?$/, finds: /called back at (.+) about/, says: (name, found) => `${name} wants a call at ${found}.` },
  { asks: /^To which IBAN does (.+) want the refund paid\?$/, finds: /to IBAN (.+) before/, says: (name, found) => `${name} wants it paid to ${found}.` },
  { asks: /^From which address does (.+) write\?$/, finds: /writes from (.+) and/, says: (name, found) => `${name} writes from ${found}.` },
  { asks: /^With which card did (.+) pay twice\?$/, finds: /with card (.+) and/, says: (name, found) => `${name} paid with ${found}.` },
  { asks: /^To which neighbour does the parcel of (.+) go\?$/, finds: /the neighbour (.+) in the meantime/, says: (name, found) => `The parcel of ${name} goes to ${found}.` },
  { asks: /^Where was the new password of (.+) sent\?$/, finds: /sent to (.+) this morning/, says: (name, found) => `The password of ${name} went to ${found}.` },
  { asks: /^Which SSN does the form of (.+) carry\?$/, finds: /the SSN (.+) and has/, says: (name, found) => `The form of ${name} carries ${found}.` },
  { asks: /^Who represents (.+)\?$/, finds: /represented by (.+), who/, says: (name, found) => `${name} is represented by ${found}.` },
  { asks: /^Where was the receipt of (.+) mailed\?$/, finds: /mailed to (.+) at once/, says: (name, found) => `The receipt of ${name} went to ${found}.` },
]

export function answerByReading(messages: readonly Message[]): Said {
  const context = messages.find(({ role }) => role === 'system')?.content ?? ''
  const question = messages.findLast(({ role }) => role === 'user')?.content ?? ''
  for (const { asks, finds, says } of READING) {
    const name = asks.exec(question)?.[1]
    if (name === undefined) continue
    const note = context.split('\n').find((line) => line.includes(name) && finds.test(line))
    return { text: note === undefined ? `Nothing in the context says that of ${name}.` : says(name, finds.exec(note)?.[1] ?? '') }
  }
  throw new Error('no skill for this question')
}

const LABELS: Readonly<Record<string, string>> = { full_name: 'Name', email: 'Email', phone: 'Phone', ssn: 'SSN', card: 'Card', iban: 'IBAN', address: 'Address' }

/** @param wanted names of the fields */
export function extracted(messages: readonly Message[], wanted: readonly string[]): Readonly<Record<string, string>> {
  const text = messages.findLast(({ role }) => role === 'user')?.content ?? ''
  // A value goes on over the lines that begin with no label, up to an empty one.
  const valueOf = (label = ''): string => new RegExp(`^${label}: ([^\\n]+(?:\\n(?!\\w+: |\\n|Thank)[^\\n]+)*)`, 'm').exec(text)?.[1] ?? ''
  return Object.fromEntries(wanted.map((name) => [name, valueOf(LABELS[name])]))
}

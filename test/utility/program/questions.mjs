/** Thirty questions; each names a person or asks for something that is masked on its way to the model. */
import { readFileSync } from 'node:fs'

const { people } = JSON.parse(readFileSync(new URL('records.json', import.meta.url), 'utf8'))
const [ada, grace, miguel, hannah, luca, priya, thomas, sofia, conor, emily, jean, karen] = people

const sql = [
  `What is the phone number of the customer whose email is ${ada.email}?`,
  `What is the email of the customer whose phone is ${grace.phone}?`,
  `What is the ssn of the customer whose full name is ${miguel.full_name}?`,
  `What is the full name of the customer whose card is ${hannah.card}?`,
  `What is the iban of the customer whose email is ${luca.email}?`,
  `What is the full name of the customer whose ssn is ${thomas.ssn}?`,
  `What is the phone number of the customer whose full name is ${conor.full_name}?`,
  `How many orders did the customer with the email ${sofia.email} place?`,
  'Which customers ordered a keyboard? List their names and emails.',
  'Which customer spent the most in all? Give name and card.',
  `What did the customer with the phone ${emily.phone} order last?`,
  `Which customers have an email at the same domain as ${jean.email}?`,
]

const rag = [
  `At which number does ${ada.full_name} want to be called back?`,
  `To which IBAN does ${grace.full_name} want the refund paid?`,
  `From which address does ${miguel.full_name} write?`,
  `With which card did ${hannah.full_name} pay twice?`,
  `To which neighbour does the parcel of ${luca.full_name} go?`,
  `Where was the new password of ${priya.full_name} sent?`,
  `Which SSN does the form of ${thomas.full_name} carry?`,
  `Who represents ${emily.full_name}?`,
  `Where was the receipt of ${jean.full_name} mailed?`,
]

const letter = (person) => `Take the contact out of this letter.\n\nDear team,\nplease change my record.\nName: ${person.full_name}\nEmail: ${person.email}\nPhone: ${person.phone}\nSSN: ${person.ssn}\nCard: ${person.card}\nIBAN: ${person.iban}\nThank you.`
const form = `Take the contact out of this form.\n\nName: ${karen.full_name}\nEmail: ${karen.email}\nAddress: 55 Lake Road\nApt. 12\nTacoma, WA 98402\n\nThank you.`

const structured = [
  { ask: letter(ada), method: 'jsonSchema', fields: ['full_name', 'email', 'phone'] },
  { ask: letter(grace), method: 'functionCalling', fields: ['full_name', 'email', 'iban'] },
  { ask: letter(miguel), method: 'agent', fields: ['full_name', 'email', 'ssn'] },
  { ask: letter(hannah), method: 'jsonSchema', fields: ['full_name', 'card', 'iban'] },
  { ask: letter(luca), method: 'functionCalling', fields: ['full_name', 'phone', 'card'] },
  { ask: letter(sofia), method: 'agent', fields: ['full_name', 'email', 'phone'] },
  { ask: letter(conor), method: 'jsonSchema', fields: ['full_name', 'ssn', 'iban'] },
  { ask: letter(karen), method: 'functionCalling', fields: ['full_name', 'email', 'phone', 'ssn', 'card', 'iban'] },
  // A value of several lines, which stands escaped in the JSON of the answer.
  { ask: form, method: 'jsonSchema', fields: ['full_name', 'email', 'address'] },
]

const numbered = (chain, list) => list.map((one, i) => ({ id: `${chain}-${i + 1}`, chain, streaming: i % 2 === 1, ...(typeof one === 'string' ? { ask: one } : one) }))

export const QUESTIONS = [...numbered('sql', sql), ...numbered('rag', rag), ...numbered('structured', structured)]

/** What tells a secret from a name, a placeholder or a count, where no issuer's marker does. */

const OTHER = 0
const DIGIT = 1
const UPPER = 2
const LOWER = 3

function kindOf(code: number): number {
  if (code >= 48 && code <= 57) return DIGIT
  if (code >= 65 && code <= 90) return UPPER
  return code >= 97 && code <= 122 ? LOWER : OTHER
}

/** How often each character occurs; all zeros between two calls. */
const COUNTS = new Uint32Array(129)
/** What a character that occurs so often adds in a text that is so long: logarithms take longer than all else here. 0 where it has not been asked for. */
const LONGEST = 64
const SHARES = new Float64Array((LONGEST + 1) * (LONGEST + 1))

function shareOf(count: number, length: number): number {
  if (length > LONGEST) return (count / length) * Math.log2(count / length)
  const place = length * (LONGEST + 1) + count
  const known = SHARES[place] ?? 0
  return known === 0 ? (SHARES[place] = (count / length) * Math.log2(count / length)) : known
}

/** Shannon entropy in bits per character. */
export function entropy(text: string): number {
  // Characters beyond ASCII share a place: they are rare in secrets, and a little less entropy is a little less certain.
  for (let i = 0; i < text.length; i++) {
    const place = Math.min(text.charCodeAt(i), 128)
    COUNTS[place] = (COUNTS[place] ?? 0) + 1
  }
  let bits = 0
  for (let i = 0; i < text.length; i++) {
    const place = Math.min(text.charCodeAt(i), 128)
    const count = COUNTS[place] ?? 0
    if (count === 0) continue
    bits -= shareOf(count, text.length)
    COUNTS[place] = 0
  }
  return bits
}

/** Longest run in which each character is the next of the one before (`abcdef`, `123456`, and 0 after 9). */
function longestSequence(text: string): number {
  let longest = 1
  let run = 1
  for (let i = 1, before = text.charCodeAt(0); i < text.length; i++) {
    const now = text.charCodeAt(i)
    run = now === before + 1 || (before === 57 && now === 48) ? run + 1 : 1
    if (run > longest) longest = run
    before = now
  }
  return longest
}

const LEAST_REPEATED = 8

/** Length of the first run of one letter that is long enough to be no chance, 0 when there is none. */
function repeatedLetter(text: string): number {
  let run = 0
  let before = -1
  for (let i = 0; i <= text.length; i++) {
    const now = text.charCodeAt(i)
    if (now === before) {
      run++
      continue
    }
    if (run >= LEAST_REPEATED && kindOf(before) >= UPPER) return run
    before = now
    run = 1
  }
  return 0
}

const STAND_INS =
  /x{6}|X{6}|\*{3}|\.{4}|#{4}|\$\{|\{\{|^\$[A-Za-z_(]|^%\w+%$|^<.*>$|(?:^|[^a-z])(?:your|my|some|insert|replace|enter|change|the)[-_ ]?(?:own[-_ ]?)?(?:api|key|token|secret|pass|user|me|here|value)|process\.env|os\.environ|getenv|env\[|_here$|\.\.\.$|\[[A-Z_]+\]|RANDOM|placeholder|redacted|example[-_ ]?(?:key|token|secret)|dummy[-_ ]?(?:key|token|secret)|hal\+9ooo_da!sY|33f!!lloppa/i

/** Text that stands where a secret would: `xxxx`, `<your-key>`, `${TOKEN}`, one letter again and again, the alphabet, the samples of a well-known manual. */
export function isPlaceholder(text: string, sequence = 16): boolean {
  return longestSequence(text) >= sequence || repeatedLetter(text) * 2 > text.length || STAND_INS.test(text)
}

const UUID_LENGTH = 36
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** What a name like `token` stands before: drawn by a machine, and not a sample that a person typed along the keys. */
export function isKeyedSecret(text: string): boolean {
  return isRandom(text) && !isPlaceholder(text, text.length === UUID_LENGTH && UUID.test(text) ? 16 : 12)
}

interface Made {
  digits: number
  capitals: number
  smalls: number
  /** How often letters and digits take turns, symbols aside. */
  turns: number
}

function madeOf(text: string): Made {
  const made = { digits: 0, capitals: 0, smalls: 0, turns: -1 }
  let before = OTHER
  for (let i = 0; i < text.length; i++) {
    const kind = kindOf(text.charCodeAt(i))
    if (kind === OTHER) continue
    if (kind === DIGIT) made.digits++
    else if (kind === UPPER) made.capitals++
    else made.smalls++
    if (before === OTHER || (before === DIGIT) !== (kind === DIGIT)) made.turns++
    before = kind
  }
  if (made.turns < 0) made.turns = 0
  return made
}

/** Average length of the words that camel case, digits and symbols set apart. */
function wordLength(text: string): number {
  let count = 0
  let sum = 0
  let before = OTHER
  for (let i = 0; i < text.length; i++) {
    const kind = kindOf(text.charCodeAt(i))
    if (kind >= UPPER) {
      sum++
      // A capital before a small letter begins a word; after other capitals it belongs to them.
      if (before < UPPER || (kind === UPPER && before === LOWER) || (kind === LOWER && before === UPPER && i > 1 && kindOf(text.charCodeAt(i - 2)) === UPPER)) count++
    }
    before = kind
  }
  return count === 0 ? 0 : sum / count
}

/**
 * Drawn by a machine rather than chosen as a name: letters and digits take turns often, or capitals stand inside words. Names in code
 * (`sha256_hash`, `config2.value`, `getTokenFromRequest2`) have long words and few digits.
 */
export function isRandom(text: string): boolean {
  const { digits, capitals, smalls, turns } = madeOf(text)
  if (capitals + smalls === 0) return digits >= 14 && entropy(text) >= 2 && !/[.:/]/.test(text)
  if (text.length < 10) return false
  const bits = entropy(text)
  if (bits < 2.6 || isDate(text)) return false
  const isMixed = capitals > 0 && smalls > 0
  if (digits === 0) return text.length >= 16 && isMixed && wordLength(text) < 2.6 && bits >= 3.4
  return digits / text.length > 0.3 || (isMixed ? turns >= 5 || wordLength(text) < 3 : digits >= 2 && turns >= 3)
}

function isDate(text: string): boolean {
  // Nothing else begins a date or a version.
  if (kindOf(text.charCodeAt(0)) !== DIGIT && !text.startsWith('v')) return false
  return /^\d{4}-\d\d-\d\d(?:[T ]|$)/.test(text) || /^v?\d+(?:\.\d+){1,3}(?:[-+.][\w.]{0,12})?$/.test(text)
}

/** People write these words themselves into their passwords. */
const SPELLED = /p[a@4][s$5]{2}w0rd|p@[s$5]{2}word|^change-?me\W?\d/i

/** Chosen by a person as a password: something beside letters in it, and neither a placeholder nor a piece of code. */
export function isChosenPassword(text: string): boolean {
  // Most of what is no password is told by this, in a fraction of the time that the placeholders take.
  if (text.length < 5 || !/\d|[!@#$%^&*+~?](?!$)/.test(text)) return false
  // Forms have fields named `password1` and `password2`; with a capital it is what somebody chose.
  if (isStandIn(text) || (/^(?:null|none|true|false|undefined|string|test|password|secret|required|optional|hidden|text)\W?\d?$/i.test(text) && !/^Password\d$/.test(text))) return false
  if (/^(?:https?:|arn:|@Value\b|\/|\.{1,2}\/|self\.|this\.|req\.|\w+\(|\w+\.\w+\.|\w+::|[a-z]+\.[a-z]+$)|[(){}[\]<>]|=>|\\[wds]/i.test(text)) return false
  return true
}

function isStandIn(text: string): boolean {
  return isPlaceholder(text) && !SPELLED.test(text)
}

/** What programs, schemas and translations put in a password's place, in small letters and without marks. */
const NO_PASSWORD =
  /^(?:strings?|str|bytes|buffer|text|plain(?:text)?|chars?|varchar|charfield|column|field|input|label|value|object|boolean|number|integer|nullable|undefined|required|optional|hidden|unknown|invalid|incorrect|wrong|mismatch|expired|changed|changeme|sample|enabled|disabled|defined?|undef|default|example|redacted|masked|removed|filtered|omitted|encrypted|encoded|hashed|hash|bcrypt|unset|empty|nothing|random|generated?|current|confirmation|authentication|verify|credentials?|bearer|basic|digest|secrets?|prompt|dynamic|external|keychain|keyring|vault|login|update|submit|cancel|confirm|strong|weak|medium|missing|forgot|false|never|always|async|await|const|export|import|function|return|pass(?:word|wort|phrase|code)s?|contrasena|senhas?|wachtwoord|kennwort|parola|parole|salasana|heslo|haslo|adgangskode|jelszo|lozinka|zaporka|geslo|passord|parool|pasahitza|contrasenya|contrasinal|pasfhocal|cyfrinair|kodeord|lykilord|fjalekalimi|slaptazodis|parol|sandi|katasandi|katalaluan|matkhau|nenosiri|wagwoord|losenord|sifre|mottodepasse|motdepasse|\w*(?:passw(?:or)?d|passphrase|passwort)[a-z]*)$/

/** Of the places in which a program looks for a value. */
const CODE = /^[\w+.-]+:\/\/|^(?:arn|vault|env|ssm|file|jdbc):|^[@&*!][a-z_]+$|^[#%]?[{<]|^%[\w(]|^`|[\w.$]\((?:.*\)(?:\.\w+)*)?[;,]?$|^[a-z_]+(?:\|[a-z_]+(?::\d+)?)+$|\w\[[^\]]*\]$|=>|->|::|==|&&|\|\||\\[dws]|a-z|\$[({]|^\.{0,2}\/.*\/|^[.~]/i

/** What programs call their own things: words that dots join, or capitals with one digit at most. */
function isName(text: string): boolean {
  return (/^[A-Za-z_$][\w$]*(?:\.[\w$-]+)+$/.test(text) || /^[A-Za-z_$]*[a-z][A-Z][A-Za-z_$]*\d?[A-Za-z_$]*$/.test(text)) && wordLength(text) >= 2.6
}

/** Letters of both cases, and no words among them. */
export function isDrawnWord(text: string): boolean {
  return /^(?=.*[A-Z])(?=.*[a-z])[A-Za-z]{10,}$/.test(text) && wordLength(text) < 2.6
}

/** Words as people choose them where nothing asks for a digit: one, or several with dashes between them. */
function isPasswordWord(text: string): boolean {
  return /^[A-Z]?[a-z]{4,31}!?$|^[A-Za-z]{3,}(?:-[A-Za-z]{3,}){2,6}$/.test(text)
}

/** Whether what stands as a literal where nothing but a password does is one: a word will do, and any mark may stand in it. */
export function isPasswordLiteral(text: string): boolean {
  // A dollar begins a variable, which has a name.
  const bare = /^\$\w+$/.test(text) && madeOf(text).turns >= 3 && wordLength(text) < 2.6 ? text.slice(1) : text
  if (text.length < 5 || isStandIn(bare) || NO_PASSWORD.test(text.toLowerCase().replace(/[\W_]/g, ''))) return false
  if (isPasswordWord(bare) || isDrawnWord(bare)) return true
  return /\d|[!@#$%^&*+~?](?!$)/.test(bare) && !CODE.test(bare) && !isName(bare)
}

/** Whether a person chose it as a key: letters and a digit, and neither a placeholder, a sample nor a name. */
export function isChosenKey(text: string): boolean {
  if (text.length < 8 || !/[A-Za-z]/.test(text) || !/\d/.test(text)) return false
  return !isPlaceholder(text, 8) && !isDate(text) && !CODE.test(text) && !isName(text) && !/test|sample|example|dummy|fake|mock|foo|bar\d|invalid|wrong|token|api_?key|sha\d|hs\d{3}|aes|rsa|utf|base64|^\d{1,4}[a-z]{4,}$|v\d+$|\.[a-z]{2,5}$/i.test(text)
}

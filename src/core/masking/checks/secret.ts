/** What tells a secret from a name, a placeholder or a count, where no issuer's marker does. */

import { isTyped, madeOf } from './made.ts'

const STAND_INS =
  /x{6}|X{6}|\*{3}|\.{4}|#{4}|\$\{|\{\{|^\$[A-Za-z_(]|^%\w+%$|^<.*>$|(?:^|[^a-z])(?:your|my|some|insert|replace|enter|change|the)[-_ ]?(?:own[-_ ]?)?(?:api|key|token|secret|pass|user|me|here|value)|process\.env|os\.environ|getenv|env\[|_here$|\.\.\.$|\[[A-Z_]+\]|RANDOM|placeholder|redacted|example[-_ ]?(?:key|token|secret)|dummy[-_ ]?(?:key|token|secret)|hal\+9ooo_da!sY|33f!!lloppa/i

/** Text that stands where a secret would: `xxxx`, `<your-key>`, `${TOKEN}`, one letter again and again, the alphabet, the samples of a well-known manual. */
export function isPlaceholder(text: string, sequence = 16): boolean {
  return isTyped(text, sequence) || STAND_INS.test(text)
}

const UUID_LENGTH = 36
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** What a name like `token` stands before: drawn by a machine, and not a sample that a person typed along the keys. */
export function isKeyedSecret(text: string): boolean {
  return isRandom(text) && !isPlaceholder(text, text.length === UUID_LENGTH && UUID.test(text) ? 16 : 12)
}

/**
 * Drawn by a machine rather than chosen as a name: letters and digits take turns often, or capitals stand inside words. Names in code
 * (`sha256_hash`, `config2.value`, `getTokenFromRequest2`) have long words and few digits.
 */
export function isRandom(text: string): boolean {
  const { digits, capitals, smalls, turns, entropy, wordLength } = madeOf(text)
  if (capitals + smalls === 0) return digits >= 14 && entropy >= 2 && !/[.:/]/.test(text)
  if (text.length < 10 || entropy < 2.6 || isDate(text)) return false
  const isMixed = capitals > 0 && smalls > 0
  if (digits === 0) return text.length >= 16 && isMixed && wordLength < 2.6 && entropy >= 3.4
  return digits / text.length > 0.3 || (isMixed ? turns >= 5 || wordLength < 3 : digits >= 2 && turns >= 3)
}

function isDate(text: string): boolean {
  // Nothing else begins a date or a version.
  if (!/^[v\d]/.test(text)) return false
  return /^\d{4}-\d\d-\d\d(?:[T ]|$)/.test(text) || /^v?\d+(?:\.\d+){1,3}(?:[-+.][\w.]{0,12})?$/.test(text)
}

/** People write these words themselves into their passwords. */
const SPELLED = /p[a@4][s$5]{2}w0rd|p@[s$5]{2}word|^change-?me\W?\d/i

/** Chosen by a person as a password: something beside letters in it, and neither a placeholder nor a piece of code. */
export function isChosenPassword(text: string): boolean {
  // Most of what is no password is told by this, in a fraction of the time that the placeholders take.
  if (text.length < 5 || !isMarked(text)) return false
  // Forms have fields named `password1` and `password2`; with a capital it is what somebody chose.
  if (isStandIn(text) || (/^(?:null|none|true|false|undefined|string|test|password|secret|required|optional|hidden|text)\W?\d?$/i.test(text) && !/^Password\d$/.test(text))) return false
  if (/^(?:https?:|arn:|@Value\b|\/|\.{1,2}\/|self\.|this\.|req\.|\w+\(|\w+\.\w+\.|\w+::|[a-z]+\.[a-z]+$)|[(){}[\]<>]|=>|\\[wds]/i.test(text)) return false
  return true
}

/** A digit, or a mark that no sentence ends with. */
function isMarked(text: string): boolean {
  return /\d/.test(text) || /[!@#$%^&*+~?](?!$)/.test(text)
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
  return (/^[A-Za-z_$][\w$]*(?:\.[\w$-]+)+$/.test(text) || /^[A-Za-z_$]*[a-z][A-Z][A-Za-z_$]*\d?[A-Za-z_$]*$/.test(text)) && madeOf(text).wordLength >= 2.6
}

/** Letters of both cases, and no words among them. */
export function isDrawnWord(text: string): boolean {
  if (!/^[A-Za-z]{10,}$/.test(text)) return false
  const { capitals, smalls, wordLength } = madeOf(text)
  return capitals > 0 && smalls > 0 && wordLength < 2.6
}

/** Words as people choose them where nothing asks for a digit: one, or several with dashes between them. */
function isPasswordWord(text: string): boolean {
  return /^[A-Z]?[a-z]{4,31}!?$|^[A-Za-z]{3,}(?:-[A-Za-z]{3,}){2,6}$/.test(text)
}

/** Whether what stands as a literal where nothing but a password does is one: a word will do, and any mark may stand in it. */
export function isPasswordLiteral(text: string): boolean {
  // A dollar begins a variable, which has a name.
  const bare = /^\$\w+$/.test(text) && madeOf(text).turns >= 3 && madeOf(text).wordLength < 2.6 ? text.slice(1) : text
  if (text.length < 5 || isStandIn(bare) || NO_PASSWORD.test(text.toLowerCase().replace(/[\W_]/g, ''))) return false
  if (isPasswordWord(bare) || isDrawnWord(bare)) return true
  return isMarked(bare) && !CODE.test(bare) && !isName(bare)
}

/** Whether a person chose it as a key: letters and a digit, and neither a placeholder, a sample nor a name. */
export function isChosenKey(text: string): boolean {
  if (text.length < 8 || !/[A-Za-z]/.test(text) || !/\d/.test(text)) return false
  return !isPlaceholder(text, 8) && !isDate(text) && !CODE.test(text) && !isName(text) && !/test|sample|example|dummy|fake|mock|foo|bar\d|invalid|wrong|token|api_?key|sha\d|hs\d{3}|aes|rsa|utf|base64|^\d{1,4}[a-z]{4,}$|v\d+$|\.[a-z]{2,5}$/i.test(text)
}

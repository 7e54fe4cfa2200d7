/**
 * Passwords that are words, where somebody tells one. In most texts a word behind `password:` or `the password is` is what is said about it; so
 * more must speak for it: who signs in stands right before, somebody calls it his own, or it is one that everybody has heard of.
 */
import { isPasswordLiteral } from '../checks/secret.ts'
import type { Family, Recogniser } from './recogniser.ts'

const PASSWORD = String.raw`(?:pass[ -]?(?:word|phrase|code)|passwd|pwd|passwort|kennwort|contrase(?:ñ|n)a|senha|mot de passe|wachtwoord)`
const MARKS = String.raw`[*_"'\x60]{0,3}`
const IS = String.raw`${MARKS}\s?[:=]${MARKS}\s?${MARKS}`
const QUOTE = String.raw`["'\x60“‘«]?`

/** Who signs in, by which name: what a schema or a form has there is no name. */
const WHO = String.raw`(?:\b(?:user(?:[ _-]?(?:name|id))?|log-?in|e-?mail|account|benutzer(?:name)?|usuario|usuário|utilisateur|utente|gebruiker(?:snaam)?)|логин)`
const NAME = String.raw`(?!(?:str|string|text|varchar|char|bool|required|optional|null|none|true|false|email|username)\b)[^\s,;|&]{2,40}`
const BESIDE = String.raw`(?:${MARKS}\s?[,;/|&]\s?|\s{1,4}(?:[-*] )?(?:and |und )?)`
const SIGNS_IN = String.raw`${WHO}${IS}${NAME}${BESIDE}${MARKS}(?:${PASSWORD}|pass|pw)${IS}`

/** Whose password it is, or of what. */
const OWN = String.raw`(?:my|our|his|her|their|your)(?: [a-z-]{2,16}){0,2}|the (?:root|admin|wi-?fi|router|temporary|temp|initial|default|new|old|master|database|vpn|server|shared|guest)(?: [a-z-]{2,10})?`
const TOLD = String.raw`\b(?:${OWN}) ${PASSWORD}(?: is| was|(?: is| was)? ?[:=])(?: now)? ${QUOTE}`

/** What is said about a password, beside what its last letters tell. */
const ABOUT =
  /^(?:about|adequate|after|again|almost|alphanumeric|already|also|always|another|because|before|being|below|better|between|blank|broken|cleartext|common|complex|composed|confidential|correct|critical|crucial|different|difficult|easy|either|empty|enough|essential|everywhere|fine|forever|forgotten|found|fresh|from|funny|given|gone|good|great|hard|here|hers|identical|idle|important|inadequate|incorrect|inside|insufficient|invalid|just|kept|known|later|less|like|long|longer|lost|lowercase|made|mandatory|maybe|mine|more|most|must|nearly|necessary|never|newer|nowhere|numeric|obvious|okay|older|once|only|optional|ours|over|overwritten|perfect|perhaps|personal|plain|plaintext|popular|private|public|quite|rather|ready|really|right|safe|same|secure|seen|sensitive|sent|short|shorter|shown|similar|simple|simply|somehow|something|sometimes|somewhere|soon|stale|still|stolen|strong|stronger|stupid|such|sufficient|taken|terrible|that|theirs|then|there|they|this|those|too|trivial|typed|under|unique|unknown|unsafe|until|uppercase|valid|very|visible|weak|weaker|what|when|where|which|with|without|worse|written|wrong|yours)$|(?:ed|ing|able|ible|ly|ive|ous|ful|less|ment|tion|cure|lete|date)$/i

/** Among those that people have chosen most often for years. */
const KNOWN =
  /^(?:qwerty(?:uiop)?|azerty|qwertz|asdfgh(?:jkl)?|zxcvbnm?|letmein|iloveyou|toor|admin|root|monkey|dragon|sunshine|princess|football|baseball|superman|batman|starwars|trustno|shadow|mustang|butterfly|chocolate|liverpool|arsenal|chelsea|pokemon|naruto|michael|jessica|jennifer|ashley|charlie|daniel|jordan|hunter|killer|soccer|hockey|ranger|buster|tigger|pepper|ginger|cookie|cheese|whatever|computer|freedom|ninja|geheim|hallo|passwort|schatz|soleil|doudou|bonjour|loulou|marseille|juventus|amoremio|estrella|tequiero|teamo|changeme)$/i

const said = (name: string, left: string, rest: Pick<Recogniser, 'valid' | 'examples' | 'counterExamples'>): Recogniser => ({
  type: 'SECRET',
  name,
  version: 1,
  window: 'word',
  gate: { minLength: 4, letters: true },
  // Marks that end a sentence are no part of it.
  pattern: /(?<=^|^\*\*|[=:])(?:[A-Za-z]{4,32}|[A-Za-z]{2,20}(?:-[A-Za-z]{2,20}){2,6})(?=[.!?:*]{0,3}$)/,
  certainty: 'context',
  context: { left: new RegExp(`(?:${left})$`, 'i'), required: true },
  hold: 512,
  ...rest,
})

const isTold = (value: string): boolean => KNOWN.test(value) || (isPasswordLiteral(value) && !ABOUT.test(value))

export const SECRET_SAID: Family = {
  name: 'secret-said',
  recognisers: [
    said('password-beside-login', SIGNS_IN, {
      valid: isTold,
      examples: ['Username: ada\nPassword: «princess»', 'login: ada.l / password: «moonbeam»', 'user: ada password: «dragon»', 'Email: ada@example.com, Password: «Meadowlark».', '**Login:** ada\n**Password:** «correct-horse-battery»', 'user=ada; pwd=«moonbeam»', 'Benutzer: ada, Passwort: «geheim»', 'Usuario: ada  Contraseña: «estrella»'],
      counterExamples: ['username: string, password: string', 'username: String\npassword: required', 'Email: required, Password: moonbeam', 'user: ada password: expired', 'User: ada. Password policy: moonbeam', 'username: admin_role, password: hashed', 'password: moonbeam', 'Login: ada, Password: yours'],
    }),
    said('password-told', TOLD, {
      valid: isTold,
      examples: ['My password is «moonbeam»', 'my wifi password is: «Butterfly».', 'The root password is «toor».', 'your temporary password is "«sunflower»"', 'the default password was «admin»', 'my old password = «meadowlark»'],
      counterExamples: ['My password is wrong', 'your password is case-sensitive', 'Your password is required.', 'my password is incorrect', 'the new password is stored', 'your password is the same', 'the default password is empty', 'the password is moonbeam', 'your new password is similar', 'my password isn’t working', 'your password is too short'],
    }),
    said('password-known', String.raw`(?:(?:^|[^a-z])(?:${PASSWORD}))(?:${IS}| is | was )${QUOTE}`, {
      valid: (value) => KNOWN.test(value),
      examples: ['password: «letmein»', 'pwd = «qwerty»', 'Passwort: «geheim»', 'mot de passe: «soleil»', 'the password is «iloveyou»!', 'password: "«monkey»"'],
      counterExamples: ['password: sunbeam', 'letmein', 'password: required', 'Password: Welcome back', 'password monkey'],
    }),
  ],
}

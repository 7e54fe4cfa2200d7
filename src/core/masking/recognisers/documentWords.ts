/** What passports, licences, accounts and cards are called, by language; what English has for them, and some others, stands with the recognisers. */
import { readLabels, readWords } from './secondScript.ts'

export const PASSPORTS = [
  String.raw`paszport|cestovn[ií](?:ho|mu)? pas|cestovn[ýé](?:ho)? pas|číslo pasu|útlevél|pa[șşs]aport|putovnic|pasoš|potni list|potneg[a] lista|\bpassin? ?(?:numero|:)|\bpasnr|\bpas nr|pasport\b|paspor\b|hộ chiếu`,
  readLabels('паспорт|пасош|διαβατήρι|διαβατηρί|διαβατηρι'),
  'جواز (?:ال)?سفر|דרכון|گذرنامه|پاسپورت|पासपोर्ट|পাসপোর্ট|หนังสือเดินทาง|พาสปอร์ต|パスポート|護照',
].join('|')

export const LICENCES = [
  'vozačk[ae] dozvol|vozniško dovoljenje|prawo jazdy|prawa jazdy|řidičsk(?:ý|ého) průkaz|vodičsk(?:ý|ého) preukaz|jogosítvány|vezetői engedély|permis(?:ul)? (?:de conducere|auto)|ehliyet|sürücü belgesi|ajokortti|ajokortin|körkort|førerkort|kørekort|licencia de conducir|carta de condução|carteira de (?:motorista|habilitação)|\\bcnh\\b|giấy phép lái xe|bằng lái xe|\\bgplx|lesen memandu',
  readLabels('водительское удостоверение|водительского удостоверения|водительские права|водительских прав|посвідчення водія|шофьорска книжка|свидетелство за управление|возачка дозвола|δίπλωμα οδήγησης|άδεια οδήγησης'),
  'رخصة (?:ال)?(?:قيادة|سواقة)|רישיון נהיגה|گواهینامه|ड्राइविंग लाइसेंस|ড্রাইভিং লাইসেন্স|ใบขับขี่|운전면허|運転免許|免許証番号|駕駛執照|駕照',
].join('|')

export const ACCOUNTS = [
  'nr konta|numer konta|nr rachunku|numer rachunku|rachunek(?: bankowy)?|číslo účtu|bankovní účet|bankový účet|(?:bank)?számlaszám|cont bancar|num[ăa]r de cont|broj računa|tekući račun|številka računa|hesap no|hesap numarası|tilinumero|conto corrente|c/c|cuenta (?:bancaria|corriente)|conta (?:corrente|bancária|nº|n\\.º)|số tài khoản|\\bstk|số tk|nomor rekening|no\\.? rek|no\\.? akaun',
  readWords('р/с|р/сч|расчетный счет|расчётный счёт|расчетный счёт|номер счета|номер счёта|счет №|счёт №|лицевой счет|лицевой счёт|номер рахунку|банкова сметка|број рачуна|текући рачун|αριθμός λογαριασμού|αρ\\. λογαριασμού|λογαριασμός'),
  'رقم الحساب|מספר חשבון|חשבון בנק|شماره حساب|खाता (?:संख्या|नंबर)|হিসাব নম্বর|অ্যাকাউন্ট নম্বর|เลขที่บัญชี|เลขบัญชี|계좌|銀行帳號',
].join('|')

export const SECURITY_CODES = [
  'kod zabezpieczający|bezpečnostn[íý] kód|biztonsági kód|cod de securitate|güvenlik kodu|turvakoodi|säkerhetskod|sikkerhetskode|sikkerhedskode|kontrolcifre|beveiligingscode|prüfnummer|prüfziffer|(?<=code )de sécurité|(?<=cryp)togramme(?: visuel)?|codice di sicurezza|código de (?:seguridad|segurança)|mã bảo mật|kode keamanan',
  readLabels('код безопасности|код cvv|код безпеки|κωδικός ασφαλείας'),
  'رمز الأمان|קוד אבטחה|보안코드|セキュリティコード|安全碼|รหัสความปลอดภัย',
].join('|')

/** Behind what a card's code is called: the word for code or number. */
export const CODE_OR_NUMBER = '번호|kód|kod[eu]?|码|碼'

export const EXPIRES = [
  'ważn[aey] do|(?<=data )ważności|platn[áýé] do|platnost(?: do)?|lejárat|érvényes(?:ség)?|valabil(?:ă)?(?: până la)?|važi do|vrijedi do|velja do|son kullanma tarihi|\\bskt:|voimassa|giltig till|giltigt till|gyldig til|utløpsdato|udløbsdato|geldig tot|vervaldatum|ablaufdatum|gültig bis|scadenza|\\bscade|vencimiento|caducidad|válid[ao] (?:hasta|até)|validade|vencimento|ngày hết hạn|hết hạn|berlaku (?:sampai|hingga)|masa berlaku',
  readWords('срок действия|действует до|действительна до|годна до|термін дії|дійсна до|валидна до|важи до|λήξη|ημερομηνία λήξης|ισχύει έως'),
  'تاريخ الانتهاء|صالحة حتى|תוקף|בתוקף עד|تاریخ انقضا|유효 ?기간|有効期限|到期日|วันหมดอายุ|समाप्ति तिथि',
].join('|')

/** What passwords, codes and names of accounts are called, by language. English and German words, and some others, stand with the recognisers. */
import { readLabels, readWords } from './secondScript.ts'

export const PASSWORDS = [
  'palavra-passe|lozinka|zaporka|geslo|heslo|jelszó|jelszavam|parol[ăa]m?|hasło|lösenord(?:et)?|salasana|şifre|passord(?:et)?|adgangskoden?|kodeord(?:et)?|clave de acceso|mật khẩu|kata sandi|kata laluan|şifrem',
  readWords('пароль|пароля|пароль от почты|парола|паролата|лозинка|κωδικός πρόσβασης|κωδικοσ προσβασησ|συνθηματικό'),
  'كلمة المرور|كلمة السر|الرقم السري|סיסמה|סיסמא|رمز عبور|گذرواژه|پسورد|पासवर्ड|পাসওয়ার্ড|รหัสผ่าน|密碼|비밀번호|비번|패스워드|パスワード',
].join('|')

/** The same words are said of other keys and codes: what stands behind them must look like nothing but a password. */
export const LOOSE_PASSWORDS = `(?<!palabras? )\\bclave|šifra|\\bmdp|رمز|암호|${readWords('κωδικός')}`

/** Between one of them and what it is, in a sentence. */
export const IS_ELSEWHERE = `to|jest|je|este|mea este|är|er|on|è|é|là|ko ay|שלי|היא|הוא|هو|هي|है|${readLabels('это|є|је|είναι|от почты|от почты:')}`

/** Numbers that are told once, or stand for a password. */
export const CODES = [
  String.raw`kod weryfikacyjny|ověřovací kód|overovací kód|megerősítő kód|cod de verificare|do[ğg]rulama kodu|onay kodu|vahvistuskoodi|(?<=verif)ieringskod|bekräftelsekod|bekreftelseskode|(?<=verific)atiecode|bestätigungscode|(?<=code )de vérification|(?<=code )de confirmation|codice di verifica|codice di conferma|código de verifica(?:ción|ção)|código de confirma(?:ción|ção)|mã xác (?:nhận|minh)|kode verifikasi`,
  readWords('пин|пин-код|пин код|пинкод|пін-код|код подтверждения|код из смс|код из cmc|код підтвердження|одноразовый код|код за потвърждение|κωδικός επιβεβαίωσης'),
  'الرقم السري|رمز التحقق|کد تایید|رمز دوم|קוד סודי|קוד אימות|پین|पिन|सत्यापन कोड|পিন|รหัสยืนยัน|인증 ?번호|비밀번호|비번|暗証番号|認証コード|確認コード|驗證碼|密碼',
].join('|')

/** Behind `PIN`, where a language has the word for a code there. */
export const PIN_CODE = `kód|kod[eu]?|koodi|码|碼|コード|번호|${readLabels('код')}`

export const ACCOUNT_NAMES = [
  'nazwa użytkownika|uživatelské jméno|používateľské meno|felhasználónév|nume de utilizator|korisničko ime|uporabniško ime|käyttäjätunnus|käyttäjänimi|användarnamn|brukernavn|brugernavn|gebruikersnaam|ident(?:ifiant)|nome utente|nome de (?:utilizador|usuário)|usuário|tên đăng nhập|tên người dùng|nama pengguna',
  readWords('логин|логін|имя пользователя|ім’я користувача|потребителско име|корисничко име|ник|никнейм|телеграм|όνομα χρήστη'),
  'اسم المستخدم|שם משתמש|نام کاربری|उपयोगकर्ता नाम|यूज़रनेम|यूज़रनेम|ব্যবহারকারীর নাম|ชื่อผู้ใช้|사용자 ?이름|아이디|ユーザー(?:名|ID)|用戶名|使用者名稱|帳號|账号',
].join('|')

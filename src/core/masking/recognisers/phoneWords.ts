/**
 * What announces a telephone number, by language: nouns, their abbreviations, and what asks for a call. All is looked for some way before a
 * number, so a word is as long as it takes not to be part of others: `volejte` and no `volej`, which is volleyball.
 */
import { readLabels, readWords } from './secondScript.ts'

/** Said of nothing else that has a number as long as one. */
const NOUNS = [
  String.raw`phone|\btel\b|\btél\b|\btel[.:]|\btél[.:]|telef|teléf|tlf|\btfno|\btfn\b|mobile|móvil|movil|movel|mobiel|\bmobil|\bmob\b|\bcell|celular|\bcel |\bcel\.|\bcel:|fax|\bfaks|whatsapp|\bgsm\b|handy|rufnummer|puhelin|\bpuh\b|kännyk|telefoon|telemóv|telemov|\btlm\b|\bfone\b|\bfon:|\bnatel\b|\bkom\.|komórka[ :]|mobitel`,
  String.raw`điện thoại|dien thoai|(?<![a-zà-ỹ])s?đt(?![a-zà-ỹ])|\bsdt\b|di động|\btelp\b|telepon|\b(?:no\.?|nomor) hp|\bhp:|\bhp :|\bhp\.|\bwa:|\bwa :|bimbit|\bcp no\b|\bcp#|\bcp #|\bcp:`,
  readWords('тел|телефон|телефона|телефону|телефоны|телефони|телефоном|телефонен|моб|мобильный|мобільний|мобилен|мобилни|сот\\.|факс|гсм:|вотсап|ватсап|вайбер'),
  readWords('τηλ|τηλέφωνο|τηλεφωνο|τηλεφώνου|τηλέφωνα|κιν\\.|κινητό|κινητο|φαξ'),
  "هاتف|جوال|موبايل|محمول|تليفون|تلفون|فاكس|واتس|نقال|تلفن|موبایل|شماره همراه|فکس|نمابر|טלפון|טל['׳:.]|נייד:|נייד |פקס|סלולרי",
  'फ़ोन|फ़ोन|फोन|मोबाइल|दूरभाष|मो\\.|ফোন|মোবাইল|โทร(?!ทัศน์)|มือถือ|เบอร์|แฟกซ์',
  '手机|手機|电话|電話|傳真|传真|座机|固话|市話|携帯|でんわ|ファックス|ファクス|ケータイ|전화|휴대|핸드폰|폰번호|팩스',
].join('|')

/** What asks for a call, and words that say less than that. */
const CALLS = [
  String.raw`\bportable ?:|\bport\. ?:? ?$|\bt:|call|contact|reach|dial|\bsms\b|text (?:me|him|her|us)|signal|hotline|helpline|desk|office|\bhome\b|\bwork\b|ring |\bring:|registered|llam|llám|numara|numéro|numero|nummer|bel `,
  String.raw`durchwahl|ruf mich|rufen sie|anrufen|erreichbar unter|appele[rz]|appelle-|joignable|chiamami|chiamaci|chiama(?:te|re)? (?:il|lo|al)|\bchiama:? ?$|recapito|\bmarque\b|ligar|ligue|liga-me|me liga|liga para|contato|\bzap:|soita |soittakaa`,
  String.raw`zadzwo|dzwoń|dzwonić|kontakt:|volejte|zavolej|volajte|zavolaj|hívjon|hívj |hívja |hívható|suna[țţt]i|sună-m|suna-m|apela[țţt]i|nazov(?:ite|i me)|pozovi|\bzovi(?:te)?\b|pokli[čc]i|\barayın|arayabilir|\bara:|beni ara\b|\bcep |\bcep\.|\bcep:`,
  String.raw`gọi (?:cho|ngay|số|đến|tới|điện)|(?<![a-zà-ỹ])gọi:? ?$|liên hệ|hubungi|tawag|tumawag|itext`,
  readWords('звоните|позвони|позвоните|перезвони|перезвоните|звонить|позвонить|набери|наберите|мой номер|дзвоніть|телефонуйте|зателефонуй|зателефонуйте|мій номер|обадете се|обади се|обади ми|звъннете|звънете|позовите|позови|зовите|зови|т:|т\\.:'),
  readWords('τηλεφωνήστε|τηλεφώνησε|καλέστε|κάλεσε|πάρε με|πάρτε με|σταθερό'),
  'اتصل|للاتصال|للتواصل|كلمني|تماس|زنگ بزن|(?<![א-ת])[לת]?התקשרו?(?![א-ת])|תתקשר|חייגו|कॉल कर|संपर्क|কল কর|যোগাযোগ|ติดต่อ|联系|聯絡|致电|致電|號碼|热线|熱線|拨打|撥打|打给我|打給我|来电|來電|連絡先|연락',
].join('|')

export const PHONE_WORDS = `${NOUNS}|${CALLS}`

/** Near enough for a number that is grouped as a quantity. */
export const CLOSE_PHONE = new RegExp(`(?:${PHONE_WORDS})[^\\n]{0,12}$`, 'i')

/** What is called a telephone number is no office's number, even if its sum happens to hold. */
export const CALLED_PHONE = new RegExp(`(?:${NOUNS}|call(?: me)?(?: at| on)?)[^\\n\\d]{0,16}$`, 'i')

/** What numbers other things, with a word or a sign for a number behind it. */
const NUMBERED = String.raw`(?:order|invoice|ticket|tracking|serial|version|model|part|policy|case|reference|ref|card|account|routing|iban|ssn|zip|postal|postcode|passport|licen[cs]e|bestellung|auftrag|rechnung|sendung|订单|卡)[\s\w.]{0,10}(?:no|number|nr|#|id|code|号)?\.?`
const ORDERS = `(?:${readLabels('заказ|артикул|счет|счёт|договор|накладн|инн|снилс|паспорт|замовлення|рахунок|поръчк|фактура|παραγγελ|τιμολόγ|αφμ')}|zamówien|faktur|objednáv|(?<=ren)delés|comanda|sipariş|tilaus|beställning|bestelling|(?<=com)mande|facture|(?<=or)dine |fattura|pedido|factura|fatura|pesanan|đơn hàng|طلب|فاتورة|הזמנה|سفارش|訂單|注文|주문)[^\\n\\d]{0,10}`
export const NO_PHONE = new RegExp(String.raw`(?:${NUMBERED}[\s:#=*_|"'\x60]{0,5}|${ORDERS})$`, 'i')

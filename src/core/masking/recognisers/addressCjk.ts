/** Addresses written without spaces, from the province to the room. */
import type { Recogniser } from './recogniser.ts'

const HAN = String.raw`[\u4e00-\u9fff]`

export const ADDRESS_CJK: readonly Recogniser[] = [
  {
    type: 'ADDRESS',
    name: 'address-chinese',
    version: 1,
    window: 'cjk',
    gate: { minLength: 5 },
    // Begins at the window or behind a word of place, so that a run of characters is walked once and not from each of them.
    pattern: new RegExp(String.raw`(?:^|(?<=[到在于址住至]))${HAN}{2,28}?(?:大街|大道|街道|胡同|路|街|巷|弄)(?:[\u4e00-\u9fffA-Za-z0-9]{0,40}(?:号楼|号|室|楼|层|栋|幢|单元|座|门|户|厦|广场|小区))?`),
    valid: (value, _window, left) => /\d+(?:号|弄|室)/.test(value) || /(?:省|市|区|县).*[路街道巷]/.test(value) || /(?:址|于|在|到|至|住)[^\n]{0,4}$/.test(left) || /^[^\n]{0,6}(?:址在|位于|住在|寄到|送到)/.test(value),
    certainty: 'context',
    hold: 64,
    examples: ['«广东省深圳市南山区科技路1号»', '地址：«山东省青岛市市南区香港中路67号远洋大厦12层1203室»，邮编', '«江苏省南京市玄武区珠江路528号德基大厦A座2502室»'],
    counterExamples: ['这条道路很长', '订单号123456', '网络线路'],
  },
  {
    type: 'ADDRESS',
    name: 'address-japanese',
    version: 1,
    window: 'cjk',
    gate: { digits: 1, minLength: 8 },
    pattern: /(?:東京都|北海道|(?:京都|大阪)府|[\u4e00-\u9fff]{2,3}県)[\u3040-\u30ff\u4e00-\u9fff]{1,20}\d{1,4}(?:丁目|番地?|号|の|\d{1,4})*/,
    certainty: 'context',
    hold: 64,
    examples: ['住所：«東京都千代田区丸の内1丁目»'],
    counterExamples: ['東京都の人口'],
  },
  {
    type: 'ADDRESS',
    name: 'address-japanese-block',
    version: 1,
    window: 'group',
    gate: { digits: 2, has: '-', minLength: 3 },
    pattern: /^\d{1,4}(?:-\d{1,4}){1,3}(?!\w)/,
    certainty: 'context',
    context: { left: /(?:都|道|府|県)[\u3040-\u30ff\u4e00-\u9fff]{1,8}[市区町村郡][\u3040-\u30ff\u4e00-\u9fff]{1,12}$/, required: true },
    hold: 20,
    examples: ['大阪府豊中市桜の町«3-12-7»です'],
    counterExamples: ['3-12-7', '京都は3-1で勝った'],
  },
  {
    // Korean addresses have spaces: each word behind the label is a window of its own.
    type: 'ADDRESS',
    name: 'address-korean',
    version: 1,
    window: 'cjk',
    pattern: /^[\uac00-\ud7afA-Z0-9]+$/,
    certainty: 'context',
    context: { left: /(?:주소|소재지|거주지|배송지)[:：]? [^\n,。]{0,48}$/, key: /주소|소재지/, required: true },
    hold: 64,
    examples: ['소재지: «경기도» «성남시» «분당구» «판교로» 235\n'],
    counterExamples: ['경기도 성남시', '주소:\n서울'],
  },
  {
    type: 'ADDRESS',
    name: 'address-korean-road',
    version: 1,
    window: 'group',
    gate: { digits: 1 },
    pattern: /^\d{1,5}(?:-\d{1,4})?(?!\w)/,
    certainty: 'context',
    context: { left: /[\uac00-\ud7af]{2,8}(?:로|길) $/, required: true },
    hold: 12,
    examples: ['분당구 판교로 «235», 끝'],
    counterExamples: ['235', '그리고 235'],
  },
]

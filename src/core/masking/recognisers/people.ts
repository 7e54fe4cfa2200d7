/**
 * What says of itself that it names a person or an employer, beside the tagger: honorifics, names behind a form's label, and Chinese names and
 * institutions, which the tagger does not know.
 */
import type { Family, Recogniser } from './recogniser.ts'

const SURNAME =
  '[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤]|欧阳|司马|上官|诸葛|夏侯|令狐'
const ROLE =
  '姓名|联系人|登记人|持卡人|旅客|乘客|医生|承租方|出租方|甲方|乙方|收件人|寄件人|买家|卖家|申请人|户主|法人|法定代表人|负责人|患者|病人|员工|客户|用户|经办人|当事人|被告人?|原告人?|证人|嫌疑人|学生|家长|会员|投保人|受益人|办理人|经理|先生|女士|我叫|我是|名叫|叫做|请联系'
/** What given names are written with. A word of other signs before a title is no name: `部门经理`. */
const GIVEN =
  '[伟芳娜敏静秀丽强磊洋艳勇杰涛明超霞平刚桂英华玉兰梅建国志文海军红晓东燕玲辉鹏飞宇浩然子轩涵欣怡佳琪雪婷倩莹颖慧琳琴云凤春秋冬雨晨旭阳光亮峰岩岭江河波清洁冰凌风雷震威武雄俊豪毅坚定安康宁和顺福禄寿喜庆祥瑞吉永长久远恒德仁义礼智信忠孝贤良善美淑贞珍珠宝金银铁钢荣贵富昌盛兴旺发达胜利成功业才学博思哲睿聪颜彦彬斌斐翔翰翠碧青蓝紫丹彤朝晖昊昕晗晴暄曼莉莲菊蓉蕾薇萍芬芝芸茹莎蓓露霖霜娟娥婉婵媛嫣妍姝娇巧秋静雅琦琼瑶瑾璐璇珊玥玮珂珏瑜璟松柏林森树根生柱栋梁楠桐桦立新启元正义民维卫家嘉宏鸿洪广宽耀炳灿煜烨炎焕传承继绍祖绪世代振洲川泽润淼沛鑫垚增培城坤冠群]'
const TITLES = '董事长|总经理|副总裁|总裁|经理|总监|主任|院长|校长|局长|处长|科长|部长|医生|护士|教授|老师|律师|工程师|会计|秘书|主管|店长|司机'

const person = (name: string, rest: Omit<Recogniser, 'type' | 'name' | 'version' | 'certainty'> & { readonly type?: string }): Recogniser => ({ type: 'PERSON', name, version: 1, certainty: 'context', ...rest })

export const PEOPLE: Family = {
  name: 'people',
  recognisers: [
    person('person-labelled', {
      window: 'phrase',
      opens: { words: ['address', 'attn', 'attention', 'cardholder', 'patient', 'applicant', 'beneficiary', 'payee'], after: true, heldFrom: /[A-ZÀ-ÞĀ-ſ]/ },
      grow: /^(?: (?:name|holder)?)?(?::\s{0,4}(?:[A-ZÀ-ÞĀ-ſ][A-Za-zÀ-ɏ'’.-]*(?: |$)){0,4}\s{0,6},?)?$/,
      pattern: /^(?: (?:name|holder))?:\s{1,4}(?<value>[A-ZÀ-ÞĀ-ſ][A-Za-zÀ-ɏ'’-]+(?: [A-ZÀ-ÞĀ-ſ][A-Za-zÀ-ɏ'’.-]*){1,3})(?=\s*\n|\s*,|\s*$)/,
      valid: (value) => !/\b(?:Street|Road|Avenue|Lane|Drive|Box|Suite|Apt|House|City)\b/.test(value),
      hold: 56,
      examples: ['Billing address: «Ana Dias»\n    31', 'Patient: «Robert Hernandez»\n', 'Cardholder name: «Grace Hopper», exp'],
      counterExamples: ['address: Main Street\n', 'patient: stable', 'address 0x12'],
    }),
    {
      type: 'TITLE',
      name: 'honorific',
      version: 1,
      window: 'phrase',
      opens: { words: ['mr', 'mrs', 'ms', 'mx', 'dr', 'prof', 'miss', 'sir', 'dame', 'herr', 'frau', 'señor', 'señora', 'monsieur', 'madame', 'rev'], capitalised: true },
      grow: /^[A-Z][A-Za-zÀ-ɏ]{1,8}\.?(?: (?:[A-ZÀ-ÞĀ-ſ][A-Za-zÀ-ɏ'’-]*\.?)?)?$/,
      pattern: /^(?:(?:Mrs?|Ms|Mx|Dr|Prof|Rev)\.?|Miss|Sir|Dame|Herr|Frau|Señora?|Monsieur|Madame)(?= [A-ZÀ-ÞĀ-ſ][A-Za-zÀ-ɏ])/,
      certainty: 'context',
      hold: 32,
      examples: ['«Mr.» Nekrasov is', 'this is «Dr.» Kyle', '«Frau» Schneider'],
      counterExamples: ['the mr file', 'Dr. said', 'miss it', 'MR 12'],
    },
    {
      type: 'TITLE',
      name: 'title-chinese',
      version: 1,
      window: 'cjk',
      pattern: new RegExp(`(?:(?:${SURNAME})|项目|技术|财务|销售|市场|人事|行政|产品|运营|骨科|内科|外科|儿科|妇科|眼科|主治|高级|资深|首席)(?:${TITLES})`),
      certainty: 'context',
      hold: 64,
      examples: ['«张董事长»出席', '«项目经理»说', '«技术总监»负责', '«骨科医生»建议'],
      counterExamples: ['管理经验', '医生建议', '这个方案不错'],
    },
    person('person-chinese', {
      window: 'cjk',
      pattern: new RegExp(`(?:${ROLE})(?:的?(?:姓名|名字))?[是为：:]?(?<value>(?:${SURNAME})[\\u4e00-\\u9fff]{1,2}?)(?=$|[，。、；：,;:\\s（）()]|先生|女士|小姐|老师|医生|同学|的|在|于|去|是|说|和|与|开|已|因|将|向|被|有|身份|电话|手机|护照)`),
      valid: (value) => !/^(?:方[式法便面]|高[级度]|黄金|江[苏西]|金额|万元|史上|常[见用]|于是|向[上下])/.test(value),
      hold: 64,
      examples: ['姓名«马超»', '旅客«徐明»的护照号', '持卡人«吴静»的银行卡', '请联系«刘伟»先生', '主治医生«黄磊»开了处方'],
      counterExamples: ['黄山风景区很漂亮', '唐朝是中国历史上的伟大朝代', '李明去了超市买东西', '联系方式'],
    }),
    person('person-chinese-labelled', {
      window: 'cjk',
      pattern: new RegExp(`^(?:${SURNAME})[\\u4e00-\\u9fff]{1,2}(?=$|先生|女士|的)`),
      context: { left: new RegExp(`(?:${ROLE})(?:/Name)?[：: ]{1,2}$`), key: /姓名|联系人|收件人|(?:^|[._])(?:full_?)?name$/, required: true },
      hold: 64,
      examples: ['登记人：«孙艳»，手机', '姓名：«马超»，'],
      counterExamples: ['孙艳', '收件人：本人'],
    }),
    person('person-chinese-honoured', {
      window: 'cjk',
      pattern: new RegExp(`(?:${SURNAME})[\\u4e00-\\u9fff]{1,2}(?=先生|女士|小姐|老师|同学)|(?:张三|李四|王五|赵六)`),
      hold: 64,
      examples: ['«陈华»老师的课程', '«张三»去了北京', '«刘伟»先生'],
      counterExamples: ['老师好', '先生您好'],
    }),
    person('person-chinese-titled', {
      window: 'cjk',
      pattern: new RegExp(`(?:(?:${SURNAME})${GIVEN}{2}|(?:^|(?<=请|找|由|让|给|跟|联系|通知|告诉))(?:${SURNAME})${GIVEN})(?=${TITLES})`),
      // Parts of the country and words of the trade before a title are no names.
      valid: (value) => !/华[东南北中]|[江河]南|和平|金融|高新|成人|文学|文明|史学|安康|万国|平安|国文|常务|于是|高中|明文$/.test(value),
      hold: 64,
      examples: ['«陈志强»经理批准了', '请«周丽»医生看', '我和«欧阳建国»总经理谈过', '由«赵海燕»主任签字'],
      counterExamples: ['向部门经理汇报', '任华东经理', '请专业律师', '高级工程师', '方案由产品经理写', '江南区经理', '张经理来了', '全科医生'],
    }),
    {
      type: 'ORGANIZATION',
      name: 'organisation-chinese',
      version: 1,
      window: 'cjk',
      pattern: /(?<=就职于|任职于|供职于|毕业于|就读于|在|到|从|与|向|是|，|^(?!就职|任职|供职|毕业|就读|在|去|到))(?:[\u4e00-\u9fff]{2,10}?(?:股份有限公司|有限责任公司|有限公司|集团|医院|大学|学院|银行|小学|中学|研究院|研究所|事务所|幼儿园)(?!的?(?:人|们))|[\u4e00-\u9fff]{2,8}?公司(?=$|[，。、]))|(?<=就职于|任职于|供职于)[\u4e00-\u9fff]{2,10}/,
      valid: (value) => !/^(?:有|这|那|一家|某|本|该|我们?|他们?|请|查|一下|哪)|请|查/.test(value),
      certainty: 'shape',
      hold: 64,
      examples: ['«北京协和医院»检查', '就职于«华为技术有限公司»', '«阿里巴巴集团»宣布', '就职于«华为技术»', '«实验小学»报名'],
      counterExamples: ['有公司来招聘', '请查一下公司税号', '去医院'],
    },
  ],
}

/**
 * Names in rows that a program printed, and beside values that are masked already: little but their place says what they are. Templates of
 * `grammar.ts`. A gap of two spaces ends a run, so that one space and many are different texts.
 */

export const TABLE_LINES: readonly string[] = [
  ' (id|nr|row|customer_id) (full_name|name|contact|client) (email|mail) (phone|city|address)\n <row> <full> <contact> (<phone>|<mask>)\n <row> <full> <contact> (<phone>|<mask>)\n <row> <full> <contact> (<phone>|<mask>)',
  '( |)<row> <full> <contact> (<phone>|<mask>|<nn>|<date>)',
  '( |)<row> <full> <contact>\n( |)<row> <full> <contact>\n( |)<row> <full> <contact>',
  '<row> <given> <family> <contact>\n<row> <given> <family> <contact>',
  '(<mask>|<digits>) <city> (<mask>|<card>)( <mask>| <iban>|)\n( |)<row> <full> <contact> <phone>',
  '(<mask>|<phone>)\n( |)<row> <full> (<contact>|<phone>|<nn>)\n( |)<row> <full> (<contact>|<phone>|<nn>)',
  '(<pad>|)(name|contact|full_name)<pad>(email|phone)<pad>(city|total)\n<row><pad><full><pad><contact><pad>(<city>|<nn>)\n<row><pad><full><pad><contact><pad>(<city>|<nn>)\n<row><pad><full><pad><contact><pad>(<city>|<nn>)',
  '<row><pad><full><pad>(<contact>|<phone>|<nn>|<date>)',
  '<row><pad><given><pad><family><pad>(<contact>|<phone>|<nn>)\n<row><pad><given><pad><family><pad>(<contact>|<phone>|<nn>)',
  '(id|account|ref)\t(holder|member|name)\t(mail|amount)\n<nn>\t<full>\t(<contact>|<nn>)\n<nn>\t<full>\t(<contact>|<nn>)',
  '<n>\t<full>\t<contact>\t(<city>|<org>|<nn>)\n<n>\t<full>\t<contact>\t(<city>|<org>|<nn>)',
  '(case|booking|id),(guest|name|person),(mail|email),(day|amount)\n(<id>|<nn>),<full>,<contact>,<date>\n(<id>|<nn>),<full>,<contact>,<date>',
  '(id|nr);(surname|last_name);(forename|first_name);(mail|email)\n<row>;<family>;<given>;<contact>\n<row>;<family>;<given>;<contact>',
  '<row>,<full>,<contact>\n<row>,"<full>",<contact>',
  '\\| (ID|#|Nr) \\| (Name|Guest|Owner|Member) \\| (Email|Contact|Phone) \\|\n\\|(---|:--)\\|---\\|---\\|\n\\| <row> \\| <full> \\| (<contact>|<phone>) \\|\n\\| <row> \\| <full> \\| (<contact>|<phone>) \\|',
  '\\| <row> \\| <given> \\| <family> \\| <contact> \\|\n\\| <row> \\| <given> \\| <family> \\| <contact> \\|',
  '<row> \\| <full> \\| <contact>( \\| <city>|)\n<row> \\| <full> \\| <contact>( \\| <city>|)',
  '\\[?(<n>|\'<id>\'), \'<full>\', \'<contact>\'(, <nn>|)\\]',
  '\\(<n>, \'<full>\', \'<contact>\', \'<phone>\'\\), \\(<n>, \'<full>\', \'<contact>\', \'<phone>\'\\)',
  '(last|surname|family)(=|: )<family>(;|,) (first|given|forename)(=|: )<given>(;|,) (mail|email)(=|: )<contact>',
  '[{"id":<n>,"(full_name|name|holder)":"<full>","(email|mail)":"<contact>"},{"id":<n>,"(full_name|name|holder)":"<full>","(email|mail)":"<contact>"}]',
  '\\\\n<row> <full> <contact>\\\\n <row> <full> <contact>',
]

/** Rows of the same make that name nobody. */
export const PLAIN_TABLE_LINES: readonly string[] = [
  ' (id|nr) (product|title|item) (price|stock|status)\n <row> <cap> <cap> <n>.90 (Open|Sold|New)\n <row> <cap> <cap> <n>.50 (Open|Sold|New)',
  '<row> <cap> <word> (<nn>|<n>.00|<date>)\n<row> <cap> <cap> (<nn>|<n>.00|<date>)',
  '<row><pad><cap> <cap><pad>(<nn>|<date>|Open|Done)\n<row><pad><cap> <word><pad>(<nn>|<date>|Open|Done)',
  '<row>\t<cap> <cap>\t<nn>\n<row>\t<cap>\t<nn>',
  '(sku|ref),(item|title),(stock|price)\n<id>,<cap> <cap>,<nn>\n<id>,<cap> <word>,<nn>',
  '\\| <n> \\| <cap> <cap> \\| (Low|High|Open|<nn>) \\|\n\\| <n> \\| <cap> \\| (Low|High|Open|<nn>) \\|',
  '(Subject|Reason|Topic|Status|Plan): <cap> <cap>\n(Contact|Owner|Phone|Mail): <contact>',
  '<mask> (<word>|asked|is) (the|about|for) <cap> <word> (and|with) <mask>(.|)',
  '(Contact|Write|Mail|Call|Ask|See) (<mask>|<contact>) (about|for|before) (the <word>|<cap> <cap>|<day>)(.|)',
  '(Dear|Hi|Hello) <mask>, (the|your) <word> (of|for) <cap> <cap> (is|was) <word>(.|)',
]

/** Names with what stands for other names, and behind words that say whose they are. */
export const BESIDE_LINES: readonly string[] = [
  '<mask> (is|was) (represented|accompanied|advised|succeeded|replaced|assisted|introduced) by <full>(, who <verb> (the|to|at) <word>|)(.|)',
  '<full> (is|was) (represented|accompanied|advised|succeeded|replaced|assisted|introduced) by <full>(, who <verb> (the|to|at) <word>|)(.|)',
  '(Note|Item|Remark|Case) <n>. (<mask>|<full>) (<verb>|asked|wants) (the|to|for|by|at) <word>( before <day>|).\n(Note|Item|Remark|Case) <n>. <full> (<verb>|asked|wants) (the|to|by|from) (<word>|<mask>|<full>)(.|)',
  '(Signed|Countersigned|Approved|Witnessed|Checked|Prepared|Issued|Authorised|Requested|Reported|Filed)( by|:| by:) <full>( (for|on behalf of) (<mask>|<org>)|, <contact>|)(.|)',
  '(contact|Contact|Contact person|Attorney|Counsel|Guardian|Agent|Next of kin|Emergency contact|Supervisor|Referred by|Broker|Caseworker)( for <mask>|)(:|) <full>(, <contact>| \\(<phone>\\)| \\(<contact>\\)|)(.|)',
  '<mask>(,| and|,| or) <full>(, <mask>|) (<verb>|were|are) (the|to|at|here) <word>(.|)',
  '<full>(,| and|, and) <mask> (<verb>|were|are) (the|to|at|here) <word>(.|)',
  '(On|Written on|Acting on) behalf of (<mask>|<full>)(,|:) <full>( <verb>|)(.|)',
  '(From|Cc|cc|To|Bcc): (<mask>|<contact>)(;|,) <full>( <contact>|)',
  '<full> \\<<contact>\\>(, <full> \\<<contact>\\>|)( wrote:|)',
  'The (parcel|file|claim|account|invoice|key) of <mask> (goes|went|belongs|was given) to (the |)(neighbour|cousin|colleague|lawyer|) <full>( (in the meantime|before <day>|today)|)(.|)',
  '(Please|We|I|They) (ask|informed|wrote to|met|paid|trust|thanked) <full> (about|with|before|from|for) (<mask>|the <word>)(.|)',
  '(Ticket|Case|Claim|Order) (#|)<nn>(: | - |\n)(Reported by|Requester|Opened by|Assignee|Customer|Caller)(:|) <full>(\n(Mail|Email|Phone): <contact>|, <contact>|)',
  '<full>(\n| - |, )(<contact>|<mask>)(\n<phone>|)',
  '(Thanks|Regards|Kind regards|Best|Sincerely|Yours|Cheers)(,|)\n(\n|)<full>\n(<contact>|<mask>|<phone>|<cap> <word>|Support engineer|<org>)',
  '<solo> <verb> (<word> |)(as|at|with|for|after|before|until|the|a|his|her) <word>(,| |.)( <word> <word>.|)',
  '(<solo>|<full>) (rarely|often|never|once|soon|still|then|also|later|always) <verb> (the|a|to|at|in|his|her) <word>(.|)',
  '<solo>: ("|)(Where|When|Why|How|Wait|Fine|Come|Please|Stop|I|You) <word> <word>(?|.|!)("|)\n<solo>: ("|)(Not|Nothing|Maybe|My|It|No|Of course) <word>(.|!)("|)',
  '(In|For|Behind|Among) <place>(,|) (<solo>, <solo> and <solo>|<solo> and <solo>) (<verb>|were|are) <word>(.|)',
]

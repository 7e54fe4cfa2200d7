/**
 * What somebody works as, where the text says whose work it is: on the line below a name, behind a name and a comma, or behind a form's label.
 * The words alone are no statement about a person.
 */
import type { Family } from './recogniser.ts'

/** What a title ends with. */
const HEADS =
  'accountant actor actress actuary adjuster administrator adviser advisor agent agronomist aide ambassador anaesthetist analyst anesthesiologist animator announcer anthropologist appraiser apprentice arbitrator arborist archaeologist architect archivist assistant associate astronomer attendant attorney audiologist auditor bailiff baker barber barista barrister bartender biochemist biologist blacksmith boilermaker bookkeeper botanist breeder brewer bricklayer brickmason broadcaster broker bursar butcher butler buyer cardiologist caregiver carpenter carrier cashier caterer ceo cfo chairman chairwoman chaplain chef chemist chiropractor choreographer cinematographer ciso cleaner clerk coach cofounder columnist composer comptroller concierge conductor confectioner constable consultant controller coo cook coordinator copywriter counsellor counselor courier croupier cto curator cutter dancer dealer deckhand dentist dermatologist designer detective developer dietitian diplomat director dishwasher dispatcher distiller doorman drafter dressmaker driller driver ecologist economist editor electrician embalmer engineer entrepreneur epidemiologist estimator examiner executive farmer firefighter fisherman fitter florist foreman foreperson forester founder freelancer gardener geologist glazier grinder groomer guard hairdresser handyman headmaster headteacher historian horticulturist hostess housekeeper hydrologist hygienist illustrator imam inspector installer instructor intern interpreter investigator janitor jeweler joiner journalist judge laborer labourer landscaper lawyer lead lecturer librarian lifeguard lineman lineworker linguist loader lobbyist locksmith logger machinist magistrate manager marketer mason mathematician mayor mechanic mediator merchandiser messenger meteorologist microbiologist midwife millwright miner mortician musician nanny neurologist notary nurse nutritionist officer oncologist operator optician optometrist orthodontist owner packager packer painter paralegal paramedic partner pastor pathologist pediatrician pharmacist phlebotomist photographer physician physicist picker pilot pipefitter planner plasterer playwright plumber podiatrist polisher porter postmaster potter practitioner presenter president priest principal producer professor programmer proofreader provost psychiatrist psychologist publicist rabbi radiologist receptionist recruiter rector registrar repairer reporter representative researcher restorer roofer sailor salesperson scientist scout screener screenwriter sculptor seamstress secretary shoemaker shopkeeper singer skipper sociologist solicitor sommelier specialist statistician steamfitter stenographer steward stewardess stocker stonemason strategist stylist superintendent supervisor surgeon surveyor tailor teacher technician teller tester therapist tiler trader trainee trainer transcriptionist translator treasurer trimmer tuner tutor typist undertaker underwriter upholsterer usher valet veterinarian waiter waitress watchmaker weaver welder winemaker worker writer zoologist'.split(' ')
/** What one begins with, or has before its last word. */
const KINDS =
  'account accounting accounts administrative advertising agricultural aircraft airline airport animal apparel appliance applications area art assembly athletic audio auto automation automotive aviation bakery bank behavioral benefits bicycle billing biomedical book border branch brand broadcast budget building business cabin cable call camera career cargo catering chemical chief child city civil claims clinical cloud coding college commercial communications community compensation compliance computer concrete conference conservation construction content contract contracts copy corporate correctional cost costume county court crane creative credit crew crime cultural customer customs dairy dance data database day debt delivery dental deputy design desktop development diesel digital disability dispatch district door drug education electrical electronics elementary elevator emergency employee employment energy engineering enrollment enterprise environmental estate ethics event events export fabric facilities facility family farm fashion fiber field film finance financial fire fitness fleet flight floor floral food foreign forensic forest forklift freelance freight front fuel fundraising funeral furniture game gaming garden gas general genetic geriatric glass global government grant graphic grocery ground group guest hair hardware hazardous head health healthcare heating heavy helicopter help helpdesk highway history home hospital hotel house household housing human immigration import industrial information infrastructure insurance integration intelligence interior internal international inventory investment investments investor irrigation jewelry judicial junior key kitchen lab labor laboratory labour land landscape language laundry law lawn learning leasing legal legislative lending library licensed life lighting line loan local locomotive logistics loss machine machinery magazine mail maintenance management manufacturing marine maritime market marketing massage master material mathematics meat mechanical media medical membership mental merchandise metal military mine mining mobile mortgage motor motorcycle multimedia museum music nail national natural navy network news newspaper night nuclear nursing nutrition obstetric occupational office oil online operations optical oral order outdoor outreach packaging paint park parking parole passenger patent patient patrol payroll pediatric performance personal personnel pest pet petroleum pharmacy photo physical piano pipe pipeline planning plant plastic police policy political pool port portfolio postal power preschool press print prison private probation process procurement product production professional program project promotions property psychiatric public purchase purchasing quality radio rail railroad real record records recreation recreational recruitment regional registered rehabilitation relations relationship religious rental research reservations residential resources respiratory restaurant retail revenue risk road robotics roof room route safety sales sanitation satellite school science scrum secondary securities security senior service set sewer sewing sheet shift ship shipping shoe shop sign site social software soil solar solutions sound space special speech sports staff stage state station steel stock store strategy street structural student studio substance supply support surgical survey switchboard systems talent tax taxi teaching team technical telecommunications telephone television test textile theater theatre ticket toll tool tour trade traffic training translation transport transportation travel treasury tree trial truck trust underwriting union university urban user utilities utility vehicle vendor veterinary vice video visual vocational wardrobe warehouse waste water wealth weather web wedding welding welfare wholesale wildlife wind window wine wireless wood yard youth'.split(' ')

const LONGEST_WORD = 18
const HEAD = `(?:${HEADS.join('|')})`
const WORD = `[A-Za-z][a-z]{1,${LONGEST_WORD - 1}}`
/** `Regional sales manager`, `Assistant to the director`, `Head of procurement`. */
const TITLE = `(?=[A-Z])(?:(?:Head|VP|Vice president|Director|Chief|President) of (?:the )?${WORD}(?: (?:and )?(?!(?:at|with|for|in|from)(?![a-z]))${WORD}){0,2}|(?:${WORD}[ -](?:(?:of|and|to|the|for|&) ){0,2}){0,3}${HEAD})(?![A-Za-z-])`

const UPPER = 'A-ZÀ-ÖØ-ÞĀ-ſΆ-ΫЀ-Я'
const LETTER = 'A-Za-zÀ-ÖØ-öø-ɏͰ-ϿЀ-ӿḀ-ỿ'
/** A first name, perhaps initials, a last name with its particles. */
const NAME = `[${UPPER}][${LETTER}'’-]+(?: (?:[${UPPER}]\\.|[${UPPER}][${LETTER}'’-]+|[a-z]{1,3})){0,3} [${UPPER}][${LETTER}'’-]+`
const LINE_OF_NAME = `(?:^|["'\\n])[> \\t]*${NAME},?[ \\t\\\\]*\\n[> \\t]*$`
const NAME_BEFORE = `${NAME}, (?:the |our )?$`
const LABEL = `(?:[Jj]ob ?[Tt]itle|[Oo]ccupation|[Pp]rofession|[Pp]osition|[Dd]esignation|Beruf|[Cc]argo|[Pp]uesto)["']?[ \\t]?[:=][ \\t]?["']?$`

/** Where the title is over, by what stands before it: the end of the line or the value, or the words that go on with the employer. */
const PLACES: readonly (readonly [before: RegExp, behind: RegExp])[] = [
  [new RegExp(LINE_OF_NAME), /^[ \t]*(?:\n|\\|$)/],
  [new RegExp(NAME_BEFORE), /^(?:,|\.(?!\w)|\)|\n|\\|$| (?:at|with|for|in|from|of)(?![a-z]))/],
  [new RegExp(LABEL), /^(?:["',;.)\n\\]|$)/],
]

/** Any of them, read from its end: nearly always the characters right before the title tell that nothing of the kind stands there. */
const BEFORE = new RegExp(`$(?<=${PLACES.map(([before]) => before.source).join('|')})`)

export const JOB_TITLE: Family = {
  name: 'job title',
  recognisers: [
    {
      type: 'TITLE',
      name: 'job-title',
      version: 1,
      window: 'phrase',
      opens: { words: [...HEADS, ...KINDS], capitalised: true },
      grow: new RegExp(`^[A-Z][A-Za-z]*(?:[ -][A-Za-z&]{0,${LONGEST_WORD}}){0,5}$`),
      pattern: new RegExp(`^${TITLE}`, 'i'),
      valid: (value, window, left) => PLACES.some(([before, behind]) => before.test(left) && behind.test(window.slice(value.length))),
      certainty: 'context',
      context: { left: BEFORE, required: true },
      // No more: a phrase that may hold more is decided before its end is seen, and the end is what tells.
      hold: 64,
      examples: [
        'Mira Santos\n«Chief financial officer»\nAcme',
        'Jon A. de Boer,\n«Head of procurement»',
        '"Ana Dias\\n«Dental hygienist»\\nAcme"',
        'Ana Dias, «Paralegal» at Acme',
        'Ana Dias, the «Painter», said',
        'Ana Dias, «Network architect»',
        'Ana Dias, «Vice president of engineering» at Acme',
        'Occupation: «Structural engineer»\n',
        'job title: «Warehouse supervisor»',
      ],
      counterExamples: [
        'Sales manager\n',
        'Release Notes\nSales are up',
        'Mira Santos\nSales manager wanted',
        'mira santos and\nSales manager\n',
        'import React, Component',
        'the Painter, said',
        'Ana Dias, Manager class',
        'position: Absolute',
        'Title: Sales manager',
        'Occupation: Engineer class',
      ],
    },
  ],
}

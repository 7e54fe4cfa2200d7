/** All families, in one place. The order does not matter: certainty decides, not order. */
import { ADDRESS } from './address.ts'
import { AUSTRALIA, INDIA, SINGAPORE } from './asiaPacific.ts'
import { BANK } from './bank.ts'
import { BRITAIN } from './britain.ts'
import { CARD } from './card.ts'
import { CRYPTO_ADDRESS } from './cryptoAddress.ts'
import { DATES } from './dates.ts'
import { DOCUMENTS } from './documents.ts'
import { EAST_ASIA } from './eastAsia.ts'
import { EAST_EUROPE } from './eastEurope.ts'
import { EMAIL } from './email.ts'
import { NORTH_EUROPE, SOUTH_EUROPE } from './europe.ts'
import { FIELDS } from './fields.ts'
import { GERMANY } from './germany.ts'
import { GULF_TO_MALAYA } from './gulfToMalaya.ts'
import { JOB_TITLE } from './jobTitle.ts'
import { NETWORK } from './network.ts'
import { OTHER_COUNTRIES } from './otherCountries.ts'
import { PEOPLE } from './people.ts'
import { PHONE } from './phone.ts'
import { POSTAL_CODE } from './postalCode.ts'
import type { Family } from './recogniser.ts'
import { RECORDS } from './records.ts'
import { SECRET_BLOCKS } from './secretBlocks.ts'
import { SECRET_COMMANDS } from './secretCommands.ts'
import { SECRET_KEYED } from './secretKeyed.ts'
import { SECRET_SAID } from './secretSaid.ts'
import { SECRET_SETTINGS } from './secretSettings.ts'
import { SECRET_TOKENS } from './secretTokens.ts'
import { SPECIAL } from './special.ts'
import { UNITED_STATES } from './unitedStates.ts'
import { USERNAME } from './username.ts'

export const FAMILIES: readonly Family[] = [
  EMAIL, CARD, BANK, CRYPTO_ADDRESS, NETWORK, PHONE, UNITED_STATES, BRITAIN, AUSTRALIA, INDIA, SINGAPORE, GERMANY, SOUTH_EUROPE, NORTH_EUROPE, EAST_EUROPE,
  EAST_ASIA, GULF_TO_MALAYA, OTHER_COUNTRIES, DOCUMENTS, ADDRESS, POSTAL_CODE, DATES, USERNAME, SPECIAL, FIELDS, RECORDS, PEOPLE, JOB_TITLE, SECRET_TOKENS, SECRET_BLOCKS, SECRET_COMMANDS, SECRET_KEYED, SECRET_SAID,
  SECRET_SETTINGS,
]

/** Secrets that their issuer marks with a prefix. One line each: name, the literals that open it, how it goes on. */
import { isPlaceholder, isRandom } from '../checks/secret.ts'
import { WORD_FINISH } from './shapes.ts'
import type { Early, Family, Gate, Recogniser } from './recogniser.ts'

interface Token {
  readonly name: string
  /** None: the gate alone calls it, for markers that are too short or too common to listen for. */
  readonly starts: readonly string[]
  readonly gate?: Gate
  /** The whole value, the literal included. */
  readonly source: string
  readonly example: string
  readonly counter?: string
  readonly early?: Early
  readonly hold?: number
  /** Even if it looks like a placeholder. */
  readonly any?: boolean
  /** Only if it looks drawn by a machine as well: the marker is a word that names in code have too. */
  readonly drawn?: boolean
}

// Long enough that no sample of documentation ends up here by its length alone; the letters come from no account.
const R = 'q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1Pf5Jn0GbT'
const LOW = 'k3v9x2m7q4w8t1z6r5p0c7h2j9f4d8s3'
const HEX = '8f3a1c9e5b7d2046f8a3c1e9b5d70246'
// Examples are put together when they are read: what checks a package for secrets finds none of them whole in the bundles.
const x = (count: number): string => 'x'.repeat(count)

const token = (name: string, starts: string, source: string, example: string, rest: Partial<Token> = {}): Token => ({ name, starts: starts === '' ? [] : starts.split(' '), source, example, ...rest })

/** A beginning that decides: longer than any name in code, and no stand-in as far as it has come. @param body what the value goes on with, one character class */
const opening = (source: string, body: string): Early => ({ opening: new RegExp(`(?<![\\w-])(?=${source})(?!\\S*(?:x{6}|X{6}|\\*{3}|\\.{2}))`), body: new RegExp(body) })

const CLOUD: readonly Token[] = [
  token('aws-key-id', 'AKIA ASIA ABIA ACCA AGPA AIDA AROA ANPA A3T', '(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA|A3T[A-Z0-9])[A-Z0-9]{16}', 'AKIAQ4Z7WX2LM6NP3RST', { counter: 'akiaIOSFODNN7EXAMPLE' }),
  token('aws-bedrock', 'ABSK bedrock-api-key-', 'ABSK[A-Za-z0-9+/]{60,300}={0,2}|bedrock-api-key-[A-Za-z0-9+/=_-]{20,1000}', `bedrock-api-key-${R}`, { early: opening('(?:bedrock-api-key-|ABSK[A-Za-z0-9+/]{16})[A-Za-z0-9+/=_-]{20}', '[\\w+/=-]') }),
  token('google-api-key', 'AIza', 'AIza[\\w-]{35,36}', `AIza${R}Xy-`, { counter: 'AIzaShort' }),
  token('gemini', 'AQ.Ab', 'AQ\\.Ab[\\w-]{30,80}', `AQ.Ab8RN6${R}${R.slice(0, 12)}`),
  token('google-oauth', 'ya29. GOCSPX- 1//0', 'ya29\\.[\\w-]{20,512}|GOCSPX-[\\w-]{20,40}|1//0[\\w-]{40,120}', `ya29.a0${R}`, { hold: 512 }),
  token('azure-client-secret', 'Q~', '[A-Za-z0-9_~.]{3}\\dQ~[A-Za-z0-9_~.-]{31,34}', '2Vq7Q~q5VgKljZ7cb3.0sp0Apz.vOjRIPyeTr'),
  token('azure-account-key', 'AccountKey= SharedAccessKey= sig=', '(?<=(?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/]{20,100}={0,2}|(?<=[?&]sig=)[A-Za-z0-9%+/]{30,100}', `AccountKey=«${R}${R}Q==»`),
  // The signature of the service stands eight characters before the end.
  token('azure-annotated', 'AZDO ACOG JQQJ9', '[A-Za-z0-9]{76}(?:AZDO|ACOG)[A-Za-z0-9]{4}|[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{19}[A-Z]{4}[A-Za-z0-9]{4}', `${R}${R}${R.slice(0, 12)}AZDO4Kxy`, { counter: `${x(76)}AZDO4Kxy` }),
  token('alibaba-key-id', 'LTAI', 'LTAI[A-Za-z0-9]{12,24}', 'LTAI5tQ4Z7WX2LM6NP3RSTUV'),
  token('digitalocean', 'dop_v1_ doo_v1_ dor_v1_', 'do[por]_v1_[a-f0-9]{64}', `dop_v1_${HEX}${HEX}`, { early: opening('do[por]_v1_[a-f0-9]{30}', '[a-f0-9]') }),
  token('heroku', 'HRKU-', 'HRKU-[\\w-]{36,80}', `HRKU-AA${R}${R}`),
  token('cloudflare-origin', 'v1.0-', 'v1\\.0-[a-f0-9]{24}-[a-f0-9]{146}', `v1.0-${HEX.slice(0, 24)}-${HEX}${HEX}${HEX}${HEX}${HEX.slice(0, 18)}`),
  token('cloudflare', 'cfat_ cfut_ cfk_', 'cf(?:[au]t|k)_[A-Za-z0-9]{36,60}', `cfat_${R}${LOW.slice(0, 16)}`),
  token('fly', 'fo1_ fm1r_ fm1a_ fm2_', 'fo1_[\\w-]{43}|fm(?:1[ar]|2)_[A-Za-z0-9+/]{80,512}={0,3}', `fo1_${R}${LOW.slice(0, 11)}`),
  token('yandex', 'AQVN t1. YC', 'AQVN[\\w-]{35,38}|t1\\.[A-Z0-9a-z_-]+[=]{0,2}\\.[A-Z0-9a-z_-]{86}[=]{0,2}|YC[\\w-]{38}', `AQVN${R}Ab1`),
  token('scalingo', 'tk-us-', 'tk-us-[\\w-]{40,60}', `tk-us-${LOW}-${LOW.slice(0, 14)}`),
  token('databricks', 'dapi', 'dapi[a-f0-9]{32}(?:-\\d)?', `dapi${HEX}-2`),
  token('openshift', 'sha256~', 'sha256~[\\w-]{43}', `sha256~${R}${LOW.slice(0, 11)}`),
  token('supabase', 'sbp_ sb_secret_', 'sbp_[a-f0-9]{40}|sb_secret_[\\w-]{20,60}', `sbp_${HEX}${HEX.slice(0, 8)}`),
  token('planetscale', 'pscale_', 'pscale_(?:tkn|oauth|pw)_[\\w=.-]{32,64}', `pscale_tkn_${LOW}`),
  token('tencent-key-id', 'AKID', 'AKID[A-Za-z0-9]{32}', `AKID${R}`),
  token('scaleway', 'SCW', 'SCW[A-Z0-9]{17}', 'SCWQ4Z7WX2LM6NP3RSTU', { drawn: true, counter: 'SCWIDGETFACTORYCLASS' }),
  token('netlify', 'nfp_', 'nfp_[A-Za-z0-9]{36,40}', `nfp_${R}${LOW.slice(0, 6)}`),
  token('neon', 'napi_', 'napi_[a-z0-9]{60,68}', `napi_${LOW}${LOW}`, { counter: `napi_${x(64)}`, early: opening('napi_(?=[a-z]*\\d)[a-z0-9]{34}', '[a-z0-9]') }),
  token('neon-password', 'npg_', 'npg_[A-Za-z0-9]{10,24}', `npg_${R.slice(0, 12)}`, { drawn: true, counter: 'npg_connectionPool' }),
  token('atlas', 'mdb_sa_sk_', 'mdb_sa_sk_[\\w-]{24,60}', `mdb_sa_sk_${R}`),
  token('modal', 'ak- as-', 'a[ks]-[A-Za-z0-9]{22}', `as-${R.slice(0, 22)}`, { drawn: true, counter: 'as-InternationalOrganisat' }),
  token('dbt', 'dbtc_ dbtu_', 'dbt[cu]_[\\w-]{30,60}', `dbtc_${R}`, { drawn: true, counter: 'dbtu_incremental_models_with_partitions' }),
  token('render', 'rnd_', 'rnd_[A-Za-z0-9]{26,40}', `rnd_${R}`, { drawn: true, counter: 'rnd_generateInitialDistributionState' }),
  token('vercel', 'vcp_ vci_ vca_ vcr_ vck_', 'vc[piark]_[A-Za-z0-9]{24,60}', `vcp_${R}`, { drawn: true }),
  token('tailscale', 'tskey-', 'tskey-(?:auth|api|client|scim|webhook)-[\\w-]{16,80}', `tskey-auth-${LOW}`),
]

const MODELS: readonly Token[] = [
  token('anthropic', 'sk-ant-', 'sk-ant-[\\w-]{20,200}', `sk-ant-api03-${R}${R}${R}AA`, { early: { opening: /(?<![\w-])sk-ant-[\w-]{24}/, body: /[\w-]/ }, counter: 'sk-ant-xxxxxxxxxxxxxxxxxxxxxxxx' }),
  token('openai', 'sk-', 'sk-(?:(?:proj|svcacct|admin|None|or-v1|lf|litellm)-)?(?=[\\w-]*\\d)[A-Za-z0-9][\\w-]{19,200}', `sk-proj-${R}${R}`, { early: { opening: /(?<![\w-])sk-(?:proj|svcacct|admin)-[\w-]{24}/, body: /[\w-]/ }, counter: 'sk-learn-is-a-library-for-machine-learning' }),
  token('hugging-face', 'hf_ api_org_', '(?:hf|api_org)_[A-Za-z]{34}|hf_(?=[A-Za-z]*\\d)[A-Za-z0-9]{30,40}', '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', { counter: 'hf_generatedByHomeAppForDebuggingPurposesKey' }),
  token('wandb', 'wandb_v1_', 'wandb_v1_\\w{30,120}', `wandb_v1_${R}_${LOW}`),
  token('langsmith', 'ls__', 'ls__[a-f0-9]{32}', `ls__${HEX}`),
  token('groq', 'gsk_ xai- nvapi- pplx- r8_ fw_ lsv2_ csk-', '(?:gsk_|xai-|nvapi-|pplx-|r8_|fw_|csk-)[A-Za-z0-9_-]{20,120}|lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}', `pplx-${R}${LOW.slice(0, 16)}`, { counter: 'pplx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }),
]

const SEARCH: readonly Token[] = [
  token('pinecone', 'pcsk_', 'pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{40,80}', `pcsk_${R.slice(0, 6)}_${R}${R}`, { early: opening('pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{24}', '[A-Za-z0-9]') }),
  token('tavily', 'tvly-', 'tvly-(?:(?:dev|prod)-)?[A-Za-z0-9]{28,44}', `tvly-dev-${R}`, { counter: 'tvly-YOUR_API_KEY' }),
  token('firecrawl', 'fc-', 'fc-[a-f0-9]{32}', `fc-${HEX}`),
  token('jina', 'jina_', 'jina_[a-f0-9]{32}[\\w-]{20,40}', `jina_${HEX}${R.slice(0, 28)}`),
  token('runpod', 'rpa_', 'rpa_[A-Z0-9]{30,60}[a-z0-9]{0,12}', `rpa_${R.toUpperCase()}AB12`),
  token('e2b', 'e2b_', 'e2b_[a-f0-9]{40}', `e2b_${HEX}${HEX.slice(0, 8)}`),
  token('apify', 'apify_api_', 'apify_api_[A-Za-z0-9]{34,44}', `apify_api_${R}Ab1x`),
]

const CODE: readonly Token[] = [
  token('github', 'ghp_ gho_ ghu_ ghs_ ghr_', 'gh[pousr]_[A-Za-z0-9]{30,255}', `ghp_${R}${LOW.slice(0, 4)}`, { counter: `ghs_${x(36)}` }),
  token('github-pat', 'github_pat_', 'github_pat_\\w{22,100}', `github_pat_11AQ4Z7WX0${R}_${R}`, { early: opening('github_pat_\\w{28}', '\\w') }),
  token('gitlab', 'glpat- glcbt- gldt- glffct- glft- glimt- glagent- gloas- glptt- glrt- glrtr- glsoat- GR1348941', '(?:glpat|gldt|glffct|glft|glimt|glagent|gloas|glptt|glrt|glrtr|glsoat)-[\\w.-]{15,120}|glcbt-[\\w.-]{10,60}|GR1348941[\\w-]{18,24}', `glpat-${LOW.slice(0, 20)}`, { counter: 'glpat-XXXXXXXXXXX-XXXXXXXX' }),
  token('gitlab-session', '_gitlab_session=', '_gitlab_session=[a-z0-9]{32}', `_gitlab_session=${HEX}`),
  token('bitbucket', 'ATBB ATATT3 ATCTT3', 'ATBB[A-Za-z0-9]{28,40}|AT[AC]TT3[\\w=.-]{100,300}', `ATBB${R}`, { early: opening('AT[AC]TT3[\\w=.-]{30}', '[\\w=.-]') }),
  token('npm', 'npm_', 'npm_[A-Za-z0-9]{34,40}', `npm_${LOW}q7z2`),
  token('pypi', 'pypi-AgEIcHlwaS5vcmc', 'pypi-AgEIcHlwaS5vcmc[\\w-]{40,1000}', `pypi-AgEIcHlwaS5vcmc${R}${R}`, { early: opening('pypi-AgEIcHlwaS5vcmc[\\w-]{16}', '[\\w-]') }),
  token('rubygems', 'rubygems_', 'rubygems_[a-f0-9]{48}', `rubygems_${HEX}${HEX.slice(0, 16)}`),
  token('clojars', 'CLOJARS_', 'CLOJARS_[a-z0-9]{60}', `CLOJARS_${LOW}${LOW.slice(0, 28)}`),
  token('artifactory', 'AKCp cmVmd', 'AKCp[A-Za-z0-9]{60,75}|cmVmd[A-Za-z0-9]{55,64}', `AKCp${R}${R}${R.slice(0, 5)}`),
  token('docker-organisation', 'dckr_oat_', 'dckr_oat_[\\w-]{24,40}', `dckr_oat_${LOW.slice(0, 27)}`),
  token('docker', 'dckr_pat_', 'dckr_pat_[\\w-]{24,40}', `dckr_pat_${LOW.slice(0, 27)}`),
  token('sonar', 'squ_ sqp_ sqa_', 'sq[upa]_[a-f0-9A-Za-z]{38,44}', `squ_${HEX}${HEX.slice(0, 8)}`),
  token('sourcegraph', 'sgp_', 'sgp_(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}', `sgp_${HEX}${HEX.slice(0, 8)}`),
  token('sentry', 'sntryu_ sntrys_', 'sntryu_[a-f0-9]{64}|sntrys_eyJ[\\w+/=-]{60,512}', `sntryu_${HEX}${HEX}`, { counter: `sntryu_${HEX}` }),
  token('grafana', 'glsa_ glc_ eyJrIjoi', 'glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,400}={0,3}|eyJrIjoi[A-Za-z0-9]{70,400}={0,3}', `glsa_${R}_8f3a1c9e`),
  token('pulumi', 'pul-', 'pul-[a-f0-9]{40}', `pul-${HEX}${HEX.slice(0, 8)}`),
  token('prefect', 'pnu_ pnb_', 'pn[ub]_[A-Za-z0-9]{34,40}', `pnu_${LOW}q7z2`),
  token('terraform', '.atlasv1.', '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{60,70}', `${R.slice(0, 14)}.atlasv1.${R}${LOW}`, { counter: 'xxxxxxxxxxxxxx.atlasv1.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', early: opening('[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{16}', '[\\w=-]') }),
  token('vault', 'hvs. hvb. hvr.', 'hv[sbr]\\.[\\w-]{24,300}', `hvs.${R}${R}${R}`, { early: opening('hv[sbr]\\.(?=[\\w-]*\\d)[\\w-]{34}', '[\\w-]') }),
  token('vault-legacy', 's.', 's\\.(?=(?:[A-Za-z]*\\d){3})[A-Za-z0-9]{24}', 's.q7Zk2Vd9Xw4Lm8Rt3Yc6Hs1P', { counter: 's.xxxxxxxxxxxxxxxxxxxxxxxx' }),
  token('doppler', 'dp.', 'dp\\.(?:pt|ct|st|sa|scim|audit)\\.(?:[\\w-]{2,40}\\.)?[A-Za-z0-9]{40,44}', `dp.pt.${LOW}${LOW.slice(0, 11)}`),
  token('infracost', 'ico-', 'ico-[A-Za-z0-9]{32}', `ico-${R}`, { counter: 'ico-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX' }),
  token('harness', 'pat. sat.', '[ps]at\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20}', `pat.${R.slice(0, 22)}.${HEX.slice(0, 24)}.${LOW.slice(0, 20)}`),
  token('octopus', 'API-', 'API-[A-Z0-9]{24,34}', 'API-Q7ZK2VD9XW4LM8RT3YC6HS1PF5'),
  token('settlemint', 'sm_pat_ sm_aat_ sm_sat_', 'sm_[pas]at_[A-Za-z0-9]{16}', 'sm_aat_q7Zk2Vd9Xw4Lm8Rt'),
  token('age', 'AGE-SECRET-KEY-1', 'AGE-SECRET-KEY-1[A-Z0-9]{58}', 'AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE', { any: true }),
  token('figma', 'figd_ lin_api_ secret_ ntn_', 'figd_[\\w-]{38,60}|lin_api_[A-Za-z0-9]{38,44}|secret_[A-Za-z0-9]{43}|ntn_(?=\\d*[A-Za-z])[A-Za-z0-9]{40,60}', `lin_api_${R}${LOW.slice(0, 9)}`, { counter: 'ntn_123456789012345678901234567890123456789012345678901234567890' }),
  token('postman', 'PMAK-', 'PMAK-[a-f0-9]{24}-[a-f0-9]{34}', `PMAK-${HEX.slice(0, 24)}-${HEX}4d`),
  token('readme', 'rdme_', 'rdme_[a-z0-9]{70}', `rdme_${LOW}${LOW}${LOW.slice(0, 6)}`),
  token('mapbox', 'pk. sk.', '[ps]k\\.[A-Za-z0-9]{40,80}\\.[A-Za-z0-9_-]{20,24}', `sk.eyJ1${R}${R}.${R.slice(0, 22)}`, { early: { opening: /(?<![\w-])[ps]k\.eyJ[\w-]{24}/, body: /[\w.-]/ } }),
  token('onepassword', 'A3- ops_eyJ', 'A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}|ops_eyJ[A-Za-z0-9+/]{100,1200}={0,3}', 'A3-Q7ZK2V-D9XW4L-M8RT3-YC6HS-1PF5J-N0GBA', { early: { opening: /(?<![\w-])ops_eyJ[A-Za-z0-9+/]{100}/, body: /[\w+/=]/ } }),
  token('nuget', 'oy2', 'oy2[a-z0-9]{43}', `oy2${LOW}${LOW.slice(0, 11)}`),
  token('circleci', 'CCIPAT_ CCIPRJ_', 'CCIP(?:AT|RJ)_[A-Za-z0-9]{20,24}_[a-f0-9]{40}', `CCIPAT_${R.slice(0, 22)}_${HEX}${HEX.slice(0, 8)}`),
  token('buildkite', 'bkua_ bkaj_ bkct_ bkpt_', 'bk(?:ua|aj|ct|pt)_[a-f0-9]{40}', `bkua_${HEX}${HEX.slice(0, 8)}`),
  token('contentful-management', 'CFPAT-', 'CFPAT-[\\w-]{43}', `CFPAT-${R}${LOW.slice(0, 11)}`),
  token('infisical', '', 'st\\.[a-f0-9]{24}\\.[a-f0-9]{32}\\.[a-f0-9]{32}', `st.${HEX.slice(0, 24)}.${HEX}.${HEX}`, { gate: { digits: 12, twice: '.', minLength: 93 } }),
  token('launchdarkly', 'sdk- mob-', '(?:sdk|mob)-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}', 'sdk-8f3a1c9e-5b7d-2046-f8a3-c1e9b5d70246'),
  token('honeycomb', 'hcaik_ hcaic_ hcbik_ hcxik_ hcxmk_', 'hc[abx][im][kc]_[a-z0-9]{32,64}', `hcaik_01${LOW}${LOW.slice(0, 26)}`),
  token('adobe-secret', 'p8e-', 'p8e-[A-Za-z0-9]{32}', `p8e-${HEX}`),
]

const SERVICES: readonly Token[] = [
  token('slack', 'xox', 'xox[abeoprs](?:\\.xox[bp])?-(?=[\\w-]*\\d)[A-Za-z0-9-]{9,300}(?<!-)(?![#-])', `xoxb-${['781236542736', '2364535789652', R.slice(0, 24)].join('-')}`, { counter: `xoxb-${[x(9), x(10), x(12)].join('-')}` }),
  token('slack-app', 'xapp-', 'xapp-\\d-[A-Za-z0-9]+-\\d+-[a-z0-9]+', `xapp-${['1', 'A052FGTS2DL', '5171572773297', HEX].join('-')}`),
  token('slack-webhook', 'hooks.slack.com/', '(?:https?://)?hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{30,80}', `https://hooks.slack.com/services/T0${R.slice(0, 9)}/B0${R.slice(9, 18)}/${LOW.slice(0, 24)}`, { early: opening('(?:https?://)?hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{24}', '[A-Za-z0-9+/]') }),
  token('teams-webhook', 'webhook.office.com/', 'https://[a-z0-9]+\\.webhook\\.office\\.com/webhookb2/[\\w-]+@[\\w-]+/IncomingWebhook/[\\w-]+/[\\w-]+', `https://contoso.webhook.office.com/webhookb2/8f3a1c9e-5b7d-2046-f8a3-c1e9b5d70246@8f3a1c9e-5b7d-2046-f8a3-c1e9b5d70246/IncomingWebhook/${HEX}/8f3a1c9e-5b7d-2046-f8a3-c1e9b5d70246`),
  token('discord-webhook', 'discord.com/api/webhooks/ discordapp.com/api/webhooks/', 'https://discord(?:app)?\\.com/api/webhooks/\\d{17,20}/[\\w-]{60,80}', `https://discord.com/api/webhooks/123987654321098765/${R}${LOW}`, { early: opening('https://discord(?:app)?\\.com/api/webhooks/\\d{17,20}/[\\w-]{8}', '[\\w-]') }),
  token('telegram-url', '/bot', 'bot(?<value>\\d{5,16}:AA?[\\w-]{32,35})', `https://api.telegram.org/bot«5482930174:AA${R}Q»/getMe`),
  token('discord-bot', '', '[MNO][A-Za-z0-9_-]{22,28}\\.[\\w-]{6}\\.[\\w-]{27,40}', `M${R.slice(0, 23)}.${R.slice(0, 6)}.${R}abc12`, { drawn: true, gate: { digits: 1, twice: '.', minLength: 58 }, counter: 'Microsoft_Extensions_Caching.Memory.InternalImplementationDetailsOf' }),
  token('telegram', ':A', '\\d{5,16}:AA?[\\w-]{32,35}', `5482930174:AA${R}Q`),
  token('stripe', 'sk_ rk_ pk_live_ whsec_', '[sr]k_(?:test|live|prod)_[A-Za-z0-9]{10,120}|pk_live_[A-Za-z0-9]{20,120}|whsec_[A-Za-z0-9+/=]{24,60}|sk_(?=[a-f0-9]*\\d)[a-f0-9]{48}', `sk_live_${LOW}`),
  token('paypal', '$production$ $sandbox$', 'access_token\\$(?:production|sandbox)\\$[a-z0-9]{16}\\$[a-f0-9]{32}', `access_token$sandbox$${LOW.slice(0, 16)}$${HEX}`, { early: opening('access_token\\$(?:production|sandbox)\\$[a-z0-9]{16}\\$', '[a-f0-9$]') }),
  token('mollie', 'live_ test_', '(?:live|test)_[A-Za-z0-9]{30}', `live_${R.slice(0, 30)}`, { drawn: true, counter: 'test_returnsNothingForEmptyRequests' }),
  token('paddle', 'pdl_', 'pdl_(?:live|sdbx)_apikey_\\w{40,70}', `pdl_live_apikey_01${LOW.slice(0, 24)}_${R.slice(0, 22)}_aB1`),
  token('square', 'EAAA sq0', 'EAAA[\\w-]{22,60}|sq0(?:atp|csp|idp)-[\\w-]{22,50}', `sq0atp-${R.slice(0, 22)}`),
  token('firebase-server', 'APA91b', '(?:AAAA[\\w-]{7}:)?APA91b[\\w-]{100,180}', `AAAA${R.slice(0, 7)}:APA91b${R}${R}${R}${R}`, { early: opening('(?:AAAA[\\w-]{7}:)?APA91b[\\w-]{22}', '[\\w-]') }),
  token('express-session', 'connect.sid=', '(?<=connect\\.sid=)s:[\\w.+/=-]{20,120}', `connect.sid=«s:${R}.${LOW}»`),
  token('password-hash', '$1$ $5$ $6$ $2a$ $2b$ $2y$ $apr1$ $argon2i', '\\$(?:1|5|6|apr1)\\$(?:rounds=\\d{1,9}\\$)?[A-Za-z0-9./]{1,16}\\$[A-Za-z0-9./]{22,86}|\\$2[aby]\\$\\d\\d\\$[A-Za-z0-9./]{53}|\\$argon2id?\\$v=\\d\\d\\$m=\\d{1,8}', `$6$q7Zk2Vd9$${R}${R}`, { any: true }),
  token('oracle-login', 'jdbc:oracle:', '(?<=jdbc:oracle:(?:thin|oci):)[\\w.-]{1,30}/[^\\s@/]{4,60}(?=@)', 'jdbc:oracle:thin:«scott/t1desWater»@//db1:1521/SHOP'),
  token('facebook', 'EAAC EAAM EAAB', 'EAA[BCM][A-Za-z0-9]{80,260}', `EAAC${R}${R}${R}`, { early: opening('EAA[BCM][A-Za-z0-9]{60}', '[A-Za-z0-9]') }),
  token('shopify', 'shpat_ shpca_ shppa_ shpss_', 'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}', `shpat_${HEX}`),
  token('shippo', 'shippo_', 'shippo_(?:live|test)_[a-fA-F0-9]{40}', `shippo_live_${HEX}${HEX.slice(0, 8)}`),
  token('easypost', 'EZAK EZTK', 'EZ[AT]K[A-Za-z0-9]{54}', `EZAK${R}${R.slice(0, 22)}`, { counter: 'wqEZAKGqQRiRyqAFRQshGPWOIAwNWGORfKHSBnVNFtVmWYoW6PH23lkqbbDW' }),
  token('duffel', 'duffel_', 'duffel_(?:test|live)_[\\w=-]{40,46}', `duffel_test_${LOW}${LOW.slice(0, 11)}`),
  token('flutterwave', 'FLWPUBK FLWSECK', 'FLW(?:PUB|SEC)K(?:_TEST)?-[A-Za-z0-9]{12,40}(?:-X)?', `FLWSECK_TEST-${HEX}-X`),
  token('frameio', 'fio-u-', 'fio-u-[\\w=-]{60,68}', `fio-u-${LOW}${LOW}`),
  token('razorpay', 'rzp_', 'rzp_(?:live|test)_[A-Za-z0-9]{14}', 'rzp_live_q7Zk2Vd9Xw4Lm8'),
  token('twilio', 'SK', 'SK[0-9a-fA-F]{32}', `SK${HEX}`),
  token('resend', '', 're_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{18,28}', `re_${R.slice(0, 8)}_${R.slice(8)}`, { drawn: true, gate: { digits: 1, has: '_', minLength: 28 }, counter: 're_compile_withFlagsAndGroupsHere' }),
  token('sendgrid', 'SG.', 'SG\\.[\\w=-]{16,48}[.=][\\w=.-]{16,60}', `SG.${R.slice(0, 22)}.${R}${LOW.slice(0, 12)}`, { early: opening('SG\\.[\\w-]{20,24}\\.[\\w-]{12}', '[\\w=.-]') }),
  token('brevo', 'xkeysib- xsmtpsib-', 'x(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16}', `xkeysib-${HEX}${HEX}-${R.slice(0, 16)}`, { early: opening('x(?:key|smtp)sib-[a-f0-9]{30}', '[\\w-]') }),
  token('mailgun', 'key- pubkey-', '(?:pub)?key-[a-f0-9]{32}', `key-${HEX}`),
  token('mailgun-signing', '-', '[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}', `${HEX}-8f3a1c9e-5b7d2046`),
  token('mailchimp', '-us', '[a-f0-9]{32}-us\\d{1,2}', `${HEX}-us12`),
  token('new-relic', 'NRAK- NRII- NRJS- NRIQ- NRRA-', 'NR(?:AK|II|JS|IQ|RA)-[A-Za-z0-9-]{19,40}', `NRAK-${R.slice(0, 27)}`),
  token('dynatrace', 'dt0c01. dt0s01. dt0s02.', 'dt0[cs]0[12]\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{64}', `dt0c01.${R.slice(0, 24)}.${R.slice(0, 32)}${LOW}`, { early: opening('dt0[cs]0[12]\\.[A-Za-z0-9]{24}\\.', '[\\w.]') }),
  token('posthog', 'phc_ phx_', 'ph[cx]_[A-Za-z0-9]{40,50}', `phc_${R}${LOW.slice(0, 12)}`),
  token('plaid', 'access-', 'access-(?:sandbox|development|production)-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}', 'access-sandbox-8f3a1c9e-5b7d-2046-f8a3-c1e9b5d70246'),
  token('hubspot', 'pat-na1- pat-eu1- pat-na2-', 'pat-(?:na|eu)\\d-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}', 'pat-na1-8f3a1c9e-5b7d-2046-f8a3-c1e9b5d70246'),
  token('asana', '', '[12]/\\d{13,18}:[a-f0-9]{32}', `1/1203948576102938:${HEX}`, { gate: { digits: 18, has: ':/', minLength: 46 } }),
  token('clickup', 'pk_', 'pk_\\d{5,9}_[A-Z0-9]{32}', `pk_84930217_${R.toUpperCase()}`),
  token('trello', '', 'ATTA[a-f0-9]{64}[A-Z0-9]{8}', `ATTA${HEX}${HEX}8F3A1C9E`, { gate: { digits: 8, minLength: 76 } }),
  token('salesforce', '', '00D[A-Za-z0-9]{12,15}!A[A-Za-z0-9._]{60,120}', `00D${R.slice(0, 12)}!AQ${R}${LOW}`, { gate: { digits: 2, minLength: 77 } }),
  token('one-time-seed', 'otpauth://', 'otpauth://[^\\s?]{1,160}\\?(?:[^\\s&=]{1,20}=[^\\s&]{0,80}&){0,6}secret=(?<value>[A-Z2-7]{16,64})', 'otpauth://totp/Ada?secret=«JBSWY3DPEHPK3PXPQ4Z7WX2LM6»&issuer=X'),
  token('extended-key', 'xprv yprv zprv', '[xyz]prv[1-9A-HJ-NP-Za-km-z]{100,112}', `xprv9s21ZrQH143K${R.replace(/[0l]/g, 'a')}${R.replace(/[0l]/g, 'b')}${R.replace(/[0l]/g, 'c')}`, { early: opening('[xyz]prv[1-9A-HJ-NP-Za-km-z]{34}', '[1-9A-HJ-NP-Za-km-z]') }),
  token('airtable', 'pat', 'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}', `pat${R.slice(0, 14)}.${HEX}${HEX}`),
  token('dropbox', 'sl.', 'sl\\.[\\w=-]{100,200}', `sl.${R}${R}${R}${LOW}`),
  token('typeform', 'tfp_', 'tfp_[\\w=.-]{50,64}', `tfp_${LOW}${LOW.slice(0, 27)}`),
  token('lob', 'live_ test_', '(?:live|test)_(?:pub_)?[a-f0-9]{31,35}', `test_${HEX}46f`),
  token('linkedin-authress', 'sc_ ext_ scauth_ authress_', '(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.(?:acc)[_-][a-z0-9-]{10,32}\\.[\\w+/=-]{30,120}', `sc_36vr6u8nnj.v2nm.acc_62j61d1m3i.${LOW}`),
  token('defined-networking', 'dnkey-', 'dnkey-[\\w=-]{26}-[\\w=-]{52}', `dnkey-${LOW.slice(0, 26)}-${LOW}${LOW.slice(0, 20)}`),
  token('intra42', 's-s4t2', 's-s4t2(?:ud|af)-[a-f0-9]{64}', `s-s4t2ud-${HEX}${HEX}`),
  token('maxmind', '_mmk', '[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk', `${R.slice(0, 6)}_${R.slice(3)}_mmk`),
  token('beamer', 'b_', 'b_[a-z0-9=_-]{44}', `b_${LOW}${LOW.slice(0, 12)}`),
  token('clickhouse', '4b1d', '4b1d[A-Za-z0-9]{38}', `4b1d${R}Q7z2Kv`),
  token('jwt', 'eyJ ey', 'ey[A-Za-z0-9]{17,}\\.ey[\\w/\\\\-]{17,}\\.(?:[\\w/\\\\-]{10,}={0,2})?|eyJ[\\w-]{30,}={0,2}', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', { early: opening('eyJ(?:hbGci|0eXAi|raWQi|lbmMi|4NXQi|jdHki)[\\w-]{20}|eyJ[\\w-]{10,180}\\.eyJ[\\w-]{10}', '[\\w.=-]'), hold: 512 }),
  token('jwt-base64', 'ZXlK', 'ZXlK[A-Za-z0-9+/]{30,1000}={0,2}', `ZXlKaGJHY2lPaUpJVXpJMU5pSjkuZXlK${R}`),
  token('microsoft-session', 'ops-', 'ops-[a-f0-9]{40}', `ops-${HEX}${HEX.slice(0, 8)}`),
]

function recogniser({ name, starts, gate, source, example, counter, early, hold, any, drawn }: Token): Recogniser {
  return {
    type: 'SECRET',
    name: `secret-${name}`,
    version: 2,
    window: 'word',
    ...(starts.length > 0 && { starts }),
    gate: gate ?? { minLength: Math.min(16, ...starts.map((start) => start.length + 12)) },
    pattern: new RegExp(`(?<![A-Za-z0-9]|\\w[-_])(?:${source})${WORD_FINISH}`),
    ...(!any && { valid: (value: string) => !isPlaceholder(value) && (!drawn || isRandom(value)) }),
    certainty: 'prefix',
    ...(early && { early }),
    hold: hold ?? 512,
    examples: [example.includes('«') ? example : `export KEY="«${example}»"`],
    counterExamples: counter === undefined ? [] : [counter],
  }
}

export const SECRET_TOKENS: Family = { name: 'secret-tokens', recognisers: [...CLOUD, ...MODELS, ...SEARCH, ...CODE, ...SERVICES].map(recogniser) }

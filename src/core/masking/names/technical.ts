/**
 * What programs, formats, units and fields are called, and no person, place or company is by this word alone. Whoever asks a model about them wants
 * an answer about them. Companies whose product bears their name are not here, nor are first names (`Julia`, `Ruby`).
 */
import { hashWord, SHAPE, type Token } from './tokens.ts'

function hashesOf(words: readonly string[]): ReadonlySet<number> {
  return new Set(words.join(' ').split(' ').map(hashWord))
}

const WORDS = hashesOf([
  // What runs and stores.
  'kubernetes docker jenkins grafana prometheus kafka redis postgres postgresql mysql mariadb sqlite mongodb elasticsearch kibana logstash rabbitmq nginx hadoop airflow terraform ansible helm kubectl minikube dockerfile makefile',
  'istio containerd podman openshift traefik haproxy memcached etcd zookeeper dynamodb hbase couchdb influxdb cockroachdb clickhouse duckdb neo4j bigquery redshift sagemaker trino flink lucene solr opensearch pgvector weaviate milvus qdrant faiss lancedb parquet avro protobuf filesystem tmpfs',
  'jira confluence bitbucket circleci sharepoint powerpoint onenote firefox chromium',
  // What is read and spoken.
  'json yaml toml xml csv html css sql nosql graphql grpc http https tcp udp dns tls ssl ssh ftp smtp imap oauth oidc saml jwt uuid utf ascii regex api sdk cli gui ide url uri cpu gpu ram ssd iso rfc ttl utc gmt usd eur gbp jpy chf btc eth',
  'latex bibtex markdown pandoc asciidoc svg png jpeg gif webp pdf docx xlsx pptx epub usb hdmi bluetooth wifi ethernet nfc rfid gps vpn dhcp mqtt amqp websocket webhook webrtc rtsp bgp ospf get put post delete patch iupac covid gaussian bayesian lorem ipsum celsius fahrenheit joule',
  'bitcoin ethereum solana cardano dogecoin litecoin monero stablecoin',
  // What programs are written in, and with.
  'pandas numpy scipy matplotlib seaborn pytorch tensorflow keras jupyter django flask fastapi pydantic pytest sqlalchemy langchain langgraph polars streamlit typescript javascript nodejs webpack eslint python kotlin golang php',
  'perl haskell elixir erlang clojure fortran cobol matlab groovy ocaml prolog powershell bash zsh vim neovim emacs tmux cmake bazel gradle maven tomcat jetty hibernate junit mockito selenium playwright puppeteer rollup vite vitest pnpm npm deno',
  'angular svelte react vue nextjs nuxt tailwind jquery redux electron flutter xamarin opengl vulkan cuda rocm webgl flax optax xgboost lightgbm catboost sklearn scikit mlflow kubeflow tensorboard onnx tensorrt vllm ollama llamaindex gensim nltk adamw rmsprop softmax',
  'gpt llama mixtral qwen zod fastify msal csspart pygments tkinter jython cpython cython ironpython pypy',
  'false true none classmethod staticmethod abstractmethod contextmanager tuple dict frozenset callable iterable iterator optional union typevar classvar typealias coroutine awaitable dataclass namedtuple enum args kwargs popen devnull lru_cache cached_property runtime_checkable no_type_check',
  'logger encoder decoder formatter parser codec matcher predicate mapper mappers semaphore mutex metadata namespace schema unicode whitespace builtin ellipsis pluggable instrumenter keyword constructor initializer initialize initialise endpoint struct tokenizer specifier testcase readable mutable buffered microseconds serializes encodes downloader pragma positionals optionals constants multiline preproc param magenta logins merges',
  'mfa aks adfs sni pkce cjs llm ecdsa csrf jwk guid cbor cors fips oid aes idna eol eof rpc cdn ini ansi bnf vcs irc jfif cdata pem cidr unix posix cygwin raspbian hiragana katakana kanji cyrillic',
  'linux ubuntu debian bookworm bullseye jammy centos macos android ios fedora archlinux gentoo nixos freebsd helvetica arial verdana calibri',
  // In figures of companies and on a patient's sheet.
  'ebitda emea apac latam sso kpi okr crm erp saas faq backend frontend enterprise foo bar baz qux',
  'metformin lisinopril atorvastatin amlodipine omeprazole simvastatin levothyroxine losartan albuterol gabapentin hydrochlorothiazide sertraline ibuprofen paracetamol acetaminophen aspirin amoxicillin insulin mellitus hemoglobin creatinine cholesterol triglycerides',
  // With which sentences begin.
  'additionally furthermore otherwise moreover nevertheless recursively optionally alternatively previously hence theoretically merchantability redistribution',
  'kontonummer bankleitzahl kundennummer steuernummer rechnungsnummer geburtsdatum vorname nachname telefonnummer postleitzahl',
])

const JOINING = hashesOf(['and or'])

/** Names of people, too: in small letters they are what a program says. */
const SMALL = hashesOf(['len val pip jax ivar conn char darwin elif spinner coro'])

/** The same of short forms and places, however they are written (`LAN`, `ReLU`), unless with the capital of a name. */
const ACRONYMS = hashesOf(['lan abi aad iana aix wasi relu'])

/** Before any of them these say that somebody is called so. */
const TITLES = hashesOf(['mr mrs ms dr prof herr frau'])
const POINT = 46

/** First names, too, some of them: none before the number of a day. Days of one digit may stand apart, and there only those that are no names are certain. */
const DATES = hashesOf(['jan feb mar apr may jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun'])
const NAMELESS_DATES = hashesOf(['feb apr jul aug sep sept oct nov dec tue wed thu fri'])
const NO_DATES: ReadonlySet<number> = new Set()
const LONGEST_DAY = 2

/** A first name that functions and columns bear, in small letters. */
const MAX = hashWord('max')
/** What stands behind it there: quotes and brackets without a space, an equals sign; a column ends with a gap, or a number follows. */
const BEHIND = new Set(Array.from('"\'`()[]=', (mark) => mark.charCodeAt(0)))
const EQUALS = 61
const NEWLINE = 10

/** @param at token by its number @param to the last one, both included @returns whether the words from `from` on are technical, as far as two tokens before them and one behind tell */
export function isTechnical(at: (place: number) => Token, from: number, to: number): boolean {
  if (isTitled(at, from)) return false
  const next = at(to + 1)
  if (from === to && isFunction(at(from), next)) return true
  const dates = datesBefore(next)
  for (let i = from; i <= to; i++) {
    const { shape, hash } = at(i)
    const isPassed = shape === SHAPE.mark || (shape === SHAPE.lower && JOINING.has(hash))
    if (!isPassed && !WORDS.has(hash) && !dates.has(hash) && !isInCase(at(i))) return false
  }
  return true
}

function isTitled(at: (place: number) => Token, from: number): boolean {
  const before = at(from - 1)
  const { shape, hash } = before.mark === POINT ? at(from - 2) : before
  return shape === SHAPE.title && TITLES.has(hash)
}

function isInCase({ shape, hash }: Token): boolean {
  return (shape === SHAPE.lower && SMALL.has(hash)) || (shape !== SHAPE.title && ACRONYMS.has(hash))
}

function datesBefore({ shape, start, end, mark }: Token): ReadonlySet<number> {
  if (shape === SHAPE.number) return end - start <= LONGEST_DAY ? DATES : NO_DATES
  return shape === SHAPE.gap && mark !== NEWLINE ? NAMELESS_DATES : NO_DATES
}

function isFunction({ shape, hash }: Token, next: Token): boolean {
  if (shape !== SHAPE.lower || hash !== MAX) return false
  return next.shape === SHAPE.number || (next.shape === SHAPE.gap && next.mark !== NEWLINE) || (BEHIND.has(next.mark) && (!next.spaced || next.mark === EQUALS))
}

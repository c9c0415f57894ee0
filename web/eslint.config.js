// The layers: features and ui look at model, model at sync, sync at api. Nobody looks up.
import js from '@eslint/js';
import ts from 'typescript-eslint';

/** What a layer may not import, with the reason a reader is told. */
const never = (folders, message) => ({
  'no-restricted-imports': ['error', { patterns: folders.map((folder) => ({ group: [`**/${folder}/**`, `**/${folder}`], message })) }],
});

export default ts.config(
  { ignores: ['dist/**', 'node_modules/**', 'src/api/openapi.ts'] },
  { files: ['*.mjs', 'bench/*.mjs', 'e2e/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly', getComputedStyle: 'readonly', Buffer: 'readonly', performance: 'readonly', setTimeout: 'readonly', fetch: 'readonly', URL: 'readonly', navigator: 'readonly', document: 'readonly', window: 'readonly', requestAnimationFrame: 'readonly', MutationObserver: 'readonly', PerformanceObserver: 'readonly', indexedDB: 'readonly', caches: 'readonly', localStorage: 'readonly' } } },
  { files: ['public/*.js'], languageOptions: { globals: { localStorage: 'readonly', document: 'readonly' } } },
  js.configs.recommended,
  ...ts.configs.strict,
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    rules: {
      '@typescript-eslint/no-extraneous-class': 'off',
      // Rows by key are what a state is made of; a `ref` is assigned by the compiler of the views.
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      'no-unassigned-vars': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: 'what people write never becomes markup' },
        { property: 'outerHTML', message: 'what people write never becomes markup' },
        { property: 'insertAdjacentHTML', message: 'what people write never becomes markup' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "JSXAttribute[name.name='innerHTML']", message: 'what people write never becomes markup' },
        { selector: 'ExportDefaultDeclaration', message: 'named exports only' },
      ],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  // A language is one list of words; to cut it would only hide where a word stands.
  { files: ['src/texts/*.ts'], rules: { 'max-lines': 'off' } },
  { files: ['src/**/*.test.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['src/api/**'], rules: never(['sync', 'model', 'ui', 'features', 'texts'], 'the wire knows nothing above it') },
  { files: ['src/sync/**'], rules: never(['model', 'ui', 'features', 'texts'], 'sync is pure of how things are shown') },
  { files: ['src/model/**'], rules: never(['ui', 'features'], 'a model draws nothing') },
  { files: ['src/ui/**'], rules: never(['features', 'sync'], 'a part is dumb: data in, intents out') },
);

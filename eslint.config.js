import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const clock = 'The domain has no clock: take the time from the event.';
const world = 'The domain is pure: let an adapter do it, and hand the result in.';
const chance = 'The domain is deterministic: take ids and random values from the event.';

/** An import checker cannot see globals, so the purity of the domain needs this list as well. */
const impureGlobals = [
  { name: 'Date', message: clock },
  { name: 'performance', message: clock },
  { name: 'Intl', message: world },
  { name: 'setTimeout', message: clock },
  { name: 'setInterval', message: clock },
  { name: 'setImmediate', message: clock },
  { name: 'queueMicrotask', message: clock },
  { name: 'process', message: world },
  { name: 'fetch', message: world },
  { name: 'console', message: world },
  { name: 'crypto', message: chance },
  // the way round every line above
  { name: 'globalThis', message: world },
  { name: 'global', message: world },
];

export default defineConfig(
  globalIgnores(['coverage/', 'shots/', '.data/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // a missing case is an error even where a default stands: that default is only unreachable(x)
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false, requireDefaultForNonUnion: true },
      ],
      // tsc's noPropertyAccessFromIndexSignature demands the brackets that this rule would remove
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: chance }],
    },
  },
  {
    // A fake is async because the real one is, and expect.any() and parsed JSON are `any` by their types.
    files: ['tests/**/*.ts'],
    rules: {
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', module: 'writable', URL: 'readonly' },
    },
  },
);

import js from '@eslint/js'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'
import floors from './scripts/floors/floors.cjs'

export default tseslint.config(
  {
    ignores: [
      'dist',
      '.cache',
      'coverage',
      'node_modules',
      'public',
      'test-results',
      'playwright-report',
      'src/engine/wasm-kernels/assembly',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: [
          './tsconfig.pure.json',
          './tsconfig.ports.json',
          './tsconfig.engine.json',
          './tsconfig.studio.json',
          './tsconfig.node.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      // What is taken out of an object by its rest.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': [
        'error',
        {
          object: 'tf',
          property: 'loadLayersModel',
          message: 'Never load by URL: validate the bytes, then tf.io.fromMemory.',
        },
        {
          object: 'Math',
          property: 'random',
          message: 'Use the seeded generator in core/random.ts.',
        },
      ],
    },
  },
  {
    files: floors.pureFolders.map((folder) => `${folder}/**`),
    ignores: ['**/*.engine.ts', '**/*.ui.tsx', '**/*.test.ts', '**/*.test.tsx'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@tensorflow/*', 'react', 'react-*', '@mantine/*', 'zustand*', 'recharts'],
              allowTypeImports: true,
              message:
                'This file is pure: put tfjs code in a *.engine.ts beside it, React in a *.ui.tsx.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.tsx'],
    plugins: { 'react-hooks': reactHooks },
    rules: reactHooks.configs.recommended.rules,
  },
  {
    files: ['**/*.test.ts', '**/*.test.tsx', 'e2e/**', 'bench/**', 'scripts/**', 'testing/**'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
    languageOptions: { globals: { module: 'writable', require: 'readonly' } },
  },
)

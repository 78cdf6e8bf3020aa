/** The rules of the house that a linter can see. The import law is a test (test/arch). */
import tseslint from 'typescript-eslint'

const inexactMaths = ['pow', 'exp', 'expm1', 'log', 'log2', 'log10', 'log1p', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'hypot', 'cbrt']
const hostGlobals = ['Date', 'performance', 'console', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'crypto', 'Intl', 'WeakRef', 'FinalizationRegistry']

/** Same inputs, same bytes, on every machine: no clock, no chance, no maths whose last bit differs between engines. */
const deterministic = {
  'no-restricted-properties': ['error',
    { object: 'Math', property: 'random', message: 'Use the counter-based rng.' },
    ...inexactMaths.map((property) => ({ object: 'Math', property, message: 'Differs between JavaScript engines; use the exact maths of engine/core.' })),
  ],
  'no-restricted-globals': ['error', ...hostGlobals.map((name) => ({ name, message: 'The engine is pure: no clock, no host, no console.' }))],
  'no-restricted-syntax': ['error',
    { selector: "BinaryExpression[operator='**'], AssignmentExpression[operator='**=']", message: 'Differs between JavaScript engines; use the exact maths of engine/core.' },
    { selector: 'AwaitExpression, :function[async=true]', message: 'The engine is synchronous.' },
  ],
}

const noDefaultExport = { 'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Only policies and tool configurations have default exports.' }] }

export default tseslint.config(
  { ignores: ['out/', 'node_modules/', 'coverage/', 'test-results/', 'playwright-report/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.base],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      '@typescript-eslint/no-non-null-asserted-optional-chain': 'error',
      '@typescript-eslint/no-require-imports': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      'prefer-const': 'error', 'no-var': 'error', eqeqeq: 'error', 'no-debugger': 'error', 'no-eval': 'error', 'no-implied-eval': 'error', 'no-new-func': 'error',
      'no-unreachable': 'error', 'no-dupe-else-if': 'error', 'no-duplicate-case': 'error', 'no-constant-condition': ['error', { checkLoops: false }], 'no-unsafe-finally': 'error', 'no-fallthrough': 'error',
    },
  },
  { files: ['**/*.js', '**/*.mjs'], rules: { 'prefer-const': 'error', 'no-var': 'error', eqeqeq: 'error', 'no-undef': 'off', 'no-eval': 'error' } },
  { files: ['main/engine/**/*.ts', 'plugins/**/*.ts'], rules: deterministic },
  { files: ['main/**/*.ts', 'preload/**/*.ts'], ignores: ['main/engine/**'], rules: noDefaultExport },
  // The bridge is the only way to the lab, and the only user of it is the lab client.
  { files: ['renderer/**/*.{ts,tsx}'], rules: { 'no-restricted-globals': ['error', { name: 'WebSocket', message: 'Use the lab client.' }, { name: 'XMLHttpRequest', message: 'Use the lab client.' }] } },
  // Evaluating policies is what these tests and the runner's compartment are about.
  { files: ['test/**/*.ts'], rules: { 'no-new-func': 'off' } },
)

import tseslint from 'typescript-eslint';

/** Rooms from the lowest to the highest: a room may import those before it, never those after it. */
const ROOMS = [
  'base',
  'stage',
  'formats',
  'artifacts',
  'engine',
  'retrieval',
  'store',
  'kinds',
  'spec',
  'plan',
  'runs',
  'run',
  'sweep',
  'cli',
];

const laterRooms = (room) => ROOMS.slice(ROOMS.indexOf(room) + 1);

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'artifacts/',
      'node_modules/',
      'src/engine/kernels/assembly/',
      '**/*.generated.ts',
      'bench/peers/',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Typed arrays inside their bounds: noUncheckedIndexedAccess makes every element `number | undefined`.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipComments: true, skipBlankLines: true }],
    },
  },
  ...ROOMS.map((room) => ({
    files: [`src/${room}/**/*.ts`, `src/${room}.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^\\.\\.?/(?:\\.\\./)*(?:${laterRooms(room).join('|') || '(?!)'})(?:/|\\.ts$)`,
              message: `src/${room} may not reach a later room (docs/ARCHITECTURE.md).`,
            },
            { regex: 'stages/', message: 'The orchestrator knows no stage kind by name.' },
          ],
        },
      ],
    },
  })),
  {
    files: ['scripts/**', 'bench/**'],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);

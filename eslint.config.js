import { dirname, relative, resolve, sep } from 'node:path';
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
  'lockfile',
  'history',
  'interchange',
  'query',
  'execute',
  'session',
  'sweep',
  'page',
  'starter',
  'cli',
];

const root = import.meta.dirname;

/** `src/plan/key.ts` → `plan`, `src/stage.ts` → `stage`, `stages/mine/run.ts` → `stages/mine`. */
function roomOf(path) {
  const [top, next] = relative(root, path).split(sep);
  if (top === 'src') return next.replace(/\.ts$/, '');
  return top === 'stages' && next !== undefined ? `stages/${next}` : undefined;
}

/** Why `from` may not import `to`; undefined where it may. */
function refusal(from, to) {
  if (from === undefined || to === undefined || from === to) return undefined;
  if (from.startsWith('stages/'))
    return to.startsWith('stages/')
      ? 'No stage kind imports another: what they share belongs in src/.'
      : undefined;
  if (to.startsWith('stages/')) return 'The orchestrator knows no stage kind by name.';
  const isLater = ROOMS.indexOf(to) > ROOMS.indexOf(from) || !ROOMS.includes(to);
  return isLater ? `src/${from} may not import the later room ${to} (docs/ARCHITECTURE.md).` : undefined;
}

/** The order of the rooms, held for every relative import, of types too. */
const rooms = {
  create(context) {
    const check = ({ source }) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
      const message = refusal(
        roomOf(context.filename),
        roomOf(resolve(dirname(context.filename), source.value)),
      );
      if (message) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

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
  {
    files: ['src/**/*.ts', 'src/**/*.tsx', 'stages/**/*.ts'],
    plugins: { local: { rules: { rooms } } },
    rules: { 'local/rooms': 'error' },
  },
  {
    // The doctor inspects the folder itself.
    files: ['src/**/*.ts'],
    ignores: ['src/store/local/**', 'src/cli/doctor/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: 'store/local/(artifacts|aliases)\\.ts$',
              message: 'Artifacts are found, fetched and put through Store (src/store/store.ts).',
            },
          ],
        },
      ],
    },
  },
  {
    // Code for the browser knows what views are, and not how they are made.
    files: ['src/page/app/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^node:|page/(data|document|server)/|/(data|document|server)/',
              message: 'The page runs in browsers: it sees src/page/views/ and src/base/ alone.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['scripts/**', 'bench/**'],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);

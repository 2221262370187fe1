// The small projects that the chaos runs work on, and how they run the built command.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const COMMAND = join(root, 'dist', 'pipeline.cjs');
export const SHIM = pathToFileURL(join(root, 'bench', 'chaos', 'shim.mjs')).href;

const ONE = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineStage } from 'two-tower/stage';
export const stage = defineStage({
  description: 'Writes two files.', parameters: { type: 'object' }, inputs: {}, output: 'files',
  async run({ output, project }) {
    appendFileSync(join(project, 'made'), 'one\\n');
    mkdirSync(join(output, 'sub'));
    writeFileSync(join(output, 'sub', 'lines'), 'line\\n'.repeat(1000));
    writeFileSync(join(output, 'x'), '1');
    return {};
  },
});
`;

/** A kind in a process of its own, then a command without one; each execution appends a line to `made`. */
export const SMALL = {
  'one.ts': ONE,
  's.yaml': `
name: small
stages:
  one: { uses: ./one.ts }
  two: { uses: command, inputs: { one: one }, with: { run: 'echo two >> made; cat $INPUT_ONE/x > $OUTPUT/y' } }
`,
};

/** The same with a result that differs each time, so that --force replaces an artifact. */
export const CHANGING = {
  ...SMALL,
  'one.ts': ONE.replace("'x'), '1'", "'x'), String(process.hrtime.bigint())"),
};

const KIND = `
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineStage, input } from 'two-tower/stage';
export const stage = defineStage({
  description: 'Counts the words of a text, slowly.', parameters: { type: 'object' },
  inputs: { text: { type: 'files', description: 'Holds text.' } }, output: 'files',
  async run(context) {
    const words = readFileSync(join(input(context, 'text').path, 'text'), 'utf8').split(/\\s+/);
    for (let part = 0; part < 8; part++) {
      writeFileSync(join(context.output, 'part-' + part), String(words.filter((_, i) => i % 8 === part).length));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { metrics: { words: words.length } };
  },
});
`;

/** Built-in kinds that write databases, a user-defined kind, and commands that run in parallel. */
export const MIXED = {
  'rows.tsv': [
    'query\tdocument',
    ...Array.from(
      { length: 600 },
      (_, i) => `word${i % 97} of ${i % 13}\tthe text number ${i} on word${i % 89}`,
    ),
    '',
  ].join('\n'),
  'count.ts': KIND,
  's.yaml': `
name: mixed
stages:
  corpus:
    uses: ingest
    with: { format: tsv, pairs: { splits: { train: rows.tsv }, query: query, document: document } }
  tokens: { uses: tokenize, inputs: { corpus: corpus }, with: { min_count: 1 } }
  text: { uses: command, with: { run: 'sleep 0.1; cat rows.tsv > $OUTPUT/text', deps: [rows.tsv] } }
  words: { uses: ./count.ts, inputs: { text: text } }
  sorted: { uses: command, inputs: { text: text }, with: { run: 'sleep 0.1; sort $INPUT_TEXT/text > $OUTPUT/text' } }
  last:
    uses: command
    inputs: { tokens: tokens, words: words, sorted: sorted }
    with: { run: 'sleep 0.1; cat $INPUT_SORTED/text $INPUT_WORDS/part-* > $OUTPUT/all' }
`,
};

export function makeProject(files) {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-chaos-'));
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content);
  const project = {
    folder,
    spec: 's.yaml',
    store: join(folder, 'artifacts'),
    /** Names of the stages that were executed, one for each execution. */
    made: () => readText(join(folder, 'made')).split('\n').filter(Boolean),
    /** Empties the store and forgets what was made. */
    reset() {
      rmSync(project.store, { recursive: true, force: true });
      rmSync(join(folder, 'made'), { force: true });
      mkdirSync(project.store);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  project.reset();
  return project;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Starts the command, prefixed with `before` (strace and its flags), and collects its output. */
export function start(project, args, { env = {}, before = [] } = {}) {
  const [program, ...rest] = [...before, process.execPath, COMMAND, ...args];
  const child = spawn(program, rest, {
    cwd: project.folder,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const finished = new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stderr, ...eventsIn(stdout) })),
  );
  return { child, finished };
}

/** `pipeline run SPEC --json`: exit code, events, and the stages by outcome. */
export const run = (project, options = {}) =>
  start(project, ['run', project.spec, '--json', ...(options.args ?? [])], options).finished;

function eventsIn(stdout) {
  const events = stdout
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line));
  const named = (type) => events.filter((event) => event.type === type);
  return {
    events,
    finished: named('stage-finished'),
    /** Why stages failed. */
    failures: named('stage-failed').map(
      ({ stage, message, output }) => `${stage}: ${message} ${output.join(' | ')}`,
    ),
    executed: named('stage-finished').map(({ stage }) => stage),
    cached: named('stage-cached').map(({ stage }) => stage),
    digests: Object.fromEntries(
      [...named('stage-finished'), ...named('stage-cached')]
        .map(({ stage, digest }) => [stage, digest])
        .sort(),
    ),
  };
}

// How long a run with nothing to do and the history commands take in a store with many run records.
// Processor time is given next to wall time, because wall time is unreliable on a busy machine.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RECORDS = 10_000;
const REPEATS = 5;
const command = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', 'pipeline.cjs');
let folder;

const stage = (name, input) =>
  `  ${name}: { uses: command, ${input ? `inputs: { from: ${input} }, ` : ''}with: { run: 'echo "{\\"mrr\\": 0.5}" > $OUTPUT/m.json', params: { seed: "\${params.seed}", stage: ${name} }, metrics: m.json } }`;
const names = Array.from({ length: 8 }, (_, i) => `stage${i}`);
function makeProject() {
  folder = mkdtempSync(join(tmpdir(), 'pipeline-history-'));
  writeFileSync(
    join(folder, 'bench.yaml'),
    [
      'name: bench',
      'params: { seed: 0 }',
      'stages:',
      ...names.map((name, i) => stage(name, names[i - 1])),
    ].join('\n'),
  );
  mkdirSync(join(folder, 'artifacts'));
}

/** Runs a command and returns its processor time in seconds. */
function processorTime(...argv) {
  const script = '"$@" > /dev/null || exit 1; times';
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script, 'sh', ...argv], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  const [, children] = stdout.trim().split('\n');
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s));
  return seconds[0] + seconds[1];
}

const pipeline = (...args) => processorTime(process.execPath, command, ...args);

/** Copies of a real record, a minute apart, each with its own seed and metrics. */
function addRecords() {
  const runs = join(folder, 'artifacts', 'runs');
  const [file] = readdirSync(runs).filter((name) => name.endsWith('.json'));
  const record = JSON.parse(readFileSync(join(runs, file), 'utf8'));
  let bytes = 0;
  for (let i = 1; i < RECORDS; i++) {
    const started = new Date(Date.parse(record.started) - i * 60_000).toISOString();
    const id = `${started.replace(/[-:]|\.\d+/g, '')}-${i.toString(16).padStart(7, '0')}`;
    const stages = Object.fromEntries(
      Object.entries(record.stages).map(([name, each]) => [
        name,
        { ...each, metrics: { mrr: (i % 1000) / 1000 } },
      ]),
    );
    const text = `${JSON.stringify({ ...record, id, started, params: { seed: i }, stages }, null, 1)}\n`;
    bytes = text.length;
    writeFileSync(join(runs, `${id}.json`), text);
  }
  return bytes;
}

/** Median wall and processor time in milliseconds. */
function median(action) {
  const middle = (values) =>
    values
      .sort((a, b) => a - b)
      [Math.floor(REPEATS / 2)].toFixed(0)
      .padStart(6);
  const runs = Array.from({ length: REPEATS }, () => {
    const start = performance.now();
    const cpu = action() * 1000;
    return { cpu, wall: performance.now() - start };
  });
  return `${middle(runs.map(({ wall }) => wall))} ms ${middle(runs.map(({ cpu }) => cpu))} ms`;
}

const commands = [
  ['run, nothing to do', 'run', 'bench.yaml'],
  ['runs (latest 20)', 'runs'],
  ['runs --where --sort', 'runs', '--where', 'stage7.mrr>0.9', '--sort', '-params.seed'],
  ['show latest', 'show', 'latest'],
  ['sql count of runs', 'sql', 'select count(*) from runs'],
  ['sql over metrics', 'sql', 'select stage, max(number) from metrics group by 1'],
  ['gc --dry-run', 'gc', '--keep-runs', '10', '--dry-run'],
];

function report(title) {
  console.log(`${title.padEnd(24)}  wall  processor`);
  for (const [name, ...args] of commands)
    console.log(`  ${name.padEnd(22)}${median(() => pipeline(...args))}`);
}

export async function run() {
  makeProject();
  try {
    console.log(`  ${'node -e 0'.padEnd(22)}${median(() => processorTime(process.execPath, '-e', '0'))}`);
    pipeline('run', 'bench.yaml');
    report('1 record');
    const bytes = addRecords();
    console.log(`${RECORDS} records of ${bytes} bytes`);
    const cpu = pipeline('runs', '--all', '--json');
    console.log(
      `  first listing of all runs, which builds the index: ${(cpu * 1000).toFixed(0)} ms of processor time`,
    );
    report(`${RECORDS} records`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

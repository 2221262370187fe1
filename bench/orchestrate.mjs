// The orchestrator's overhead, compared with DVC and Snakemake if `DVC` and `SNAKEMAKE` name their commands.
import { existsSync, mkdirSync, openSync, closeSync, ftruncateSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { alternate, median, once, printTable, reached, text, times } from './orchestrate/measure.mjs';
import { chainSpec, gridSpec, project, temporaryFolder, writtenGridSpec } from './orchestrate/specs.mjs';
import { dvc, dvcChain, dvcGrid } from './peers/dvc.mjs';
import { snakemake, snakemakeChain, snakemakeGrid } from './peers/snakemake.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 11);

const peers = [
  dvc &&
    existsSync(dvc) && {
      name: 'DVC',
      chain: dvcChain,
      grid: dvcGrid,
      again: ['repro'],
      plan: ['repro', '--dry'],
    },
  snakemake &&
    existsSync(snakemake) && {
      name: 'Snakemake',
      chain: snakemakeChain,
      grid: snakemakeGrid,
      again: [],
      plan: ['--dry-run'],
    },
].filter(Boolean);

export async function run() {
  console.log(
    `Node ${process.version}, ${cpus()[0].model}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}`,
  );
  for (const name of ['DVC', 'SNAKEMAKE'])
    if (!process.env[name]) console.log(`skipped: ${name} is not set to the path of its command`);
  console.log();
  nothingToDo();
  grid();
  large();
  await files();
}

/** Eight stages in a row, all cached, compared with an empty Node process. */
function nothingToDo() {
  console.log('## 8 stages, nothing to do\n');
  const ours = project('chain', chainSpec(8));
  ours.pipeline('run', 's.yaml');
  const commands = {
    'node -e 0': () => once([process.execPath, '-e', '0']),
    pipeline: () => ours.pipeline('run', 's.yaml'),
  };
  for (const { name, chain, again } of peers) {
    const command = chain(temporaryFolder(name.toLowerCase()), once, 8);
    command(...again);
    commands[name] = () => command(...again);
  }
  const seconds = alternate(commands, ROUNDS);
  const goal = 1.3 * seconds['node -e 0'] + 0.015;
  const goals = {
    pipeline: `≤ ${text(goal)} (1.3 × node + 15 ms): ${reached(seconds.pipeline <= goal)}`,
    DVC: `≥ 10 ×: ${reached(seconds.DVC >= 10 * seconds.pipeline)}`,
    Snakemake: `≥ 6 ×: ${reached(seconds.Snakemake >= 6 * seconds.pipeline)}`,
  };
  printTable(
    ['command', `median of ${ROUNDS}`, 'relative', 'goal'],
    Object.entries(seconds).map(([name, value]) => [
      name,
      text(value),
      times(seconds.pipeline, value),
      goals[name] ?? '',
    ]),
  );
}

/** With `matrix:` if the command supports it, else with every stage written out. */
function gridProject(name, a, b, c) {
  const matrix = project(name, gridSpec(a, b, c));
  try {
    matrix.pipeline('plan', 's.yaml');
    return matrix;
  } catch {
    return project(name, writtenGridSpec(a, b, c));
  }
}

const GOALS = {
  plan: { DVC: 20 },
  'nothing to do': { DVC: 20 },
  'first execution, 4 jobs': { DVC: 5, Snakemake: 1 },
};

/** 7 × 7 × 7 independent commands: planned, executed, found cached. */
function grid() {
  console.log('## 343 stages: a 7 × 7 × 7 grid of commands\n');
  const ours = gridProject('grid', 7, 7, 7);
  const seconds = { plan: {}, 'nothing to do': {}, 'first execution, 4 jobs': {} };
  const row = (name, first, commands) => {
    seconds['first execution, 4 jobs'][name] = first;
    for (const [work, command] of Object.entries(commands))
      seconds[work][name] = median(Array.from({ length: 3 }, () => command().seconds));
  };
  const plan = median(
    Array.from({ length: 3 }, () => (ours.forget(), ours.pipeline('plan', 's.yaml').seconds)),
  );
  row('pipeline', ours.pipeline('run', 's.yaml', '--jobs', '4').seconds, {
    'nothing to do': () => ours.pipeline('run', 's.yaml'),
  });
  seconds.plan.pipeline = plan;
  for (const { name, grid: make, again, plan: dry } of peers) {
    const command = make(temporaryFolder(name.toLowerCase()), once, 7, 7, 7);
    const planned = command(...dry).seconds;
    row(name, command(...again).seconds, { 'nothing to do': () => command(...again) });
    seconds.plan[name] = planned;
  }
  printTable(
    ['work', 'command', 'time', 'relative', 'goal'],
    Object.entries(seconds).flatMap(([work, byName]) =>
      Object.entries(byName).map(([name, value]) => {
        const goal = GOALS[work][name];
        const ratio = times(byName.pipeline, value);
        const own = work === 'nothing to do' && name === 'pipeline' ? `≤ 1 s: ${reached(value <= 1)}` : '';
        return [
          work,
          name,
          text(value),
          ratio,
          goal ? `≥ ${goal} ×: ${reached(value >= goal * byName.pipeline)}` : own,
        ];
      }),
    ),
  );
}

/** Plans 10,000 stages: first with the spec read and checked anew, then with the spec cached. */
function large() {
  console.log('## 10,000 stages: plan\n');
  const ours = gridProject('large', 25, 20, 20);
  const anew = [1, 2, 3].map(() => (ours.forget(), ours.pipeline('plan', 's.yaml')));
  const remembered = [1, 2, 3].map(() => ours.pipeline('plan', 's.yaml'));
  const row = (name, results) => {
    const seconds = median(results.map((it) => it.seconds));
    const memory = results[0].memory === undefined ? NaN : Math.max(...results.map((it) => it.memory));
    const goal = `< 3 s and < 500 MB: ${reached(seconds < 3 && !(memory >= 500e6))}`;
    return [name, text(seconds), `${Math.round(memory / 1e6)} MB`, goal];
  };
  printTable(
    ['spec', 'median of 3', 'peak memory', 'goal'],
    [row('read and checked', anew), row('spec cached', remembered)],
  );
}

const FILES = 20_000;
const BYTES = 10e9;

/** Sparse files: they are read in full but take no disk space. */
function makeFiles(folder, count, bytes) {
  for (let i = 0; i < count; i++) {
    const inner = join(folder, String(i % 100));
    if (i < 100) mkdirSync(inner, { recursive: true });
    const descriptor = openSync(join(inner, `${i}.bin`), 'w');
    ftruncateSync(descriptor, Math.floor(bytes / count));
    closeSync(descriptor);
  }
}

/** 10 GB of input in 20,000 files, found unchanged. */
async function files() {
  console.log(`## ${FILES.toLocaleString('en')} files, 10 GB (sparse), unchanged\n`);
  const spec =
    "name: files\nstages:\n  s: { uses: command, with: { run: 'echo 1 > $OUTPUT/x', deps: [data] } }\n";
  const full = project('files', spec);
  const empty = project('empty', spec);
  makeFiles(join(full.folder, 'data'), FILES, BYTES);
  makeFiles(join(empty.folder, 'data'), 1, 1);
  // The digest of a file written within the clock's granularity is not cached.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const first = full.pipeline('run', 's.yaml').seconds;
  empty.pipeline('run', 's.yaml');
  const seconds = alternate(
    { empty: () => empty.pipeline('run', 's.yaml'), full: () => full.pipeline('run', 's.yaml') },
    ROUNDS,
  );
  const over = seconds.full - seconds.empty;
  printTable(
    ['case', 'time', 'goal'],
    [
      ['first run, reading all', text(first), ''],
      ['one file, nothing to do', text(seconds.empty), ''],
      ['20,000 files, nothing to do', text(seconds.full), ''],
      ['difference', text(over), `< 400 ms: ${reached(over < 0.4)}`],
    ],
  );
}

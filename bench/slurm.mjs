// Trivial stages through Slurm, compared with plain arrays of sbatch that execute the same commands, on a cluster of one
// node that this starts. `BENCH_STAGES` and `BENCH_ROUNDS` make it smaller.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, once, printTable, reached, text } from './orchestrate/measure.mjs';
import { project, temporaryFolder } from './orchestrate/specs.mjs';
import { loadCluster } from './slurm/cluster.mjs';

const STAGES = Number(process.env.BENCH_STAGES ?? 200);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);

export async function run() {
  console.log(
    `Node ${process.version}, ${cpus()[0].model}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}\n`,
  );
  const { slurmMissing, startSlurm } = await loadCluster();
  const missing = slurmMissing();
  if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
    return;
  }
  const cluster = await startSlurm();
  Object.assign(process.env, cluster.environment);
  try {
    await throughput();
  } finally {
    await cluster.stop();
  }
}

/** Milliseconds that an array may take; the jobs of a broken cluster never end. */
const LONGEST = 30 * 60_000;

const COMMAND = (number) => `echo ${number} > $OUTPUT/result`;

async function throughput() {
  console.log(`## ${STAGES} trivial stages\n`);
  const numbers = Array.from({ length: STAGES }, (_, number) => number);
  const lines = numbers.map(
    (number) => `  s${number}: { uses: command, with: { run: '${COMMAND(number)}' } }`,
  );
  const ours = project('slurm', `name: slurm\nstages:\n${lines.join('\n')}\n`);
  const seconds = {
    'sbatch, one array of the commands': [],
    'pipeline run --executor slurm': [],
    'pipeline run, 2 jobs': [],
  };
  for (let round = 0; round < ROUNDS; round++) {
    seconds['sbatch, one array of the commands'].push(await plainArray(numbers));
    ours.empty();
    const { seconds: through } = ours.pipeline('run', 's.yaml', '--executor', 'slurm');
    seconds['pipeline run --executor slurm'].push(through);
    ours.empty();
    seconds['pipeline run, 2 jobs'].push(ours.pipeline('run', 's.yaml', '--jobs', '2').seconds);
  }
  const [plain] = Object.values(seconds).map(median);
  printTable(
    ['command', `median of ${ROUNDS}`, 'per stage', 'relative', 'goal'],
    Object.entries(seconds).map(([name, values]) => {
      const value = median(values);
      const goal = name.includes('slurm') ? `≤ 1.3 ×: ${reached(value <= 1.3 * plain)}` : '';
      return [name, text(value), text(value / STAGES), `${(value / plain).toFixed(2)} ×`, goal];
    }),
  );
}

/**
 * Submits one array; seconds until the last result is there. `sbatch --wait` asks at 2, 10, 42, 74, … seconds alone, and
 * would add half a minute.
 */
async function plainArray(numbers) {
  const folder = temporaryFolder('sbatch');
  for (const number of numbers) mkdirSync(join(folder, String(number)));
  const script = join(folder, 'array.sh');
  const body = `export OUTPUT=${folder}/$SLURM_ARRAY_TASK_ID\n${COMMAND('$SLURM_ARRAY_TASK_ID')}`;
  writeFileSync(script, `#!/bin/sh\n${body}\n`);
  const options = [`--array=0-${numbers.length - 1}`, '--time=1', '--output=/dev/null', '--cpus-per-task=1'];
  const started = performance.now();
  once(['sbatch', ...options, script], { cwd: folder });
  const left = new Set(numbers);
  while (left.size > 0) {
    for (const number of left)
      if (existsSync(join(folder, String(number), 'result'))) left.delete(number);
      // Jobs start in order, more or less: the first that is missing is looked at.
      else break;
    if (performance.now() - started > LONGEST) throw new Error(`${left.size} jobs of sbatch left no result`);
    await sleep(20);
  }
  const seconds = (performance.now() - started) / 1000;
  rmSync(folder, { recursive: true, force: true });
  return seconds;
}

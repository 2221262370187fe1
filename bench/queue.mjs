// Stages through a queue with two workers on this machine, compared with the local executor, and the takeover of a stage
// whose worker is killed. `BENCH_STAGES` and `BENCH_ROUNDS` make it smaller. Needs redis-server or valkey-server.
import { existsSync } from 'node:fs';
import { once as event } from 'node:events';
import { join } from 'node:path';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { median, printTable, reached, text } from './orchestrate/measure.mjs';
import { gridSpec, project } from './orchestrate/specs.mjs';
import { end, startRun, startServer, startWorker, until } from './queue/server.mjs';

const STAGES = Number(process.env.BENCH_STAGES ?? 200);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);

export async function run() {
  console.log(
    `Node ${process.version}, ${cpus()[0].model}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}\n`,
  );
  const server = await startServer();
  if (server === undefined) {
    console.log('skipped: neither redis-server nor valkey-server is installed');
    return;
  }
  await throughput(server.url);
  await takeover(server.url);
  await end(server.child);
}

async function throughput(url) {
  console.log(`## ${STAGES} trivial stages\n`);
  const { folder, pipeline, empty } = project('queue', gridSpec(STAGES, 1, 1));
  const queued = ['--executor', 'queue', '--queue', url];
  const seconds = { local: [], queue: [] };
  for (let round = 0; round < ROUNDS; round++) {
    empty();
    seconds.local.push(pipeline('run', 's.yaml', '--jobs', '2').seconds);
    empty();
    // The folder of their store was removed, so they are started anew.
    const workers = [await startWorker(url, folder), await startWorker(url, folder)];
    seconds.queue.push(pipeline('run', 's.yaml', ...queued).seconds);
    await Promise.all(workers.map((worker) => end(worker)));
  }
  const [local, queue] = [median(seconds.local), median(seconds.queue)];
  printTable(
    ['executor', `median of ${ROUNDS}`, 'per stage', 'relative', 'goal'],
    [
      ['local, 2 jobs', text(local), text(local / STAGES), '1.00 ×', ''],
      [
        'queue, 2 workers',
        text(queue),
        text(queue / STAGES),
        `${(queue / local).toFixed(2)} ×`,
        `≤ 1.2 ×: ${reached(queue <= 1.2 * local)}`,
      ],
    ],
  );
}

/** From `kill -9` of the worker that executes a stage to the beginning of the stage in another. */
async function takeover(url) {
  console.log('## Takeover after kill -9 of a worker\n');
  const seconds = [];
  for (let round = 0; round < ROUNDS; round++) {
    // The first execution never ends; the second one finds its mark.
    const command = 'test -e $PWD/begun && echo 2 > $OUTPUT/out || { touch $PWD/begun; sleep 600; }';
    const { folder } = project(
      'takeover',
      `name: t\nstages:\n  s: { uses: command, with: { run: '${command}' } }\n`,
    );
    const workers = [await startWorker(url, folder), await startWorker(url, folder)];
    const running = startRun(folder, '--executor', 'queue', '--queue', url);
    await until(() => existsSync(join(folder, 'begun')));
    const victim = workers.find(({ printed }) => printed.includes('▶ s'));
    const other = workers.find((worker) => worker !== victim);
    const killed = performance.now();
    await end(victim, 'SIGKILL');
    await until(() => other.printed.includes('▶ s'));
    seconds.push((performance.now() - killed) / 1000);
    await event(running, 'exit');
    await end(other);
  }
  const worst = Math.max(...seconds);
  printTable(
    ['', `median of ${ROUNDS}`, 'longest', 'goal'],
    [['until another worker begins', text(median(seconds)), text(worst), `≤ 10 s: ${reached(worst <= 10)}`]],
  );
}

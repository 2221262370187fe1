/** A project whose stages are executed by workers of a queue, each in a process of its own with a copy of the project. */
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';
import { startJob, type Job } from './processes.ts';
import { startRedis, type RedisServer } from './redis.ts';
import { REPEAT_KIND } from './repeat-kind.ts';
import { makeRig, type Rig } from './rig.ts';
import { temporaryFolder } from './run-kind.ts';

export const PROJECT = {
  'experiments/s.yaml': `
name: s
stages:
  one: { uses: command, with: { run: 'echo said; cat data/one.txt > $OUTPUT/a', deps: [data/one.txt] } }
  two: { uses: command, with: { run: 'echo 2 > $OUTPUT/a' } }
  three: { uses: command, with: { run: 'echo 3 > $OUTPUT/a' } }
  both: { uses: ./kinds/repeat.ts, inputs: { many: [one, two, three] }, with: { file: data/one.txt } }
`,
  'experiments/data/one.txt': '1\n',
  'experiments/kinds/repeat.ts': REPEAT_KIND,
  'package.json': '{}',
};

/** A stage that writes its process id into a file of the coordinator's folder and ends when another file is there. */
export const waiting = (folder: string, name: string, more = ''): string =>
  `echo $$ > ${folder}/${name}.pid; until [ -e ${folder}/${name}.go ]; do sleep 0.05; done; ${more}echo ${name} > $OUTPUT/a`;

export interface QueueRig {
  readonly rig: Rig;
  readonly redis: RedisServer;
  readonly store: string;
  /** What makes a run use the queue. */
  readonly flags: readonly string[];
  /** Starts a worker, which is ready when this resolves. Its copy of the project may be changed before. */
  readonly worker: (options?: WorkerOptions) => Promise<Job>;
  /** Starts a command that the test may send signals to. */
  readonly start: (...args: string[]) => Job;
}

export interface WorkerOptions {
  readonly flags?: readonly string[];
  readonly change?: (folder: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

export async function queueRig(
  files: Readonly<Record<string, string>>,
  redis?: RedisServer,
): Promise<QueueRig> {
  const server = redis ?? (await startRedis());
  const rig = makeRig();
  rig.write(files);
  const store = join(rig.folder, 'artifacts');
  const flags = ['--executor', 'queue', '--queue', server.url];
  const killed = (job: Job): Job => {
    onTestFinished(async () => {
      if (job.child.exitCode === null && job.child.signalCode === null) job.signal('SIGKILL');
      await job.finished;
    });
    return job;
  };
  return {
    rig,
    redis: server,
    store,
    flags,
    async worker({ flags: more = [], change, env } = {}) {
      const folder = temporaryFolder();
      cpSync(rig.folder, join(folder, 'copy'), {
        recursive: true,
        filter: (path) => !path.startsWith(store),
      });
      change?.(join(folder, 'copy'));
      symlinkSync(store, join(folder, 'mounted'));
      const args = ['worker', '--queue', server.url, '--store', join(folder, 'mounted'), ...more];
      const job = killed(startJob({ ...rig, folder: join(folder, 'copy') }, args, env));
      await eventually('the start of the worker', () => {
        if (job.child.exitCode !== null) throw new Error(`it has ended: ${job.printed()}`);
        return job.printed().includes('ready;');
      });
      return job;
    },
    start: (...args) => killed(startJob(rig, args)),
  };
}

/** The stages that a worker has begun with, in order. */
export function takenBy(worker: Job): string[] {
  return [...worker.printed().matchAll(/▶ (\S+)/g)].map(([, stage]) => stage!);
}

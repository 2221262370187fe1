/** A sweep of sixteen trainings through Slurm, two at a time, that is disturbed in its middle. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTask, readTaskResult, taskFiles, type TaskFiles } from '../../../src/execute/executors/task.ts';
import type { Manifest } from '../../../src/store/manifest.ts';
import { eventually } from '../../helpers/eventually.ts';
import { artifactsOf, isAlive } from '../../helpers/processes.ts';
import { makeRig, type Rig } from '../../helpers/rig.ts';
import { slurmMissing } from '../../helpers/slurm.ts';
import { slurmProject } from '../../helpers/slurm-project.ts';
import { tinyCorpus } from '../../helpers/tiny-corpus.ts';
import { tinyTraining } from '../../helpers/tiny-training.ts';
import { useSlurm } from '../../helpers/use-slurm.ts';

const SPEC = `name: sixteen
${tinyTraining({ epochs: 5 })}sweep:
  grid: { model.loss.margin: [0.1, 0.2, 0.3, 0.4], model.seed: [1, 2, 3, 4] }
`;
const KINDS = ['ingest', 'tokenize', 'word2vec', 'mine', 'train'];

const missing = slurmMissing();
const SKIPPED = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing !== undefined)(`a sweep of sixteen trainings through Slurm${SKIPPED}`, () => {
  const cluster = useSlurm({ each: true });

  it('gives the bytes of a local one when a worker is killed and slurmd is killed and started again', async () => {
    const local = makeRig();
    local.write({ 's.yaml': SPEC, ...tinyCorpus() });
    expect((await local.pipeline('sweep', 's.yaml')).code).toBe(0);

    const rig = slurmProject(cluster(), SPEC, tinyCorpus());
    const sweep = rig.begin('sweep', 's.yaml');
    const store = join(rig.folder, 'artifacts');
    const victim = await eventually('a training is killed', () =>
      artifactsOf(store, 'train').length < 3 ? undefined : tasksIn(rig).find((files) => killed(files, store)),
    );
    await cluster().kill('slurmd');
    await cluster().start('slurmd');
    const { code, stderr } = await sweep.finished;
    expect(code, stderr).toBe(0);
    expect(digestsIn(rig)).toEqual(digestsIn(local));

    // Each was executed once, but for the one whose worker was killed.
    const again = tasksIn(rig).filter((files) => /\/2\.json$/.test(files.task) && begun(files));
    expect(again.map(({ task }) => readTask(task).job.key)).toEqual([readTask(victim.task).job.key]);
    expect(tasksIn(rig)).toHaveLength(4 + 16 + 1);
  });
});

function tasksIn(rig: Rig): TaskFiles[] {
  const tasks = join(rig.folder, 'artifacts', 'tasks');
  if (!existsSync(tasks)) return [];
  return readdirSync(tasks, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\/\d+\.json$/.test(name))
    .sort()
    .map((name) => taskFiles(join(tasks, name)));
}

/** The process that has begun with a task. */
function begun({ events }: TaskFiles): number | undefined {
  const text = existsSync(events) ? readFileSync(events, 'utf8') : '';
  const pid = /"type":"began".*"pid":(\d+)/.exec(text)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** Kills the worker of a training that is under way; false where it was too late. */
function killed(files: TaskFiles, store: string): boolean {
  const pid = begun(files);
  const { key, kind } = readTask(files.task).job;
  if (pid === undefined || kind.name !== 'train' || readTaskResult(files) || !isAlive(pid)) return false;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
  while (isAlive(pid));
  return !artifactsOf(store, 'train').includes(key);
}

function digestsIn(rig: Rig): Record<string, string> {
  const store = join(rig.folder, 'artifacts');
  const manifest = (kind: string, key: string): Manifest =>
    JSON.parse(readFileSync(join(store, kind, key, 'manifest.json'), 'utf8')) as Manifest;
  return Object.fromEntries(
    KINDS.flatMap((kind) =>
      artifactsOf(store, kind).map((key) => [`${kind}/${key}`, manifest(kind, key).digest]),
    ),
  );
}

/** Short stages of one array, which a single job executes in turn: what a person sees is as with a job for each. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takerOf } from '../../../src/execute/executors/task-list.ts';
import { taskFiles } from '../../../src/execute/executors/task.ts';
import { eventually } from '../../helpers/eventually.ts';
import { leftovers } from '../../helpers/processes.ts';
import { makeRig } from '../../helpers/rig.ts';
import { slurmMissing } from '../../helpers/slurm.ts';
import { slurmProject, type SlurmProject } from '../../helpers/slurm-project.ts';
import { useSlurm } from '../../helpers/use-slurm.ts';

/** Each takes the whole node, so that one job runs at a time. It begins with `s0` and goes on at the end. */
const specOf = (...commands: string[]): string =>
  `name: s\nstages:\n${commands
    .map((run, n) => `  s${n}: { uses: command, resources: { threads: 2 }, with: { run: '${run}' } }\n`)
    .join('')}`;

const SHORT = specOf(...[0, 1, 2, 3, 4, 5].map((n) => `echo ${n} > $OUTPUT/a`));
const WAITS = 'echo $PPID >> begun; until test -e go; do sleep 0.1; done; echo 2 > $OUTPUT/a';
const WAITING = specOf('echo 0 > $OUTPUT/a', 'echo x >> other; echo 1 > $OUTPUT/a', WAITS);

const missing = slurmMissing();
const SKIPPED = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing !== undefined)(`short stages of an array${SKIPPED}`, () => {
  const cluster = useSlurm({ each: true });

  const takers = (rig: SlurmProject): (number | null | undefined)[] => {
    const tasks = join(rig.folder, 'artifacts', 'tasks');
    return readdirSync(tasks, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.taken'))
      .map((name) => takerOf(taskFiles(join(tasks, name.replace(/taken$/, 'json')))));
  };
  /** Interrupted while the first job executes the last stage. */
  const interrupted = async (rig: SlurmProject, ...flags: string[]): Promise<void> => {
    const run = rig.begin('run', 's.yaml', ...flags);
    await eventually('the last stage begins', () => rig.lines('begun').length === 1);
    run.signal('SIGINT');
    expect((await run.finished).code).toBe(130);
  };

  it('are executed by fewer jobs than stages, with the digests of a local run, and no job is left', async () => {
    const local = makeRig();
    local.write({ 's.yaml': SHORT });
    await local.pipeline('run', 's.yaml');
    const rig = slurmProject(cluster(), SHORT);
    const { code, stages } = await rig.run('s.yaml');
    expect([code, new Set(Object.values(stages))]).toEqual([0, new Set(['finished'])]);
    // On a busy machine, the time of the first job may be over before it has executed all.
    expect(takers(rig)).toHaveLength(6);
    expect(new Set(takers(rig)).size).toBeLessThan(6);
    expect(await rig.digests('s.yaml')).toEqual(await local.digests('s.yaml'));
    await eventually('the queue is empty', () => rig.jobs().length === 0);
  });

  it('fail one by one', async () => {
    const rig = slurmProject(
      cluster(),
      specOf('echo 0 > $OUTPUT/a', 'echo 1 > $OUTPUT/a', 'echo why; exit 3'),
    );
    const { code, stages, events } = await rig.run('s.yaml', '--keep-going');
    expect({ code, stages }).toEqual({ code: 1, stages: { s0: 'finished', s1: 'finished', s2: 'failed' } });
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      stage: 's2',
      output: ['why'],
    });
  });

  it('are executed again, one by one, where their job was killed', async () => {
    const rig = slurmProject(cluster(), WAITING);
    const run = rig.begin('run', 's.yaml');
    await eventually('the last stage begins', () => rig.lines('begun').length === 1);
    const pids = rig
      .taskEvents()
      .flatMap((event) => (event.type === 'began' ? [event['pid'] as number] : []));
    expect(new Set(pids).size).toBe(1);
    process.kill(pids[0]!, 'SIGKILL');
    await eventually('it begins again', () => rig.lines('begun').length === 2);
    rig.write({ go: '' });
    const { code, stderr } = await run.finished;
    expect(code, stderr).toBe(0);
    expect(stderr.match(/submitted again/g)).toHaveLength(1);
    expect(rig.lines('other')).toHaveLength(1);
  });

  it('are cancelled at Ctrl-C, those that have not begun too, and the next run executes them', async () => {
    const rig = slurmProject(cluster(), WAITING);
    await interrupted(rig);
    await eventually('the queue is empty', () => rig.jobs().length === 0);
    expect(leftovers(join(rig.folder, 'artifacts'))).toEqual([]);
    expect(rig.lines('other')).toEqual([]);
    rig.write({ go: '' });
    expect((await rig.run('s.yaml')).stages).toEqual({ s0: 'cached', s1: 'finished', s2: 'finished' });
  });

  it('are executed for a second run when the first, which submitted them, is interrupted', async () => {
    const rig = slurmProject(cluster(), WAITING);
    const first = rig.begin('run', 's.yaml');
    await eventually('the last stage begins', () => rig.lines('begun').length === 1);
    const second = rig.begin('run', 's.yaml');
    await eventually('it finds the job', () => second.printed().includes('▶ s2'));
    first.signal('SIGINT');
    expect((await first.finished).code).toBe(130);
    await eventually('it begins again', () => rig.lines('begun').length === 2);
    rig.write({ go: '' });
    const { code, stderr } = await second.finished;
    expect(code, stderr).toBe(0);
    expect(rig.lines('other')).toHaveLength(1);
    await eventually('the queue is empty', () => rig.jobs().length === 0);
  });

  it('go on with --detach, and the next run finds the one that executes', async () => {
    const rig = slurmProject(cluster(), WAITING);
    await interrupted(rig, '--detach');
    const again = rig.begin('run', 's.yaml');
    await eventually('it finds the job', () => again.printed().includes('▶ s2'));
    rig.write({ go: '' });
    const { code, stderr } = await again.finished;
    expect(code, stderr).toBe(0);
    expect([rig.lines('begun').length, rig.lines('other').length]).toEqual([1, 1]);
  });
});

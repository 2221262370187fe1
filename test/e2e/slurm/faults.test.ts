/** What survives when a part of a run through Slurm dies: every part, one after the other, without warning. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { leftovers } from '../../helpers/processes.ts';
import { slurmMissing } from '../../helpers/slurm.ts';
import { slurmProject, type SlurmProject } from '../../helpers/slurm-project.ts';
import { useSlurm } from '../../helpers/use-slurm.ts';

/** Two stages, the first of which notes that it began and waits for a file. */
const WAITING = `
name: waiting
stages:
  slow: { uses: command, with: { run: 'echo $PPID >> begun; until test -e go; do sleep 0.1; done; echo 1 > $OUTPUT/a' } }
  next: { uses: command, inputs: { in: slow }, with: { run: 'echo x >> next; cp $INPUT_IN/a $OUTPUT/b' } }
`;

const missing = slurmMissing();
const SKIPPED = missing === undefined ? '' : ` (${missing})`;

const begun = (rig: SlurmProject, times = 1): Promise<unknown> =>
  eventually(`the stage begins, ${times}`, () => rig.lines('begun').length >= times);

describe.skipIf(missing !== undefined)(`a run through Slurm${SKIPPED}`, () => {
  const cluster = useSlurm({ each: true });
  const waiting = (): SlurmProject => slurmProject(cluster(), WAITING);
  const worker = (rig: SlurmProject): number =>
    rig.taskEvents().findLast(({ type }) => type === 'began')!['pid'] as number;

  it('goes on when its coordinator was killed and is started again', async () => {
    const rig = waiting();
    const first = rig.begin('run', 's.yaml');
    await begun(rig);
    first.signal('SIGKILL');
    await first.finished;
    expect(rig.jobs()).toHaveLength(1);
    const second = rig.begin('run', 's.yaml');
    await eventually('it finds the job', () => second.printed().includes('▶ slow'));
    rig.write({ go: '' });
    expect((await second.finished).code).toBe(0);
    expect([rig.lines('begun').length, rig.lines('next').length]).toEqual([1, 1]);
  });

  it('cancels the jobs that it found again', async () => {
    const rig = waiting();
    const first = rig.begin('run', 's.yaml');
    await begun(rig);
    first.signal('SIGKILL');
    await first.finished;
    const second = rig.begin('run', 's.yaml');
    await eventually('it finds the job', () => second.printed().includes('▶ slow'));
    second.signal('SIGINT');
    expect((await second.finished).code).toBe(130);
    expect(rig.jobs()).toEqual([]);
    expect(leftovers(join(rig.folder, 'artifacts'))).toEqual([]);
  });

  it('executes a stage again whose worker was killed', async () => {
    const rig = waiting();
    const run = rig.begin('run', 's.yaml');
    await begun(rig);
    process.kill(worker(rig), 'SIGKILL');
    await begun(rig, 2);
    rig.write({ go: '' });
    const { code, stderr } = await run.finished;
    expect(code).toBe(0);
    expect(stderr).toContain('it is submitted again, 1 of 3');
    // The killed worker's folder stays until the next run.
    expect(leftovers(join(rig.folder, 'artifacts')).filter((name) => name.startsWith('locks'))).toEqual([]);
  });

  it('goes on when the controller was killed and is started again', async () => {
    const rig = waiting();
    const run = rig.begin('run', 's.yaml');
    await begun(rig);
    await cluster().saved(rig.jobs()[0]!);
    await cluster().kill('slurmctld');
    await eventually('the run says so', () => run.printed().includes('Slurm does not answer'));
    rig.write({ go: '' });
    await eventually('the first stage ends', () => run.printed().includes('✔ slow'));
    await cluster().start('slurmctld');
    expect((await run.finished).code).toBe(0);
    expect([rig.lines('begun').length, rig.lines('next').length]).toEqual([1, 1]);
  });

  it('shares the work with a second run of the same spec', async () => {
    const rig = waiting();
    const runs = [rig.begin('run', 's.yaml'), rig.begin('run', 's.yaml')];
    await begun(rig);
    rig.write({ go: '' });
    for (const run of runs) expect((await run.finished).code).toBe(0);
    expect([rig.lines('begun').length, rig.lines('next').length]).toEqual([1, 1]);
  });

  it('goes on for the second when the first of two is interrupted', async () => {
    const rig = waiting();
    const first = rig.begin('run', 's.yaml');
    await begun(rig);
    const second = rig.begin('run', 's.yaml');
    await eventually('it finds the job', () => second.printed().includes('▶ slow'));
    first.signal('SIGINT');
    expect((await first.finished).code).toBe(130);
    await begun(rig, 2);
    rig.write({ go: '' });
    expect((await second.finished).code).toBe(0);
  });

  it('fails where a job was cancelled by hand', async () => {
    const rig = waiting();
    const run = rig.begin('run', 's.yaml');
    await begun(rig);
    cluster().command('scancel', ...rig.jobs());
    const { code, stderr } = await run.finished;
    expect(code).toBe(1);
    expect(stderr).toContain('the job was cancelled outside of this run');
  });
});

describe.skipIf(missing !== undefined)(`a run through Slurm on nodes that may be lost${SKIPPED}`, () => {
  const cluster = useSlurm({ each: true, settings: { SlurmdTimeout: '5' } });

  it('executes a stage again whose node was lost', async () => {
    const rig = slurmProject(cluster(), WAITING);
    const run = rig.begin('run', 's.yaml');
    await begun(rig);
    await cluster().killNode();
    await cluster().lost();
    await cluster().start('slurmd');
    await begun(rig, 2);
    rig.write({ go: '' });
    const { code, stderr } = await run.finished;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('its node was lost');
  });
});

/** Jobs that Slurm ends: in favour of others, at their time limit, and where their memory is used up. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { slurmMissing } from '../../helpers/slurm.ts';
import { slurmProject } from '../../helpers/slurm-project.ts';
import { useSlurm } from '../../helpers/use-slurm.ts';

const spec = (run: string, more = ''): string =>
  `name: s\nstages:\n  slow: { uses: command, ${more} with: { run: '${run}' } }\n`;

const missing = slurmMissing();
const SKIPPED = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing !== undefined)(`a job that Slurm ends${SKIPPED}`, () => {
  const cluster = useSlurm({
    settings: {
      PreemptType: 'preempt/partition_prio',
      PreemptMode: 'REQUEUE',
      // Memory that is watched and not confined: cgroups are not everywhere.
      JobAcctGatherType: 'jobacct_gather/linux',
      JobAcctGatherFrequency: 'task=1',
      JobAcctGatherParams: 'OverMemoryKill',
    },
    lines: ['PartitionName=urgent Nodes=test PriorityTier=10 MaxTime=INFINITE State=UP'],
  });

  it('in favour of another has its stage executed again', async () => {
    const rig = slurmProject(
      cluster(),
      spec('echo x >> begun; until test -e go; do sleep 0.1; done; echo 1 > $OUTPUT/a'),
    );
    const run = rig.begin('run', 's.yaml');
    await eventually('the stage begins', () => rig.lines('begun').length === 1);
    cluster().command(
      'sbatch',
      '--partition=urgent',
      '--cpus-per-task=2',
      '--output=/dev/null',
      '--wrap=true',
    );
    await eventually('the stage begins again', () => rig.lines('begun').length > 1);
    rig.write({ go: '' });
    const { code, stderr } = await run.finished;
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/it was preempted \(job \d+\); it is submitted again, 1 of 3/);
  });

  it('near its time limit reports that before it ends', async () => {
    const rig = slurmProject(cluster(), spec('sleep 3600'));
    rig.write({ 'pipeline.config.yaml': 'slurm: { time: "1" }\n' });
    const { events } = await rig.run('s.yaml');
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      code: 'E_TIMEOUT',
      message: "not finished within the scheduler's time limit",
    });
  });

  it('for its memory fails with that, and is submitted with more where the configuration says so', async () => {
    const grow =
      'const kept = []; setInterval(() => kept.length < 10 && kept.push(Buffer.alloc(5e7, 1)), 100)';
    const run = `echo x >> begun; ${process.execPath} -e "${grow}"`;
    const rig = slurmProject(cluster(), spec(run, 'resources: { memory: 100MB },'));
    const { events } = await rig.run('s.yaml');
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({ code: 'E_MEMORY' });
    expect(rig.lines('begun')).toHaveLength(1);
    rig.write({ 'pipeline.config.yaml': 'slurm: { memory_growth: 2 }\n' });
    const growing = rig.begin('run', 's.yaml');
    await eventually('it is submitted again', () =>
      /it ran out of memory \(job \d+\); it is submitted again, 1 of 3/.test(growing.printed()),
    );
    growing.signal('SIGINT');
    expect((await growing.finished).code).toBe(130);
  });
});

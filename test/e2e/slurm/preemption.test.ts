/** Jobs that Slurm ends in favour of others. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { slurmMissing } from '../../helpers/slurm.ts';
import { slurmProject } from '../../helpers/slurm-project.ts';
import { useSlurm } from '../../helpers/use-slurm.ts';

const WAITING = `
name: waiting
stages:
  slow: { uses: command, with: { run: 'echo x >> begun; until test -e go; do sleep 0.1; done; echo 1 > $OUTPUT/a' } }
`;

const missing = slurmMissing();
const SKIPPED = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing !== undefined)(`a run in a partition that others preempt${SKIPPED}`, () => {
  const cluster = useSlurm({
    settings: { PreemptType: 'preempt/partition_prio', PreemptMode: 'REQUEUE' },
    lines: ['PartitionName=urgent Nodes=test PriorityTier=10 MaxTime=INFINITE State=UP'],
  });

  it('executes a stage again whose job was preempted', async () => {
    const rig = slurmProject(cluster(), WAITING);
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
});

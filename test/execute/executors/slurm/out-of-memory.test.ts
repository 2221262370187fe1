import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { saysOutOfMemory } from '../../../../src/execute/executors/slurm/out-of-memory.ts';
import { temporaryFolder } from '../../../helpers/run-kind.ts';

const says = (text: string): boolean => {
  const log = join(temporaryFolder(), '1.log');
  writeFileSync(log, text);
  return saysOutOfMemory(log);
};

it.each([
  'slurmstepd: error: Detected 1 oom_kill event in StepId=7.batch. Some of the step tasks have been OOM Killed.',
  'slurmstepd: error: Detected 1 oom-kill event(s) in step 7.batch cgroup.',
  'slurmstepd-n1: error: StepId=7.batch exceeded memory limit (440774656 > 234881024), being killed',
  'slurmstepd: error: Exceeded job memory limit',
])('reads of Slurm that memory was used up: %s', (line) => {
  expect(says(`▶ before\n${line}\n`)).toBe(true);
});

it('takes what a stage prints for nothing', () => {
  expect(says('the oom_kill event of a stage\nslurmstepd: error: *** JOB 7 ON n1 CANCELLED ***\n')).toBe(
    false,
  );
});

it('finds nothing where the job has printed nothing', () => {
  expect(saysOutOfMemory('/nowhere/1.log')).toBe(false);
});

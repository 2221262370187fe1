import { describe, expect, it } from 'vitest';
import { arraysOf, meaningOf, rowsOf } from '../../../../src/execute/executors/slurm/states.ts';

it('the elements of an array are named together', () => {
  expect(arraysOf(['12_3', '7', '12_4', '13_0'])).toEqual(['12_[3,4]', '7', '13_[0]']);
});

describe('the output of squeue', () => {
  it('has a row for each job and each element of an array', () => {
    expect(rowsOf('12|RUNNING|None|p-a\n13_4|PENDING|Resources|p-b\n')).toEqual([
      { id: '12', name: 'p-a', index: null, state: 'RUNNING', reason: 'None' },
      { id: '13_4', name: 'p-b', index: 4, state: 'PENDING', reason: 'Resources' },
    ]);
  });

  it('may contain lines of other programs', () => {
    expect(rowsOf('Welcome to the cluster\nCLUSTER: a\n12|RUNNING|None|p-a\n')).toHaveLength(1);
  });

  it.each([
    ['PENDING', 'Priority', 'queued'],
    ['REQUEUED', 'None', 'queued'],
    ['COMPLETING', 'None', 'running'],
    ['FAILED', 'NonZeroExitCode', 'failed'],
    ['FAILED', 'JobLaunchFailure', 'node-lost'],
    ['NODE_FAIL', 'None', 'node-lost'],
    ['PREEMPTED', 'None', 'preempted'],
    ['OUT_OF_MEMORY', 'OutOfMemory', 'out-of-memory'],
    ['TIMEOUT', 'TimeLimit', 'time-limit'],
    ['CANCELLED', 'None', 'cancelled'],
  ])('%s (%s) means %s', (state, reason, meaning) => {
    expect(meaningOf({ state, reason })).toBe(meaning);
  });
});

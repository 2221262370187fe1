import { describe, expect, it } from 'vitest';
import { scoredSweep } from '../helpers/scored-sweep.ts';

describe('a faulty table is refused before anything runs', () => {
  it.each<[string, (spec: string) => string, string, string]>([
    [
      'a baseline that is none',
      (spec) => spec.replace('baseline: plain', 'baseline: plian'),
      "there is no experiment 'plian'",
      "Did you mean 'plain'?",
    ],
    [
      'a seed twice',
      (spec) => spec.replace('[1, 2, 4]', '[1, 2, 1]'),
      "`repeat` has the value 1 of 'params.seed' twice",
      '--> s.yaml:',
    ],
    [
      'a repeat that is varied too',
      (spec) => spec.replace('plain: {}', 'plain: { params.seed: 3 }'),
      "'params.seed' is repeated, so it cannot be varied as well",
      'note: varied here',
    ],
    [
      'a budget that is varied too',
      (spec) =>
        spec.replace(
          'baseline: plain',
          'grid: { params.epochs: [1, 2] }\n  halving: { budget: params.epochs, max: 3 }',
        ),
      "'params.epochs' is the budget of halving, so it cannot be varied as well",
      'Vary another parameter',
    ],
    [
      'a repeat of nothing',
      (spec) => spec.replace('repeat: { params.seed', 'repeat: { params.sed'),
      "the spec defines no parameter 'sed'",
      "Did you mean 'seed'?",
    ],
    [
      'a column of no stage',
      (spec) => spec.replace('[report.hit]', '[repotr.hit]'),
      "there is no stage 'repotr'",
      "Did you mean 'report'?",
    ],
    [
      'columns that are no list',
      (spec) => spec.replace('[report.hit]', 'report.hit'),
      '`columns` must be a list of metrics',
      'columns: [report.recall@100]',
    ],
  ])('%s', async (_, change, message, hint) => {
    const rig = scoredSweep(change);
    const { code, stderr } = await rig.pipeline('sweep', 's.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${message}`);
    expect(stderr).toContain(hint);
    expect(stderr).toMatch(/--> s\.yaml:\d+:\d+/);
    expect(rig.read('log')).toBe('');
  });

  it.each<[string, string[], string, string]>([
    [
      'an experiment that is none',
      ['--experiments', 'plain,wid'],
      "there is no experiment 'wid'",
      "Did you mean 'wide'?",
    ],
    [
      'a baseline that is none',
      ['--baseline', 'mean'],
      "there is no configuration 'mean'",
      'The choices are plain, narrow, wide.',
    ],
    [
      'a baseline that is not chosen',
      ['--experiments', 'wide', '--baseline', 'plain'],
      "the baseline 'plain' is not among the experiments chosen",
      '',
    ],
    [
      'a repeat that says nothing',
      ['--repeat', 'params.seed'],
      "'params.seed' is not a valid --repeat",
      '--repeat params.seed=42,43,44',
    ],
    ['a seed twice', ['--repeat', 'params.seed=1,1'], "'params.seed=1,1' has the same value twice", ''],
    [
      'a parameter repeated and varied',
      ['--repeat', 'params.seed=1,2', '--set', 'params.seed=3,4'],
      "'params.seed' is repeated, so it cannot be varied as well",
      '',
    ],
    [
      'a budget that is varied too',
      ['--halving', 'params.epochs=1..4', '--set', 'params.epochs=1,2'],
      "'params.epochs' is the budget of halving, so it cannot be varied as well",
      'Vary another parameter',
    ],
    [
      'a metric of no stage',
      ['--metric', 'repotr.mrr'],
      "there is no stage 'repotr'",
      "Did you mean 'report'?",
    ],
    ['a report in no folder', ['--report', 'nowhere/t.md'], 'there is no folder ', ''],
  ])('%s on the command line', async (_, args, message, hint) => {
    const rig = scoredSweep();
    const { code, stderr } = await rig.pipeline('sweep', 's.yaml', ...args);
    expect([code, stderr.split('\n')[0]]).toEqual([2, expect.stringContaining(`error: ${message}`)]);
    expect(stderr).toContain(hint);
    expect(rig.read('log')).toBe('');
  });
});

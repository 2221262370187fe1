import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { makeRig, type Event, type Rig } from '../helpers/rig.ts';

/** corpus → model → report; each execution appends a line to a file next to the spec. */
const SPEC = `name: tiny
stages:
  corpus: { uses: command, with: { run: 'echo corpus >> log; echo c > $OUTPUT/c' } }
  model:
    uses: command
    inputs: { corpus: corpus }
    with:
      run: 'echo model >> log; test $PARAM_MARGIN != 9; echo $PARAM_MARGIN $PARAM_EPOCHS $PARAM_CELL > $OUTPUT/m'
      params: { margin: 0.5, epochs: 1, cell: gru }
  report:
    uses: command
    inputs: { model: model }
    with:
      run: 'echo report >> log; read margin epochs cell < $INPUT_MODEL/m; test $cell = lstm && bonus=1 || bonus=0; awk "BEGIN { printf \\"{\\\\\\"mrr\\\\\\": %.3f}\\", $margin + $epochs / 100 + $bonus / 10 }" > $OUTPUT/x.json'
      metrics: x.json
`;

const METRIC = ['--metric', 'report.mrr'];

function demo(sweep = ''): Rig {
  const rig = makeRig();
  rig.write({ 's.yaml': `${SPEC}${sweep}`, log: '' });
  return rig;
}

const executed = (rig: Rig): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of rig.read('log').split('\n').filter(Boolean)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

async function sweep(
  rig: Rig,
  ...args: string[]
): Promise<{ code: number | null; events: Event[]; last: Event }> {
  const { code, stdout, stderr } = await rig.pipeline('sweep', 's.yaml', '--json', ...args);
  const events = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);
  if (events.length === 0) throw new Error(stderr);
  return { code, events, last: events.at(-1)! };
}

const ranking = ({ last }: { last: Event }): unknown[] =>
  (last['ranking'] as { configuration: string; metric: number | null }[]).map(({ configuration, metric }) => [
    configuration,
    metric,
  ]);

describe('a sweep', () => {
  it('executes what configurations share once, and ranks them', async () => {
    const rig = demo();
    const found = await sweep(
      rig,
      '--set',
      'model.params.margin=0.1,0.2',
      '--set',
      'model.params.cell=gru,lstm',
      ...METRIC,
    );
    expect(found.code).toBe(0);
    expect(executed(rig)).toEqual({ corpus: 1, model: 4, report: 4 });
    expect(ranking(found)).toEqual([
      ['margin=0.2 cell=lstm', 0.31],
      ['margin=0.1 cell=lstm', 0.21],
      ['margin=0.2 cell=gru', 0.21],
      ['margin=0.1 cell=gru', 0.11],
    ]);
    expect(found.last['effects']).toMatchObject([
      { path: 'model.params.margin', values: [{ value: '0.2' }, { value: '0.1' }] },
      { path: 'model.params.cell', values: [{ value: 'lstm' }, { value: 'gru' }] },
    ]);
  });

  it('repeats no configuration that is finished, and adds what is new', async () => {
    const rig = demo();
    await sweep(rig, '--set', 'model.params.margin=0.1,0.2', ...METRIC);
    const again = await sweep(rig, '--set', 'model.params.margin=0.3,0.2,0.1', ...METRIC);
    expect(executed(rig)).toEqual({ corpus: 1, model: 3, report: 3 });
    expect(ranking(again).map((row) => (row as unknown[])[0])).toEqual([
      'margin=0.3',
      'margin=0.2',
      'margin=0.1',
    ]);
    expect((await rig.run('s.yaml', '--set', 'model.params.margin=0.2')).stages).toEqual({
      corpus: 'cached',
      model: 'cached',
      report: 'cached',
    });
  });

  it('continues when a configuration fails, and tries it again next time', async () => {
    const rig = demo();
    const found = await sweep(rig, '--set', 'model.params.margin=9,0.2,0.1', ...METRIC);
    expect(found.code).toBe(1);
    expect(ranking(found)).toEqual([
      ['margin=0.2', 0.21],
      ['margin=0.1', 0.11],
      ['margin=9', null],
    ]);
    await sweep(rig, '--set', 'model.params.margin=9,0.2,0.1', ...METRIC);
    expect(executed(rig)).toEqual({ corpus: 1, model: 4, report: 2 });
  });

  it('resumes after it was killed', async () => {
    const rig = demo();
    // The third report waits, so that the sweep is in its middle when it is killed.
    const wait = 'test $(grep -c report log) != 3 || until test -e go; do sleep 0.05; done';
    rig.write({ 's.yaml': SPEC.replace('echo report >> log', `echo report >> log; ${wait}`) });
    const args = ['--set', 'model.params.margin=0.1,0.2,0.3,0.4,0.5,0.6', '--jobs', '1', ...METRIC];
    const { child, finished } = rig.start('sweep', 's.yaml', ...args);
    await eventually('the third report', () => executed(rig)['report'] === 3);
    child.kill('SIGKILL');
    await finished;
    const found = await sweep(rig, ...args);
    expect(found.code).toBe(0);
    // What was at work when it was killed is made again; nothing that was finished is.
    expect(executed(rig)).toEqual({ corpus: 1, model: 6, report: 7 });
    expect(ranking(found)).toHaveLength(6);
  });

  it('is written into the spec: experiments, a grid, random draws', async () => {
    const rig = demo(`sweep:
  metric: report.mrr
  experiments: { plain: {}, deep: { model.params.cell: lstm } }
  random: { trials: 3, seed: 7, space: { model.params.margin: { uniform: [0, 1] } } }
`);
    const first = await sweep(rig);
    expect(executed(rig)).toEqual({ corpus: 1, model: 6, report: 6 });
    expect(ranking(await sweep(rig))).toEqual(ranking(first));
    expect(executed(rig)).toEqual({ corpus: 1, model: 6, report: 6 });
  });

  it('halves: all with a small budget, the best of them with larger ones', async () => {
    const rig = demo();
    const { last } = await sweep(
      rig,
      '--set',
      'model.params.margin=0.1,0.2,0.3,0.4,0.5,0.6',
      '--halving',
      'model.params.epochs=1..9',
      ...METRIC,
    );
    expect(executed(rig)['model']).toBe(6 + 2 + 1);
    expect(
      (last['ranking'] as { configuration: string; budget: number }[]).map(({ configuration, budget }) => [
        configuration,
        budget,
      ]),
    ).toEqual([
      ['margin=0.6', 9],
      ['margin=0.5', 3],
      ['margin=0.4', 1],
      ['margin=0.3', 1],
      ['margin=0.2', 1],
      ['margin=0.1', 1],
    ]);
  });

  it('prints the ranking, the effects and the best configuration as a spec that runs', async () => {
    const rig = demo();
    const { stdout, stderr, code } = await rig.pipeline(
      'sweep',
      's.yaml',
      '--set',
      'model.params.margin=0.1,0.2',
      ...METRIC,
      '--write',
      'best.yaml',
    );
    expect(code).toBe(0);
    expect(stderr).toContain('2 configurations: 5 stages, 6 without sharing');
    expect(stdout.replace(/\d+\.\d s/g, 'N s')).toBe(
      [
        '   report.mrr  configuration',
        '1        0.21  margin=0.2     N s',
        '2        0.11  margin=0.1     N s',
        '',
        'effect on report.mrr',
        'margin  0.1    0.2: 0.21 (1) · 0.1: 0.11 (1)',
        '',
      ].join('\n'),
    );
    expect(readFileSync(join(rig.folder, 'best.yaml'), 'utf8')).toBe(
      '# The best of 2 configurations by report.mrr: 0.21\nextends: s.yaml\nstages:\n  model:\n    with:\n      params:\n        margin: 0.2\n',
    );
    expect((await rig.run('best.yaml')).stages).toEqual({
      corpus: 'cached',
      model: 'cached',
      report: 'cached',
    });
    const again = await rig.pipeline('sweep', 's.yaml', '--write', 'best.yaml', ...METRIC);
    expect([again.code, again.stderr.split('\n')[0]]).toEqual([2, 'error: best.yaml already exists']);
  });

  it('is refused if no configuration has the metric, with a suggestion', async () => {
    const rig = demo();
    const set = ['--set', 'model.params.margin=0.1,0.2'];
    const { code, stderr } = await rig.pipeline('sweep', 's.yaml', ...set, '--metric', 'report.mmr');
    expect(code).toBe(2);
    expect(stderr).toContain("error: the stage 'report' has no numeric metric 'mmr'");
    expect(stderr).toContain("hint: Did you mean 'report.mrr'?");
  });

  it('leaves a run record for each configuration', async () => {
    const rig = demo();
    await sweep(rig, '--set', 'model.params.margin=0.1,0.2', ...METRIC);
    const { stdout } = await rig.pipeline('runs', '--json');
    expect((JSON.parse(stdout) as { runs: unknown[] }).runs).toHaveLength(2);
  });
});

describe('a faulty sweep is refused before anything runs', () => {
  it.each<[string, string, string]>([
    ['an unknown stage', 'grid: { modle.params.margin: [1] }', "there is no stage 'modle'"],
    ['a value that the kind refuses', 'grid: { model.run: [1] }', "'run' "],
    [
      'a grid that is no list',
      'grid: { model.params.margin: 3 }',
      'a parameter in `grid` must have a list of values, got the number 3',
    ],
    ['an unknown name', 'gird: {}', "unknown name 'gird' in `sweep`"],
    [
      'no distribution',
      'random: { space: { model.params.margin: 3 } }',
      'a distribution must be one of uniform, log_uniform, int, log_int or choice, got the number 3',
    ],
    [
      'a range the wrong way round',
      'random: { space: { model.params.margin: { uniform: [2, 1] } } }',
      '`uniform` must be two numbers, the smaller first',
    ],
    ['an unknown metric', 'metric: repotr.mrr', "there is no stage 'repotr'"],
    ['halving without a metric', 'halving: { budget: model.params.epochs }', '`halving` needs a `metric`'],
    ['a goal that is none', 'goal: best', "`goal` must be maximize or minimize, got the string 'best'"],
  ])('%s', async (_, sweepText, message) => {
    const rig = demo(`sweep:\n  ${sweepText}\n`);
    const { code, stderr } = await rig.pipeline('sweep', 's.yaml');
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/--> s\.yaml:1[5-9]:\d+/);
    expect(code).toBe(2);
    expect(executed(rig)).toEqual({});
    expect(existsSync(join(rig.folder, 'artifacts', 'command'))).toBe(false);
  });

  it('that there is none', async () => {
    const { code, stderr } = await demo().pipeline('sweep', 's.yaml');
    expect([code, stderr.split('\n')[0]]).toEqual([2, 'error: there is nothing to sweep over']);
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { Event, Rig } from '../helpers/rig.ts';
import { scoredSweep } from '../helpers/scored-sweep.ts';

interface RankingRow {
  readonly configuration: string;
  readonly [field: string]: unknown;
}

async function sweep(rig: Rig, ...args: string[]): Promise<{ code: number | null; ranking: RankingRow[] }> {
  const { code, stdout, stderr } = await rig.pipeline('sweep', 's.yaml', '--json', ...args);
  const last = stdout.split('\n').filter(Boolean).at(-1);
  if (last === undefined) throw new Error(stderr);
  return { code, ranking: (JSON.parse(last) as Event)['ranking'] as RankingRow[] };
}

describe('a sweep with repeats and a baseline', () => {
  it('has one row for each configuration: mean, deviation, interval, difference and p', async () => {
    const rig = scoredSweep();
    const { code, ranking } = await sweep(rig);
    expect(code).toBe(0);
    expect(rig.read('log').split('\n').filter(Boolean).sort()).toEqual([
      'corpus',
      ...Array.from({ length: 9 }, () => 'model'),
    ]);
    // The mean over q of margin · (q + seed) / 10 is margin · (4.5 + seed) / 10, over seeds 1, 2, 4 of 4.5 + 7/3.
    const mean = (margin: number): number => (margin * (4.5 + 7 / 3)) / 10;
    // Of 1, 2, 4 the deviation is √((16 + 1 + 25) / 9 / 2) = √(7/3).
    const deviation = (margin: number): number => (margin * Math.sqrt(7 / 3)) / 10;
    expect(ranking).toMatchObject([
      // All 8 queries differ in one direction: 2 of 2⁸ patterns are as far from 0.
      {
        configuration: 'wide',
        finished: 3,
        queries: 8,
        p: 2 / 256,
        columns: { 'report.hit': { queries: 8 } },
      },
      { configuration: 'plain', finished: 3, queries: 8, difference: null, p: null },
      { configuration: 'narrow', finished: 3, queries: 8, p: 2 / 256 },
    ]);
    for (const [index, margin] of [0.9, 0.5, 0.2].entries()) {
      expect(ranking[index]!['metric']).toBeCloseTo(mean(margin), 5);
      expect(ranking[index]!['deviation']).toBeCloseTo(deviation(margin), 5);
      const [low, high] = ranking[index]!['interval'] as [number, number];
      expect(low).toBeLessThan(mean(margin));
      expect(high).toBeGreaterThan(mean(margin));
    }
    expect(ranking[0]!['difference']).toBeCloseTo(mean(0.9) - mean(0.5), 5);
    expect(ranking[0]!['difference_deviation']).toBeCloseTo(deviation(0.9) - deviation(0.5), 5);
    expect(ranking[1]!['repeats']).toMatchObject([
      { values: { 'params.seed': 1 }, state: 'done', metric: 0.275 },
      { values: { 'params.seed': 2 }, state: 'done', metric: 0.325 },
      { values: { 'params.seed': 4 }, state: 'done', metric: 0.425 },
    ]);
    // Hits of plain with v = (q + seed) / 20 > 0.2: q > 4 − seed, so 5, 6 and 8 of 8.
    expect(ranking[1]!['columns']).toMatchObject({ 'report.hit': { values: [0.625, 0.75, 1] } });
    expect((await sweep(rig)).ranking.map((row) => row['metric'])).toEqual(
      ranking.map((row) => row['metric']),
    );
  });

  it('writes the table as Markdown, with a command for each row that finds everything cached', async () => {
    const rig = scoredSweep();
    const { code, stdout } = await rig.pipeline(
      'sweep',
      's.yaml',
      '--report',
      'table.md',
      '--write',
      'best.yaml',
    );
    expect(code).toBe(0);
    expect(stdout.replace(/\d+\.\d s/g, 'N s')).toBe(
      `   report.mrr      ± sd  n         95 %  report.hit        difference       p  configuration
1      0.6150  ± 0.1375  3  0.458–0.750      0.9583  +0.2733 ± 0.0611  0.0078  wide           N s
2      0.3417  ± 0.0764  3  0.254–0.417      0.7917          baseline          plain          N s
3      0.1367  ± 0.0306  3  0.102–0.167      0.0833  −0.2050 ± 0.0458  0.0078  narrow         N s

effect on report.mrr
margin  0.4783    0.9: 0.615 (1) · 0.2: 0.1367 (1)
`,
    );
    const text = rig.read('table.md');
    expect(await format(text, { parser: 'markdown', printWidth: 110 })).toBe(text);
    expect(text).toContain(
      '|   1 | `wide`        | `model.params.margin=0.9` |       0.6150 | ± 0.1375 |   3 | 0.458–0.750 |',
    );
    expect(text).toContain(
      '`report.mrr`, 8 queries: mean and sample standard deviation (± sd) over `params.seed = 1, 2, 4`',
    );
    const commands = /```sh\n(.*)\n```/s.exec(text)![1]!.split('\n');
    expect(commands).toEqual(
      ['', ' --experiments wide', ' --experiments plain', ' --experiments narrow'].map(
        (end) => `pipeline sweep s.yaml${end}`,
      ),
    );
    const alone = await rig.pipeline(...commands[1]!.split(' ').slice(1));
    expect(alone.stdout).toMatch(/^1 +0\.6150 +± 0\.1375 +3 +0\.458–0\.750 +0\.9583 +wide +cached$/m);
    expect(alone.stderr).toContain("the baseline 'plain' is not among the experiments chosen");
    // No seed in it: the best configuration, not its luckiest training.
    expect(rig.read('best.yaml')).toBe(
      '# The best of 3 configurations by report.mrr: 0.6150, the mean of 3 repeats\nextends: s.yaml\nstages:\n  model:\n    with:\n      params:\n        margin: 0.9\n',
    );
    expect((await rig.run('best.yaml')).stages).toEqual({
      corpus: 'cached',
      model: 'cached',
      report: 'cached',
    });
    const again = await rig.pipeline('sweep', 's.yaml', '--report', 'table.md');
    expect([again.code, again.stderr.split('\n')[0]]).toEqual([2, 'error: table.md already exists']);
  });

  it('gives a command for each point of a grid and each draw too', async () => {
    const rig = scoredSweep((spec) =>
      spec
        .replace(
          /experiments:\n[^]*wide.*\n/,
          'grid: { model.params.margin: [0.2, 0.4] }\n  random: { trials: 2, space: { params.epochs: { int: [1, 50] } } }\n',
        )
        .replace('baseline: plain', ''),
    );
    expect(
      (await rig.pipeline('sweep', 's.yaml', '--report', 't.md', '--repeat', 'params.seed=2')).code,
    ).toBe(0);
    const [, ...rows] = /```sh\n(.*)\n```/s.exec(rig.read('t.md'))![1]!.split('\n');
    expect(rows).toHaveLength(4);
    const metrics = await Promise.all(
      rows.map(async (command) => {
        const { ranking } = await sweep(rig, ...command.split(' ').slice(3));
        expect(ranking).toMatchObject([{ executed: 0, finished: 1 }]);
        return ranking[0]!['metric'];
      }),
    );
    expect(metrics).toEqual([0.26, 0.26, 0.13, 0.13]);
  });

  it('does not rank a configuration with a failed repeat', async () => {
    const rig = scoredSweep((spec) => spec.replace('margin: 0.9', 'margin: 9'));
    const { code, stdout } = await rig.pipeline('sweep', 's.yaml', '--report', 't.md');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^3 +failed +2 of 3 +– +wide +seed=2: model: /m);
    expect(stdout).toContain('# The best of 3 configurations by report.mrr: 0.3417');
    expect(rig.read('t.md')).toMatch(
      /^\| +3 \| `wide` +\| `model.params.margin=9` +\| +failed \| +\| 2 of 3 \|/m,
    );
  });

  it('promotes by the mean over repeats in halving', async () => {
    const { ranking } = await sweep(scoredSweep(), '--halving', 'params.epochs=1..3');
    expect(ranking).toMatchObject([
      { configuration: 'wide', budget: 3, finished: 3, difference: null },
      { configuration: 'plain', budget: 1 },
      { configuration: 'narrow', budget: 1, p: 2 / 256 },
    ]);
  });

  it('is changed by the command line', async () => {
    const rig = scoredSweep();
    const args = [
      '--experiments',
      'w*,plain',
      '--repeat',
      'params.seed=2,3',
      '--baseline',
      'wide',
      '--columns',
      'report.mrr',
    ];
    const { ranking } = await sweep(rig, ...args);
    expect(ranking).toMatchObject([
      { configuration: 'wide', finished: 2 },
      { configuration: 'plain', finished: 2 },
    ]);
    expect(ranking[1]!['difference']).toBeCloseTo((-0.4 * 7) / 10, 5);
    expect(ranking[1]).not.toHaveProperty('columns');
  });

  it('accepts one seed, and points of the grid as baselines, from the command line', async () => {
    const one = ['--set', 'params.seed=2', '--experiments', 'plain'];
    const { ranking } = await sweep(
      scoredSweep(),
      ...one,
      '--set',
      'model.params.margin=0.1,0.3',
      '--baseline',
      'plain margin=0.3',
    );
    expect(ranking).toMatchObject([
      { configuration: 'plain margin=0.3', deviation: null, p: null },
      { configuration: 'plain margin=0.1', deviation: null, p: 2 / 256 },
    ]);
    expect(ranking[0]).not.toHaveProperty('repeats');
  });

  it('warns if a repeat changes nothing', async () => {
    const rig = scoredSweep((spec) => spec.replace("seed: '${params.seed}'", 'seed: 5'));
    const { stderr, stdout } = await rig.pipeline('sweep', 's.yaml');
    expect(stderr).toContain('warning: params.seed changes no stage, so that all repeats are the same');
    expect(stdout).toContain('± 0.0000');
  });
});

it('--dry-run shows what would be executed and executes nothing', async () => {
  const rig = scoredSweep();
  const before = await rig.pipeline('sweep', 's.yaml', '--dry-run');
  expect(before.code).toBe(0);
  expect(before.stdout).toContain('plain   0 cached, 1 to run, 6 waiting\n');
  expect(before.stdout).toMatch(
    /\n\n3 configurations × 3 repeats: 19 stages, 27 without sharing\n0 cached, 1 to run, 18 waiting\n$/,
  );
  expect(rig.read('log')).toBe('');
  expect(existsSync(join(rig.folder, 'artifacts', 'command'))).toBe(false);
  await sweep(rig, '--experiments', 'plain');
  const after = await rig.pipeline('sweep', 's.yaml', '--dry-run', '--json');
  expect(JSON.parse(after.stdout)).toMatchObject({
    configurations: {
      plain: { cached: 7, run: 0, waiting: 0 },
      narrow: { cached: 1, run: 3, waiting: 3 },
      wide: { cached: 1, run: 3, waiting: 3 },
    },
    repeats: 3,
    stages: { cached: 7, run: 6, waiting: 6 },
  });
});

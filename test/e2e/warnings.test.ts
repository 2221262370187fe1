import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/base/random.ts';
import { COMMAND, makeRig, type Rig } from '../helpers/rig.ts';

const KIND = `
import { writeFileSync } from 'node:fs';
export const stage = {
  description: 'Doubts its result.', output: 'files', inputs: {},
  parameters: { type: 'object', properties: { rate: { description: 'A rate.', type: 'number', default: 1 } } },
  async run({ params, output, warn }) {
    writeFileSync(output + '/f', String(params.rate));
    if (params.rate > 0) {
      warn('plain text');
      warn({ message: 'nothing was learned', cause: 'The rate is high.', hint: 'Lower it.', parameter: 'rate' });
    }
    return { metrics: { score: params.rate }, headline: 'score ' + params.rate };
  },
};
`;
const SPEC = `
stages:
  sure: { uses: command, with: { run: 'echo 1 > $OUTPUT/x' } }
  doubtful: { uses: ./kind.js }
`;

function doubtful(spec = SPEC): Rig {
  const rig = makeRig();
  rig.write({ 's.yaml': spec, 'kind.js': KIND });
  return rig;
}

const WARNINGS = [
  { message: 'plain text' },
  { message: 'nothing was learned', cause: 'The rate is high.', hint: 'Lower it.', parameter: 'rate' },
];

const untimed = (text: string): string => text.replace(/(\d+ min )?\d+(\.\d)? s\b/g, 'N s');

describe('a stage with warnings', () => {
  it('has no tick: its warnings are shown where they arise, and counted at its end and that of the run', async () => {
    const { code, stderr } = await doubtful().pipeline('run', 's.yaml', '--jobs', '1');
    expect(code).toBe(0);
    expect(untimed(stderr)).toBe(
      [
        '▶ sure  has not run before',
        '✔ sure  N s',
        '▶ doubtful  has not run before',
        '! doubtful: plain text',
        '! doubtful: nothing was learned',
        '    likely cause: The rate is high.',
        '    hint: Lower it. Parameter: `rate`.',
        '! doubtful  N s · score 1 · 2 warnings',
        'done: 0 cached, 2 executed, 2 warnings in N s',
        '',
      ].join('\n'),
    );
  });

  it('still has them when it is cached: counted, with the command that shows them', async () => {
    const rig = doubtful();
    await rig.pipeline('run', 's.yaml');
    expect(untimed((await rig.pipeline('run', 's.yaml')).stderr)).toBe(
      [
        '✔ sure  cached',
        '! doubtful  cached · score 1 · 2 warnings',
        'done: 2 cached, 0 executed, 2 warnings in N s',
        '2 warnings of cached results (doubtful): pipeline show s.yaml doubtful',
        '',
      ].join('\n'),
    );
    const { stdout } = await rig.pipeline('show', 's.yaml', 'doubtful');
    expect(stdout).toContain(
      '  ! plain text\n  ! nothing was learned\n      likely cause: The rate is high.\n',
    );
  });

  it('tells programs: in its events, its result, and the record of the run', async () => {
    const rig = doubtful();
    const first = await rig.run('s.yaml');
    expect(first.events.filter(({ type }) => type === 'stage-log')).toMatchObject(
      WARNINGS.map((warning) => ({ level: 'warning', ...warning })),
    );
    const ended = (events: typeof first.events, type: string): unknown =>
      events.find((event) => event.type === type && event.stage === 'doubtful')?.['warnings'];
    expect(ended(first.events, 'stage-finished')).toEqual(WARNINGS);
    expect(first.events.at(-1)).toMatchObject({ type: 'run-finished', warnings: 2 });
    const second = await rig.run('s.yaml');
    expect(ended(second.events, 'stage-cached')).toEqual(WARNINGS);
    expect(second.events.at(-1)).toMatchObject({ cached: 2, warnings: 2 });
    for (const shown of ['s.yaml', 'latest']) {
      const { stdout } = await rig.pipeline('show', shown, '--json');
      const { stages } = JSON.parse(stdout) as { stages: Record<string, { warnings: unknown }> };
      expect([shown, stages['sure']!.warnings, stages['doubtful']!.warnings]).toEqual([shown, [], WARNINGS]);
    }
    expect((await rig.pipeline('show', 'latest', 'doubtful')).stdout).toContain('  ! nothing was learned\n');
  });

  it('is the same artifact with and without them: an older manifest, which has none, is read and whole', async () => {
    const rig = doubtful();
    const { events } = await rig.run('s.yaml');
    const finished = events.find(({ type, stage }) => type === 'stage-finished' && stage === 'doubtful')!;
    const file = join(finished['path'] as string, 'manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(manifest['warnings']).toEqual(WARNINGS);
    delete manifest['warnings'];
    chmodSync(file, 0o644);
    writeFileSync(file, JSON.stringify(manifest));
    const again = await rig.run('s.yaml');
    expect(again.stages).toEqual({ sure: 'cached', doubtful: 'cached' });
    expect(again.events.at(-1)).toMatchObject({ warnings: 0 });
    expect((await rig.pipeline('verify')).code).toBe(0);
  });

  it('counts in the list of runs, in SQL, and where two runs are compared', async () => {
    const rig = doubtful();
    await rig.pipeline('run', 's.yaml');
    await rig.pipeline('run', 's.yaml', '--set', 'doubtful.rate=0');
    expect((await rig.pipeline('runs')).stdout).toMatch(/2 run, 2 warnings/);
    const { stdout } = await rig.pipeline('runs', '--where', 'warnings=2', '--json');
    expect((JSON.parse(stdout) as { runs: unknown[] }).runs).toHaveLength(1);
    const rows = await rig.pipeline('sql', 'SELECT stage, warnings FROM stages WHERE warnings > 0', '--json');
    expect(JSON.parse(rows.stdout)).toEqual([{ stage: 'doubtful', warnings: 2 }]);
    const compared = await rig.pipeline('compare', 'latest~1', 'latest', '--json');
    expect(JSON.parse(compared.stdout)).toMatchObject({
      warnings: [{ name: 'doubtful', values: [2, 0], deltas: [null, -2] }],
    });
    expect((await rig.pipeline('compare', 'latest~1', 'latest')).stdout).toMatch(/doubtful +2 +0 \(−2\)/);
  });

  it('is marked in the table of a sweep', async () => {
    const rig = doubtful();
    const sweep = ['sweep', 's.yaml', '--set', 'doubtful.rate=0,3', '--metric', 'doubtful.score'];
    const { stdout, stderr } = await rig.pipeline(...sweep, '--jobs', '1');
    expect(stderr).toMatch(/! 2\/2 .*2 warnings/);
    expect(stdout).toMatch(/rate=3 .*! 2 warnings/);
    expect(stdout).toMatch(/rate=0 +\S+ s$/m);
    const { ranking } = JSON.parse(
      (await rig.pipeline(...sweep, '--json')).stdout.trim().split('\n').at(-1)!,
    ) as { ranking: { warnings: number }[] };
    expect(ranking.map(({ warnings }) => warnings)).toEqual([2, 0]);
  });
});

describe('a stage that wrote no file', () => {
  it.each([
    ['command', "{ uses: command, with: { run: 'true' } }", {}],
    [
      "user's",
      '{ uses: ./empty.js }',
      {
        'empty.js':
          "export const stage = { description: 'Empty.', parameters: { type: 'object', properties: {} }, inputs: {}, output: 'files', async run() { return {}; } };",
      },
    ],
  ])('is warned of: %s', async (_, stage, files) => {
    const rig = makeRig();
    rig.write({ 's.yaml': `stages: { empty: ${stage} }\n`, ...files });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(0);
    expect(stderr).toContain('! empty: the stage wrote no file\n    likely cause: ');
    expect(stderr).toMatch(/done: 0 cached, 1 executed, 1 warning in /);
  });
});

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('on a terminal (needs script(1))', () => {
  it('the tree marks the stage, and the warnings are below it', () => {
    const rig = doubtful();
    const line = `"${process.execPath}" "${COMMAND}" run s.yaml`;
    const { stdout } = spawnSync(
      'bash',
      ['-c', `script -qec 'stty cols 120; ${line}' /dev/null < /dev/null`],
      {
        cwd: rig.folder,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, CI: undefined },
      },
    );
    expect(stdout).toMatch(/doubtful.*score 1 · ! 2 warnings/);
    expect(stdout).toMatch(/! doubtful: nothing was learned\r\n {4}likely cause: The rate is high\./);
    expect(stdout).toMatch(/done: 0 cached, 2 executed, 2 warnings in /);
  });
});

/** 300 documents of 30 words, and for each one query of three of its words: easy for BM25, hard for a small model. */
function syntheticData(): Record<string, string> {
  const source = random(1, 'synthetic');
  const word = (): string => `w${Math.floor(1200 * source.uniform() ** 2)}`;
  const texts = Array.from({ length: 300 }, (_, i) => [
    ...Array.from({ length: 30 }, word),
    `name${i}a`,
    `name${i}a`,
  ]);
  const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const qrels = (from: number, to: number): string =>
    [
      'query-id\tcorpus-id\tscore',
      ...texts.slice(from, to).map((_, i) => `q${from + i}\td${from + i}\t1`),
    ].join('\n');
  return {
    'data/corpus.jsonl': lines(texts.map((words, i) => ({ _id: `d${i}`, text: words.join(' ') }))),
    'data/queries.jsonl': lines(
      texts.map((words, i) => ({ _id: `q${i}`, text: [words[3], words[17], `name${i}a`].join(' ') })),
    ),
    'data/qrels/train.tsv': qrels(0, 220),
    'data/qrels/validation.tsv': qrels(220, 260),
    'data/qrels/test.tsv': qrels(260, 300),
  };
}

it('a model that was hardly trained says loudly that its result is near chance', async () => {
  const rig = makeRig();
  await rig.pipeline('init', 'start.yaml');
  rig.write(syntheticData());
  const changes = ['--set', 'model.epochs=1', '--set', 'embeddings.lexical.dimensions=0'];
  const { code, stderr, stdout } = await rig.pipeline('run', 'start.yaml', ...changes);
  expect(code).toBe(0);
  expect(stderr).toContain('! model: only 7 optimiser steps in all; a model needs hundreds');
  expect(stderr).toMatch(
    /! report: the model is near chance: MRR@10 0\.0\d\d .*BM25 reaches \d\.\d{3} on the same/,
  );
  expect(stderr).toMatch(/^! report {2}.* · \d warnings?$/m);
  expect(stderr).toMatch(/^done: 0 cached, 9 executed, \d warnings in /m);
  expect(stdout).not.toBe('');
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogueOf, DECLARATIONS, project, SOUND, stage } from './fixtures.ts';

test('a valid spec has every value resolved and every default filled in', async () => {
  const { folder, load } = project({ 'experiments/small.yaml': SOUND });
  const spec = await load({}, 'experiments/small.yaml');
  expect(spec).toMatchObject({
    file: join(folder, 'experiments/small.yaml'),
    directory: join(folder, 'experiments'),
    name: 'small',
    params: { dim: 64 },
    engine: { backend: 'auto', precision: 'exact' },
  });
  expect(spec.stages.map(({ name, kind, inputs }) => [name, kind.name, inputs])).toEqual([
    ['corpus', 'ingest', {}],
    ['tokens', 'tokenize', { corpus: ['corpus'] }],
    ['triplets', 'mine', { tokens: ['tokens'] }],
    ['model', 'train', { triplets: ['triplets'] }],
  ]);
  expect(stage(spec, 'tokens').with).toEqual({
    max_vocab: 50000,
    lowercase: true,
    normalization: 'NFKC',
    splits: ['train'],
  });
  expect(stage(spec, 'model').with).toEqual({ dimensions: 64, loss: { margin: 0.2 } });
  expect(stage(spec, 'model').location).toMatchObject({ line: 13, column: 3, length: 5, text: '  model:' });
});

test('a spec without a name is called after its file', async () => {
  const { load } = project({ 'my.run.yaml': 'stages: {a: {uses: command, with: {run: ls}}}' });
  expect((await load({}, 'my.run.yaml')).name).toBe('my.run');
});

test('the defaults of the chosen variant are filled in, and of no other', async () => {
  const { folder, load } = project(
    SOUND.replace('{ format: beir, folder: data }', '{ format: csv, splits: { train: a.csv } }'),
  );
  expect(stage(await load(), 'corpus').with).toEqual({
    format: 'csv',
    header: true,
    splits: { train: join(folder, 'a.csv') },
  });
});

test('a slot that takes many holds all its stages in their order, and one stage needs no list', async () => {
  const report = (parts: string): string =>
    `${SOUND}  report: { uses: report, inputs: { parts: ${parts} } }\n`;
  expect(stage(await project(report('[tokens, model]')).load(), 'report').inputs).toEqual({
    parts: ['tokens', 'model'],
  });
  expect(stage(await project(report('model')).load(), 'report').inputs).toEqual({ parts: ['model'] });
});

test('`with`, `inputs`, `params` and `engine` may be left empty', async () => {
  const { load } = project(
    'params:\nengine:\nstages:\n  a:\n    uses: command\n    inputs:\n    with: { run: ls }\n',
  );
  expect(stage(await load(), 'a').with).toEqual({ run: 'ls', params: {} });
});

test('a module is looked up relative to the file that names it', async () => {
  const { folder, load } = project('stages: {a: {uses: ./kinds/mine.ts, with: {run: ls}}}');
  const kinds = catalogueOf({}, { [join(folder, 'kinds/mine.ts')]: DECLARATIONS['command']! });
  expect(stage(await load({ kinds }), 'a').kind).toMatchObject({ name: 'mine', origin: 'module' });
});

test('names that begin with x- are a place for anchors, and are not read', async () => {
  const { load } = project(
    `x-common: &common { dimensions: 32, loss: { margin: 0.5 } }\nx-broken: \${nothing}\n${SOUND}`.replace(
      'dimensions: ${params.dim}',
      '<<: *common\n      dimensions: 16',
    ),
  );
  expect(stage(await load(), 'model').with).toEqual({ dimensions: 16, loss: { margin: 0.5 } });
});

test('anchors and aliases give equal values in several places', async () => {
  const { load } = project(
    'stages:\n  a: &a { uses: command, with: &w { run: ls } }\n  b: { uses: command, with: *w }\n  c: *a\n',
  );
  const spec = await load();
  expect(spec.stages.map(({ name, with: params }) => [name, params['run']])).toEqual([
    ['a', 'ls'],
    ['b', 'ls'],
    ['c', 'ls'],
  ]);
});

test('a chain of 5,000 stages is read without trouble', async () => {
  const stages = Array.from(
    { length: 5000 },
    (_, i) =>
      `  s${i}: { uses: command, with: { run: ls }, inputs: { ${i === 0 ? '' : `before: s${i - 1}`} } }`,
  );
  const spec = await project(`stages:\n${stages.join('\n')}\n`).load();
  expect(spec.stages).toHaveLength(5000);
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, SOUND, stage } from './fixtures.ts';

const rich = `${SOUND}  job:
    uses: command
    with: { run: ls, params: { list: [1, 2], deep: { a: { b: 1 } }, "dotted.name": 1 } }
`;
const set = async (...texts: string[]): ReturnType<ReturnType<typeof project>['load']> =>
  project(rich).load({ set: texts });
const messages = async (...texts: string[]): Promise<string[]> =>
  (await project(rich).diagnostics({ set: texts })).map(({ message }) => message);

test('--set reaches parameters of stages, of the spec, and the engine', async () => {
  const spec = await set(
    'model.loss.margin=0.9',
    'params.dim=8',
    'engine.backend=wasm',
    'tokens.lowercase=false',
  );
  expect(stage(spec, 'model').with).toEqual({ dimensions: 8, loss: { margin: 0.9 } });
  expect(stage(spec, 'tokens').with['lowercase']).toBe(false);
  expect(spec.engine.backend).toBe('wasm');
});

test('values are YAML: types are kept, flow collections and references work, null removes', async () => {
  const spec = await set(
    'job.params.x=[1, {a: "2"}]',
    'job.params.deep=${params.dim}',
    'job.run="5"',
    'model.dimensions=null',
    'job.params.e=',
  );
  expect(stage(spec, 'job').with).toEqual({
    run: '5',
    params: { list: [1, 2], deep: 64, 'dotted.name': 1, x: [1, { a: '2' }], e: null },
  });
  expect(stage(spec, 'model').with['dimensions']).toBe(128);
});

test('items of lists by index, one past the end appends, quoted names may hold dots', async () => {
  const spec = await set(
    'job.params.list[0]=7',
    'job.params.list.2=9',
    'job.params."dotted.name"=2',
    'job.params.deep.a.b=3',
  );
  expect(stage(spec, 'job').with['params']).toEqual({
    list: [7, 2, 9],
    deep: { a: { b: 3 } },
    'dotted.name': 2,
  });
});

test('a later --set wins', async () => {
  expect(stage(await set('params.dim=1', 'params.dim=2'), 'model').with['dimensions']).toBe(2);
});

test('an error in --set points at the --set', async () => {
  const { printed } = project(rich);
  expect(
    await printed({ set: ['model.loss.margn=0.3', 'model.dimensions=many', 'modle.x=1', 'params.dmi=3'] }),
  ).toMatchInlineSnapshot(`
    "warning: the parameter 'dim' is not used
     --> spec.yaml:2:11
      |
    2 | params: { dim: 64 }
      |           ^^^
      = help: A reference to it is \`\${params.dim}\`.

    error: 'loss' has no parameter 'margn'
     --> --set:1:12
      |
    1 | model.loss.margn=0.3
      |            ^^^^^
      = help: Did you mean 'margin'?

    error: 'dimensions' must be an integer, got the string 'many'
     --> --set:1:18
      |
    1 | model.dimensions=many
      |                  ^^^^

    error: there is no stage 'modle'
     --> --set:1:1
      |
    1 | modle.x=1
      | ^^^^^
      = help: Did you mean 'model'?

    error: the spec defines no parameter 'dmi'
     --> --set:1:8
      |
    1 | params.dmi=3
      |        ^^^
      = help: Did you mean 'dim'?"
  `);
});

test.each([
  ['model', "'model' is not a valid --set"],
  ['model=1', "'model=1' is not a valid --set"],
  ['model.=1', "'model.=1' is not a valid --set"],
  ['=1', "'=1' is not a valid --set"],
  ['', "'' is not a valid --set"],
  ['job.params.__proto__.x=1', "'job.params.__proto__.x=1' is not a valid --set"],
  ['engine.threads=1', "engine has no 'threads'"],
  ['job.params.list[5]=1', "'5' is not an index of a list of 2"],
  ['job.params.list.x=1', "'x' is not an index of a list of 2"],
  ['job.run.x=1', "'x' cannot be set, because its parent is not a mapping or a list"],
])('--set %s', async (text, message) => {
  expect(await messages(text)).toEqual([message]);
});

test('a value that is no YAML', async () => {
  expect(await messages('job.params.x=[1')).toHaveLength(1);
});

test('a relative path in --set means what it would mean in the spec', async () => {
  const { folder, load } = project({ 'specs/a.yaml': SOUND });
  const spec = await load({ set: ['corpus.folder=../other'] }, 'specs/a.yaml');
  expect(stage(spec, 'corpus').paths[0]!.value).toBe(join(folder, 'other'));
});

test('the stage itself stays where it was written', async () => {
  expect(stage(await set('model.loss.margin=0.9'), 'model').location).toMatchObject({ line: 13 });
});

test('a params file holds values for params, stages and the engine', async () => {
  const { folder, load, write } = project(rich);
  write({
    'my/p.yaml':
      'dim: 16\nengine: { precision: fast }\nstages: { model: { loss: { margin: 0.1 } }, corpus: { folder: here } }\n',
  });
  const spec = await load({ paramsFile: join(folder, 'my/p.yaml'), set: ['model.loss.margin=0.3'] });
  expect(stage(spec, 'model').with).toEqual({ dimensions: 16, loss: { margin: 0.3 } });
  expect(spec.engine.precision).toBe('fast');
  // Written in the params file, so relative to it.
  expect(stage(spec, 'corpus').paths[0]!.value).toBe(join(folder, 'my/here'));
  expect(stage(spec, 'corpus').location.file).toBe(join(folder, 'spec.yaml'));
});

test('a params file may be JSON', async () => {
  const { folder, load, write } = project(SOUND);
  write({ 'p.json': '{\n\t"dim": 16\n}\n' });
  expect((await load({ paramsFile: join(folder, 'p.json') })).params).toEqual({ dim: 16 });
});

test('errors in a params file are shown there', async () => {
  const { folder, printed, write } = project(SOUND);
  write({ 'p.yaml': 'dmi: 16\nstages: { model: { dimensions: x }, modle: {} }\n' });
  expect(await printed({ paramsFile: join(folder, 'p.yaml') })).toMatchInlineSnapshot(`
    "warning: the parameter 'dim' is not used
     --> spec.yaml:2:11
      |
    2 | params: { dim: 64 }
      |           ^^^
      = help: A reference to it is \`\${params.dim}\`.

    error: the spec defines no parameter 'dmi'
     --> p.yaml:1:1
      |
    1 | dmi: 16
      | ^^^
      = help: Did you mean 'dim'?

    error: 'dimensions' must be an integer, got the string 'x'
     --> p.yaml:2:32
      |
    2 | stages: { model: { dimensions: x }, modle: {} }
      |                                ^

    error: there is no stage 'modle'
     --> p.yaml:2:37
      |
    2 | stages: { model: { dimensions: x }, modle: {} }
      |                                     ^^^^^
      = help: Did you mean 'model'?"
  `);
  expect(await printed({ paramsFile: join(folder, 'q.yaml') })).toBe(
    "error: there is no file q.yaml\n  = help: Did you mean 'p.yaml'?",
  );
});

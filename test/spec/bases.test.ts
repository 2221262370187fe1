import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogueOf, DECLARATIONS, project, SOUND, stage } from './fixtures.ts';

test('an experiment is a few lines over a base, and is called after its own file', async () => {
  const { load } = project({
    'base.yaml': SOUND,
    'wide.yaml':
      'extends: base.yaml\nparams: { dim: 256 }\nstages: { model: { with: { loss: { margin: 0.5 } } } }\n',
  });
  const spec = await load({}, 'wide.yaml');
  expect(spec.name).toBe('wide');
  expect(stage(spec, 'model').with).toEqual({ dimensions: 256, loss: { margin: 0.5 } });
  expect(spec.stages.map(({ name }) => name)).toEqual(['corpus', 'tokens', 'triplets', 'model']);
});

test('mappings merge, lists and scalars replace, and null removes', async () => {
  const base =
    'stages: { a: { uses: command, with: { run: ls, params: { keep: 1, list: [1, 2], gone: 3, m: { x: 1, y: 2 } } } }, b: { uses: command, with: { run: b } } }';
  const { load } = project({
    'base.yaml': base,
    'spec.yaml':
      'include: [base.yaml]\nstages: { a: { with: { params: { list: [3], gone: null, m: { y: 3 }, own: null } } }, b: null }\n',
  });
  const spec = await load();
  expect(spec.stages).toHaveLength(1);
  expect(stage(spec, 'a').with['params']).toEqual({ keep: 1, list: [3], m: { x: 1, y: 3 }, own: null });
});

test('of several bases the later one wins, and bases may have bases', async () => {
  const { load } = project({
    'root.yaml': 'params: { a: root, b: root, c: root, d: root }\n',
    'left.yaml': 'extends: root.yaml\nparams: { b: left, c: left }\n',
    'right.yaml': 'params: { c: right }\n',
    'spec.yaml':
      'extends: [left.yaml, right.yaml]\nparams: { d: own }\nstages: { s: { uses: command, with: { run: ls } } }\n',
  });
  expect((await load()).params).toEqual({ a: 'root', b: 'left', c: 'right', d: 'own' });
});

test('paths and modules are relative to the file that they are written in', async () => {
  const { folder, load } = project({
    'shared/base.yaml': `params: { data: ./data }
stages:
  plain: { uses: vectors, with: { path: plain.txt } }
  whole: { uses: vectors, with: { path: "\${params.data}" } }
  inside: { uses: vectors, with: { path: "\${params.data}/x" } }
  own: { uses: ./kinds/own.ts, with: { run: ls } }
`,
    'runs/spec.yaml': 'extends: ../shared/base.yaml\n',
    'runs/other.yaml': 'extends: ../shared/base.yaml\nparams: { data: ./mine }\n',
  });
  const kinds = catalogueOf(DECLARATIONS, {
    [join(folder, 'shared/kinds/own.ts')]: DECLARATIONS['command']!,
  });
  const paths = async (file: string): Promise<string[]> =>
    (await load({ kinds }, file)).stages.flatMap((one) =>
      one.paths.map(({ value }) => value.replace(`${folder}/`, '')),
    );
  expect(await paths('runs/spec.yaml')).toEqual(['shared/plain.txt', 'shared/data', 'shared/data/x']);
  expect(await paths('runs/other.yaml')).toEqual(['shared/plain.txt', 'runs/mine', 'runs/mine/x']);
});

test('an error is shown in the file that holds it', async () => {
  const { printed } = project({
    'lib/base.yaml': SOUND.replace('uses: mine', 'uses: mime').replace('${params.dim}', '${params.dim}x'),
    'spec.yaml': 'extends: lib/base.yaml\nparams: { dmi: 3 }\nstages: { model: { with: { loss: 3 } } }\n',
  });
  expect(await printed()).toMatchInlineSnapshot(`
    "warning: the parameter 'dmi' is not used
     --> spec.yaml:2:11
      |
    2 | params: { dmi: 3 }
      |           ^^^
      = help: A reference to it is \`\${params.dmi}\`.

    error: 'loss' must be a mapping, got the number 3
     --> spec.yaml:3:34
      |
    3 | stages: { model: { with: { loss: 3 } } }
      |                                  ^

    error: there is no stage kind 'mime'
      --> lib/base.yaml:11:11
       |
    11 |     uses: mime
       |           ^^^^
       = help: Did you mean 'mine'? The kinds are command, ingest, mine, report, tokenize, train, vectors, and modules such as ./path/to/kind.ts.

    error: 'dimensions' must be an integer, got the string '64x'
      --> lib/base.yaml:17:19
       |
    17 |       dimensions: \${params.dim}x
       |                   ^^^^^^^^^^^^^^"
  `);
});

test('a missing base is shown where it is named', async () => {
  const { printed } = project({ 'base.yaml': SOUND, 'spec.yaml': 'extends: bsae.yaml\n' });
  expect(await printed()).toMatchInlineSnapshot(`
    "error: there is no file bsae.yaml
     --> spec.yaml:1:10
      |
    1 | extends: bsae.yaml
      |          ^^^^^^^^^
      = help: Did you mean 'base.yaml'?"
  `);
});

test('specs that extend each other in a circle', async () => {
  const { printed } = project({
    'a.yaml': 'extends: b.yaml\n',
    'b.yaml': 'include: [c.yaml]\n',
    'c.yaml': 'extends: a.yaml\n',
  });
  expect(await printed({}, 'a.yaml')).toMatchInlineSnapshot(`
    "error: the base specs form a cycle: a.yaml → b.yaml → c.yaml → a.yaml
     --> c.yaml:1:10
      |
    1 | extends: a.yaml
      |          ^^^^^^
      note: extended here
     --> a.yaml:1:10
      |
    1 | extends: b.yaml
      |          ------
      note: extended here
     --> b.yaml:1:11
      |
    1 | include: [c.yaml]
      |           ------"
  `);
  expect((await project('extends: spec.yaml').diagnostics())[0]!.message).toBe(
    'the base specs form a cycle: spec.yaml → spec.yaml',
  );
});

test('a base may be chosen by a variable, but not by a parameter', async () => {
  const { load, diagnostics } = project({
    'big.yaml': SOUND,
    'spec.yaml': 'extends: "${env.SIZE:-big}.yaml"\n',
    'wrong.yaml': 'extends: "${params.size}.yaml"\nparams: { size: big }\n',
  });
  expect((await load()).stages).toHaveLength(4);
  expect((await diagnostics({}, 'wrong.yaml'))[0]!.message).toBe("params has no 'size'");
});

test('faults of both files are shown together', async () => {
  const { diagnostics } = project({
    'a.yaml': 'x: [\n',
    'b.yaml': '- 1\n',
    'spec.yaml': 'extends: [a.yaml, b.yaml, 3]\ninclude: c.yaml\n',
  });
  expect((await diagnostics()).map(({ location }) => location!.file.split('/').at(-1))).toEqual([
    'spec.yaml',
    'spec.yaml',
    'a.yaml',
    'b.yaml',
  ]);
});

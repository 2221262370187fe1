import { describe, expect, test } from 'vitest';
import type { StageSpec } from '../../src/spec/spec.ts';
import { project, stage } from './fixtures.ts';

const spec = (stages: string, head = ''): ReturnType<typeof project> =>
  project(`${head}stages:\n${stages.replace(/^/gm, '  ')}\n`);

const command = (name: string, rest: string, run = 'ls'): string =>
  `${name}: { uses: command, with: { run: "${run}" }, ${rest} }`;

const names = (stages: readonly StageSpec[]): string[] => stages.map(({ name }) => name);

const errors = async (stages: string, head = ''): Promise<string[]> =>
  (await spec(stages, head).diagnostics()).map(
    ({ message, location }) => `${location?.line ?? 0}:${location?.column ?? 0} ${message}`,
  );

describe('a matrix', () => {
  test('makes an instance of every combination, each with its values', async () => {
    const { load } = spec(
      command('a', 'matrix: { n: [1, 2], s: [x, "y z"] }', 'echo ${matrix.n} ${params.p}'),
      'params: { p: q }\n',
    );
    const { stages } = await load();
    expect(names(stages)).toEqual(['a[n=1,s=x]', 'a[n=1,s="y z"]', 'a[n=2,s=x]', 'a[n=2,s="y z"]']);
    expect(stages[2]).toMatchObject({
      group: 'a',
      matrix: { n: '2', s: 'x' },
      with: { run: 'echo 2 q' },
    });
  });

  test('keeps the type of a whole value, and reaches into mappings', async () => {
    const { load } = project(
      `stages:
  a:
    uses: command
    matrix: { size: { small: { hidden: 4 }, large: { hidden: 64 } } }
    with: { run: ls, params: { hidden: "\${matrix.size.hidden}", all: "\${matrix.size}" } }
`,
    );
    const spec = await load();
    expect(names(spec.stages)).toEqual(['a[size=small]', 'a[size=large]']);
    expect(stage(spec, 'a[size=large]').with['params']).toEqual({ hidden: 64, all: { hidden: 64 } });
  });

  test('leaves out what is excluded, adds what is included', async () => {
    const { load } = spec(
      command(
        'a',
        'matrix: { n: [1, 2, 3], m: [7, 8], exclude: [{ n: 1 }, { n: 2, m: 7 }], include: [{ n: 9, m: 9 }] }',
      ),
    );
    expect(names((await load()).stages)).toEqual(['a[n=2,m=8]', 'a[n=3,m=7]', 'a[n=3,m=8]', 'a[n=9,m=9]']);
  });

  test('may be a list of combinations alone, from a parameter or a base', async () => {
    const { load } = project({
      'base.yaml': 'params: { ns: [1, 2] }\nstages:\n  a: { uses: command, with: { run: ls } }\n',
      'spec.yaml':
        'extends: base.yaml\nstages:\n  a: { matrix: { n: "${params.ns}" } }\n  b: { uses: command, matrix: { include: [{ x: 1, y: 2 }, { x: 3, y: 4 }] }, with: { run: ls } }\n',
    });
    expect(names((await load()).stages)).toEqual(['a[n=1]', 'a[n=2]', 'b[x=1,y=2]', 'b[x=3,y=4]']);
  });
});

describe('a stage that takes from a matrix', () => {
  const model = command('model', 'matrix: { n: [1, 2], seed: [5, 6] }');
  const inputsOf = async (...lines: string[]): Promise<Record<string, StageSpec['inputs']>> => {
    const { stages } = await spec([model, ...lines].join('\n')).load();
    return Object.fromEntries(
      stages.filter(({ group }) => group !== 'model').map(({ name, inputs }) => [name, inputs]),
    );
  };

  test('is expanded along with it, through any number of stages', async () => {
    const found = await inputsOf(command('b', 'inputs: { m: model }'), command('c', 'inputs: { b: b }'));
    expect(found['c[n=2,seed=6]']).toEqual({ b: ['b[n=2,seed=6]'] });
    expect(Object.keys(found)).toHaveLength(8);
  });

  test('pairs up with instances that share its variables', async () => {
    expect(await inputsOf(command('b', 'matrix: { seed: [6], k: [0] }, inputs: { m: model }'))).toEqual({
      'b[seed=6,k=0,n=1]': { m: ['model[n=1,seed=6]'] },
      'b[seed=6,k=0,n=2]': { m: ['model[n=2,seed=6]'] },
    });
    expect(
      await inputsOf(command('b', 'inputs: { m: model }'), command('c', 'inputs: { m: model, b: b }')),
    ).toMatchObject({ 'c[n=1,seed=6]': { m: ['model[n=1,seed=6]'], b: ['b[n=1,seed=6]'] } });
  });

  test('takes one instance by its name, or those with a value', async () => {
    expect(await inputsOf(command('b', 'inputs: { m: "model[seed=6,n=1]" }'))).toEqual({
      b: { m: ['model[n=1,seed=6]'] },
    });
    expect(await inputsOf(command('b', 'inputs: { m: "model[seed=6]" }'))).toEqual({
      'b[n=1]': { m: ['model[n=1,seed=6]'] },
      'b[n=2]': { m: ['model[n=2,seed=6]'] },
    });
  });

  test('takes all instances if its input takes many, or the matching ones if it shares a variable', async () => {
    const trained =
      'tokens: { uses: tokenize, inputs: { corpus: corpus }, matrix: { v: [3, 4] }, with: { max_vocab: "${matrix.v}" } }';
    const corpus = 'corpus: { uses: ingest, with: { format: beir, folder: d } }';
    const all = await spec(
      [corpus, trained, 'r: { uses: report, inputs: { parts: tokens } }'].join('\n'),
    ).load();
    expect(stage(all, 'r').inputs).toEqual({ parts: ['tokens[v=3]', 'tokens[v=4]'] });
    const some = await spec(
      [corpus, trained, 'r: { uses: report, matrix: { v: [4] }, inputs: { parts: tokens } }'].join('\n'),
    ).load();
    expect(stage(some, 'r[v=4]').inputs).toEqual({ parts: ['tokens[v=4]'] });
  });

  test('takes the paired instance for each name of a list, if its input pairs', async () => {
    const { stages } = await spec(
      [
        'corpus: { uses: ingest, with: { format: beir, folder: d } }',
        'tokens: { uses: tokenize, inputs: { corpus: corpus } }',
        'triplets: { uses: mine, inputs: { tokens: tokens } }',
        'v: { uses: vectors, matrix: { n: [1, 2] }, with: { path: "v${matrix.n}" } }',
        'w: { uses: vectors, with: { path: w } }',
        'm: { uses: train, inputs: { triplets: triplets, vectors: [v, w] } }',
        'one: { uses: train, inputs: { triplets: triplets, vectors: w } }',
      ].join('\n'),
    ).load();
    const inputs = new Map(stages.map((each) => [each.name, each.inputs]));
    expect(inputs.get('m[n=1]')).toMatchObject({ vectors: ['v[n=1]', 'w'] });
    expect(inputs.get('m[n=2]')).toMatchObject({ vectors: ['v[n=2]', 'w'] });
    expect(inputs.get('one')).toMatchObject({ vectors: ['w'] });
  });

  test('ten thousand instances are expanded without trouble', async () => {
    const many = (name: string): string =>
      `${name}: [${Array.from({ length: 100 }, (_, i) => i).join(', ')}]`;
    const { stages } = await spec(
      [
        command('a', `matrix: { ${many('x')}, ${many('y')} }`, 'echo ${matrix.x} ${matrix.y}'),
        command('b', 'inputs: { a: a }'),
      ].join('\n'),
    ).load();
    expect(stages).toHaveLength(20_000);
    expect(stages.at(-1)).toMatchObject({ name: 'b[x=99,y=99]', inputs: { a: ['a[x=99,y=99]'] } });
  });
});

describe('a faulty matrix is shown where it is written', () => {
  test.each<[string, string, string[]]>([
    ['no mapping', command('a', 'matrix: [1]'), ['2:52 `matrix` must be a mapping, got a list of 1']],
    [
      'no list',
      command('a', 'matrix: { n: 3 }'),
      ["2:57 the matrix variable 'n' must be a list of values, got the number 3"],
    ],
    [
      'an empty list',
      command('a', 'matrix: { n: [] }'),
      ["2:57 the matrix variable 'n' must be a list of values, got a list of 0"],
    ],
    [
      'a bad name',
      command('a', 'matrix: { a-b: [1] }'),
      ["2:54 'a-b' is not a valid name of a matrix variable"],
    ],
    [
      'an unknown variable in exclude',
      command('a', 'matrix: { n: [1], exclude: [{ m: 1 }] }'),
      ["2:74 `exclude`: the matrix has no variable 'm'"],
    ],
    [
      'too little in include',
      command('a', 'matrix: { n: [1], m: [1], include: [{ m: 1 }] }'),
      ['2:80 `include` must give every variable; missing: n'],
    ],
    [
      'nothing left',
      command('a', 'matrix: { n: [1], exclude: { n: 1 } }'),
      ['2:44 the matrix has no instances'],
    ],
    [
      'far too many',
      command(
        'a',
        `matrix: { ${'abcdef'
          .split('')
          .map((n) => `${n}: [${Array.from({ length: 10 }, (_, i) => i).join(',')}]`)
          .join(', ')} }`,
      ),
      ['2:44 the matrix has 1000000 instances; at most 100000 are allowed'],
    ],
    [
      'an unknown variable',
      command('a', 'matrix: { size: [1] }', 'echo ${matrix.sise}'),
      ["2:42 the stage has no matrix variable 'sise'"],
    ],
    [
      'a variable without a matrix',
      command('a', 'description: x', 'echo ${matrix.n}'),
      ["2:42 the stage has no matrix variable 'n'"],
    ],
    [
      'a variable outside `with`',
      command('a', 'matrix: { n: [1] }, description: "${matrix.n}"'),
      ['2:77 ${matrix.…} is only allowed under `with` of a stage'],
    ],
    [
      'no such instance',
      [command('a', 'matrix: { n: [1, 2] }'), command('b', 'inputs: { a: "a[n=3]" }')].join('\n'),
      ["3:57 no instance of 'a' matches"],
    ],
    [
      'no partner',
      [command('a', 'matrix: { n: [1, 2] }'), command('b', 'matrix: { n: [1, 7] }, inputs: { a: a }')].join(
        '\n',
      ),
      ['3:80 there is no a[n=7], which an instance of this stage needs'],
    ],
  ])('%s', async (_, stages, expected) => {
    expect(await errors(stages)).toEqual(expected);
  });

  test('a value that the kind refuses points at both places, once', async () => {
    const { printed } = project(`stages:
  corpus: { uses: ingest, with: { format: beir, folder: d } }
  tokens:
    uses: tokenize
    matrix: { v: [2, 50], w: [1, 2, 3] }
    inputs: { corpus: corpus }
    with: { max_vocab: "\${matrix.v}" }
`);
    expect(await printed()).toMatchInlineSnapshot(`
      "error: 'max_vocab' must be at least 3, got 2
       --> spec.yaml:7:24
        |
      7 |     with: { max_vocab: "\${matrix.v}" }
        |                        ^^^^^^^^^^^^^
        note: the value comes from here
       --> spec.yaml:5:19
        |
      5 |     matrix: { v: [2, 50], w: [1, 2, 3] }
        |                   -"
    `);
  });
});

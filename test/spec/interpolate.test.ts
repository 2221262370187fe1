import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { project, SOUND, stage, type Options } from './fixtures.ts';

const spec = (params: string, values: string): string =>
  `params: { ${params} }\nstages:\n  a:\n    uses: command\n    with:\n      run: ls\n      params: { ${values} }\n`;
const values = async (params: string, written: string, options: Options = {}): Promise<JsonObject> =>
  stage(await project(spec(params, written)).load(options), 'a').with['params'] as JsonObject;
const errors = async (params: string, written: string, options: Options = {}): Promise<string[]> =>
  (await project(spec(params, written)).diagnostics(options)).map(({ message }) => message);

test('a value that is one reference keeps the type of what it names', async () => {
  expect(
    await values(
      'n: 3, f: 0.5, t: true, s: "7", l: [1, x], m: { a: { b: 2 } }',
      'n: "${params.n}", f: "${params.f}", t: "${ params.t }", s: "${params.s}", l: "${params.l}", m: "${params.m}", b: "${params.m.a.b}", i: "${params.l.1}"',
    ),
  ).toEqual({ n: 3, f: 0.5, t: true, s: '7', l: [1, 'x'], m: { a: { b: 2 } }, b: 2, i: 'x' });
});

test('inside a text, references are inserted as text', async () => {
  expect(
    await values('n: 3, f: 0.10, t: true, s: x', 'v: "n=${params.n} f=${params.f} ${params.t}-${params.s}!"'),
  ).toEqual({
    v: 'n=3 f=0.1 true-x!',
  });
});

test('a list or null cannot be inserted into a text', async () => {
  expect(await errors('l: [1], n: null', 'v: "a ${params.l}", w: "b ${params.n}"')).toEqual([
    '${params.l} is a list of 1, which cannot be part of a string',
    '${params.n} is nothing, which cannot be part of a string',
  ]);
});

test('parameters may refer to one another, also inside one mapping', async () => {
  expect(
    await values(
      'a: "${params.b}0", b: "${params.m.x}", m: { x: 1, y: "${params.m.x}" }',
      'a: "${params.a}", y: "${params.m.y}"',
    ),
  ).toEqual({
    a: '10',
    y: 1,
  });
});

test('parameters that refer to each other in a circle', async () => {
  expect(
    await project(
      `params:\n  a: "\${params.b}"\n  b: "x \${params.c.d}"\n  c: { d: "\${params.a}" }\n${SOUND.replace(/params:.*\n/, '').replace('${params.dim}', '1')}`,
    ).printed(),
  ).toMatchInlineSnapshot(`
    "error: the parameters form a cycle: params.a → params.b → params.c.d → params.a
     --> spec.yaml:4:12
      |
    4 |   c: { d: "\${params.a}" }
      |            ^^^^^^^^^^^"
  `);
  expect(await errors('a: "${params.a}"', '')).toEqual(['the parameters form a cycle: params.a → params.a']);
  expect(await errors('m: { x: "${params.m}" }', '')).toEqual([
    'the parameters form a cycle: params.m → params.m',
  ]);
});

test('$${ is a written ${, and other dollars are left alone', async () => {
  expect(
    await values(
      'x: "$${HOME}"',
      'a: "$${HOME} $HOME $$ $5 $(ls) {x}", b: "${params.x}", c: "${params.x}/y"',
    ),
  ).toEqual({
    a: '${HOME} $HOME $$ $5 $(ls) {x}',
    b: '${HOME}',
    c: '${HOME}/y',
  });
});

test('references work in the name, the engine, the inputs, `uses` and descriptions', async () => {
  const { load } = project(`
name: run-\${params.dim}
params: { dim: 3, kind: command, backend: wasm, from: a }
engine: { backend: "\${params.backend}" }
stages:
  a: { uses: "\${params.kind}", with: { run: ls }, description: "dim \${params.dim}" }
  b: { uses: command, with: { run: ls }, inputs: { x: "\${params.from}" } }
`);
  const found = await load();
  expect(found).toMatchObject({ name: 'run-3', engine: { backend: 'wasm' } });
  expect(stage(found, 'a').description).toBe('dim 3');
  expect(stage(found, 'b').inputs).toEqual({ x: ['a'] });
});

test('a variable is a text; a text that spells a number or boolean is accepted where one is expected', async () => {
  const env = { DIM: '32', WORD: 'x', EMPTY: '' };
  expect(
    await values(
      '',
      'a: "${env.DIM}", b: "${env.WORD}-${env.DIM}", c: "${env.NONE:-7}", d: "${env.EMPTY:-e}", e: "${env.EMPTY}"',
      { env },
    ),
  ).toEqual({
    a: '32',
    b: 'x-32',
    c: '7',
    d: 'e',
    e: '',
  });
  const model = async (value: string): Promise<unknown> =>
    stage(await project(SOUND.replace('dim: 64', `dim: "${value}"`)).load({ env }), 'model').with[
      'dimensions'
    ];
  expect(await model('${env.DIM}')).toBe(32);
  expect(await model('${env.NONE:-16}')).toBe(16);
  const wrong = await project(SOUND.replace('dim: 64', 'dim: "${env.WORD}"')).diagnostics({ env });
  expect(wrong[0]!.message).toBe("'dimensions' must be an integer, got the string 'x'");
  const quoted = await project(SOUND.replace('dim: 64', 'dim: "32"')).diagnostics();
  expect(quoted[0]!.message).toBe("'dimensions' must be an integer, got the string '32'");
});

test('a variable that is not set says how to set it', async () => {
  expect(await project(SOUND.replace('folder: data', 'folder: "${env.DATA_DIR}/beir"')).printed())
    .toMatchInlineSnapshot(`
      "error: the environment variable DATA_DIR is not set
       --> spec.yaml:6:36
        |
      6 |     with: { format: beir, folder: "\${env.DATA_DIR}/beir" }
        |                                    ^^^^^^^^^^^^^^^
        = help: Set it, or give a default: \`\${env.DATA_DIR:-default}\`."
    `);
});

test('the expression alone is underlined, and names that are close are suggested', async () => {
  expect(await project(spec('dimension: 3', 'a: "x ${params.dimensoin} ${HOME}"')).printed())
    .toMatchInlineSnapshot(`
      "error: params has no 'dimensoin'
       --> spec.yaml:7:23
        |
      7 |       params: { a: "x \${params.dimensoin} \${HOME}" }
        |                       ^^^^^^^^^^^^^^^^^^^
        = help: Did you mean '\${params.dimension}'?

      error: \${HOME} is neither \${params.…} nor \${env.…}
       --> spec.yaml:7:43
        |
      7 |       params: { a: "x \${params.dimensoin} \${HOME}" }
        |                                           ^^^^^^^
        = help: For a shell variable, write \`$HOME\` or \`$\${HOME}\`."
    `);
});

test.each([
  ['${}', '${} is neither ${params.…} nor ${env.…}'],
  ['${params}', '${params} is neither ${params.…} nor ${env.…}'],
  ['${params.}', "params has no ''"],
  ['${params.n.x}', "params.n has no 'x'"],
  ['${env.1X}', '${env.1X} does not name an environment variable'],
  ['${env.X-1}', '${env.X-1} does not name an environment variable'],
  ['a ${params.n', '${ is not closed by }'],
])('%s', async (text, message) => {
  expect(await errors('n: 1', `a: '${text}'`)).toEqual([message]);
});

test('names that every object has are no parameters', async () => {
  expect(
    await errors('n: 1', 'a: "${params.constructor}", b: "${params.n.toString}", c: "${env.toString}"', {
      env: {},
    }),
  ).toHaveLength(3);
});

test('texts and lists that double with every reference are refused', async () => {
  const doubling = (join: (name: string) => string): string =>
    Array.from({ length: 25 }, (_, i) => `p${i}: ${i === 0 ? '"x"' : join(`\${params.p${i - 1}}`)}`).join(
      ', ',
    );
  expect(
    await errors(
      doubling((name) => `"${name}${name}"`),
      '',
    ),
  ).toEqual(['the string is longer than 1000000 characters after interpolation']);
  const found = await errors(
    doubling((name) => `["${name}", "${name}"]`),
    '',
  );
  expect(new Set(found)).toEqual(new Set(['has more than 200000 values after expanding its references']));
});

test('endless chains of references are refused, in any order', async () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `p${i}`);
  const chain = (wrap: (name: string) => string): string[] =>
    names.map((name, i) => `${name}: ${i === 0 ? '1' : wrap(`"\${params.p${i - 1}}"`)}`);
  const stages = 'stages: { a: { uses: command, with: { run: ls } } }\n';
  const found = async (lines: readonly string[]): Promise<string[]> =>
    (await project(`params:\n${lines.map((line) => `  ${line}\n`).join('')}${stages}`).diagnostics())
      .filter(({ severity }) => severity === 'error')
      .map(({ message }) => message);
  expect(await found(chain((name) => name))).toEqual([]);
  expect((await found(chain((name) => name).reverse()))[0]).toBe(
    'the chain of references is longer than 200',
  );
  expect(await found(chain((name) => `[${name}]`))).toContain('nested more than 100 levels deep');
  expect(await found(chain((name) => `[${name}]`).reverse())).toContain(
    'the chain of references is longer than 200',
  );
});

test('a parameter that nothing refers to is a warning, not an error', async () => {
  const { load, printed } = project(SOUND.replace('dim: 64', 'dim: 64, sede: 1'));
  expect((await load()).params).toEqual({ dim: 64, sede: 1 });
  expect(await printed()).toMatchInlineSnapshot(`
    "warning: the parameter 'sede' is not used
     --> spec.yaml:2:20
      |
    2 | params: { dim: 64, sede: 1 }
      |                    ^^^^
      = help: A reference to it is \`\${params.sede}\`."
  `);
});

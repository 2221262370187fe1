import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogueOf, DECLARATIONS, project, SOUND } from './fixtures.ts';

const change = (from: string, to: string): string => {
  if (!SOUND.includes(from)) throw new Error(`nothing to change: ${from}`);
  return SOUND.replace(from, to);
};
test('all errors of a file are shown at once, from its top', async () => {
  const spec = change('uses: mine', 'uses: mime')
    .replace('dimensions:', 'dimension:')
    .replace('params:', 'parms:');
  expect(await project(spec).printed()).toMatchInlineSnapshot(`
    "error: unknown name 'parms' in the spec
     --> spec.yaml:2:1
      |
    2 | parms: { dim: 64 }
      | ^^^^^
      = help: Did you mean 'params'?

    error: there is no stage kind 'mime'
      --> spec.yaml:11:11
       |
    11 |     uses: mime
       |           ^^^^
       = help: Did you mean 'mine'? The kinds are command, ingest, mine, report, tokenize, train, vectors, and modules such as ./path/to/kind.ts.

    error: train has no parameter 'dimension'
      --> spec.yaml:17:7
       |
    17 |       dimension: \${params.dim}
       |       ^^^^^^^^^
       = help: Did you mean 'dimensions'?

    error: params has no 'dim'
      --> spec.yaml:17:18
       |
    17 |       dimension: \${params.dim}
       |                  ^^^^^^^^^^^^^
       = help: Define it under \`params:\`."
  `);
});

describe('stages and their inputs', () => {
  test('a stage of another type: the error names those that fit', async () => {
    expect(await project(change('triplets: triplets', 'triplets: corpus')).printed()).toMatchInlineSnapshot(`
      "error: the input 'triplets' of train takes triplets, but 'corpus' (ingest) produces corpus
        --> spec.yaml:15:25
         |
      15 |     inputs: { triplets: corpus }
         |                         ^^^^^^
         note: 'corpus' is defined here
        --> spec.yaml:4:3
         |
       4 |   corpus:
         |   ------
         = help: Stages that produce triplets: triplets."
    `);
  });

  test('if no stage fits, the error names the kinds that would', async () => {
    const spec =
      'stages:\n  a: { uses: command, with: { run: ls } }\n  b: { uses: tokenize, inputs: { corpus: a } }\n';
    expect(await project(spec).printed()).toMatchInlineSnapshot(`
      "error: the input 'corpus' of tokenize takes corpus, but 'a' (command) produces files
       --> spec.yaml:3:42
        |
      3 |   b: { uses: tokenize, inputs: { corpus: a } }
        |                                          ^
        note: 'a' is defined here
       --> spec.yaml:2:3
        |
      2 |   a: { uses: command, with: { run: ls } }
        |   -
        = help: No stage produces corpus. Kinds that do: ingest."
    `);
  });

  test('a circle of stages is shown with every step', async () => {
    const spec = ['b', 'c', 'a'].map(
      (from, i) => `  ${'abc'[i]!}: { uses: command, inputs: { x: ${from} }, with: { run: ls } }\n`,
    );
    expect(await project(`stages:\n${spec.join('')}`).printed()).toMatchInlineSnapshot(`
      "error: the stages form a cycle: a → b → c → a
       --> spec.yaml:4:36
        |
      4 |   c: { uses: command, inputs: { x: a }, with: { run: ls } }
        |                                    ^
        note: 'b' is an input of 'a' here
       --> spec.yaml:2:36
        |
      2 |   a: { uses: command, inputs: { x: b }, with: { run: ls } }
        |                                    -
        note: 'c' is an input of 'b' here
       --> spec.yaml:3:36
        |
      3 |   b: { uses: command, inputs: { x: c }, with: { run: ls } }
        |                                    -"
    `);
  });

  test('two circles are two errors', async () => {
    const spec = `stages:
  a: { uses: command, inputs: { x: a }, with: { run: ls } }
  b: { uses: command, inputs: { x: c }, with: { run: ls } }
  c: { uses: command, inputs: { x: b, y: a }, with: { run: ls } }
`;
    const found = await project(spec).diagnostics();
    expect(found.map(({ message }) => message)).toEqual([
      "the stage 'a' is its own input",
      'the stages form a cycle: b → c → b',
    ]);
  });

  test('an unknown stage', async () => {
    expect(await project(change('corpus: corpus', 'corpus: corpsu')).printed()).toMatchInlineSnapshot(`
      "error: there is no stage 'corpsu'
       --> spec.yaml:9:23
        |
      9 |     inputs: { corpus: corpsu }
        |                       ^^^^^^
        = help: Did you mean 'corpus'?"
    `);
  });

  test('an unknown input', async () => {
    expect(await project(change('corpus: corpus', 'corpora: corpus')).printed()).toMatchInlineSnapshot(`
      "error: the stage 'tokens' (tokenize) is missing its input 'corpus': corpus (Documents and queries)
       --> spec.yaml:7:3
        |
      7 |   tokens:
        |   ^^^^^^
        = help: Write \`inputs: {corpus: corpus}\`.

      error: tokenize has no input 'corpora'
       --> spec.yaml:9:15
        |
      9 |     inputs: { corpora: corpus }
        |               ^^^^^^^
        = help: The only choice is 'corpus'."
    `);
  });

  test('a missing input', async () => {
    expect(await project(change('    inputs: { triplets: triplets }\n', '')).printed())
      .toMatchInlineSnapshot(`
        "error: the stage 'model' (train) is missing its input 'triplets': triplets (What it learns from)
          --> spec.yaml:13:3
           |
        13 |   model:
           |   ^^^^^
           = help: Write \`inputs: {triplets: triplets}\`."
      `);
  });

  test('a list where one stage is expected, and a number where a name is', async () => {
    const one = await project(change('corpus: corpus', 'corpus: [corpus]')).diagnostics();
    expect(one[0]!.message).toBe("the input 'corpus' of tokenize takes one stage, got a list of 1");
    const number = await project(change('corpus: corpus', 'corpus: 3')).diagnostics();
    expect(number[0]!.message).toBe("the input 'corpus' must be the name of a stage, got the number 3");
  });

  test('an unknown kind lists the kinds', async () => {
    expect(await project(change('uses: mine', 'uses: mime')).printed()).toMatchInlineSnapshot(`
      "error: there is no stage kind 'mime'
        --> spec.yaml:11:11
         |
      11 |     uses: mime
         |           ^^^^
         = help: Did you mean 'mine'? The kinds are command, ingest, mine, report, tokenize, train, vectors, and modules such as ./path/to/kind.ts."
    `);
  });

  test('names that every object has are no kinds, inputs or parameters', async () => {
    const spec =
      'stages: { a: { uses: constructor }, b: { uses: tokenize, inputs: { toString: a }, with: { valueOf: 1 } } }';
    expect((await project(spec).diagnostics()).map(({ message }) => message)).toEqual([
      "there is no stage kind 'constructor'",
      "the stage 'b' (tokenize) is missing its input 'corpus': corpus (Documents and queries)",
      "tokenize has no input 'toString'",
      "tokenize has no parameter 'valueOf'",
    ]);
  });

  test('a stage without `uses`, and no stages at all', async () => {
    expect(await project('stages: { a: { with: { run: ls } } }').printed()).toMatchInlineSnapshot(`
      "error: the stage 'a' has no \`uses\`
       --> spec.yaml:1:11
        |
      1 | stages: { a: { with: { run: ls } } }
        |           ^
        = help: Name a built-in kind, such as \`uses: ingest\`, or your own module, such as \`uses: ./kind.ts\`."
    `);
    expect(await project('name: x\nstages:\n').printed()).toMatchInlineSnapshot(`
      "error: the spec has no stages
       --> spec.yaml:2:1
        |
      2 | stages:
        | ^^^^^^
        = help: Example: \`stages: {corpus: {uses: ingest, with: {…}}}\`."
    `);
    expect((await project('name: x\n').diagnostics())[0]!.message).toBe('the spec has no stages');
  });

  test.each(['1a', 'a.b', 'a b', 'é', 'params', 'engine'])(
    '%s cannot be the name of a stage',
    async (name) => {
      const [first] = await project(
        `stages: { ${name}: { uses: command, with: { run: ls } } }`,
      ).diagnostics();
      expect(first!.message).toMatch(/(is not a valid stage name|cannot be called)/);
    },
  );

  test("a faulty module's own message is shown where it is named", async () => {
    expect(await project('stages: { a: { uses: ./kinds/x.ts } }').printed()).toMatchInlineSnapshot(`
      "error: x.ts: there is no such file
       --> spec.yaml:1:22
        |
      1 | stages: { a: { uses: ./kinds/x.ts } }
        |                      ^^^^^^^^^^^^
        = help: look again"
    `);
    const hint = (await project('stages: { a: { uses: kinds/x.ts } }').diagnostics())[0]!.hint;
    expect(hint).toBe('For your own module, write `./kinds/x.ts`.');
  });

  test('an invalid schema of a module is an error where the module is named', async () => {
    const { folder, printed } = project('stages: { a: { uses: ./x.ts } }');
    const broken = { ...DECLARATIONS['command']!, parameters: { type: 'objekt' } };
    const kinds = catalogueOf({}, { [join(folder, 'x.ts')]: broken });
    expect(await printed({ kinds })).toContain('the `parameters` of the kind x are not a valid JSON Schema');
  });
});

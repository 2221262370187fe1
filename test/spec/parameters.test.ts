import { expect, test } from 'vitest';
import { project, SOUND } from './fixtures.ts';

const change = (from: string, to: string): string => {
  if (!SOUND.includes(from)) throw new Error(`nothing to change: ${from}`);
  return SOUND.replace(from, to);
};
const command = (parameters: string): string => `stages:\n  a:\n    uses: command\n    with: ${parameters}\n`;

test('an unknown parameter', async () => {
  expect(await project(change('dimensions:', 'dimension:')).printed()).toMatchInlineSnapshot(`
    "error: train has no parameter 'dimension'
      --> spec.yaml:17:7
       |
    17 |       dimension: \${params.dim}
       |       ^^^^^^^^^
       = help: Did you mean 'dimensions'?"
  `);
});

test('a missing parameter says what it is for', async () => {
  expect(await project(change(', folder: data', '')).printed()).toMatchInlineSnapshot(`
    "error: the parameter 'folder' of ingest is missing
     --> spec.yaml:6:5
      |
    6 |     with: { format: beir }
      |     ^^^^
      = help: The folder."
  `);
});

test('a value of the wrong type that came through a parameter is shown in both places', async () => {
  expect(await project(change('dim: 64', 'dim: wide')).printed()).toMatchInlineSnapshot(`
    "error: 'dimensions' must be an integer, got the string 'wide'
      --> spec.yaml:17:19
       |
    17 |       dimensions: \${params.dim}
       |                   ^^^^^^^^^^^^^
       note: the value comes from here
      --> spec.yaml:2:16
       |
     2 | params: { dim: wide }
       |                ----"
  `);
});

test('a value of the wrong type that came through an alias is shown in both places', async () => {
  const spec = change('params: { dim: 64 }', 'x-dim: &dim wide').replace('${params.dim}', '*dim');
  expect(await project(spec).printed()).toMatchInlineSnapshot(`
    "error: 'dimensions' must be an integer, got the string 'wide'
      --> spec.yaml:17:19
       |
    17 |       dimensions: *dim
       |                   ^^^^
       note: the value comes from here
      --> spec.yaml:2:13
       |
     2 | x-dim: &dim wide
       |             ----"
  `);
});

test.each([
  ['max_vocab: "3"', "'max_vocab' must be an integer, got the string '3'", 'Write 3 without quotes.'],
  ['max_vocab: 2', "'max_vocab' must be at least 3, got 2", undefined],
  ['max_vocab: 3.5', "'max_vocab' must be an integer, got the number 3.5", undefined],
  [
    'max_vocab: null',
    "'max_vocab' must be an integer, got nothing",
    'Leave the parameter out for the default, 50000.',
  ],
  [
    'lowercase: yes',
    "'lowercase' must be true or false, got the string 'yes'",
    'Write true without quotes; in YAML 1.2, yes, no, on and off are text.',
  ],
  [
    'normalization: nfkc',
    "'normalization' must be NFKC, NFC or none, got the string 'nfkc'",
    "Did you mean 'NFKC'?",
  ],
  ['splits: train', "'splits' must be a list, got the string 'train'", 'Write a list of one item: [train].'],
  ['splits: [a, 1]', "'splits[1]' must be a string, got the number 1", "Write '1' in quotes."],
  ['splits: [a, b, a]', "'splits' has the same item twice: numbers 1 and 3", undefined],
])('tokenize with %s', async (parameters, message, hint) => {
  const found = await project(
    change('{ corpus: corpus }', `{ corpus: corpus }\n    with: { ${parameters} }`),
  ).diagnostics();
  expect(found.map((one) => [one.message, one.hint])).toEqual([[message, hint]]);
});

test.each([
  ['format: tvs, splits: {}', ["'format' must be beir, tsv or csv, got the string 'tvs'"]],
  ['folder: data', ["the parameter 'format' of ingest is missing"]],
  ['format: tsv', ["the parameter 'splits' of ingest is missing"]],
  ['format: tsv, splits: {}', ["'splits' must have at least 1 entry"]],
  ['format: tsv, splits: {a: 3}', ["'splits.a' must be a string or a list, got the number 3"]],
  ['format: tsv, splits: {a: [x, 3]}', ["'splits.a[1]' must be a string, got the number 3"]],
  ['format: tsv, splits: {a: []}', ["'splits.a' must have at least 1 item"]],
  ['format: tsv, splits: {a: ""}', ["'splits.a' must not be empty"]],
  ['format: beir, folder: x, header: true', ["ingest has no parameter 'header'"]],
])('of variants, only the chosen one is checked: %s', async (parameters, messages) => {
  const found = await project(change('format: beir, folder: data', parameters)).diagnostics();
  expect(found.map(({ message }) => message)).toEqual(messages);
});

test('variants inside lists', async () => {
  const negatives =
    'negatives: [{ from: bm26 }, { from: random, weight: 0, depth: 1 }, { weight: 1 }, random]';
  const spec = change('{ tokens: tokens }', `{ tokens: tokens }\n    with:\n      ${negatives}`);
  expect(await project(spec).printed()).toMatchInlineSnapshot(`
    "error: 'from' must be random or bm25, got the string 'bm26'
      --> spec.yaml:14:27
       |
    14 |       negatives: [{ from: bm26 }, { from: random, weight: 0, depth: 1 }, { weight: 1 }, random]
       |                           ^^^^
       = help: Did you mean 'bm25'?

    error: 'negatives[1].weight' must be more than 0, got 0
      --> spec.yaml:14:59
       |
    14 |       negatives: [{ from: bm26 }, { from: random, weight: 0, depth: 1 }, { weight: 1 }, random]
       |                                                           ^

    error: 'negatives[1]' has no parameter 'depth'
      --> spec.yaml:14:62
       |
    14 |       negatives: [{ from: bm26 }, { from: random, weight: 0, depth: 1 }, { weight: 1 }, random]
       |                                                              ^^^^^
       = help: The choices are from, weight.

    error: the parameter 'from' of 'negatives[2]' is missing
      --> spec.yaml:14:74
       |
    14 |       negatives: [{ from: bm26 }, { from: random, weight: 0, depth: 1 }, { weight: 1 }, random]
       |                                                                          ^^^^^^^^^^^^^
       = help: The choices are random, bm25.

    error: 'negatives[3]' must be a mapping, got the string 'random'
      --> spec.yaml:14:89
       |
    14 |       negatives: [{ from: bm26 }, { from: random, weight: 0, depth: 1 }, { weight: 1 }, random]
       |                                                                                         ^^^^^^"
  `);
});

test('the engine', async () => {
  expect(await project(`engine: { backend: wasn, precison: fast }\n${SOUND}`).printed())
    .toMatchInlineSnapshot(`
      "error: \`backend\` must be auto, wasm or tensorflow, got the string 'wasn'
       --> spec.yaml:1:20
        |
      1 | engine: { backend: wasn, precison: fast }
        |                    ^^^^
        = help: Did you mean 'wasm'?

      error: unknown name 'precison' in \`engine\`
       --> spec.yaml:1:26
        |
      1 | engine: { backend: wasn, precison: fast }
        |                          ^^^^^^^^
        = help: Did you mean 'precision'?"
    `);
});

test('a text where a mapping is expected', async () => {
  expect((await project(command('ls')).diagnostics())[0]!.message).toBe(
    "`with` must be a mapping, got the string 'ls'",
  );
  expect((await project('stages: [a]').diagnostics())[0]!.message).toBe(
    '`stages` must be a mapping, got a list of 1',
  );
  expect((await project('name: 3\nstages: {}').diagnostics())[0]!.hint).toBe("Write '3' in quotes.");
});

test('an integer that has lost its last digits', async () => {
  const shown = await project(change('dim: 64', 'dim: 1e308')).printed();
  expect(shown).toContain("'dimensions' must be at most 9007199254740991, got 1e+308");
  expect(shown).toMatch(/--> spec\.yaml:17:19/);
});

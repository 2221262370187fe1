import { expect, test } from 'vitest';
import { project } from '../fixtures.ts';

/** A stage for others to take. */
const CORPUS = `stages:
  corpus:
    uses: ingest
    with: { format: beir, folder: data }
`;

/** What a person sees who makes this mistake. */
const shown = (spec: string): Promise<string> => project(spec).printed();

test('`input` for `inputs`', async () => {
  expect(
    await shown(`${CORPUS}  tokens:
    uses: tokenize
    input: { corpus: corpus }
`),
  ).toMatchInlineSnapshot(`
    "error: unknown name 'input' in a stage
     --> spec.yaml:7:5
      |
    7 |     input: { corpus: corpus }
      |     ^^^^^
      = help: Did you mean 'inputs'?"
  `);
});

test('a space in `inputs`', async () => {
  expect(
    await shown(`${CORPUS}  tokens:
    uses: tokenize
    input s: { corpus: corpus }
`),
  ).toMatchInlineSnapshot(`
    "error: unknown name 'input s' in a stage
     --> spec.yaml:7:5
      |
    7 |     input s: { corpus: corpus }
      |     ^^^^^^^
      = help: Did you mean 'inputs'?"
  `);
});

test('yes and no', async () => {
  expect(
    await shown(`${CORPUS}  tokens:
    uses: tokenize
    inputs: { corpus: corpus }
    with: { lowercase: yes }
    enabled: no
`),
  ).toMatchInlineSnapshot(`
    "error: 'lowercase' must be true or false, got the string 'yes'
     --> spec.yaml:8:24
      |
    8 |     with: { lowercase: yes }
      |                        ^^^
      = help: Write true without quotes; in YAML 1.2, yes, no, on and off are text.

    error: \`enabled\` must be true or false, got the string 'no'
     --> spec.yaml:9:14
      |
    9 |     enabled: no
      |              ^^
      = help: Write false."
  `);
});

test('numbers that look like versions', async () => {
  expect(
    await shown(`name: 1.10
stages:
  a:
    uses: command
    with: { run: 1.10 }
`),
  ).toMatchInlineSnapshot(`
    "error: \`name\` must be a string, got the number 1.1
     --> spec.yaml:1:7
      |
    1 | name: 1.10
      |       ^^^^
      = help: Write '1.10' in quotes.

    error: 'run' must be a string, got the number 1.1
     --> spec.yaml:5:18
      |
    5 |     with: { run: 1.10 }
      |                  ^^^^
      = help: Write '1.10' in quotes."
  `);
});

test('a name that is given twice', async () => {
  expect(
    await shown(`${CORPUS}  corpus:
    uses: tokenize
`),
  ).toMatchInlineSnapshot(`
    "error: 'corpus' is defined twice
     --> spec.yaml:5:3
      |
    5 |   corpus:
      |   ^^^^^^
      note: first defined here
     --> spec.yaml:2:3
      |
    2 |   corpus:
      |   ------"
  `);
});

test('a stage beside `stages`', async () => {
  expect(
    await shown(`corpus:
  uses: ingest
  with: { format: beir, folder: data }
`),
  ).toMatchInlineSnapshot(`
    "error: the stage 'corpus' is not under \`stages\`
     --> spec.yaml:1:1
      |
    1 | corpus:
      | ^^^^^^
      = help: Write \`stages:\` on a line of its own, and \`corpus:\` indented below it."
  `);
});

test('`stage` for `stages`', async () => {
  expect(
    await shown(`stage:
  corpus: { uses: ingest, with: { format: beir, folder: data } }
`),
  ).toMatchInlineSnapshot(`
    "error: unknown name 'stage' in the spec
     --> spec.yaml:1:1
      |
    1 | stage:
      | ^^^^^
      = help: Did you mean 'stages'?"
  `);
});

test('a colon in a text', async () => {
  expect(
    await shown(`stages:
  a:
    uses: command
    with:
      run: echo a: b
`),
  ).toMatchInlineSnapshot(`
    "error: a text that contains ": " must be in quotes
     --> spec.yaml:5:12
      |
    5 |       run: echo a: b
      |            ^^^^^^^^^
      = help: Write 'echo a: b', in quotes."
  `);
});

test('a colon in a text inside { }', async () => {
  expect(
    await shown(`stages:
  a:
    uses: command
    with: { run: echo a: b }
`),
  ).toMatchInlineSnapshot(`
    "error: a text that contains ": " must be in quotes
     --> spec.yaml:4:18
      |
    4 |     with: { run: echo a: b }
      |                  ^^^^^^^^^
      = help: Write 'echo a: b', in quotes."
  `);
});

test('a text that begins with @', async () => {
  expect(
    await shown(`stages:
  a: { uses: command, with: { run: '@x', params: { user: @me } } }
`),
  ).toMatchInlineSnapshot(`
    "error: a text that begins with @ must be in quotes
     --> spec.yaml:2:58
      |
    2 |   a: { uses: command, with: { run: '@x', params: { user: @me } } }
      |                                                          ^^^
      = help: Write '@me', in quotes."
  `);
});

test('a pattern without quotes', async () => {
  expect(
    await shown(`stages:
  a: { uses: command, with: { run: 'true', params: { files: [*.txt] } } }
`),
  ).toMatchInlineSnapshot(`
    "error: there is no anchor &.txt above
     --> spec.yaml:2:62
      |
    2 |   a: { uses: command, with: { run: 'true', params: { files: [*.txt] } } }
      |                                                              ^^^^^
      = help: Write '*.txt' in quotes if it is a pattern."
  `);
});

test('a quotation mark without its second', async () => {
  expect(
    await shown(`stages:
  a:
    uses: command
    with: { run: "true }
`),
  ).toMatchInlineSnapshot(`
    "error: the text that begins with " has no " at its end
     --> spec.yaml:4:18
      |
    4 |     with: { run: "true }
      |                  ^
      = help: Write a double quotation mark where the text ends.

    error: a { before this is not closed
     --> spec.yaml:5:1
      |
    5 |
      | ^"
  `);
});

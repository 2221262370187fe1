import { expect, test } from 'vitest';
import { project } from '../fixtures.ts';

/** What a person sees who makes this mistake. */
const shown = (spec: string): Promise<string> => project(spec).printed();

test('`with` between two levels', async () => {
  expect(
    await shown(`stages:
  corpus:
    uses: ingest
   with:
      format: beir
      folder: data
`),
  ).toMatchInlineSnapshot(`
    "error: the indentation matches no level above
     --> spec.yaml:4:1
      |
    4 |    with:
      | ^
      = help: All mapping items must start at the same column."
  `);
});

test('fields at the indentation of the stage', async () => {
  expect(
    await shown(`stages:
  corpus:
  uses: ingest
  with:
    format: beir
    folder: data
`),
  ).toMatchInlineSnapshot(`
    "error: \`uses\` is written as a stage, beside 'corpus'
     --> spec.yaml:3:3
      |
    3 |   uses: ingest
      |   ^^^^
      = help: Indent it further than \`corpus:\`, to which it belongs.

    error: \`with\` is written as a stage, beside 'corpus'
     --> spec.yaml:4:3
      |
    4 |   with:
      |   ^^^^
      = help: Indent it further than \`corpus:\`, to which it belongs."
  `);
});

test('tabs', async () => {
  expect(
    await shown(`stages:
\tcorpus:
\t\tuses: ingest
`),
  ).toMatchInlineSnapshot(`
    "error: a tab is used for indentation
     --> spec.yaml:2:1
      |
    2 |     corpus:
      | ^^^^
      = help: Indent with spaces."
  `);
});

test('no `uses`', async () => {
  expect(
    await shown(`stages:
  corpus:
    with: { format: beir, folder: data }
`),
  ).toMatchInlineSnapshot(`
    "error: the stage 'corpus' has no \`uses\`
     --> spec.yaml:2:3
      |
    2 |   corpus:
      |   ^^^^^^
      = help: Name a built-in kind, such as \`uses: ingest\`, or your own module, such as \`uses: ./kind.ts\`."
  `);
});

test('`kind` for `uses`', async () => {
  expect(
    await shown(`stages:
  corpus:
    kind: ingest
    with: { format: beir, folder: data }
`),
  ).toMatchInlineSnapshot(`
    "error: unknown name 'kind' in a stage
     --> spec.yaml:3:5
      |
    3 |     kind: ingest
      |     ^^^^
      = help: Write \`uses: ingest\`."
  `);
});

test('a kind for a stage', async () => {
  expect(
    await shown(`stages:
  corpus: ingest
`),
  ).toMatchInlineSnapshot(`
    "error: the stage 'corpus' has no \`uses\`
     --> spec.yaml:2:11
      |
    2 |   corpus: ingest
      |           ^^^^^^
      = help: Write \`corpus: {uses: ingest}\`."
  `);
});

test('no colon', async () => {
  expect(
    await shown(`stages:
  corpus:
    uses ingest
    with: { format: beir, folder: data }
`),
  ).toMatchInlineSnapshot(`
    "error: a colon and a space are missing after \`uses\`
     --> spec.yaml:3:5
      |
    3 |     uses ingest
      |     ^^^^^^^^^^^
      = help: Write \`uses: ingest\`."
  `);
});

test('no space after a colon', async () => {
  expect(
    await shown(`stages:
  corpus:
    uses:ingest
    with: { format: beir, folder: data }
`),
  ).toMatchInlineSnapshot(`
    "error: a colon and a space are missing after \`uses\`
     --> spec.yaml:3:5
      |
    3 |     uses:ingest
      |     ^^^^^^^^^^^
      = help: Write \`uses: ingest\`."
  `);
});

test('= for a colon', async () => {
  expect(
    await shown(`stages:
  corpus:
    uses = ingest
`),
  ).toMatchInlineSnapshot(`
    "error: the stage 'corpus' has no \`uses\`
     --> spec.yaml:3:5
      |
    3 |     uses = ingest
      |     ^^^^^^^^^^^^^
      = help: Write \`uses: ingest\`, with a colon and a space."
  `);
});

test('a space in the name of a stage', async () => {
  expect(
    await shown(`stages:
  my corpus:
    uses: ingest
    with: { format: beir, folder: data }
`),
  ).toMatchInlineSnapshot(`
    "error: 'my corpus' is not a valid stage name
     --> spec.yaml:2:3
      |
    2 |   my corpus:
      |   ^^^^^^^^^
      = help: A name has letters, digits, _ and -, and begins with a letter or _. Write \`my_corpus:\`."
  `);
});

test('a dot in the name of a stage', async () => {
  expect(
    await shown(`stages:
  corpus.v1:
    uses: ingest
    with: { format: beir, folder: data }
`),
  ).toMatchInlineSnapshot(`
    "error: 'corpus.v1' is not a valid stage name
     --> spec.yaml:2:3
      |
    2 |   corpus.v1:
      |   ^^^^^^^^^
      = help: A name has letters, digits, _ and -, and begins with a letter or _. Write \`corpus_v1:\`."
  `);
});

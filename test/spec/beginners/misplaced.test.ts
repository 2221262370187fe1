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

test('an unquoted reference inside { }', async () => {
  expect(
    await shown(`params: { data: x }
stages:
  corpus:
    uses: ingest
    with: { format: beir, folder: \${params.data}/sub }
`),
  ).toMatchInlineSnapshot(`
    "error: a reference inside { } or [ ] must be in quotes
     --> spec.yaml:5:35
      |
    5 |     with: { format: beir, folder: \${params.data}/sub }
      |                                   ^^^^^^^^^^^^^^^^^^
      = help: Write '\${params.data}/sub', in quotes."
  `);
});

test('an unquoted reference inside { } over several lines', async () => {
  expect(
    await shown(`params: { data: x }
stages:
  corpus:
    uses: ingest
    with: {
      format: beir,
      folder: \${params.data}
    }
`),
  ).toMatchInlineSnapshot(`
    "error: a reference inside { } or [ ] must be in quotes
     --> spec.yaml:7:15
      |
    7 |       folder: \${params.data}
      |               ^^^^^^^^^^^^^^
      = help: Write '\${params.data}', in quotes."
  `);
});

test('an unquoted reference inside [ ]', async () => {
  expect(
    await shown(`params: { n: train }
stages:
  corpus: { uses: ingest, with: { format: beir, folder: x } }
  t: { uses: tokenize, inputs: { corpus: corpus }, with: { splits: [\${params.n}] } }
`),
  ).toMatchInlineSnapshot(`
    "error: a reference inside { } or [ ] must be in quotes
     --> spec.yaml:4:69
      |
    4 |   t: { uses: tokenize, inputs: { corpus: corpus }, with: { splits: [\${params.n}] } }
      |                                                                     ^^^^^^^^^^^
      = help: Write '\${params.n}', in quotes."
  `);
});

test('`stages` as a list', async () => {
  expect(
    await shown(`stages:
  - name: corpus
    uses: ingest
    with: { format: beir, folder: data }
`),
  ).toMatchInlineSnapshot(`
    "error: \`stages\` must be a mapping, got a list of 1
     --> spec.yaml:2:3
      |
    2 |   - name: corpus
      |   ^^^^^^^^^^^^^^
      = help: Write each stage under its name, without a dash: \`corpus: {uses: …}\`."
  `);
});

test('`inputs` as a list of names', async () => {
  expect(
    await shown(`${CORPUS}  tokens:
    uses: tokenize
    inputs:
      - corpus
`),
  ).toMatchInlineSnapshot(`
    "error: \`inputs\` must be a mapping of inputs to stages, got a list of 1
     --> spec.yaml:8:7
      |
    8 |       - corpus
      |       ^^^^^^^^
      = help: Write \`inputs: {corpus: corpus}\`, each stage with the name of the input that it feeds."
  `);
});

test('`inputs` as a list of mappings', async () => {
  expect(
    await shown(`${CORPUS}  tokens:
    uses: tokenize
    inputs:
      - corpus: corpus
`),
  ).toMatchInlineSnapshot(`
    "error: \`inputs\` must be a mapping of inputs to stages, got a list of 1
     --> spec.yaml:8:7
      |
    8 |       - corpus: corpus
      |       ^^^^^^^^^^^^^^^^
      = help: Write \`inputs: {corpus: corpus}\`, each stage with the name of the input that it feeds."
  `);
});

test('`inputs` as the name of a stage', async () => {
  expect(
    await shown(`${CORPUS}  tokens:
    uses: tokenize
    inputs: corpus
`),
  ).toMatchInlineSnapshot(`
    "error: \`inputs\` must be a mapping of inputs to stages, got the string 'corpus'
     --> spec.yaml:7:13
      |
    7 |     inputs: corpus
      |             ^^^^^^
      = help: Write \`inputs: {corpus: corpus}\`, each stage with the name of the input that it feeds."
  `);
});

test('`with` as a list', async () => {
  expect(
    await shown(`stages:
  corpus:
    uses: ingest
    with:
      - format: beir
      - folder: data
`),
  ).toMatchInlineSnapshot(`
    "error: \`with\` must be a mapping, got a list of 2
     --> spec.yaml:5:7
      |
    5 |       - format: beir
      |       ^^^^^^^^^^^^^^
      = help: Write \`with: {format: beir, folder: data}\`, without dashes."
  `);
});

test('a parameter beside `with`', async () => {
  expect(
    await shown(`${CORPUS}  tokens:
    uses: tokenize
    inputs: { corpus: corpus }
    with: { lowercase: false }
    max_vocab: 300
`),
  ).toMatchInlineSnapshot(`
    "error: 'max_vocab' is a parameter of tokenize, so it belongs under \`with\`
     --> spec.yaml:9:5
      |
    9 |     max_vocab: 300
      |     ^^^^^^^^^
      = help: Write \`with: {lowercase: false, max_vocab: 300}\`."
  `);
});

test('parameters without `with`', async () => {
  expect(
    await shown(`stages:
  corpus:
    uses: ingest
    format: beir
    folder: data
`),
  ).toMatchInlineSnapshot(`
    "error: 'format' is a parameter of ingest, so it belongs under \`with\`
     --> spec.yaml:4:5
      |
    4 |     format: beir
      |     ^^^^^^
      = help: Write \`with: {format: beir}\`.

    error: 'folder' is a parameter of ingest, so it belongs under \`with\`
     --> spec.yaml:5:5
      |
    5 |     folder: data
      |     ^^^^^^
      = help: Write \`with: {folder: data}\`."
  `);
});

test('parameters at the indentation of `with`', async () => {
  expect(
    await shown(`stages:
  corpus:
    uses: ingest
    with:
    format: beir
    folder: data
`),
  ).toMatchInlineSnapshot(`
    "error: 'format' is a parameter of ingest, so it belongs under \`with\`
     --> spec.yaml:5:5
      |
    5 |     format: beir
      |     ^^^^^^
      = help: Indent it further than \`with:\`.

    error: 'folder' is a parameter of ingest, so it belongs under \`with\`
     --> spec.yaml:6:5
      |
    6 |     folder: data
      |     ^^^^^^
      = help: Indent it further than \`with:\`."
  `);
});

test('`timeout` and `retries` under `with`', async () => {
  expect(
    await shown(`stages:
  corpus:
    uses: ingest
    with:
      format: beir
      folder: data
      timeout: 10min
      retries: 2
`),
  ).toMatchInlineSnapshot(`
    "error: \`timeout\` is a field of the stage, not a parameter of ingest
     --> spec.yaml:7:7
      |
    7 |       timeout: 10min
      |       ^^^^^^^
      = help: Write \`timeout: 10min\` beside \`with:\`, not under it.

    error: \`retries\` is a field of the stage, not a parameter of ingest
     --> spec.yaml:8:7
      |
    8 |       retries: 2
      |       ^^^^^^^
      = help: Write \`retries: 2\` beside \`with:\`, not under it."
  `);
});

test('`with` at the indentation of the stage', async () => {
  expect(
    await shown(`stages:
  corpus:
    uses: ingest
  with:
    format: beir
    folder: data
`),
  ).toMatchInlineSnapshot(`
    "error: \`with\` is written as a stage, beside 'corpus'
     --> spec.yaml:4:3
      |
    4 |   with:
      |   ^^^^
      = help: Indent it further than \`corpus:\`, to which it belongs."
  `);
});

/** Paths inside the artifact of an earlier stage, in every kind that declares a slot for it. */
import { describe, expect, it } from 'vitest';
import { makeRig } from '../helpers/rig.ts';
import { KINDS } from '../stages/kinds.ts';

const BEIR = {
  'data/corpus.jsonl':
    '{"_id":"d1","title":"","text":"river stone lamp"}\n{"_id":"d2","title":"","text":"garden copper"}\n',
  'data/queries.jsonl': '{"_id":"q1","text":"river"}\n{"_id":"q2","text":"garden"}\n',
  'data/qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t1\n',
  'data/qrels/train.tsv': 'query-id\tcorpus-id\tscore\nq2\td2\t1\n',
};

/** In the current folder, where they must not be found. */
const DECOYS = {
  'made/corpus.jsonl': '{"_id":"x","title":"","text":"decoy"}\n',
  'made/queries.jsonl': '{"_id":"x","text":"decoy"}\n',
  'made/qrels/test.tsv': 'query-id\tcorpus-id\tscore\nx\tx\t1\n',
  'made/own.vec': '1 3\nriver 9 9 9\n',
  'made/other.trec': 'q1 Q0 x 1 1 other\n',
};

const SPEC = `
stages:
  files:
    uses: command
    with:
      run: 'mkdir "$OUTPUT/made"; cp -r data/* "$OUTPUT/made"; printf "1 2\\nriver 1 2\\n" > "$OUTPUT/made/own.vec"; printf "q1 Q0 d1 1 1 other\\n" > "$OUTPUT/made/other.trec"'
      deps: [data]
  ingest-folder: { uses: ingest, inputs: { files: files }, with: { format: beir, folder: made } }
  ingest-files:
    uses: ingest
    inputs: { files: files }
    with: { format: beir, corpus: made/*.jsonl, queries: made/queries.jsonl, qrels: { test: made/qrels/test.tsv } }
  ingest-sql:
    uses: ingest
    inputs: { files: files }
    with:
      format: sql
      files: { d: made/corpus.jsonl, q: made/queries.jsonl, r: made/qrels/*.tsv }
      documents: SELECT _id AS id, text FROM d
      queries: SELECT _id AS id, text FROM q
      qrels: SELECT "query-id" AS query, "corpus-id" AS document FROM r
  tokens: { uses: tokenize, inputs: { corpus: ingest-folder }, with: { min_count: 1 } }
  word2vec: { uses: word2vec, inputs: { tokens: tokens, files: files }, with: { source: pretrained, path: made/own.vec } }
  triplets: { uses: mine, inputs: { tokens: tokens } }
  model: { uses: train, inputs: { tokens: tokens, triplets: triplets }, with: { encoder: { cell: none, pooling: mean }, epochs: 0 } }
  embeddings: { uses: embed, inputs: { model: model, tokens: tokens } }
  evaluate:
    uses: evaluate
    inputs: { corpus: ingest-folder, tokens: tokens, embeddings: embeddings, runs: files }
    with: { rivals: [{ name: other, run: made/other.trec }], baselines: [] }
`;

/** The kinds of `SPEC` that read inside an artifact. */
const COVERED = ['evaluate', 'ingest', 'word2vec'];

describe('a path inside the artifact of an earlier stage', () => {
  it('is tested here for every kind that takes one', () => {
    const rooting = Object.entries(KINDS).filter(([, { inputs }]) =>
      Object.values(inputs).some((slot) => 'rootsPaths' in slot && slot.rootsPaths),
    );
    expect(rooting.map(([name]) => name).sort()).toEqual(COVERED);
  });

  it('is read there, whatever lies under the same name in the current folder', async () => {
    const rig = makeRig();
    rig.write({ ...BEIR, ...DECOYS, 's.yaml': SPEC });
    const { code, stages, events } = await rig.run('s.yaml');
    const metrics = Object.fromEntries(
      events
        .filter(({ type }) => type === 'stage-finished')
        .map(({ stage, metrics }) => [stage!, metrics as Record<string, unknown>]),
    );
    expect([code, stages]).toEqual([
      0,
      expect.objectContaining({ word2vec: 'finished', evaluate: 'finished' }),
    ]);
    expect(metrics['ingest-folder']).toMatchObject({ documents: 2, queries: 2 });
    expect(metrics['ingest-files']).toMatchObject({ queries: 2 });
    expect(metrics['ingest-sql']).toMatchObject({ documents: 2, queries: 2 });
    expect(metrics['evaluate']).toMatchObject({ 'other/mrr@10': 1 });
    expect(metrics['word2vec']).toMatchObject({ dimensions: 2, rows_read: 1 });
  });

  it('that is not in it is an error that names the stage and its files', async () => {
    const rig = makeRig();
    rig.write({ ...BEIR, 's.yaml': SPEC.replace('path: made/own.vec', 'path: made/other.vec') });
    const { events } = await rig.run('s.yaml');
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      stage: 'word2vec',
      code: 'E_INPUT',
      message: "the artifact of 'files' contains no made/other.vec",
      hint: expect.stringMatching(
        /^It contains made\/corpus\.jsonl, made\/other\.trec, made\/own\.vec, /,
      ) as string,
    });
  });

  it("is absolute for a user's kind too", async () => {
    const rig = makeRig();
    rig.write({
      'made.txt': 'decoy',
      'reader.ts': `
import { copyFileSync } from 'node:fs';
import { defineStage } from 'two-tower/stage';
export const stage = defineStage<{ file: string }>({
  description: 'Copies a file.',
  parameters: { type: 'object', properties: { file: { type: 'string', 'x-path': 'input', description: 'A file.' } } },
  inputs: { files: { type: 'files', description: 'Its folder.', optional: true, rootsPaths: true } },
  output: 'files',
  run: async ({ params, output }) => {
    copyFileSync(params.file, output + '/copy');
    return {};
  },
});`,
      's.yaml': `
stages:
  files: { uses: command, with: { run: 'printf made > "$OUTPUT/made.txt"' } }
  copy: { uses: ./reader.ts, inputs: { files: files }, with: { file: made.txt } }
`,
    });
    const { events } = await rig.run('s.yaml');
    const end = events.find(({ type, stage }) => type === 'stage-finished' && stage === 'copy');
    expect(end).toBeDefined();
    expect(rig.read(`${(end!['path'] as string).replace(rig.folder, '.')}/copy`)).toBe('made');
  });
});

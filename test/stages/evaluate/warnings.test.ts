import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../src/formats/npy.ts';
import { stage } from '../../../stages/evaluate/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { embeddingsArtifact, randomMatrix, tokensArtifact, tokensOf } from '../../retrieval/fixtures.ts';
import { corpusArtifact } from './fixtures.ts';

const COUNT = 100;
const COLUMNS = 16;
const DOCUMENTS = Array.from({ length: COUNT }, (_, i) => `topic${i} of all`);
const QUERIES = DOCUMENTS.map((_, i) => ({ text: `topic${i}`, split: 'test', relevant: { [i]: 1 } }));
const VECTORS = randomMatrix(COUNT, COLUMNS, 'documents');

/** The document's own vector for the first `right` queries, noise for the others. */
function queryVectors(right: number): Matrix {
  const noise = randomMatrix(COUNT, COLUMNS, 'noise');
  const at = right * COLUMNS;
  return { ...noise, data: Float32Array.from([...VECTORS.data.subarray(0, at), ...noise.data.subarray(at)]) };
}

const evaluate = async (vectors: Matrix, params = {}): Promise<KindRun> =>
  runKind(stage, {
    params: { examples: 0, ...params },
    inputs: {
      corpus: await corpusArtifact(DOCUMENTS, QUERIES),
      tokens: tokensArtifact(tokensOf(DOCUMENTS, QUERIES)),
      embeddings: embeddingsArtifact(VECTORS, vectors),
    },
  });

describe('a report', () => {
  it('of a model at chance says so, with the figures of chance and BM25', async () => {
    const [warning, ...others] = (await evaluate(queryVectors(0))).fullWarnings;
    expect(others).toEqual([]);
    expect(warning!.message).toMatch(
      /^the model is near chance: MRR@10 0\.0\d\d \(95 % interval 0\.\d{3}–0\.\d{3}\), a random order 0\.029; BM25 reaches 1\.000/,
    );
    expect(warning).toMatchObject({
      cause: expect.stringContaining('too briefly or on too few pairs') as string,
      parameter: 'train.epochs',
    });
  });

  it('says so without intervals, BM25 and the random baseline too', async () => {
    const run = await evaluate(queryVectors(0), { baselines: [], bootstrap: { samples: 0 } });
    expect(run.warnings.join()).toMatch(/near chance: MRR@10 0\.0\d\d, a random order 0\.029$/);
  });

  it('of a model far below BM25 says so', async () => {
    const run = await evaluate(queryVectors(30));
    expect(run.warnings.join()).toMatch(
      /^the model is far below BM25 on the same queries: MRR@10 0\.3\d\d against 1\.000$/,
    );
  });

  it('of a model that is significantly below BM25 says so', async () => {
    expect((await evaluate(queryVectors(70))).warnings.join()).toMatch(
      /^the model is significantly below BM25 on the same queries: MRR@10 0\.7\d\d against 1\.000, p < 0\.001$/,
    );
  });

  it('of a fusion that is significantly below BM25 says so', async () => {
    const run = await evaluate(queryVectors(30), { fusion: { method: 'convex', weight: 0.9 } });
    expect(run.warnings[1]).toMatch(/^the fusion of the model with BM25 is significantly below BM25/);
    expect(run.fullWarnings[1]!.parameter).toBe('fusion');
  });

  it('of a model that is below BM25 by chance has no warning', async () => {
    expect((await evaluate(queryVectors(97))).warnings).toEqual([]);
  });

  it('of two queries cannot tell the model from chance', async () => {
    const documents = DOCUMENTS.slice(0, 20);
    const queries = QUERIES.slice(0, 2);
    const vectors = queryVectors(1);
    const cut = (matrix: Matrix, rows: number): Matrix => ({
      ...matrix,
      rows,
      data: matrix.data.slice(0, rows * COLUMNS),
    });
    const run = await runKind(stage, {
      inputs: {
        corpus: await corpusArtifact(documents, queries),
        tokens: tokensArtifact(tokensOf(documents, queries)),
        embeddings: embeddingsArtifact(cut(VECTORS, 20), cut(vectors, 2)),
      },
    });
    expect(run.warnings.join()).toMatch(/^the model cannot be told from chance: MRR@10 0\.5/);
    expect(run.fullWarnings[0]!.cause).toContain('only 2 queries');
  });
});

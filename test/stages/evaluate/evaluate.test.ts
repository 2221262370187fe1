import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../../src/formats/npy.ts';
import type { InputArtifact, JsonObject } from '../../../src/stage.ts';
import { stage } from '../../../stages/evaluate/kind.ts';
import { stage as indexKind } from '../../../stages/index/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import {
  embeddingsArtifact,
  randomMatrix,
  tokensArtifact,
  tokensOf,
  type SmallQuery,
} from '../../retrieval/fixtures.ts';
import { corpusArtifact } from './fixtures.ts';

const DOCUMENTS = ['red apple', 'green pear', 'blue | plum', 'red plum', 'yellow lemon'];
const QUERIES: readonly SmallQuery[] = [
  { text: 'ignored', relevant: { 0: 1 } },
  { text: 'red', relevant: { 3: 1 }, candidates: [3, 0, 1], split: 'test' },
  { text: 'pear', relevant: { 1: 2, 4: 1 }, split: 'test' },
  { text: 'unanswered', relevant: { 2: 0 }, split: 'test' },
];

const basis = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  columns: rows[0]!.length,
  data: Float32Array.from(rows.flat()),
});
// Cosine of the first test query: documents 0 and 1 tie before 3; of the second: 4, then 0 and 1 tied.
const DOCUMENT_VECTORS = basis([
  [1, 0, 0],
  [1, 0, 0],
  [0, 1, 0],
  [1, 1, 0],
  [0, 0, 1],
]);
const QUERY_VECTORS = basis([
  [0, 1, 0],
  [1, 0, 0],
  [0.1, 0, 1],
  [1, 1, 1],
]);

async function inputs(): Promise<Record<string, InputArtifact>> {
  return {
    corpus: await corpusArtifact(DOCUMENTS, QUERIES),
    tokens: tokensArtifact(tokensOf(DOCUMENTS, QUERIES)),
    embeddings: embeddingsArtifact(DOCUMENT_VECTORS, QUERY_VECTORS),
  };
}

const evaluate = async (params: JsonObject = {}): Promise<KindRun> =>
  runKind(stage, { params, inputs: await inputs() });
const text = (run: KindRun, file: string): string => readFileSync(join(run.artifact.path, file), 'utf8');

describe('evaluate', () => {
  it('measures the model over the corpus and within the candidates, as computed by hand', async () => {
    const { metrics, headline } = await evaluate();
    // First relevant ranks: query 1 at 3 (after the tied 0 and 1), query 2 at 1.
    expect(metrics).toMatchObject({ queries: 2, 'hit@1': 0.5, 'hit@5': 1, 'recall@1': 0.25 });
    expect(metrics!['mrr@10']).toBeCloseTo((1 / 3 + 1) / 2, 12);
    // Query 2 finds relevance 1 first and relevance 2 third, behind the tied document 0.
    const ideal = 2 + 1 / Math.log2(3);
    expect(metrics!['ndcg@10']).toBeCloseTo((0.5 + (1 + 2 / Math.log2(4)) / ideal) / 2, 12);
    expect(metrics!['map']).toBeCloseTo((1 / 3 + (1 + 2 / 3) / 2) / 2, 12);
    expect(metrics!['candidates/mrr']).toBeCloseTo(1 / 3, 12);
    expect(metrics!['candidates/p@1']).toBe(0);
    expect(headline).toBe('MRR@10 0.667 (BM25 0.750)');
  });

  it('measures BM25 and random ranking on the same queries', async () => {
    const { metrics } = await evaluate();
    // `red` is in documents 0 and 3, of equal length: doc_id decides.
    expect(metrics).toMatchObject({ 'bm25/mrr@10': 0.75, 'bm25/candidates/mrr': 0.5, 'bm25/hit@1': 0.5 });
    expect(metrics!['random/hit@1']).toBeCloseTo((1 / 5 + 2 / 5) / 2, 12);
    expect(metrics!['random/candidates/p@1']).toBeCloseTo(1 / 3, 12);
  });

  it('counts the queries without a relevant document', async () => {
    const figures = JSON.parse(text(await evaluate(), 'metrics.json')) as JsonObject;
    expect(figures).toMatchObject({
      queries: 2,
      queries_without_relevant: 1,
      queries_with_candidates: 1,
      comparisons: [
        { rival: 'bm25', won: 0, lost: 1, tied: 1 },
        { rival: 'fused', won: 0, lost: 1, tied: 1 },
      ],
    });
  });

  it('writes TREC runs and qrels without white space in names', async () => {
    const run = await evaluate();
    expect(text(run, 'qrels.trec')).toBe('q1 0 d%203 1\nq2 0 d%201 2\nq2 0 d%204 1\n');
    const lines = text(run, 'runs/model.trec').trimEnd().split('\n');
    expect(lines.slice(0, 3).map((line) => line.split(' ').slice(0, 4).join(' '))).toEqual([
      'q1 Q0 d%200 1',
      'q1 Q0 d%201 2',
      'q1 Q0 d%203 3',
    ]);
    expect(text(run, 'runs/bm25.trec')).toMatch(/^q1 Q0 d%200 1 \S+ bm25\nq1 Q0 d%203 2 /);
  });

  it('writes the rank and the measures of each query', async () => {
    const [header, first, second] = text(await evaluate(), 'per_query.tsv')
      .split('\n')
      .map((line) => line.split('\t'));
    const field = (row: string[] | undefined, name: string): string | undefined =>
      row?.[header!.indexOf(name)];
    expect(field(first, 'query')).toBe('q1');
    expect(field(first, 'model/rank')).toBe('3');
    expect(field(first, 'bm25/rank')).toBe('2');
    expect(field(first, 'model/candidates/rank')).toBe('3');
    expect(field(second, 'model/candidates/rank')).toBe('');
  });

  it('reports tables, and the largest wins and losses with their texts', async () => {
    const report = text(await evaluate(), 'report.md');
    expect(report).toMatch(/\| model \| 0\.6667 \| 0\.\d{3}, 1\.000 \|/);
    expect(report).toContain('0 won, 1 lost, 1 tied');
    expect(report).toContain('**red** (rank 3, BM25 2)');
    expect(report).toContain('relevant: red plum');
    expect(report).toContain('first for the model: red apple');
  });

  it('leaves out baselines that are not requested', async () => {
    const run = await evaluate({ baselines: [] });
    expect(Object.keys(run.metrics!).filter((name) => /bm25|fused|random/.test(name))).toEqual([]);
    expect(readdirSync(join(run.artifact.path, 'runs'))).toEqual(['model.trec']);
    expect(run.headline).toBe('MRR@10 0.667');
  });

  it('warns of an index that misses too many neighbours, and names the remedy', async () => {
    const documents = Array.from({ length: 600 }, (_, i) => `word${i}`);
    const embeddings = embeddingsArtifact(
      randomMatrix(documents.length, 32, 'documents'),
      randomMatrix(QUERIES.length, 32, 'queries'),
    );
    const params = { expansion_search: 1, expansion_add: 2, connectivity: 2 };
    const index = await runKind(indexKind, { params, inputs: { embeddings } });
    const run = await runKind(stage, {
      inputs: {
        corpus: await corpusArtifact(documents, QUERIES),
        tokens: tokensArtifact(tokensOf(documents, QUERIES)),
        embeddings,
        index: index.artifact,
      },
    });
    const recall = (100 * (run.metrics!['ann/exact_recall@10'] as number)).toFixed(1);
    expect(run.fullWarnings).toContainEqual({
      message: `the approximate index finds only ${recall} % of the true 10 nearest documents of these queries (ann/exact_recall@10)`,
      cause: 'The graph is too sparse or searched too briefly, or its vectors are rounded too coarsely.',
      hint: 'Give the index stage `target_recall: 0.99`, or search with `pipeline query --exact`.',
      parameter: 'index.target_recall',
    });
  });

  it('measures the recall of an index, in metrics and never in files', async () => {
    const documents = DOCUMENTS.concat(Array.from({ length: 300 }, (_, i) => `word${i}`));
    const embeddings = embeddingsArtifact(
      randomMatrix(documents.length, 16, 'documents'),
      randomMatrix(QUERIES.length, 16, 'queries'),
    );
    const index = await runKind(indexKind, { inputs: { embeddings } });
    const common = {
      corpus: await corpusArtifact(documents, QUERIES),
      tokens: tokensArtifact(tokensOf(documents, QUERIES)),
      embeddings,
    };
    const exact = await runKind(stage, { inputs: common });
    const both = await runKind(stage, { inputs: { ...common, index: index.artifact } });
    expect(both.metrics!['ann/exact_recall@10']).toBeGreaterThan(0.9);
    expect(both.metrics!['ann/hit@10']).toBe(exact.metrics!['hit@10']);
    expect(both.metrics!['ann/p99_ms']).toBeGreaterThan(0);
    for (const file of ['metrics.json', 'report.md', 'per_query.tsv', 'runs/model.trec'])
      expect(text(both, file)).toBe(text(exact, file));
  });

  it('inputs of different corpora are an error', async () => {
    const mixed = { ...(await inputs()), embeddings: embeddingsArtifact(QUERY_VECTORS, QUERY_VECTORS) };
    await expect(runKind(stage, { inputs: mixed })).rejects.toThrow(
      'the inputs do not match: 4 documents have embeddings, the corpus has 5',
    );
  });

  it('a split without queries is an error that names the splits', async () => {
    await expect(evaluate({ split: 'dev' })).rejects.toMatchObject({
      message: "the split 'dev' has no queries",
      hint:
        'The corpus has the splits train, test. Evaluation needs judged queries; those of a `synthesize` stage are for ' +
        'training.',
    });
  });

  it('a cut-off beyond the depth of the lists is an error', async () => {
    await expect(evaluate({ depth: 50 })).rejects.toThrow(
      'the cut-off 100 exceeds the depth of the lists, 50',
    );
  });

  it('embeddings that are not finite are an error', async () => {
    const broken = {
      ...DOCUMENT_VECTORS,
      data: DOCUMENT_VECTORS.data.map((value, i) => (i === 4 ? NaN : value)),
    };
    const mixed = { ...(await inputs()), embeddings: embeddingsArtifact(broken, QUERY_VECTORS) };
    await expect(runKind(stage, { inputs: mixed })).rejects.toThrow('(row 1) is not finite');
  });
});

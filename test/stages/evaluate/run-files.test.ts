/** What other tools compute from the run files is what the report says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src/stage.ts';
import { stage } from '../../../stages/evaluate/kind.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { embeddingsArtifact, tokensArtifact, tokensOf, type SmallQuery } from '../../retrieval/fixtures.ts';
import { corpusArtifact } from './fixtures.ts';

const DOCUMENTS = Array.from({ length: 400 }, (_, i) => `w${i}`);
const QUERIES: readonly SmallQuery[] = [
  { text: 'x', relevant: { 2: 1, 149: 1, 249: 1 }, split: 'test' },
  { text: 'y', relevant: { 5: 1 }, split: 'test' },
];

/** Both queries rank the documents in their order. */
async function evaluate(params: JsonObject): Promise<KindRun> {
  const data = Float32Array.from(DOCUMENTS.flatMap((_, i) => [Math.cos(0.002 * i), Math.sin(0.002 * i)]));
  const queries = { rows: 2, columns: 2, data: Float32Array.of(1, 0, 1, 0) };
  return runKind(stage, {
    params: { baselines: [], ...params },
    inputs: {
      corpus: await corpusArtifact(DOCUMENTS, QUERIES),
      tokens: tokensArtifact(tokensOf(DOCUMENTS, QUERIES)),
      embeddings: embeddingsArtifact({ rows: 400, columns: 2, data }, queries),
    },
  });
}

const linesOf = (run: KindRun, file: string): string[][] =>
  readFileSync(join(run.artifact.path, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '));

const lengths = (run: KindRun): number[] =>
  ['q0', 'q1'].map((name) => linesOf(run, 'runs/model.trec').filter(([query]) => query === name).length);

/** MAP as trec_eval computes it, from the two files alone. */
function mapFromFiles(run: KindRun): number {
  const relevant = linesOf(run, 'qrels.trec').map(([query, , document]) => `${query!} ${document!}`);
  const precisions = ['q0', 'q1'].map((name) => {
    const ranked = linesOf(run, 'runs/model.trec').filter(([query]) => query === name);
    const hits = ranked.flatMap(([query, , document], i) =>
      relevant.includes(`${query!} ${document!}`) ? [i + 1] : [],
    );
    const total = relevant.filter((pair) => pair.startsWith(`${name} `)).length;
    return hits.reduce((sum, rank, found) => sum + (found + 1) / rank, 0) / total;
  });
  return (precisions[0]! + precisions[1]!) / 2;
}

it('lists have 100 documents, and go on to the last relevant one', async () => {
  const run = await evaluate({});
  expect(lengths(run)).toEqual([250, 100]);
  expect(run.metrics!['map']).toBeCloseTo(((1 / 3 + 2 / 150 + 3 / 250) / 3 + 1 / 6) / 2, 12);
  expect(mapFromFiles(run)).toBe(run.metrics!['map']);
});

it('lists end at the depth, beyond which the report counts nothing either', async () => {
  const run = await evaluate({ depth: 200 });
  expect(lengths(run)).toEqual([150, 100]);
  expect(mapFromFiles(run)).toBe(run.metrics!['map']);
});

it('`run_depth` gives all lists one length, to be fused or pooled without knowing the judgements', async () => {
  expect(lengths(await evaluate({ run_depth: 40 }))).toEqual([40, 40]);
  expect(lengths(await evaluate({ run_depth: 1000 }))).toEqual([400, 400]);
});

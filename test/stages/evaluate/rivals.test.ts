import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { stage } from '../../../stages/evaluate/kind.ts';
import { runKind, temporaryFolder, type KindRun } from '../../helpers/run-kind.ts';
import { embeddingsArtifact, randomMatrix, tokensArtifact, tokensOf } from '../../retrieval/fixtures.ts';
import { corpusArtifact } from './fixtures.ts';

/** Documents have the names `d 0`, `d 1` …, queries `q0` and `q1`. */
const DOCUMENTS = ['red apple', 'green pear', 'blue plum'];
const QUERIES = [
  { text: 'red', split: 'test', relevant: { 0: 1 } },
  { text: 'pear', split: 'test', relevant: { 1: 1 } },
];

async function evaluate(lines: string, { name = 'other', gzip = false } = {}): Promise<KindRun> {
  const run = join(temporaryFolder(), gzip ? 'run.trec.gz' : 'run.trec');
  writeFileSync(run, gzip ? gzipSync(lines) : lines);
  return runKind(stage, {
    params: { rivals: [{ name, run }] },
    inputs: {
      corpus: await corpusArtifact(DOCUMENTS, QUERIES),
      tokens: tokensArtifact(tokensOf(DOCUMENTS, QUERIES)),
      embeddings: embeddingsArtifact(randomMatrix(3, 4, 'd'), randomMatrix(2, 4, 'q')),
    },
  });
}

// By score, whatever the rank column says: q0 finds its document second, q1 first.
const RUN = 'q0 Q0 d%200 1 1.5 x\nq0 Q0 d%202 2 2.5 x\nq1 Q0 d%201 1 7 x\n';

it.each([false, true])('measures a run file like any other system, gzipped: %s', async (gzip) => {
  const { metrics, artifact, warnings } = await evaluate(RUN, { gzip });
  expect(metrics).toMatchObject({ 'other/mrr@10': 0.75, 'other/hit@1': 0.5 });
  expect(metrics).toHaveProperty('other/p_value');
  expect(metrics).toHaveProperty('fused/other/p_value');
  expect(readFileSync(join(artifact.path, 'per_query.tsv'), 'utf8')).toContain('other/mrr@10');
  expect(warnings.join()).not.toContain('run of');
});

it('counts queries that the run lacks as empty lists, and warns of them and of unknown queries', async () => {
  const { metrics, warnings } = await evaluate('q1 Q0 d%201 1 7 x\nq9 Q0 d%201 1 7 x\n');
  expect(metrics!['other/mrr@10']).toBe(0.5);
  expect(warnings).toContain(
    "the run of 'other' lacks 1 of the evaluated queries, which count as empty lists",
  );
  expect(warnings.join()).toContain(
    "has 1 lines of queries that the corpus does not have, from run.trec:2:1: 'q9'",
  );
});

it.each([
  ['q0 Q0 d%209 1 1 x\n', "run.trec:1:7: the corpus has no document 'd%209'"],
  ['q0 Q0 d%200 1\n', 'run.trec:1:1: 4 fields instead of the 6'],
  ['\nq0 Q0 d%200 1 high x\n', "run.trec:2:15: the score 'high' is not a finite number"],
  ['q0 Q0 d%200 1 2 x\nq0 Q0 d%200 2 1 x\n', "run.trec:2:7: the document 'd%200' is listed twice for 'q0'"],
])('refuses %j with its place', async (lines, message) => {
  await expect(evaluate(lines)).rejects.toThrow(message);
});

it('refuses a run of other queries, and a name that is taken', async () => {
  await expect(evaluate('q9 Q0 d%200 1 1 x\n')).rejects.toThrow('has none of the evaluated queries');
  await expect(evaluate(RUN, { name: 'bm25' })).rejects.toThrow("the name 'bm25' of a rival is taken");
});

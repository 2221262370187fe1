import { expect, it } from 'vitest';
import { random, shuffle } from '../../src/base/random.ts';
import { makeRig, type Event } from '../helpers/rig.ts';

const WORDS = Array.from({ length: 40 }, (_, i) => `word${i}`);

/** Queries are the first words of their documents. */
function corpus(): Record<string, string> {
  const source = random(1, 'a corpus for the sweep');
  const documents = Array.from({ length: 60 }, () => shuffle([...WORDS], source).slice(0, 8));
  const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const qrels = (from: number, to: number): string =>
    `query-id\tcorpus-id\tscore\n${documents
      .map((_, i) => `q${i}\td${i}\t1\n`)
      .slice(from, to)
      .join('')}`;
  return {
    'data/corpus.jsonl': lines(
      documents.map((words, i) => ({ _id: `d${i}`, title: '', text: words.join(' ') })),
    ),
    'data/queries.jsonl': lines(
      documents.map((words, i) => ({ _id: `q${i}`, text: words.slice(0, 3).join(' ') })),
    ),
    'data/qrels/train.tsv': qrels(0, 40),
    'data/qrels/validation.tsv': qrels(40, 50),
    'data/qrels/test.tsv': qrels(50, 60),
  };
}

const SPEC = `stages:
  corpus: { uses: ingest, with: { format: beir, folder: data } }
  tokens: { uses: tokenize, inputs: { corpus: corpus }, with: { min_count: 1 } }
  vectors: { uses: word2vec, inputs: { tokens: tokens }, with: { source: train, dimensions: 8 } }
  triplets: { uses: mine, inputs: { tokens: tokens }, with: { negatives: [{ from: random }] } }
  model:
    uses: train
    inputs: { tokens: tokens, triplets: triplets, vectors: vectors }
    with:
      encoder: { cell: gru, hidden: 8 }
      loss: { name: triplet, distance: cosine, margin: 0.2 }
      epochs: 1
  embeddings: { uses: embed, inputs: { model: model, tokens: tokens } }
  report: { uses: evaluate, inputs: { corpus: corpus, tokens: tokens, embeddings: embeddings }, with: { split: validation } }
`;

it('a sweep over the training makes everything before it once', { timeout: 300_000 }, async () => {
  const rig = makeRig();
  rig.write({ ...corpus(), 's.yaml': SPEC });
  const { code, stdout, stderr } = await rig.pipeline(
    ...['sweep', 's.yaml', '--json', '--jobs', '2', '--metric', 'report.mrr@10'],
    ...['--set', 'model.loss.margin=0.1,0.3', '--set', 'model.encoder.cell=gru,lstm'],
  );
  expect([code, stderr]).toEqual([0, '']);
  const events = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);
  const kinds = events.filter(({ type }) => type === 'stage-finished').map((event) => String(event['kind']));
  const counts = Object.fromEntries(
    [...new Set(kinds)].map((kind) => [kind, kinds.filter((one) => one === kind).length]),
  );
  expect(counts).toEqual({ ingest: 1, tokenize: 1, word2vec: 1, mine: 1, train: 4, embed: 4, evaluate: 4 });
  const ranking = events.at(-1)!['ranking'] as { metric: number | null }[];
  expect(ranking).toHaveLength(4);
  for (const { metric } of ranking) expect(metric).toSatisfy((value: number) => value > 0 && value <= 1);
});

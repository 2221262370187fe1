import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

const SPEC = `
name: articles
stages:
  corpus: { uses: ingest, with: { format: beir, folder: known } }
  tokens: { uses: tokenize, inputs: { corpus: corpus }, with: { min_count: 1 } }
  triplets: { uses: mine, inputs: { tokens: tokens }, with: { negatives: [{ from: random }] } }
  model:
    uses: train
    inputs: { tokens: tokens, triplets: triplets }
    with: { encoder: { hidden: 8 }, embeddings: { dimensions: 8 }, epochs: 1, batch_size: 8 }
  articles: { uses: ingest, with: { format: beir, folder: articles } }
  article_tokens: { uses: tokenize, inputs: { corpus: articles, vocabulary: tokens } }
  vectors: { uses: embed, inputs: { model: model, tokens: article_tokens } }
`;
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const texts = (count: number): string =>
  lines(Array.from({ length: count }, (_, i) => ({ _id: `d${i}`, title: '', text: `word${i % 7} of ${i}` })));

function project(): Rig {
  const rig = makeRig();
  rig.write({
    's.yaml': SPEC,
    'known/corpus.jsonl': texts(20),
    'known/queries.jsonl': lines(Array.from({ length: 20 }, (_, i) => ({ _id: `q${i}`, text: `of ${i}` }))),
    'known/qrels/train.tsv': `query-id\tcorpus-id\tscore\n${Array.from({ length: 20 }, (_, i) => `q${i}\td${i}\t1\n`).join('')}`,
    'articles/corpus.jsonl': texts(12),
  });
  return rig;
}

interface Manifest {
  readonly digest: string;
  readonly metrics: { readonly documents: number; readonly reused?: number };
}

/** Of all embeddings in the store. */
function embeddings(rig: Rig): Manifest[] {
  const folder = join(rig.folder, 'artifacts', 'embed');
  return readdirSync(folder).map(
    (key) => JSON.parse(readFileSync(join(folder, key, 'manifest.json'), 'utf8')) as Manifest,
  );
}

it('documents added to a corpus are embedded, the others taken over, unless that is forced', async () => {
  const rig = project();
  expect((await rig.run('s.yaml')).code).toBe(0);
  expect(embeddings(rig).map(({ metrics }) => metrics.reused)).toEqual([undefined]);

  writeFileSync(join(rig.folder, 'articles', 'corpus.jsonl'), texts(15));
  expect((await rig.run('s.yaml')).stages).toMatchObject({ model: 'cached', vectors: 'finished' });
  const grown = embeddings(rig).find(({ metrics }) => metrics.documents === 15)!;
  expect(grown.metrics.reused).toBe(12);

  // The same bytes without what was there before.
  expect((await rig.run('s.yaml', '--force', 'vectors')).stages['vectors']).toBe('finished');
  const anew = embeddings(rig).find(({ metrics }) => metrics.documents === 15)!;
  expect(anew.digest).toBe(grown.digest);
});

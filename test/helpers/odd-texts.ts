/**
 * A small retrieval experiment in which everything really runs, over texts as they occur: right to left, emoji, HTML,
 * a very long word, a very long id. Queries have types.
 */
import { makeRig, type Rig } from './rig.ts';

const TOPICS = [
  'kidney stones in adults',
  'סימנים של מחלת הלב',
  'heart ❤️ failure 👩🏽‍⚕️',
  '<script>alert("x")</script> & <b>bold</b> vitamins',
  'pneumonoultramicroscopicsilicovolcanoconiosis'.repeat(6),
  'asthma in children',
  'diabetes and sugar',
  'الوقاية من الإنفلونزا',
];
const ASPECTS = ['symptoms', 'treatment', 'causes', 'outlook', 'prevention', 'diagnosis'];

const SPEC = `name: odd
params: { seed: 7 }
stages:
  corpus:
    uses: ingest
    with:
      format: msmarco
      splits: { train: train.jsonl, validation: validation.jsonl, test: test.jsonl }
  tokens: { uses: tokenize, inputs: { corpus: corpus }, with: { min_count: 1 } }
  vectors:
    uses: word2vec
    inputs: { tokens: tokens }
    with: { source: random, dimensions: 8, seed: '\${params.seed}' }
  triplets:
    uses: mine
    inputs: { tokens: tokens }
    with: { negatives: [{ from: bm25, range_max: 20 }], num_negatives: 2, seed: '\${params.seed}' }
  model:
    uses: train
    inputs: { tokens: tokens, triplets: triplets, vectors: vectors }
    with: { encoder: { cell: gru, hidden: 8, pooling: mean }, batch_size: 16, epochs: 3, seed: '\${params.seed}' }
  embeddings: { uses: embed, inputs: { model: model, tokens: tokens } }
  report:
    uses: evaluate
    inputs: { corpus: corpus, tokens: tokens, embeddings: embeddings }
    with: { split: test }
`;

/** In the folder: `odd.yaml` and its data, 48 queries with a document each, 16 of the queries of the split `test`. */
export function oddTexts(folder: string): Rig {
  const rig = makeRig({}, folder);
  const rows = TOPICS.flatMap((topic, t) =>
    ASPECTS.map((aspect, a) => ({
      query_id: t === 4 ? `${'long-id-'.repeat(20)}${a}` : `query ${t} 100% ${a}`,
      query: `${aspect} of ${topic} ?`,
      query_type: aspect,
      passages: {
        is_selected: [1, 0, 0],
        passage_text: [0, 1, 2].map((i) => passage(topic, ASPECTS[(a + i) % ASPECTS.length]!)),
      },
    })),
  );
  const split = (wanted: number): string =>
    rows
      .filter((_, index) => index % 3 === wanted)
      .map((row) => `${JSON.stringify(row)}\n`)
      .join('');
  rig.write({
    'odd.yaml': SPEC,
    'train.jsonl': split(0),
    'validation.jsonl': split(1),
    'test.jsonl': split(2),
  });
  return rig;
}

const passage = (topic: string, aspect: string): string =>
  `About ${topic}: what is known of its ${aspect}, and whom to ask.`;

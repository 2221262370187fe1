/**
 * The descriptions of the kinds, their inputs and their parameters are published in docs/STAGES.md and the JSON Schema,
 * so they are sentences, and a parameter that has a standard term in the field names it.
 */
import { describe, expect, it } from 'vitest';
import type { KindDeclaration } from '../../src/stage.ts';
import { KINDS } from './kinds.ts';

/** Parameter → its standard term. */
const TERMS: Readonly<Record<string, RegExp>> = {
  'evaluate.depth': /ranked per query/,
  'evaluate.cutoffs.mrr': /MRR@k: reciprocal rank/,
  'evaluate.cutoffs.ndcg': /nDCG@k/,
  'evaluate.cutoffs.recall': /Recall@k/,
  'evaluate.cutoffs.hit': /Hit@k/,
  'evaluate.bm25.k1': /BM25 k1: term-frequency saturation/,
  'evaluate.bm25.b': /BM25 b: length normalisation/,
  'evaluate.mean.weighting': /idf/,
  'evaluate.fusion': /reciprocal rank fusion \(RRF\)/i,
  'evaluate.fusion.k': /RRF k/,
  'evaluate.bootstrap': /bootstrap confidence intervals/i,
  'evaluate.bootstrap.samples': /bootstrap samples/,
  'evaluate.bootstrap.confidence': /confidence level/i,
  'evaluate.permutations': /permutations.*paired randomisation test/i,
  'index.quantization': /precision/,
  'index.connectivity': /HNSW M\b/,
  'index.expansion_add': /HNSW ef_construction/,
  'index.expansion_search': /HNSW ef_search/,
  'ingest.qrels': /relevance judgements/i,
  'mine.negatives.absolute_margin': /absolute margin/i,
  'mine.negatives.relative_margin': /relative margin/i,
  'mine.negatives.sampling_strategy': /samples uniformly/,
  'mine.guards': /false negatives/,
  'mine.guards.near_duplicate': /near-duplicate.*Jaccard similarity/i,
  'mine.guards.shingle': /shingle/i,
  'mine.num_negatives': /negatives per triplet/,
  'mine.scorer': /teacher scores/,
  'mine.bm25.k1': /BM25 k1: term-frequency saturation/,
  'mine.bm25.b': /BM25 b: length normalisation/,
  'tokenize.normalization': /Unicode normalisation/,
  'tokenize.min_count': /minimum token frequency/i,
  'tokenize.max_vocab': /maximum vocabulary size/i,
  'tokenize.max_query_length': /truncation length/i,
  'tokenize.max_document_length': /truncation length/i,
  'train.encoder.cell': /recurrent cell/i,
  'train.encoder.hidden': /hidden size/i,
  'train.encoder.layers': /recurrent layers/,
  'train.encoder.bidirectional': /bidirectional/,
  'train.encoder.pooling': /pooling over time/i,
  'train.encoder.skip': /skip connection/i,
  'train.encoder.projection': /linear projection/,
  'train.encoder.dropout': /dropout rates/i,
  'train.encoder.dropout.embedding': /dropout rate/i,
  'train.encoder.dropout.output': /dropout rate/i,
  'train.embeddings.dimensions': /embedding dimension/i,
  'train.embeddings.subwords': /subword.*n-grams/i,
  'train.embeddings.subwords.buckets': /hash buckets/,
  'train.embeddings.subwords.min_n': /minimum n-gram length/i,
  'train.embeddings.subwords.max_n': /maximum n-gram length/i,
  'train.loss': /training loss/i,
  'train.loss.margin': /margin/i,
  'train.loss.temperature': /temperature of the softmax/i,
  'train.optimizer': /AdamW/,
  'train.optimizer.learning_rate': /peak learning rate/i,
  'train.optimizer.betas': /Adam β1, β2: decay rates of the moment estimates/,
  'train.optimizer.epsilon': /numerical stability/,
  'train.optimizer.weight_decay': /decoupled weight decay/i,
  'train.schedule': /learning-rate schedule/i,
  'train.schedule.name': /linear or cosine decay/,
  'train.schedule.warmup_ratio': /fraction of steps for linear warm-up/i,
  'train.max_grad_norm': /gradient clipping: maximum global norm/i,
  'train.ema_decay': /exponential moving average/,
  'train.batch_size': /batch size/i,
  'train.epochs': /epochs/,
  'train.patience': /early stopping patience/i,
  'train.seed': /seed for initialisation, shuffling and dropout/i,
  'word2vec.dimensions': /dimension of the word vectors/i,
  'word2vec.window': /window: context words/,
  'word2vec.negatives': /negative samples/i,
  'word2vec.epochs': /epochs/,
  'word2vec.learning_rate': /initial learning rate; linear decay/i,
  'word2vec.subsample': /subsampling threshold/i,
};

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** Every named parameter with its description, from all branches and list items. */
function described(schema: Schema, path: string): [path: string, description: string][] {
  const named = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    [`${path}.${name}`, property.description ?? ''] as [string, string],
    ...described(property, `${path}.${name}`),
  ]);
  const branches = [
    ...(schema.oneOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.items ? [schema.items] : []),
  ];
  return [...named, ...branches.flatMap((branch) => described(branch, path))];
}

const SENTENCES = /^[A-Z][^]*\.$/;
const PARAMETERS = Object.entries(KINDS).flatMap(([name, kind]) =>
  described(kind.parameters as Schema, name),
);

describe.each(Object.entries<KindDeclaration>(KINDS))('the descriptions of %s', (name, kind) => {
  it('are sentences', () => {
    const inputs = Object.entries(kind.inputs).map(([slot, { description }]) => [slot, description] as const);
    const own = PARAMETERS.filter(([path]) => path.startsWith(`${name}.`));
    const all = [[name, kind.description] as const, ...inputs, ...own];
    expect(all.filter(([, description]) => !SENTENCES.test(description))).toEqual([]);
  });
});

describe('a parameter with a standard term', () => {
  it.each(Object.entries(TERMS))('%s names it: %s', (path, term) => {
    const descriptions = PARAMETERS.filter(([found]) => found === path).map(([, description]) => description);
    expect(descriptions).not.toEqual([]);
    for (const description of descriptions) expect(description).toMatch(term);
  });
});

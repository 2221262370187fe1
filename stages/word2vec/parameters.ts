/**
 * What a word2vec stage can be told, one branch for each `source`: pretrained vectors, training, or random ones.
 */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

const dimensions = {
  description: 'Length of a word vector.',
  type: 'integer',
  minimum: 1,
  maximum: 4096,
  default: 128,
} as const;

const seed = {
  description: 'Seed of everything random: another seed gives other vectors, the same seed the same bytes.',
  type: 'integer',
  minimum: 0,
  default: 42,
} as const;

const pretrained = {
  properties: {
    source: { description: 'Vectors from a file.', const: 'pretrained' },
    path: {
      description: 'The file of vectors, gzipped or not. Only the rows of known words are kept.',
      type: 'string',
      minLength: 1,
      'x-path': 'input',
    },
    format: {
      description:
        'word2vec-text and fasttext (.vec) begin with a line of two numbers, glove does not; auto looks at the file.',
      enum: ['auto', 'word2vec-text', 'word2vec-binary', 'glove', 'fasttext'],
      default: 'auto',
    },
    case_fallback: {
      description:
        "Whether a word that the file lacks as it is takes the file's first word that the tokeniser folds into it: `paris` takes `Paris`.",
      type: 'boolean',
      default: true,
    },
    seed,
  },
  required: ['source', 'path'],
  additionalProperties: false,
} as const;

const train = {
  properties: {
    source: { description: 'Skip-gram with negative sampling on the texts themselves.', const: 'train' },
    dimensions,
    window: {
      description: 'Most words to either side that a word predicts; drawn anew for each word from 1 to this.',
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 5,
    },
    negatives: {
      description:
        'Random words that a word is told apart from, shared by its window, drawn by count to the power of 3/4.',
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 5,
    },
    epochs: { description: 'Passes over the texts.', type: 'integer', minimum: 1, maximum: 1000, default: 5 },
    learning_rate: {
      description: 'At the start; falls linearly to a ten-thousandth of it.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.025,
    },
    subsample: {
      description: 'Words with a share of the text above this are thinned out; 0 keeps every word.',
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.001,
    },
    splits: {
      description: 'Splits whose queries are trained on, besides all documents.',
      type: 'array',
      items: { description: 'Name of a split.', type: 'string', minLength: 1 },
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
      description: 'Random vectors: the baseline that a model has to learn from alone.',
      const: 'random',
    },
    dimensions,
    distribution: {
      description: 'normal has the standard deviation `scale`; uniform runs from -scale to scale.',
      enum: ['normal', 'uniform'],
      default: 'normal',
    },
    scale: { description: 'Spread of the values.', type: 'number', exclusiveMinimum: 0, default: 0.1 },
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

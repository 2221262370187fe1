import { defineStage } from '../../src/stage.ts';

export interface PretrainedParams {
  readonly source: 'pretrained';
  readonly path: string;
  readonly format: 'auto' | 'word2vec-text' | 'word2vec-binary' | 'glove' | 'fasttext';
  readonly case_fallback: boolean;
  readonly seed: number;
}

export interface TrainParams {
  readonly source: 'train';
  readonly dimensions: number;
  readonly window: number;
  readonly negatives: number;
  readonly epochs: number;
  readonly learning_rate: number;
  readonly subsample: number;
  readonly splits: readonly string[];
  readonly seed: number;
}

export interface RandomParams {
  readonly source: 'random';
  readonly dimensions: number;
  readonly distribution: 'normal' | 'uniform';
  readonly scale: number;
  readonly seed: number;
}

export type Word2vecParams = PretrainedParams | TrainParams | RandomParams;

const dimensions = {
  description: 'Length of a word vector.',
  type: 'integer',
  minimum: 1,
  maximum: 4096,
  default: 128,
};

const seed = {
  description: 'Seed of everything random: another seed gives other vectors, the same seed the same bytes.',
  type: 'integer',
  minimum: 0,
  default: 42,
};

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
};

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
};

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
};

export const stage = defineStage<Word2vecParams>({
  description:
    'Gives every word that models know a vector: loaded from a word2vec, GloVe or fastText file, trained on the texts by skip-gram, or random.',
  parameters: {
    type: 'object',
    discriminator: { propertyName: 'source' },
    required: ['source'],
    oneOf: [pretrained, train, random],
  },
  inputs: {
    tokens: { type: 'tokens', description: 'The vocabulary, and the texts to train on.' },
    files: {
      type: 'files',
      description: 'Where `path` lies, when a stage makes the file.',
      optional: true,
      rootsPaths: true,
    },
  },
  output: 'vectors',
  run: async (context) => (await import('./run.ts')).run(context),
});

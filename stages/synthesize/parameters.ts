/** Parameters of the synthesize kind: the methods, how many queries, and their lengths. Schema and types. */
import type { FromSchema, JsonSchema } from '../../src/stage.ts';

const weight = (description: string, preset: number) =>
  ({ description, type: 'number', minimum: 0, maximum: 1_000_000, default: preset }) as const;

const words = (description: string) => ({ description, type: 'integer', minimum: 1, maximum: 1000 }) as const;

export const parameters = {
  type: 'object',
  additionalProperties: false,
  properties: {
    methods: {
      description:
        'Method → sampling weight, relative to the others; 0 turns a method off. Where the drawn method has no usable ' +
        'query for a document, another one is drawn.',
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        title: weight('The title of the document, where the data has titles.', 1),
        first_sentence: weight('The first sentence, or its beginning; a question is kept whole.', 0),
        cloze: weight(
          'Inverse cloze task (Lee et al. 2019): a span of a later sentence that shares a content word with the rest ' +
            'of the document.',
          1,
        ),
        crop: weight(
          'Independent cropping (Izacard et al. 2022): any run of words, a tenth of them deleted.',
          0,
        ),
        key_terms: weight('Terms of the document with a high tf-idf, in the order of the text.', 1),
      },
    },
    per_document: {
      description: 'Number of queries per document, where it yields so many.',
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 1,
    },
    count: {
      description: 'Maximum number of queries in all, drawn at random; by default all of them.',
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000_000,
    },
    query_length: {
      description:
        'Query length in words, drawn uniformly. By default the lengths are those of the real training queries if ' +
        'there are at least 20, or 3 to 10 words.',
      type: 'object',
      additionalProperties: false,
      required: ['min', 'max'],
      properties: { min: words('Minimum length.'), max: words('Maximum length.') },
    },
    key_terms: {
      description: 'Settings of the method `key_terms`.',
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        max_terms: {
          description: 'Maximum number of terms; from 2 to this many are drawn.',
          type: 'integer',
          minimum: 2,
          maximum: 32,
          default: 6,
        },
        noise: {
          description:
            'Probability of a noise word before each term: a word of the real training queries, or a common word of ' +
            'the documents if there are none.',
          type: 'number',
          minimum: 0,
          maximum: 1,
          default: 0,
        },
      },
    },
    holdout: {
      description:
        'Fraction of the documents whose queries go to the split `synthetic-validation` instead of `train`, so that ' +
        'training without real validation queries can stop early (`validation.split` of `train`).',
      type: 'number',
      minimum: 0,
      maximum: 0.5,
      default: 0,
    },
    seed: { description: 'Seed for sampling.', type: 'integer', minimum: 0, default: 42 },
  },
} as const satisfies JsonSchema;

export type SynthesizeParams = FromSchema<typeof parameters>;
export type MethodName = keyof SynthesizeParams['methods'];

/** Schemas of which queries are mined and where their positives come from. */

export const queriesSchema = {
  description:
    'Queries of the split that are mined: `judged` ones with a relevant document, `unjudged` ones without, `synthetic` ' +
    'ones made by a `synthesize` stage, or `all`. Only the last two include synthetic queries.',
  enum: ['judged', 'unjudged', 'synthetic', 'all'],
  default: 'judged',
} as const;

export const positivesSchema = {
  description:
    'Positives of queries without a judgement; judged queries always keep their relevant documents. Weak positives are ' +
    'the top documents by a retriever (weak supervision, Dehghani et al. 2017), and their triplets are marked as weak.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    from: {
      description:
        'Retriever of the weak positives: `bm25`, the earlier `model`, or the `fusion` of both. `qrels` takes no weak ' +
        'positives.',
      enum: ['qrels', 'bm25', 'model', 'fusion'],
      default: 'qrels',
    },
    top: {
      description: 'Number of weak positives per query: the top results.',
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 1,
    },
    keep: {
      description:
        'Fraction of the unjudged queries to keep: those with the largest relative margin between the last positive and ' +
        'the next result.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.5,
    },
    min_margin: {
      description:
        'Minimum relative margin: leave out unjudged queries whose next result scores above the last positive minus this ' +
        'fraction of it.',
      type: 'number',
      minimum: 0,
      maximum: 1000,
      default: 0,
    },
  },
} as const;

export const fusionSchema = {
  description: 'Convex fusion of the earlier model and BM25, if the positives or the scorer use it.',
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    weight: {
      description:
        'Weight of the model; BM25 has the rest. Scores are min-max normalised for each query before they are added.',
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.5,
    },
  },
} as const;

export const preferAnswersSchema = {
  description:
    'Take negatives first from documents that answer another query of the split. Documents that are only ever negatives ' +
    'are learned to be no answers, which harms the queries outside of the split that they answer. Other documents ' +
    'follow where a query has too few of these. Random negatives are taken so only where at least half of the documents ' +
    'are such answers.',
  type: 'boolean',
  default: true,
} as const;

export const fillSchema = {
  description:
    'What completes a triplet where the sources have too few negatives for a query: `random` documents, the top `bm25` ' +
    'results and then random documents, or nothing (`drop`), which leaves the triplet out.',
  enum: ['random', 'bm25', 'drop'],
  default: 'random',
} as const;

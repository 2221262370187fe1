/** The parameter `fusion` of the evaluate kind: off, chosen on a split, or fixed. What it asks for is in request.ts. */
const options = {
  type: 'object',
  additionalProperties: false,
  properties: {
    enabled: { description: 'With `false`, no fusion is evaluated.', type: 'boolean' },
    method: {
      description:
        'Fusion method: `convex`, the weighted sum of min-max normalised scores; `rrf`, reciprocal rank fusion; `auto`, ' +
        'the default, chooses. Without a method, a `weight` or `k` means `rrf`. What is not given is chosen on `split`.',
      enum: ['auto', 'convex', 'rrf'],
    },
    weight: {
      description: 'Weight of the model in the fusion, 0 to 1; BM25 gets the rest.',
      type: 'number',
      minimum: 0,
      maximum: 1,
    },
    k: {
      description:
        'RRF k: constant added to every rank, 60 by default. Larger values give the top ranks less weight.',
      type: 'number',
      minimum: 0,
      maximum: 1_000_000,
    },
    tune_bm25: {
      description:
        'Whether to choose the way to score words too, where a weight or method is chosen: BM25 as in `bm25`, or the sum of ' +
        'the inverse document frequencies of common words, plain or squared; `true` by default.',
      type: 'boolean',
    },
    split: {
      description: 'Split on whose queries the fusion is chosen, by MRR@10; `validation` by default.',
      type: 'string',
      minLength: 1,
      'x-split': 'validation',
    },
    max_queries: {
      description: 'Maximum number of these queries, sampled with the seed; 2000 by default.',
      type: 'integer',
      minimum: 1,
      maximum: 10_000_000,
    },
  },
} as const;

export const fusionSchema = {
  description:
    'Fusion of the model with BM25, as a system of its own, if BM25 is among the baselines. `auto` chooses the method ' +
    '(convex sum of scores or reciprocal rank fusion (RRF)), the weight, k and the way to score words on the split ' +
    '`validation`; `none` or `false` evaluates no fusion.',
  anyOf: [{ enum: ['auto', 'none', false] }, options],
  default: 'auto',
} as const;

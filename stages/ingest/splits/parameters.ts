/** The parameter `split`. What it does is in divide.ts. */
import type { FromSchema } from '../../../src/stage.ts';
import { column, object } from '../schema-parts.ts';

const fraction = (name: string) =>
  ({
    description: `Fraction of the queries for the split \`${name}\`, on average.`,
    type: 'number',
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
  }) as const;

export const split = object(
  'Makes evaluation splits out of `train`, or out of the only split that the data has; the rest is `train`. Each query ' +
    'is assigned by a hash, so that it keeps its split when data are added.',
  {
    test: fraction('test'),
    validation: fraction('validation'),
    by: {
      description:
        'Assignment: with `hash`, nearly the same questions (the same set of words, or a Jaccard similarity of at least 0.9) are in one ' +
        'split; with `group`, so are all queries of a group. By default `group` if `group` is given, otherwise `hash`.',
      enum: ['hash', 'group'],
    },
    group: column(
      'Column of the groups, such as a topic or a source: in the table of pairs or queries, a field of the rows or of ' +
        'queries.jsonl, a column of the SELECT of the queries. For squad `title`, the article, which is the default.',
    ),
    seed: {
      description: 'Seed of the hash.',
      type: 'integer',
      minimum: 0,
      default: 42,
    },
  },
  [],
);

export type SplitParams = FromSchema<typeof split>;

import { defineStage } from '../../src/stage.ts';
import { parameters } from './parameters.ts';

interface Weighted {
  readonly weight: number;
}
export interface RandomParams extends Weighted {
  readonly from: 'random';
}
export interface CandidatesParams extends Weighted {
  readonly from: 'candidates';
}

/** What a score may be beside the positive's; names and meaning as in sentence-transformers. */
export interface Limits {
  readonly max_score?: number;
  readonly absolute_margin?: number;
  readonly relative_margin?: number;
}

/** A source that ranks and scores the documents it proposes. */
export interface RankedParams extends Weighted, Limits {
  readonly from: 'bm25' | 'model';
  readonly range_min: number;
  readonly range_max: number;
  readonly min_score?: number;
  readonly sampling_strategy: 'top' | 'random';
}
export type NegativeParams = RandomParams | CandidatesParams | RankedParams;

export interface GuardParams extends Limits {
  readonly near_duplicate: number;
  readonly shingle: number;
}

export interface MineParams {
  readonly split: string;
  readonly negatives: readonly NegativeParams[];
  readonly num_negatives: number;
  readonly triplets_per_positive: number;
  readonly guards: GuardParams;
  readonly scorer: 'none' | 'bm25' | 'model';
  readonly bm25: { readonly k1: number; readonly b: number };
  readonly seed: number;
}

export const stage = defineStage<MineParams>({
  description:
    'Makes training triplets (query, relevant document, irrelevant documents) with negatives drawn at random, ' +
    "from the query's own candidates, from the best BM25 matches or from an earlier model's nearest " +
    'neighbours; never a known positive, a copy of its text or a near copy.',
  parameters,
  inputs: {
    tokens: { type: 'tokens', description: 'Queries, documents, judgements and candidates.' },
    embeddings: {
      type: 'embeddings',
      description: "An earlier round's vectors, for `from: model` and `scorer: model`.",
      optional: true,
    },
    index: {
      type: 'index',
      description: 'An index over these embeddings that proposes neighbours; without it, search is exact.',
      optional: true,
    },
  },
  output: 'triplets',
  libraries: ['usearch'],
  async run(context) {
    const { run } = await import('./run.ts');
    return run(context);
  },
});

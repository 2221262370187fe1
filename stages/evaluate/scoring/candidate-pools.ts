/**
 * The candidate pool of a query: the documents that the data lists for it, and which of them are relevant. Decides
 * which pools are evaluated; the measures within a pool are in measures.ts.
 */
import { row } from '../../../src/formats/ragged.ts';
import type { Tokens } from '../../../src/formats/tokens.ts';
import type { Relevance } from '../../../src/retrieval/metrics.ts';
import type { EvaluateParams } from '../parameters.ts';

export interface CandidatePool {
  /** Distinct doc_ids, ascending. */
  readonly candidates: Uint32Array;
  readonly relevantCandidates: Relevance;
}

/** Pools of the split's queries, whether or not they are evaluated. */
export interface PoolCounts {
  readonly pools: number;
  readonly withoutRelevant: number;
  readonly withoutIrrelevant: number;
}

export const NO_POOL: CandidatePool = { candidates: new Uint32Array(), relevantCandidates: new Map() };

export function poolOf(
  tokens: Tokens,
  query: number,
  relevant: Relevance,
  ignored: number | undefined,
): CandidatePool {
  const listed = row(tokens.candidates, query).filter((document) => document !== ignored);
  const candidates = Uint32Array.from(new Set(listed)).sort();
  return {
    candidates,
    relevantCandidates: new Map([...relevant].filter(([document]) => candidates.includes(document))),
  };
}

const lacksRelevant = ({ relevantCandidates }: CandidatePool): boolean => relevantCandidates.size === 0;
const lacksIrrelevant = ({ candidates, relevantCandidates }: CandidatePool): boolean =>
  candidates.length > 0 && relevantCandidates.size === candidates.length;

/** Without a relevant candidate no measure is defined. Without an irrelevant one every order is perfect. */
export function isEvaluated(pool: CandidatePool, chosen: EvaluateParams['candidate_pools']): boolean {
  return !lacksRelevant(pool) && !(chosen === 'mixed' && lacksIrrelevant(pool));
}

export function countPools(all: readonly CandidatePool[]): PoolCounts {
  const pools = all.filter(({ candidates }) => candidates.length > 0);
  return {
    pools: pools.length,
    withoutRelevant: pools.filter(lacksRelevant).length,
    withoutIrrelevant: pools.filter(lacksIrrelevant).length,
  };
}

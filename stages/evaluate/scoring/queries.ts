/**
 * Chooses the queries to evaluate: those of the split that have a relevant document, with their relevance judgements
 * and candidates. Ranking is in systems.ts.
 */
import type { QueryRow } from '../../../src/formats/corpus.ts';
import { row } from '../../../src/formats/ragged.ts';
import {
  ignoredDocuments,
  queriesOfSplit,
  relevantDocuments,
  type Tokens,
} from '../../../src/formats/tokens.ts';
import type { Relevance } from '../../../src/retrieval/metrics.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { EvaluateParams } from '../parameters.ts';
import {
  countPools,
  isEvaluated,
  NO_POOL,
  poolOf,
  type CandidatePool,
  type PoolCounts,
} from './candidate-pools.ts';

/** A query that can be evaluated. */
export interface EvaluatedQuery extends CandidatePool {
  readonly id: number;
  readonly name: string;
  readonly text: string;
  /** The query type in the data; null if there is none. */
  readonly type: string | null;
  readonly tokens: Uint32Array;
  readonly relevant: Relevance;
  /** The document that the query itself is, which no system may rank. */
  readonly ignored: number | undefined;
  /** Empty if its pool is not evaluated. */
  readonly candidates: Uint32Array;
}

export interface QuerySet {
  readonly queries: readonly EvaluatedQuery[];
  /** Queries of the split without a relevant document, which cannot be evaluated. */
  readonly withoutRelevant: number;
  readonly pools: PoolCounts;
}

type Selection = Pick<EvaluateParams, 'ignore_identical_ids' | 'candidate_pools'>;

/** The queries of the split that have a relevant document, by ascending query_id. Throws `E_INPUT` without any. */
export function queriesToEvaluate(
  tokens: Tokens,
  params: Selection & Pick<EvaluateParams, 'split'>,
  rows: readonly QueryRow[],
): QuerySet {
  const { split } = params;
  if (queriesOfSplit(tokens, split).length === 0) {
    const { splits } = tokens.config;
    const there = splits.length > 0 ? `The corpus has the splits ${splits.join(', ')}. ` : '';
    throw new PipelineError('E_INPUT', `the split '${split}' has no queries`, {
      hint: `${there}Evaluation needs judged queries; those of a \`synthesize\` stage are for training.`,
    });
  }
  const set = judgedQueries(tokens, split, params, rows);
  if (set.queries.length === 0)
    throw new PipelineError('E_INPUT', `no query of the split '${split}' has a relevant document`);
  return set;
}

/** The queries of the split that have a relevant document, by ascending query_id; there may be none. */
export function judgedQueries(
  tokens: Tokens,
  split: string,
  { ignore_identical_ids, candidate_pools }: Selection,
  rows: readonly QueryRow[],
): QuerySet {
  const ids = Array.from(queriesOfSplit(tokens, split));
  const known = new Map(rows.map((query) => [query.id, query]));
  const relevant = relevantDocuments(tokens, ids);
  const ignored = ignoredDocuments(tokens, ignore_identical_ids);
  const pools: CandidatePool[] = [];
  const queries = ids.flatMap((id) => {
    const judged = relevant.get(id);
    const pool = poolOf(tokens, id, judged ?? new Map(), ignored.get(id));
    pools.push(pool);
    if (!judged) return [];
    const query = known.get(id);
    if (!query) throw otherCorpus(`query ${id} of the tokens is not in the corpus`);
    if (query.synthetic) return [];
    const evaluated = isEvaluated(pool, candidate_pools) ? pool : NO_POOL;
    return [evaluatedQuery(tokens, query, judged, ignored.get(id), evaluated)];
  });
  return { queries, withoutRelevant: ids.length - queries.length, pools: countPools(pools) };
}

function evaluatedQuery(
  tokens: Tokens,
  query: QueryRow,
  relevant: Relevance,
  ignored: number | undefined,
  pool: CandidatePool,
): EvaluatedQuery {
  return {
    id: query.id,
    name: query.name,
    text: query.text,
    type: query.type,
    tokens: row(tokens.queries, query.id),
    relevant,
    ignored,
    ...pool,
  };
}

export function otherCorpus(detail: string): PipelineError {
  return new PipelineError('E_INPUT', `the inputs do not match: ${detail}`, {
    hint: 'Use corpus, tokens, embeddings and index from the same chain of stages.',
  });
}

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

/** A query that can be evaluated. */
export interface EvaluatedQuery {
  readonly id: number;
  readonly name: string;
  readonly text: string;
  /** The query type in the data; null if there is none. */
  readonly type: string | null;
  readonly tokens: Uint32Array;
  readonly relevant: Relevance;
  /** The document that the query itself is, which no system may rank. */
  readonly ignored: number | undefined;
  /** Distinct doc_ids without the ignored one, ascending; empty if there are none or none is relevant. */
  readonly candidates: Uint32Array;
  /** The members of `relevant` that are candidates. */
  readonly relevantCandidates: Relevance;
}

export interface QuerySet {
  readonly queries: readonly EvaluatedQuery[];
  /** Queries of the split without a relevant document, which cannot be evaluated. */
  readonly withoutRelevant: number;
}

/** The queries of the split that have a relevant document, by ascending query_id. Throws `E_INPUT` without any. */
export function queriesToEvaluate(
  tokens: Tokens,
  params: Pick<EvaluateParams, 'split' | 'ignore_identical_ids'>,
  rows: readonly QueryRow[],
): QuerySet {
  const { split } = params;
  const all = queriesOfSplit(tokens, split).length;
  if (all === 0)
    throw new PipelineError('E_INPUT', `the split '${split}' has no queries`, {
      hint: `The corpus has the splits ${tokens.config.splits.join(', ')}.`,
    });
  const queries = judgedQueries(tokens, split, params, rows);
  if (queries.length === 0)
    throw new PipelineError('E_INPUT', `no query of the split '${split}' has a relevant document`);
  return { queries, withoutRelevant: all - queries.length };
}

/** The queries of the split that have a relevant document, by ascending query_id. */
export function judgedQueries(
  tokens: Tokens,
  split: string,
  { ignore_identical_ids }: Pick<EvaluateParams, 'ignore_identical_ids'>,
  rows: readonly QueryRow[],
): EvaluatedQuery[] {
  const known = new Map(rows.map((query) => [query.id, query]));
  const relevant = relevantDocuments(tokens);
  const ignored = ignoredDocuments(tokens, ignore_identical_ids);
  return Array.from(queriesOfSplit(tokens, split)).flatMap((id) => {
    const judged = relevant.get(id);
    if (!judged) return [];
    const query = known.get(id);
    if (!query) throw otherCorpus(`query ${id} of the tokens is not in the corpus`);
    return [evaluatedQuery(tokens, query, judged, ignored.get(id))];
  });
}

function evaluatedQuery(
  tokens: Tokens,
  query: QueryRow,
  relevant: Relevance,
  ignored: number | undefined,
): EvaluatedQuery {
  const listed = row(tokens.candidates, query.id).filter((document) => document !== ignored);
  const candidates = Uint32Array.from(new Set(listed)).sort();
  const relevantCandidates = new Map([...relevant].filter(([document]) => candidates.includes(document)));
  return {
    id: query.id,
    name: query.name,
    text: query.text,
    type: query.type,
    tokens: row(tokens.queries, query.id),
    relevant,
    ignored,
    candidates: relevantCandidates.size > 0 ? candidates : new Uint32Array(),
    relevantCandidates,
  };
}

export function otherCorpus(detail: string): PipelineError {
  return new PipelineError('E_INPUT', `the inputs do not match: ${detail}`, {
    hint: 'Use corpus, tokens, embeddings and index from the same chain of stages.',
  });
}

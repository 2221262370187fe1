/** The figures by query type (MS MARCO's `NUMERIC`, `PERSON` …), if the data has types. */
import type { Measure } from '../scoring/measures.ts';
import type { EvaluatedQuery } from '../scoring/queries.ts';
import type { Scores } from '../scoring/scores.ts';
import { averageScores, type SystemFigures } from './figures.ts';

/** The figures on the queries of one type. */
export interface TypeFigures {
  /** Null for queries without a type. */
  readonly type: string | null;
  readonly queries: number;
  readonly systems: readonly SystemFigures[];
}

/** The most frequent type first, ties by name; empty if no query has a type. */
export function byQueryType(
  queries: readonly EvaluatedQuery[],
  scores: Scores,
  measures: readonly Measure[],
): TypeFigures[] {
  const positions = new Map<string | null, number[]>();
  for (const [i, { type }] of queries.entries()) {
    const members = positions.get(type);
    if (members) members.push(i);
    else positions.set(type, [i]);
  }
  if ([...positions.keys()].every((type) => type === null)) return [];
  return [...positions]
    .map(([type, members]) => ({
      type,
      queries: members.length,
      systems: [...scores].map(([name, all]) =>
        averageScores(
          name,
          members.map((i) => all[i]!),
          measures,
        ),
      ),
    }))
    .sort((a, b) => b.queries - a.queries || compareNames(a.type ?? '', b.type ?? ''));
}

const compareNames = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

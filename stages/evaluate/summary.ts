import type { JsonObject, Metrics } from '../../src/stage.ts';
import type { Comparison } from './comparison.ts';
import type { Figures, SystemFigures } from './scores.ts';

/** metrics.json, apart from the comparison. */
export interface Summary {
  readonly split: string;
  readonly documents: number;
  readonly queries: number;
  readonly queries_without_relevant: number;
  readonly queries_with_candidates: number;
  readonly depth: number;
  /** The model first. */
  readonly systems: readonly SystemFigures[];
}

export function summaryJson({ systems, ...rest }: Summary, comparison: Comparison | undefined): JsonObject {
  return {
    ...rest,
    systems: Object.fromEntries(
      systems.map(({ name, corpus, candidates }) => [
        name,
        { corpus, ...(candidates ? { candidates } : {}) },
      ]),
    ),
    ...(comparison
      ? { model_against_bm25: { won: comparison.won, lost: comparison.lost, tied: comparison.tied } }
      : {}),
  };
}

/** The model's figures by their plain names, its rivals' after `bm25/` and `random/`. */
export function summaryMetrics({ queries, systems }: Summary): Metrics {
  const named = (prefix: string, figures: Figures | undefined): [string, number][] =>
    Object.entries(figures ?? {}).map(([name, value]) => [`${prefix}${name}`, value]);
  return {
    queries,
    ...Object.fromEntries(
      systems.flatMap(({ name, corpus, candidates }) => {
        const prefix = name === 'model' ? '' : `${name}/`;
        return [...named(prefix, corpus), ...named(`${prefix}candidates/`, candidates)];
      }),
    ),
  };
}

/** `MRR@10 0.612 (BM25 0.487)`, of the first measure asked for. */
export function headlineOf({ systems }: Summary): string {
  const [model] = systems;
  const bm25 = systems.find(({ name }) => name === 'bm25');
  const [measure, value] = Object.entries(model!.corpus)[0]!;
  const rival = bm25 ? ` (BM25 ${bm25.corpus[measure]!.toFixed(3)})` : '';
  return `${titleOf(measure)} ${value.toFixed(3)}${rival}`;
}

function titleOf(measure: string): string {
  return measure.startsWith('ndcg') ? measure.replace('ndcg', 'nDCG') : measure.toUpperCase();
}

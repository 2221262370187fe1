/**
 * The summary of a report: its type, and its forms for metrics.json, the metrics of the stage and the headline. It is
 * computed in summarise.ts; the Markdown is in report/.
 */
import type { FusionConfig } from '../../../src/formats/fusion.ts';
import type { JsonObject, Metrics } from '../../../src/stage.ts';
import type { EvaluateParams } from '../parameters.ts';
import type { Comparison } from './comparison.ts';
import type { TypeFigures } from './query-types.ts';
import type { Figures, SystemFigures } from './figures.ts';
import type { Seeds } from './seeds.ts';

/** The content of metrics.json. */
export interface Summary {
  readonly label: string;
  readonly split: string;
  readonly documents: number;
  readonly queries: number;
  readonly queries_without_relevant: number;
  /** Queries whose candidate pool is evaluated. */
  readonly queries_with_candidates: number;
  /** Absent if no query of the split has candidates. */
  readonly candidate_pools?: {
    readonly evaluated: EvaluateParams['candidate_pools'];
    readonly pools: number;
    readonly without_relevant: number;
    readonly without_irrelevant: number;
  };
  /** Queries whose own document is left out of all rankings; absent if there are none. */
  readonly queries_without_own_document?: number;
  readonly depth: number;
  readonly bm25: EvaluateParams['bm25'];
  /** Absent without a fusion. */
  readonly fusion?: FusionConfig;
  readonly bootstrap: EvaluateParams['bootstrap'];
  readonly permutations: number;
  /** The model first. */
  readonly systems: readonly SystemFigures[];
  /** The model against each system of its own report, then against other reports. */
  readonly comparisons: readonly Comparison[];
  /** The fusion against the others; absent without one. */
  readonly fused_comparisons?: readonly Comparison[];
  /** Empty if the data has no query types. */
  readonly query_types: readonly TypeFigures[];
  /** Absent if there is only one seed. */
  readonly seeds?: Seeds;
}

export function summaryJson({ systems, query_types, ...rest }: Summary): JsonObject {
  const plain = {
    ...rest,
    systems: systemsByName(systems),
    query_types: query_types.map(({ systems: ofType, ...type }) => ({
      ...type,
      systems: systemsByName(ofType),
    })),
  };
  return plain as unknown as JsonObject;
}

function systemsByName(systems: readonly SystemFigures[]): Record<string, Omit<SystemFigures, 'name'>> {
  return Object.fromEntries(systems.map(({ name, ...figures }) => [name, figures]));
}

/** The measure in headlines; only its intervals and p-values become metrics of the stage. */
export function primaryMeasure({ systems }: Summary): string {
  return Object.keys(systems[0]!.corpus)[0]!;
}

/**
 * `[system/][candidates/]measure`, without a prefix for the model. For the primary measure also the ends of its
 * interval, and the p-value of the difference between the model and the system.
 */
export function summaryMetrics(summary: Summary): Metrics {
  const primary = primaryMeasure(summary);
  const metrics: Record<string, number> = { queries: summary.queries, ...poolMetrics(summary) };
  for (const { name, corpus, candidates, intervals } of summary.systems) {
    const prefix = name === 'model' ? '' : `${name}/`;
    const add = (scope: string, figures: Figures = {}): void => {
      for (const [measure, value] of Object.entries(figures)) metrics[`${prefix}${scope}${measure}`] = value;
    };
    add('', corpus);
    add('candidates/', candidates);
    const interval = intervals?.corpus[primary];
    if (interval) add('', { [`${primary}_low`]: interval[0], [`${primary}_high`]: interval[1] });
  }
  for (const { rival, corpus } of summary.comparisons) {
    const { difference, p_value: p } = corpus[primary] ?? {};
    if (difference !== undefined) metrics[`${rival}/difference`] = difference;
    if (p !== undefined) metrics[`${rival}/p_value`] = p;
  }
  const fusedAgainst = summary.fused_comparisons?.filter(({ rival }) => rival !== 'model') ?? [];
  for (const { rival, corpus } of fusedAgainst) {
    const { difference, p_value: p } = corpus[primary] ?? {};
    if (difference !== undefined) metrics[`fused/${rival}/difference`] = difference;
    if (p !== undefined) metrics[`fused/${rival}/p_value`] = p;
  }
  if (summary.fusion) metrics['fused/weight'] = summary.fusion.fusion.weight;
  const spread = summary.seeds?.measures[primary];
  if (spread)
    Object.assign(metrics, { [`${primary}_mean`]: spread.mean, [`${primary}_sd`]: spread.deviation });
  return metrics;
}

function poolMetrics({ candidate_pools: counts }: Summary): Metrics {
  if (!counts) return {};
  return {
    'candidates/pools': counts.pools,
    'candidates/pools_without_relevant': counts.without_relevant,
    'candidates/pools_without_irrelevant': counts.without_irrelevant,
  };
}

/** `MRR@10 0.612 (BM25 0.487)`, for the primary measure. */
export function headlineOf(summary: Summary): string {
  const { systems } = summary;
  const measure = primaryMeasure(summary);
  const bm25 = systems.find(({ name }) => name === 'bm25');
  const rival = bm25 ? ` (BM25 ${bm25.corpus[measure]!.toFixed(3)})` : '';
  return `${measureTitle(measure)} ${systems[0]!.corpus[measure]!.toFixed(3)}${rival}`;
}

/** The usual spelling of a measure: `MRR@10`, `nDCG@10`, `Recall@5`. */
export function measureTitle(measure: string): string {
  const [name, cutoff] = measure.split('@') as [string, string | undefined];
  const titles: Record<string, string> = { mrr: 'MRR', map: 'MAP', ndcg: 'nDCG', p: 'P' };
  const title = titles[name] ?? `${name[0]!.toUpperCase()}${name.slice(1)}`;
  return cutoff === undefined ? title : `${title}@${cutoff}`;
}

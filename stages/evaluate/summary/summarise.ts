/**
 * Computes the summary of a report from the scores of all queries, and reads the other reports that it compares with.
 * The type of the summary and its forms for files and metrics are in summary.ts.
 */
import type { FusionConfig } from '../../../src/formats/fusion.ts';
import { inputList, type StageContext } from '../../../src/stage.ts';
import type { EvaluateParams } from '../parameters.ts';
import type { Measure } from '../scoring/measures.ts';
import type { QuerySet } from '../scoring/queries.ts';
import type { Scores } from '../scoring/scores.ts';
import { compare, type Comparison, type RivalScores } from './comparison.ts';
import { flat, readRival, readSeed } from './other-reports.ts';
import { byQueryType } from './query-types.ts';
import { averageScores, intervalsOf, randomFigures, type SystemFigures } from './figures.ts';
import { spreadOverSeeds, type Seeds } from './seeds.ts';
import type { Summary } from './summary.ts';

type Context = StageContext<EvaluateParams>;

/** All figures of a report, from the scores of each query. */
export function summarise(
  context: Context,
  { queries, withoutRelevant, pools }: QuerySet,
  documents: number,
  scores: Scores,
  measures: readonly Measure[],
  fusion: FusionConfig | undefined,
): Summary {
  const { params } = context;
  const systems = systemFigures(params, scores, measures);
  if (params.baselines.includes('random')) systems.push(randomFigures(queries, documents, measures));
  const [model] = systems;
  const seeds = seedsOf(context, model!, queries.length);
  const ignoring = queries.filter(({ ignored }) => ignored !== undefined).length;
  return {
    label: params.label,
    split: params.split,
    documents,
    queries: queries.length,
    queries_without_relevant: withoutRelevant,
    queries_with_candidates: queries.filter(({ candidates }) => candidates.length > 0).length,
    ...(pools.pools > 0 && {
      candidate_pools: {
        evaluated: params.candidate_pools,
        pools: pools.pools,
        without_relevant: pools.withoutRelevant,
        without_irrelevant: pools.withoutIrrelevant,
      },
    }),
    ...(ignoring > 0 && { queries_without_own_document: ignoring }),
    depth: params.depth,
    bm25: params.bm25,
    ...(fusion && { fusion }),
    bootstrap: params.bootstrap,
    permutations: params.permutations,
    systems,
    ...comparisonsOf(context, queries, scores, measures),
    query_types: byQueryType(queries, scores, measures),
    ...(seeds && { seeds }),
  };
}

function systemFigures(
  { bootstrap, seed }: EvaluateParams,
  scores: Scores,
  measures: readonly Measure[],
): SystemFigures[] {
  return [...scores].map(([name, values]) => ({
    ...averageScores(name, values, measures),
    ...(bootstrap.samples > 0 && { intervals: intervalsOf(values, measures, bootstrap, seed) }),
  }));
}

function comparisonsOf(
  context: Context,
  queries: QuerySet['queries'],
  scores: Scores,
  measures: readonly Measure[],
): Pick<Summary, 'comparisons' | 'fused_comparisons'> {
  const reports = otherReports(context, queries, scores, measures);
  const against = (system: string): Comparison[] =>
    [...scores, ...reports]
      .filter(([rival]) => rival !== system)
      .map(([rival, others]) => compare(rival, scores.get(system)!, others, measures, context.params));
  return {
    comparisons: against('model'),
    ...(scores.has('fused') && { fused_comparisons: against('fused') }),
  };
}

/** The models of the reports under `against`, by names that nothing else has. */
function otherReports(
  context: Context,
  queries: QuerySet['queries'],
  scores: Scores,
  measures: readonly Measure[],
): Map<string, RivalScores> {
  const taken = new Set(['model', 'random', 'ann', 'candidates', context.params.label, ...scores.keys()]);
  const reports = new Map<string, RivalScores>();
  for (const report of inputList(context, 'against')) {
    const { label, scores: others } = readRival(report, queries, measures);
    const missing = others.filter((score) => score === undefined).length;
    if (missing > 0)
      context.warn({
        message: `the report '${report.stage}' lacks ${missing} of ${queries.length} queries, which are left out`,
        cause: 'It evaluates another split, or a corpus with another `limit`.',
        hint: 'Compare reports on the same queries.',
        parameter: 'split',
      });
    const name = unusedName(label, taken);
    taken.add(name);
    reports.set(name, others);
  }
  return reports;
}

/** `label`, or `label 2` and so on if that is taken. */
function unusedName(label: string, taken: ReadonlySet<string>): string {
  for (let i = 2, name = label; ; i++) {
    if (!taken.has(name)) return name;
    name = `${label} ${i}`;
  }
}

function seedsOf(context: Context, model: SystemFigures, queries: number): Seeds | undefined {
  const others = inputList(context, 'seeds').map((report) => readSeed(report, context.params.split, queries));
  if (others.length === 0) return undefined;
  return spreadOverSeeds([flat(model.corpus, model.candidates), ...others]);
}

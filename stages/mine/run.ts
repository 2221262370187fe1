/**
 * Runs a mine stage: chooses the queries and their positives, mines negatives for them (mine-queries.ts), and writes the
 * triplets and a report. Sources, guards and sampling are in files of their own.
 */
import { ignoredDocuments, readTokens, type Tokens } from '../../src/formats/tokens.ts';
import { writeTriplets } from '../../src/formats/triplets.ts';
import { textClassesOf } from '../../src/retrieval/text-classes.ts';
import { input, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import { answersOf } from './answers.ts';
import { mineAll, type Mine } from './mine-queries.ts';
import { hasLimits } from './limits.ts';
import { nearDuplicates } from './near-duplicate.ts';
import { openRetrievers, type RetrieverName } from './open-retrievers.ts';
import type { MineParams, RankedParams } from './parameters.ts';
import { choosePositives, type ChosenPositives } from './positives.ts';
import { chooseQueries, type ChosenQueries } from './queries.ts';
import { writeMiningReport } from './report.ts';
import { openSearches, type Searches } from './searches.ts';
import { fillSources } from './sources/fill.ts';
import { createSources } from './sources/sources.ts';
import { createTally } from './tally.ts';
import { miningWarnings } from './warnings.ts';

type Context = StageContext<MineParams>;

export async function run(context: Context): Promise<StageResult> {
  const tokens = readTokens(input(context, 'tokens').path);
  const chosen = chooseQueries(tokens, context.params);
  const searches = await openSearches(context, tokens, chosen);
  try {
    return await mineWith(context, tokens, chosen, searches);
  } finally {
    searches.dispose();
  }
}

async function mineWith(
  context: Context,
  tokens: Tokens,
  chosen: ChosenQueries,
  searches: Searches,
): Promise<StageResult> {
  const { params, output } = context;
  const ignored = ignoredDocuments(tokens, params.ignore_identical_ids);
  const positives = await choosePositives(context, tokens, searches, ignored, chosen);
  const mine = await openMine(context, tokens, searches, ignored, positives);
  const rows = await mineAll(context, mine, positives.queries);
  const { tally } = mine;
  if (rows.length === 0 && positives.queries.length > 0)
    throw new PipelineError('E_INPUT', `no query has ${params.num_negatives} usable negatives`, {
      hint: 'Lower `num_negatives`, write `fill: random`, or relax the limits.',
    });
  const names = mine.sources.map(({ name }) => name);
  const triplets = rows.toTriplets(names);
  writeTriplets(output, triplets);
  const report = {
    split: params.split,
    queries: positives.queries.length,
    weak_queries: positives.queries.filter(({ weak }) => weak).length,
    left_out: {
      synthetic: chosen.syntheticLeftOut,
      uncertain: positives.uncertain,
      without_results: positives.withoutResults,
    },
    pairs: positives.queries.reduce((sum, query) => sum + query.positives.size, 0),
    triplets: rows.length,
    weak_triplets: triplets.weak?.reduce((sum, weak) => sum + weak, 0) ?? 0,
    negatives_per_triplet: params.num_negatives,
    incomplete: tally.incomplete,
    filled: tally.filled(),
    guards: params.guards,
    scorer: mine.scorer?.name ?? ('none' as const),
    rejected: tally.rejected(),
    sources: tally.perSource(names),
  };
  for (const warning of miningWarnings(report, params)) context.warn(warning);
  if (chosen.syntheticLeftOut > 0)
    context.log(`${chosen.syntheticLeftOut} synthetic queries left out: \`queries: ${params.queries}\``);
  return writeMiningReport(output, report);
}

async function openMine(
  context: Context,
  tokens: Tokens,
  searches: Searches,
  ignored: ReadonlyMap<number, number>,
  { queries }: ChosenPositives,
): Promise<Mine> {
  const { params } = context;
  const scorer = scorerOf(
    params,
    queries.some(({ weak }) => weak),
  );
  if (hasLimits(params.guards) && scorer === undefined)
    throw new PipelineError('E_PARAMETER', '`guards` limits scores, but there is no scorer', {
      hint: 'Write `scorer: bm25` or `scorer: model`, or set the limits on a source.',
    });
  const fills = fillSources(params);
  const used = [...params.negatives, ...fills];
  const ranked = used.flatMap((source) => ('range_max' in source ? [source] : []));
  const deepest = (by: RankedParams['from']): number =>
    Math.max(0, ...ranked.map(({ from, range_max: depth }) => (from === by ? depth : 0)));
  const retrievers = await openRetrievers(context, tokens, searches, ignored, {
    queries: queries.map(({ query }) => query),
    names: new Set([...ranked.map(({ from }) => from), ...(scorer ? [scorer] : [])]),
    depth: { bm25: deepest('bm25'), model: deepest('model') },
  });
  const tally = createTally(used.length, params.negatives.length);
  const answers = params.prefer_answers ? answersOf(tokens, params.split, queries) : undefined;
  return {
    params,
    sources: createSources(
      tokens,
      { negatives: params.negatives, fills, answers },
      retrievers,
      tally.rejections,
    ),
    texts: {
      classes: textClassesOf(tokens.documents),
      near: nearDuplicates(tokens.documents, params.guards.shingle, params.guards.near_duplicate),
    },
    ignored,
    scorer: scorer && retrievers[scorer](),
    answers,
    tally,
  };
}

/** Weak positives are scored by their retriever, so that training can weigh them by its scores. */
function scorerOf({ scorer, positives }: MineParams, weak: boolean): RetrieverName | undefined {
  if (scorer !== 'auto') return scorer === 'none' ? undefined : scorer;
  return weak && positives.from !== 'qrels' ? positives.from : undefined;
}

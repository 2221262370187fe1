/**
 * Runs a mine stage: for each query and each of its positives, draws negatives that pass the guards, and writes
 * triplets and a report. Sources, guards and sampling are in files of their own.
 */
import { setImmediate } from 'node:timers/promises';
import { monotonic } from '../../src/base/clock.ts';
import { random } from '../../src/base/random.ts';
import { ignoredDocuments, readTokens, type Tokens } from '../../src/formats/tokens.ts';
import { writeTriplets } from '../../src/formats/triplets.ts';
import { textClassesOf } from '../../src/retrieval/text-classes.ts';
import { input, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import { openEarlierModel } from './earlier-model.ts';
import { createGuard, type GuardTexts } from './guard.ts';
import type { MineParams, NegativeParams } from './parameters.ts';
import { ceiling, hasLimits, withinLimits } from './limits.ts';
import { nearDuplicates } from './near-duplicate.ts';
import { pickNegatives } from './pick.ts';
import { queriesToMine, type MinedQuery } from './queries.ts';
import { writeMiningReport } from './report.ts';
import { bm25Retriever, withoutIgnored, type Retriever } from './retrievers.ts';
import { toTriplets, type Row } from './rows.ts';
import type { NegativeSource, Proposals } from './sources/source.ts';
import { createSources, type Retrievers } from './sources/sources.ts';
import { createTally, type Tally } from './tally.ts';

type Context = StageContext<MineParams>;

const REPORT_EVERY_MS = 250;

/** What is the same for all queries. */
interface Mine {
  readonly params: MineParams;
  readonly sources: readonly NegativeSource[];
  readonly texts: GuardTexts;
  /** query_id → the document that the query itself is, which is never a negative. */
  readonly ignored: ReadonlyMap<number, number>;
  readonly scorer: Retriever | undefined;
  readonly tally: Tally;
}

export async function run(context: Context): Promise<StageResult> {
  const { params, output } = context;
  const tokens = readTokens(input(context, 'tokens').path);
  const queries = queriesToMine(tokens, params.split);
  const mine = await openMine(context, tokens, queries);
  const rows = await mineAll(context, mine, queries);
  const { tally } = mine;
  if (rows.length === 0)
    throw new PipelineError('E_INPUT', `no query has ${params.num_negatives} usable negatives`, {
      hint: 'Lower `num_negatives`, add `{ from: random }` to `negatives`, or relax the limits.',
    });
  if (tally.incomplete > 0)
    context.warn({
      message: `${tally.incomplete} triplets left out because their queries have too few usable negatives`,
      cause: 'The sources propose few documents for these queries, or the limits leave out most of them.',
      hint: 'Add `{ from: random }` to `negatives`, lower `num_negatives`, or relax the limits.',
      parameter: 'negatives',
    });
  const names = mine.sources.map(({ name }) => name);
  writeTriplets(output, toTriplets(rows, params.num_negatives, names, mine.scorer));
  return writeMiningReport(output, {
    split: params.split,
    queries: queries.length,
    pairs: queries.reduce((sum, { positives }) => sum + positives.size, 0),
    triplets: rows.length,
    negatives_per_triplet: params.num_negatives,
    incomplete: tally.incomplete,
    guards: params.guards,
    scorer: params.scorer,
    rejected: tally.rejected(),
    sources: tally.perSource(names),
  });
}

async function openMine(context: Context, tokens: Tokens, queries: readonly MinedQuery[]): Promise<Mine> {
  const { params } = context;
  if (hasLimits(params.guards) && params.scorer === 'none')
    throw new PipelineError('E_PARAMETER', '`guards` limits scores, but there is no scorer', {
      hint: 'Write `scorer: bm25` or `scorer: model`, or set the limits on a source.',
    });
  const ignored = ignoredDocuments(tokens, params.ignore_identical_ids);
  const retrievers = await openRetrievers(context, tokens, queries, ignored);
  const tally = createTally(params.negatives.length);
  return {
    params,
    sources: createSources(tokens, params.negatives, retrievers, tally.rejections),
    texts: {
      classes: textClassesOf(tokens.documents),
      near: nearDuplicates(tokens.documents, params.guards.shingle, params.guards.near_duplicate),
    },
    ignored,
    scorer: params.scorer === 'none' ? undefined : retrievers[params.scorer](),
    tally,
  };
}

async function openRetrievers(
  context: Context,
  tokens: Tokens,
  queries: readonly MinedQuery[],
  ignored: ReadonlyMap<number, number>,
): Promise<Retrievers> {
  const { params } = context;
  const depths = params.negatives.map((source: NegativeParams) =>
    source.from === 'model' ? source.range_max : 0,
  );
  const wanted = params.scorer === 'model' || params.negatives.some(({ from }) => from === 'model');
  const ids = queries.map(({ query }) => query);
  // One more than is used, for the document that is left out.
  const most = Math.max(...depths) + (ignored.size > 0 ? 1 : 0);
  const model = wanted ? await openEarlierModel(context, tokens, ids, most) : undefined;
  const bm25 = withoutIgnored(bm25Retriever(tokens, params.bm25), ignored);
  return { bm25: () => bm25, model: () => withoutIgnored(model!, ignored) };
}

async function mineAll(context: Context, mine: Mine, queries: readonly MinedQuery[]): Promise<Row[]> {
  const rows: Row[] = [];
  let reported = -Infinity;
  for (const [done, mined] of queries.entries()) {
    rows.push(...mineQuery(mine, mined));
    if (monotonic() - reported < REPORT_EVERY_MS) continue;
    reported = monotonic();
    context.progress({ done, total: queries.length, unit: 'queries' });
    await setImmediate();
    context.signal.throwIfAborted();
  }
  context.progress({ done: queries.length, total: queries.length, unit: 'queries' });
  return rows;
}

/** Each query has its own random stream, so that its triplets do not depend on other queries. */
function mineQuery(mine: Mine, { query, positives }: MinedQuery): Row[] {
  const { params, sources, tally, texts, ignored } = mine;
  const numbers = random(params.seed, `mine ${query}`);
  const proposals = sources.map((source, i) =>
    source.prepare(query, createGuard(positives, texts, tally.rejections[i]!, ignored.get(query))),
  );
  const weights = sources.map(({ weight }) => weight);
  const rows: Row[] = [];
  for (const positive of positives.keys()) {
    const draws = proposals.map((from, i) => from.drawsFor(positive, pairGuard(mine, query, positive, i)));
    const scores = proposals.map((from) => from.positiveScore?.(positive));
    for (let i = 0; i < params.triplets_per_positive; i++) {
      const negatives = pickNegatives(draws, weights, params.num_negatives, numbers, tally);
      if (negatives) rows.push({ query, positive, negatives });
      else tally.incomplete += 1;
      for (const { source, rank, score } of negatives ?? [])
        tally.took(source, { rank, score, positiveScore: scores[source] });
    }
  }
  return rows;
}

/** The limits under `guards` for a negative of this positive, on the scores of the scorer. */
function pairGuard(
  { params: { guards }, scorer, tally }: Mine,
  query: number,
  positive: number,
  source: number,
): Parameters<Proposals['drawsFor']>[1] {
  if (!scorer || !hasLimits(guards)) return () => true;
  const score = (document: number): number => scorer.scores(query, Uint32Array.of(document))[0]!;
  const most = ceiling(score(positive), guards);
  return (document) => withinLimits(score(document), guards, most, tally.rejections[source]!);
}

/** Mines all queries: for each positive of each query, draws negatives that pass the guards. */
import { setImmediate } from 'node:timers/promises';
import { monotonic } from '../../src/base/clock.ts';
import { random } from '../../src/base/random.ts';
import type { StageContext } from '../../src/stage.ts';
import { answersFirst } from './answers.ts';
import { createGuard, type GuardTexts } from './guard.ts';
import { ceiling, hasLimits, withinLimits } from './limits.ts';
import type { MineParams } from './parameters.ts';
import { pickNegatives } from './pick.ts';
import type { MinedQuery } from './queries.ts';
import type { Retriever } from './retrievers.ts';
import { tripletRows, type TripletRows } from './rows.ts';
import type { NegativeSource, Proposals } from './sources/source.ts';
import type { Tally } from './tally.ts';

const REPORT_EVERY_MS = 250;

/** What is the same for all queries. */
export interface Mine {
  readonly params: MineParams;
  /** Those of `negatives`, then those of `fill`. */
  readonly sources: readonly NegativeSource[];
  readonly texts: GuardTexts;
  /** query_id → the document that the query itself is, which is never a negative. */
  readonly ignored: ReadonlyMap<number, number>;
  readonly scorer: Retriever | undefined;
  /** Documents that hard negatives are taken from first; undefined if all are equal. */
  readonly answers: ReadonlySet<number> | undefined;
  readonly tally: Tally;
}

export async function mineAll(
  context: StageContext<MineParams>,
  mine: Mine,
  queries: readonly MinedQuery[],
): Promise<TripletRows> {
  const rows = tripletRows(mine.params.num_negatives, mine.scorer);
  let reported = -Infinity;
  for (const [done, mined] of queries.entries()) {
    mineQuery(mine, mined, rows);
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
function mineQuery(mine: Mine, { query, positives, weak }: MinedQuery, rows: TripletRows): void {
  const { params, sources, tally, texts, ignored, answers } = mine;
  const numbers = random(params.seed, `mine ${query}`);
  const proposals = sources.map((source, i) =>
    source.prepare(query, createGuard(positives, texts, tally.rejections[i]!, ignored.get(query))),
  );
  const weights = sources.slice(0, params.negatives.length).map(({ weight }) => weight);
  for (const positive of positives.keys()) {
    const draws = proposals.map((from, i) => {
      const admits = pairGuard(mine, query, positive, i);
      return answers && sources[i]!.isHard
        ? answersFirst(from, positive, admits, answers)
        : from.drawsFor(positive, admits);
    });
    const scores = proposals.map((from) => from.positiveScore?.(positive));
    for (let i = 0; i < params.triplets_per_positive; i++) {
      const negatives = pickNegatives(draws, weights, params.num_negatives, numbers, tally);
      if (negatives) rows.push(query, positive, negatives, weak);
      else tally.incomplete += 1;
      for (const { source, rank, score } of negatives ?? [])
        tally.took(source, query, { rank, score, positiveScore: scores[source] });
    }
  }
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

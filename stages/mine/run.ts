import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { monotonic } from '../../src/base/clock.ts';
import { random } from '../../src/base/random.ts';
import { queriesOfSplit, readTokens, relevantDocuments, type Tokens } from '../../src/formats/tokens.ts';
import { writeTriplets, type Triplets } from '../../src/formats/triplets.ts';
import { input, PipelineError, type StageContext, type StageResult } from '../../src/stage.ts';
import { createGuard, textClassesOf } from './guard.ts';
import type { MineParams } from './kind.ts';
import { pickNegatives, type Picked } from './pick.ts';
import type { NegativeSource } from './sources/source.ts';
import { createSources } from './sources/sources.ts';
import { createTally, type Tally } from './tally.ts';

const REPORT_EVERY_MS = 250;

interface MinedQuery {
  readonly query: number;
  readonly positives: ReadonlyMap<number, number>;
}

interface Row {
  readonly query: number;
  readonly positive: number;
  readonly negatives: readonly Picked[];
}

export async function run(context: StageContext<MineParams>): Promise<StageResult> {
  const { params } = context;
  const tokens = readTokens(input(context, 'tokens').path);
  const queries = queriesToMine(tokens, params.split);
  const sources = createSources(tokens, params);
  const tally = createTally(sources);
  const rows = await mineAll(context, tokens, queries, sources, tally);
  if (rows.length === 0)
    throw new PipelineError('E_INPUT', `no query has ${params.num_negatives} usable negatives`, {
      hint: 'Ask for fewer with `num_negatives`, or add `{ from: random }` to `negatives`.',
    });
  if (tally.incomplete > 0)
    context.warn(`${tally.incomplete} triplets left out: their queries have too few usable negatives`);
  writeTriplets(context.output, toTriplets(rows, params.num_negatives, sources));
  return report(context, queries, rows.length, tally);
}

/** Queries of the split that have a relevant document; an empty split is an error with the names there are. */
function queriesToMine(tokens: Tokens, split: string): MinedQuery[] {
  const relevant = relevantDocuments(tokens);
  const queries = Array.from(queriesOfSplit(tokens, split));
  const mined = queries.flatMap((query) => {
    const positives = relevant.get(query);
    return positives ? [{ query, positives }] : [];
  });
  if (mined.length > 0) return mined;
  const problem = queries.length === 0 ? 'has no queries' : 'has no query with a relevant document';
  throw new PipelineError('E_INPUT', `the split '${split}' ${problem}`, {
    hint: `The corpus has the splits ${tokens.config.splits.join(', ')}.`,
  });
}

async function mineAll(
  context: StageContext<MineParams>,
  tokens: Tokens,
  queries: readonly MinedQuery[],
  sources: readonly NegativeSource[],
  tally: Tally,
): Promise<Row[]> {
  const textClasses = textClassesOf(tokens.documents);
  const rows: Row[] = [];
  let reported = -Infinity;
  for (const [done, mined] of queries.entries()) {
    rows.push(...mineQuery(context.params, mined, textClasses, sources, tally));
    if (monotonic() - reported < REPORT_EVERY_MS) continue;
    reported = monotonic();
    context.progress({ done, total: queries.length, unit: 'queries' });
    await setImmediate();
    context.signal.throwIfAborted();
  }
  context.progress({ done: queries.length, total: queries.length, unit: 'queries' });
  return rows;
}

/** Each query has a stream of random numbers of its own: its triplets depend on no other query's. */
function mineQuery(
  params: MineParams,
  { query, positives }: MinedQuery,
  textClasses: Uint32Array,
  sources: readonly NegativeSource[],
  tally: Tally,
): Row[] {
  const source = random(params.seed, `mine ${query}`);
  const guard = createGuard(positives, textClasses, tally.rejected);
  const draws = sources.map((from) => from.prepare(query, guard));
  const weights = sources.map(({ weight }) => weight);
  const rows: Row[] = [];
  for (const positive of positives.keys()) {
    for (let i = 0; i < params.triplets_per_positive; i++) {
      const negatives = pickNegatives(draws, weights, params.num_negatives, source, tally);
      if (negatives) rows.push({ query, positive, negatives });
      else tally.incomplete += 1;
      for (const negative of negatives ?? []) tally.took(negative.source, negative.rank);
    }
  }
  return rows;
}

function toTriplets(rows: readonly Row[], perTriplet: number, sources: readonly NegativeSource[]): Triplets {
  const negatives = new Uint32Array(rows.length * perTriplet);
  const source = new Uint8Array(rows.length * perTriplet);
  for (const [i, row] of rows.entries()) {
    for (const [j, negative] of row.negatives.entries()) {
      negatives[i * perTriplet + j] = negative.document;
      source[i * perTriplet + j] = negative.source;
    }
  }
  return {
    query: Uint32Array.from(rows, (row) => row.query),
    positive: Uint32Array.from(rows, (row) => row.positive),
    negatives,
    negativesPerTriplet: perTriplet,
    source,
    sources: sources.map(({ name }) => name),
  };
}

function report(
  { params, output }: StageContext<MineParams>,
  queries: readonly MinedQuery[],
  triplets: number,
  tally: Tally,
): StageResult {
  const sources = tally.perSource();
  const pairs = queries.reduce((sum, { positives }) => sum + positives.size, 0);
  const figures = {
    split: params.split,
    queries: queries.length,
    pairs,
    triplets,
    negatives_per_triplet: params.num_negatives,
    incomplete: tally.incomplete,
    sources,
    rejected: tally.rejected,
  };
  writeFileSync(join(output, 'report.json'), `${JSON.stringify(figures, null, 2)}\n`, { flag: 'wx' });
  const shares = sources.map(({ name, share }) => `${Math.round(100 * share)} % ${name}`);
  return {
    metrics: {
      triplets,
      queries: queries.length,
      'rejected/positive': tally.rejected.positive,
      'rejected/duplicate_text': tally.rejected.duplicate_text,
      ...Object.fromEntries(sources.map(({ name, share }) => [`share/${name}`, share])),
    },
    headline: [`${triplets.toLocaleString('en-US')} triplets`, ...shares].join(' · '),
  };
}

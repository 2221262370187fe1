/**
 * Decides how the model and BM25 are fused for each evaluated query: as the spec says, or by the fusion and the way to
 * score words that were best on the queries of another split. Where the evaluated queries are the ones that the fusion is
 * chosen on, each is fused by a choice that did not see it (cross-fitting), so that the reported figures stay honest.
 */
import { setImmediate } from 'node:timers/promises';
import { random, shuffle } from '../../../src/base/random.ts';
import type { ChosenOnQueries, Fusion, FusionConfig, FusionSource } from '../../../src/formats/fusion.ts';
import type { Bm25Parameters } from '../../../src/formats/word-scoring.ts';
import {
  chooseFusion,
  FEWEST_QUERIES,
  meanRanks,
  reciprocalRanks,
  SAFE,
  type ChosenFusion,
} from '../../../src/retrieval/fusion-choice.ts';
import { poolOf, WINDOW } from '../../../src/retrieval/fusion.ts';
import { wordScorings } from '../../../src/retrieval/word-scorings.ts';
import type { StageContext } from '../../../src/stage.ts';
import type { EvaluateParams } from '../parameters.ts';
import type { EvaluatedQuery } from '../scoring/queries.ts';
import { retrieved, type System } from '../scoring/systems.ts';
import { fusionRequest } from './request.ts';

/** How one query is fused. */
export interface QueryFusion {
  readonly fusion: Fusion;
  readonly words: System;
}

export interface FusionPlan {
  /** For searches after the evaluation. */
  readonly config: FusionConfig;
  /** For one evaluated query. */
  readonly of: (query: EvaluatedQuery) => QueryFusion;
}

/** What can be fused. */
export interface Fusible {
  readonly model: System;
  /** BM25 as the spec has it. */
  readonly bm25: System;
  /** Words scored otherwise. */
  readonly wordsWith: (scoring: Bm25Parameters) => System;
}

type Context = StageContext<EvaluateParams>;

const FOLDS = 5;
const REPORT_EVERY = 16;
/** Of the lists that are fused to choose: twice the window of the normalisation, as what ranks lower in both is hardly ever among the first 10. */
const MOST_DEPTH = 2 * WINDOW;

/** `queriesOf`: the queries of a split that have a relevant document. Undefined if no fusion is wanted. */
export async function chooseFusionFor(
  context: Context,
  fusible: Fusible | undefined,
  queriesOf: (split: string) => Promise<readonly EvaluatedQuery[]>,
): Promise<FusionPlan | undefined> {
  const { params } = context;
  const request = fusionRequest(params);
  if (request.kind === 'none' || !fusible) return undefined;
  const { model, bm25, wordsWith } = fusible;
  const config = (fusion: Fusion, scoring: Bm25Parameters, chosen: FusionSource): FusionConfig => ({
    format: 1,
    fusion,
    normalisation: 'min-max',
    depth: params.depth,
    bm25: scoring,
    chosen,
  });
  const untuned = (fusion: Fusion, chosen: FusionSource): FusionPlan => ({
    config: config(fusion, params.bm25, chosen),
    of: () => ({ fusion, words: bm25 }),
  });
  if (request.kind === 'fixed') return untuned(request.fusion, { by: 'spec' });
  const { grid, split } = request;
  const queries = sample(await queriesOf(split), request.maxQueries, params.seed);
  if (queries.length < FEWEST_QUERIES) {
    const reason =
      queries.length === 0
        ? `the split '${split}' has no queries with a relevant document`
        : `the split '${split}' has only ${queries.length} queries with a relevant document`;
    return untuned(safest(grid), { by: 'default', split, queries: queries.length, reason });
  }
  const scorings = request.tunesBm25 ? wordScorings(params.bm25) : [params.bm25];
  const words = scorings.map((scoring, i) => (i === 0 ? bm25 : wordsWith(scoring)));
  const rows = await searchAll(context, model, words, queries, grid);
  const best = chooseFusion(rows, grid);
  const means = meanRanks(rows[best.scoring]!, grid);
  const folds = split === params.split ? crossFit(rows, grid, params.seed) : undefined;
  const byQuery = new Map(
    folds?.flatMap(({ chosen, members }) => members.map((place) => [queries[place]!.id, chosen] as const)),
  );
  return {
    config: config(best.fusion, scorings[best.scoring]!, {
      by: 'validation',
      split,
      queries: queries.length,
      grid: grid.map((fusion, i) => ({ ...fusion, 'mrr@10': means[i]! })),
      ...(scorings.length > 1 && { scorings: triedScorings(scorings, rows, grid) }),
      ...(folds && {
        folds: folds.map(({ chosen, members }) => ({
          ...chosen.fusion,
          bm25: scorings[chosen.scoring]!,
          queries: members.length,
        })),
      }),
    }),
    of: ({ id }) => {
      const { fusion, scoring } = byQuery.get(id) ?? best;
      return { fusion, words: words[scoring]! };
    },
  };
}

function triedScorings(
  scorings: readonly Bm25Parameters[],
  rows: readonly (readonly Float64Array[])[],
  grid: readonly Fusion[],
): NonNullable<ChosenOnQueries['scorings']> {
  return scorings.map((scoring, i) => ({ ...scoring, 'mrr@10': Math.max(...meanRanks(rows[i]!, grid)) }));
}

/** The default, or what is nearest to it in a grid that the spec narrows. */
function safest(grid: readonly Fusion[]): Fusion {
  const distance = ({ method, weight }: Fusion): number =>
    (method === SAFE.method ? 0 : 1) + Math.abs(weight - SAFE.weight);
  return grid.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}

function sample(queries: readonly EvaluatedQuery[], most: number, seed: number): readonly EvaluatedQuery[] {
  if (queries.length <= most) return queries;
  const places = shuffle([...queries.keys()], random(seed, 'fusion queries')).slice(0, most);
  return places.sort((a, b) => a - b).map((place) => queries[place]!);
}

/**
 * For each way to score words, the reciprocal rank of each query by each fusion of the grid. Every system is searched once
 * for each query.
 */
async function searchAll(
  context: Context,
  model: System,
  words: readonly System[],
  queries: readonly EvaluatedQuery[],
  grid: readonly Fusion[],
): Promise<Float64Array[][]> {
  const depth = Math.min(context.params.depth, MOST_DEPTH);
  const byModel = model.search(queries, depth);
  const byWords = words.map((system) => system.search(queries, depth));
  const rows = words.map((): Float64Array[] => []);
  for (const [i, query] of queries.entries()) {
    const found = byModel.next().value!;
    for (const [place, bm25] of words.entries()) {
      const lists = { model: found, bm25: byWords[place]!.next().value! };
      const pool = poolOf(retrieved({ model, bm25 }, lists, query));
      rows[place]!.push(reciprocalRanks(pool, query.relevant, grid));
    }
    if (i % REPORT_EVERY !== 0 && i + 1 < queries.length) continue;
    context.progress({ done: i + 1, total: queries.length, unit: 'queries', note: 'choosing the fusion' });
    await setImmediate();
    context.signal.throwIfAborted();
  }
  return rows;
}

interface Fold {
  /** On the other folds. */
  readonly chosen: ChosenFusion;
  /** Places of the fold's queries in `rows`. */
  readonly members: readonly number[];
}

function crossFit(rows: readonly (readonly Float64Array[])[], grid: readonly Fusion[], seed: number): Fold[] {
  const order = shuffle([...rows[0]!.keys()], random(seed, 'fusion folds'));
  return Array.from({ length: FOLDS }, (_, fold) => {
    const members = order.filter((_place, i) => i % FOLDS === fold);
    const others = order.filter((_place, i) => i % FOLDS !== fold);
    const chosen = chooseFusion(
      rows.map((own) => others.map((place) => own[place]!)),
      grid,
    );
    return { chosen, members };
  });
}

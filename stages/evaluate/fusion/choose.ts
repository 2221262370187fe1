/**
 * Decides how the model and BM25 are fused for each evaluated query: as the spec says, or by the fusion that was best on
 * the queries of another split. Where the evaluated queries are the ones that the fusion is chosen on, each is fused
 * by a choice that did not see it (cross-fitting), so that the reported figures stay honest.
 */
import { setImmediate } from 'node:timers/promises';
import { random, shuffle } from '../../../src/base/random.ts';
import type { Fusion, FusionConfig, FusionSource } from '../../../src/formats/fusion.ts';
import {
  chooseFusion,
  FEWEST_QUERIES,
  meanRanks,
  reciprocalRanks,
  SAFE,
} from '../../../src/retrieval/fusion-choice.ts';
import { poolOf } from '../../../src/retrieval/fusion.ts';
import type { StageContext } from '../../../src/stage.ts';
import type { EvaluateParams } from '../parameters.ts';
import type { EvaluatedQuery } from '../scoring/queries.ts';
import { retrieved, type System } from '../scoring/systems.ts';
import { fusionRequest } from './request.ts';

export interface ChosenFusion {
  /** For searches after the evaluation. */
  readonly config: FusionConfig;
  /** For one evaluated query. */
  readonly of: (query: EvaluatedQuery) => Fusion;
}

type Context = StageContext<EvaluateParams>;
type Searched = Readonly<Record<'model' | 'bm25', System>>;

const FOLDS = 5;

/** `queriesOf`: the queries of a split that have a relevant document. Undefined if no fusion is wanted. */
export async function chooseFusionFor(
  context: Context,
  systems: readonly System[],
  queriesOf: (split: string) => Promise<readonly EvaluatedQuery[]>,
): Promise<ChosenFusion | undefined> {
  const { params } = context;
  const request = fusionRequest(params);
  if (request.kind === 'none') return undefined;
  const chosenAs = (fusion: Fusion, chosen: FusionSource, byQuery?: ReadonlyMap<number, Fusion>) => ({
    config: {
      format: 1,
      fusion,
      normalisation: 'min-max',
      depth: params.depth,
      bm25: params.bm25,
      chosen,
    } as const,
    of: ({ id }: EvaluatedQuery): Fusion => byQuery?.get(id) ?? fusion,
  });
  if (request.kind === 'fixed') return chosenAs(request.fusion, { by: 'spec' });
  const { grid, split } = request;
  const queries = sample(await queriesOf(split), request.maxQueries, params.seed);
  if (queries.length < FEWEST_QUERIES) {
    const reason =
      queries.length === 0
        ? `the split '${split}' has no queries with a relevant document`
        : `the split '${split}' has only ${queries.length} queries with a relevant document`;
    return chosenAs(safest(grid), { by: 'default', split, queries: queries.length, reason });
  }
  const model = systems.find(({ name }) => name === 'model')!;
  const bm25 = systems.find(({ name }) => name === 'bm25')!;
  const rows = await searchAll(context, { model, bm25 }, queries, grid);
  const means = meanRanks(rows, grid);
  const folds = split === params.split ? crossFit(rows, grid, params.seed) : undefined;
  return chosenAs(
    chooseFusion(rows, grid),
    {
      by: 'validation',
      split,
      queries: queries.length,
      grid: grid.map((fusion, i) => ({ ...fusion, 'mrr@10': means[i]! })),
      ...(folds && { folds: folds.map(({ fusion, members }) => ({ ...fusion, queries: members.length })) }),
    },
    new Map(
      folds?.flatMap(({ fusion, members }) => members.map((place) => [queries[place]!.id, fusion] as const)),
    ),
  );
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

const REPORT_EVERY = 16;

/** The reciprocal rank of each query by each fusion of the grid. Both systems are searched once for each query. */
async function searchAll(
  context: Context,
  { model, bm25 }: Searched,
  queries: readonly EvaluatedQuery[],
  grid: readonly Fusion[],
): Promise<Float64Array[]> {
  const { depth } = context.params;
  const [byModel, byBm25] = [model.search(queries, depth), bm25.search(queries, depth)];
  const rows: Float64Array[] = [];
  for (const [i, query] of queries.entries()) {
    const lists = { model: byModel.next().value!, bm25: byBm25.next().value! };
    const pool = poolOf(retrieved({ model, bm25 }, lists, query));
    rows.push(reciprocalRanks(pool, query.relevant, grid));
    if (i % REPORT_EVERY !== 0 && i + 1 < queries.length) continue;
    context.progress({ done: i + 1, total: queries.length, unit: 'queries', note: 'choosing the fusion' });
    await setImmediate();
    context.signal.throwIfAborted();
  }
  return rows;
}

interface Fold {
  /** Chosen on the other folds. */
  readonly fusion: Fusion;
  /** Places of the fold's queries in `rows`. */
  readonly members: readonly number[];
}

function crossFit(rows: readonly Float64Array[], grid: readonly Fusion[], seed: number): Fold[] {
  const order = shuffle([...rows.keys()], random(seed, 'fusion folds'));
  return Array.from({ length: FOLDS }, (_, fold) => {
    const members = order.filter((_place, i) => i % FOLDS === fold);
    const others = order.filter((_place, i) => i % FOLDS !== fold);
    return {
      fusion: chooseFusion(
        others.map((place) => rows[place]!),
        grid,
      ),
      members,
    };
  });
}

/**
 * Chooses the method, weight and k of a fusion, and how its words are scored (word-scorings.ts), by the MRR@10 of
 * held-out queries. It sees one value for each query, fusion and way to score words, so that no query is searched twice.
 * Fusing is in fusion.ts, the split and the queries are the caller's.
 *
 * With few queries, the best of many weights is the best by chance. Two things hold the choice back: each weight is
 * judged by the mean of itself and its neighbours, and `PRIOR` / n · (weight − 0.5)² is subtracted for n queries, so
 * that the choice moves from the weight that loses least (see `SAFE`) towards the best one as queries are added. Rank
 * fusion is chosen only if it is better by more than two standard errors of the difference.
 *
 * Measured on MedQuAD's 1,411 validation queries with ten models of MRR@10 0.376 to 0.854 (BM25 0.473), 200 samples of n
 * queries each, MRR@10 lost on the other queries against the best weight for those, as the mean over the models and for
 * the model that loses most: n = 10 0.022 and 0.028, n = 50 0.006 and 0.009, n = 200 0.003 and 0.005. The plain maximum
 * loses 0.023 and 0.031, 0.007 and 0.009, 0.003 and 0.005; a `PRIOR` of 5 0.025 and 0.038, 0.007 and 0.009, 0.003 and
 * 0.004.
 */
import { mean, standardDeviation } from '../base/statistics.ts';
import type { Fusion } from '../formats/fusion.ts';
import type { FusionPool } from './fusion.ts';
import type { Relevance } from './metrics.ts';
import { bestScoring } from './word-scorings.ts';

/**
 * For use without held-out queries. MRR@10 on MedQuAD's validation queries, BM25 0.473, by the weight of the model:
 *
 *   the model alone   0.4     0.5     0.6
 *   0.376             0.484   0.481   0.469
 *   0.436             0.574   0.591   0.606
 *   0.680             0.639   0.683   0.716
 *   0.854             0.668   0.724   0.771
 */
export const SAFE: Fusion = { method: 'convex', weight: 0.5 };

/** Fewer queries than these say nothing about the weight. */
export const FEWEST_QUERIES = 10;

const PRIOR = 2;
const CUTOFF = 10;

const WEIGHTS = Array.from({ length: 21 }, (_, i) => i / 20);
const RRF_WEIGHTS = [0.1, 0.3, 0.5, 0.7, 0.9];
const RRF_KS = [1, 10, 60];

/** Weights ascend within each method and k: the neighbours of a weight are next to it. */
export const FUSION_GRID: readonly Fusion[] = [
  ...WEIGHTS.map((weight) => ({ method: 'convex' as const, weight })),
  ...RRF_KS.flatMap((k) => RRF_WEIGHTS.map((weight) => ({ method: 'rrf' as const, weight, k }))),
];

/** Reciprocal rank, 0 beyond 10, of the first relevant document by each of these fusions. */
export function reciprocalRanks(
  pool: FusionPool,
  relevant: Relevance,
  grid: readonly Fusion[],
): Float64Array {
  const wanted = [...relevant.keys()].map((document) => pool.documents.indexOf(document));
  const places = wanted.filter((place) => place >= 0);
  const scores = new Float64Array(pool.documents.length);
  return Float64Array.from(grid, (fusion) => {
    if (places.length === 0) return 0;
    fillScores(scores, pool, fusion);
    const best = places.reduce((one, other) => (scores[other]! > scores[one]! ? other : one));
    if (scores[best] === -Infinity) return 0;
    const position = rankAt(scores, best);
    return position <= CUTOFF ? 1 / position : 0;
  });
}

/** −∞ where the fusion does not list the document. Plain loops over one buffer: this runs for every query and fusion. */
function fillScores(scores: Float64Array, { ranks, scores: both }: FusionPool, fusion: Fusion): void {
  const { weight } = fusion;
  if (weight === 0 || weight === 1) {
    const listed = weight === 1 ? ranks.model : ranks.bm25;
    for (let i = 0; i < scores.length; i++) scores[i] = listed[i] === 0 ? -Infinity : -listed[i]!;
  } else if (fusion.method === 'convex') {
    const { model, bm25 } = both;
    for (let i = 0; i < scores.length; i++) scores[i] = weight * model[i]! + (1 - weight) * bm25[i]!;
  } else {
    const { model, bm25 } = ranks;
    for (let i = 0; i < scores.length; i++) {
      const byModel = model[i] === 0 ? 0 : weight / (fusion.k + model[i]!);
      const byBm25 = bm25[i] === 0 ? 0 : (1 - weight) / (fusion.k + bm25[i]!);
      scores[i] = byModel + byBm25;
    }
  }
}

/** Positions ascend with doc_id, so an equal score precedes at a lower position. */
function rankAt(scores: Float64Array, place: number): number {
  const score = scores[place]!;
  let position = 1;
  for (let i = 0; i < scores.length && position <= CUTOFF; i++)
    if (scores[i]! > score || (scores[i] === score && i < place)) position += 1;
  return position;
}

/** The reciprocal ranks of each query, by position in the grid, which is not empty. */
type Rows = readonly Float64Array[];

export interface ChosenFusion {
  readonly fusion: Fusion;
  /** Position of its way to score words. */
  readonly scoring: number;
}

/** `rows`: those with each way to score words, the spec's own first. */
export function chooseFusion(rows: readonly Rows[], grid: readonly Fusion[]): ChosenFusion {
  const best = rows.map((own) => bestWith(own, grid));
  const scoring = bestScoring(
    best.map(({ value }) => value),
    rows[0]!.length,
  );
  return { fusion: grid[best[scoring]!.place]!, scoring };
}

interface Judged {
  /** In the grid. */
  readonly place: number;
  /** MRR@10 with its neighbours, less the penalty. */
  readonly value: number;
}

function bestWith(rows: Rows, grid: readonly Fusion[]): Judged {
  const [convex, rrf] = (['convex', 'rrf'] as const).map((method) => bestOf(rows, grid, method));
  const preferred = convex ?? rrf!;
  const rival = convex && rrf;
  return rival && clearlyBetter(rows, rival.place, preferred.place) ? rival : preferred;
}

/** The best fusion of one method; undefined if the grid has none. */
function bestOf(rows: Rows, grid: readonly Fusion[], method: Fusion['method']): Judged | undefined {
  const means = meanRanks(rows, grid);
  const judged = [...grid.keys()]
    .filter((place) => grid[place]!.method === method)
    .map((place) => {
      const near = [place - 1, place, place + 1].map((other) =>
        isNeighbour(grid[place]!, grid[other]) ? other : place,
      );
      const penalty = (PRIOR / rows.length) * (grid[place]!.weight - SAFE.weight) ** 2;
      return { place, value: mean(near.map((other) => means[other]!)) - penalty };
    });
  const [first] = judged;
  return first && judged.reduce((best, each) => (each.value > best.value ? each : best), first);
}

/** Rank fusions of the grid lie too far apart to be averaged. At an end of the grid, the end itself counts twice. */
const isNeighbour = (fusion: Fusion, other: Fusion | undefined): boolean =>
  fusion.method === 'convex' && other?.method === 'convex';

function clearlyBetter(rows: Rows, one: number, other: number): boolean {
  if (rows.length < 2) return false;
  const gains = rows.map((row) => row[one]! - row[other]!);
  return mean(gains) > (2 * standardDeviation(gains)) / Math.sqrt(gains.length);
}

/** MRR@10 of each fusion of the grid. */
export function meanRanks(rows: Rows, grid: readonly Fusion[]): number[] {
  return grid.map((_, place) => mean(rows.map((row) => row[place]!)));
}

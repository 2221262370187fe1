/** Quantiles and histograms of values and ranks, for mining.json. */
import { nearestRank } from '../../src/base/statistics.ts';

export interface Bin {
  /** Lower end, inclusive. */
  readonly from: number;
  /** Upper end, exclusive except in the last bin. */
  readonly to: number;
  readonly count: number;
}

export interface Distribution {
  readonly minimum: number;
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
  readonly maximum: number;
  readonly histogram: readonly Bin[];
}

const BINS = 20;

/** Undefined without values. Quantiles by nearest rank; bins of equal width from the minimum to the maximum. */
export function distribution(values: ArrayLike<number>): Distribution | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const at = (percent: number): number => tidy(nearestRank(sorted, percent)!);
  return {
    minimum: at(0),
    p10: at(10),
    median: at(50),
    p90: at(90),
    maximum: at(100),
    histogram: histogram(sorted),
  };
}

function histogram(sorted: Float64Array): Bin[] {
  const least = sorted[0]!;
  const width = (sorted[sorted.length - 1]! - least) / BINS;
  if (width === 0) return [{ from: tidy(least), to: tidy(least), count: sorted.length }];
  const counts = new Array<number>(BINS).fill(0);
  for (const value of sorted) counts[Math.min(BINS - 1, Math.floor((value - least) / width))]! += 1;
  return counts.map((count, bin) => ({
    from: tidy(least + bin * width),
    to: tidy(least + (bin + 1) * width),
    count,
  }));
}

const tidy = (value: number): number => Number(value.toPrecision(6));

/** Upper ends of the bins of the rank histogram; a last bin has the rest. */
const RANK_BINS = [1, 5, 10, 20, 50, 100, 200, 500, 1000];

/** Counts by rank from 1, up to the last bin that is not empty: `1`, `2-5`, `6-10` and so on. */
export function rankHistogram(ranks: Iterable<number>): Record<string, number> {
  const counts = new Array<number>(RANK_BINS.length + 1).fill(0);
  for (const rank of ranks) {
    const bin = RANK_BINS.findIndex((end) => rank <= end);
    counts[bin < 0 ? RANK_BINS.length : bin]! += 1;
  }
  const used = counts.findLastIndex((count) => count > 0) + 1;
  return Object.fromEntries(counts.slice(0, used).map((count, bin) => [rankLabel(bin), count]));
}

function rankLabel(bin: number): string {
  const start = (RANK_BINS[bin - 1] ?? 0) + 1;
  const end = RANK_BINS[bin];
  if (end === undefined) return `${start}-`;
  return start === end ? String(start) : `${start}-${end}`;
}

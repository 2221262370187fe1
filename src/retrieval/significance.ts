/** Confidence intervals and tests of means by resampling over queries; seeded, so the same everywhere. */
import type { Random } from '../base/random.ts';

export type Interval = readonly [low: number, high: number];

export interface Bootstrap {
  readonly samples: number;
  /** 0.95 for a 95 % interval. */
  readonly confidence: number;
}

/**
 * Percentile bootstrap confidence intervals (Efron 1979) of the means of several columns over the same queries. Each
 * sample draws the queries once for all columns, so intervals of differences are paired. Each column: [queries].
 */
export function bootstrapIntervals(
  columns: readonly Float64Array[],
  { samples, confidence }: Bootstrap,
  source: Random,
): Interval[] {
  const queries = columns[0]?.length ?? 0;
  if (queries === 0) return columns.map(() => [NaN, NaN]);
  const means = columns.map(() => new Float64Array(samples));
  const drawn = new Uint32Array(queries);
  for (let sample = 0; sample < samples; sample++) {
    drawn.fill(0);
    for (let i = 0; i < queries; i++) drawn[source.integer(queries)]! += 1;
    for (const [c, column] of columns.entries()) {
      let sum = 0;
      for (let i = 0; i < queries; i++) sum += drawn[i]! * column[i]!;
      means[c]![sample] = sum / queries;
    }
  }
  const tail = (1 - confidence) / 2;
  return means.map((values) => {
    values.sort();
    return [quantile(values, tail), quantile(values, 1 - tail)];
  });
}

/** Interpolates linearly between the two nearest values, like NumPy's default. `sorted` must not be empty. */
export function quantile(sorted: Float64Array, fraction: number): number {
  const place = fraction * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}

const GROUP = 8;

/**
 * Fisher's paired randomisation test, two-sided (Smucker, Allan and Carterette 2007, "A comparison of statistical
 * significance tests for information retrieval evaluation"): how often the mean difference is at least this large
 * when the two scores of each query are swapped at random. With B permutations,
 * p = (1 + #{|mean| ≥ |observed|}) / (1 + B), so it is never 0. differences: [queries]
 *
 * One random byte permutes eight queries: the sums of their 256 outcomes are precomputed.
 */
export function pairedRandomizationTest(
  differences: ArrayLike<number>,
  permutations: number,
  source: Random,
): number {
  const unequal = Array.from(differences).filter((difference) => difference !== 0);
  const observed = Math.abs(unequal.reduce((sum, difference) => sum + difference, 0));
  const outcomes = groupOutcomes(unequal);
  const groups = outcomes.length / 256;
  // Outcomes that are mathematically equal may differ in their last bits by the order of summation.
  const least = observed - 1e-9 * Math.max(1, observed);
  let extreme = 0;
  for (let i = 0; i < permutations; i++) {
    let sum = 0;
    for (let group = 0; group < groups; group += 4) {
      const bits = source.uint32();
      const end = Math.min(4, groups - group);
      for (let byte = 0; byte < end; byte++)
        sum += outcomes[(group + byte) * 256 + ((bits >>> (8 * byte)) & 255)]!;
    }
    if (Math.abs(sum) >= least) extreme += 1;
  }
  return (1 + extreme) / (1 + permutations);
}

/** [groups, 256]: signed sums of eight differences; a set bit flips a sign. */
function groupOutcomes(differences: readonly number[]): Float64Array {
  const groups = Math.ceil(differences.length / GROUP);
  const outcomes = new Float64Array(groups * 256);
  for (let group = 0; group < groups; group++) {
    const members = differences.slice(group * GROUP, (group + 1) * GROUP);
    for (let bits = 0; bits < 256; bits++)
      outcomes[group * 256 + bits] = members.reduce(
        (sum, difference, i) => sum + (((bits >>> i) & 1) === 1 ? -difference : difference),
        0,
      );
  }
  return outcomes;
}

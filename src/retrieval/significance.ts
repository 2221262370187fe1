/** Confidence intervals and tests of means by resampling over queries; seeded, so the same everywhere. */
import { random, type Random } from '../base/random.ts';
import { quantile } from '../base/statistics.ts';

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

export interface PairedTest {
  readonly queries: number;
  /** Queries on which the two differ; the others do not affect p. */
  readonly differing: number;
  /** Mean of b minus mean of a. */
  readonly difference: number;
  /** Two-sided. */
  readonly p: number;
  /** All sign patterns were counted; otherwise `samples` random ones. */
  readonly exact: boolean;
}

export interface PairedTestOptions {
  readonly seed?: number;
  /** Random sign patterns; p cannot be below 1 / (samples + 1). */
  readonly samples?: number;
}

/** Defaults of every command and of `evaluate`, so that they all give the same p for the same two reports. */
const TEST_SEED = 42;
export const TEST_SAMPLES = 10_000;

/** Up to this many differing queries all 2^n patterns are tried. */
export const EXACT_UP_TO = 14;

/**
 * Fisher's paired randomisation test, two-sided (Smucker, Allan and Carterette 2007, "A comparison of statistical
 * significance tests for information retrieval evaluation"). If two systems were equally good, the two scores of a query
 * could be swapped, so each query's difference could have either sign. p is the fraction of sign patterns for which the
 * mean difference is at least as far from zero as the observed one.
 * Scores of the same queries in the same order, each array of length n ≥ 1.
 */
export function pairedTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { seed = TEST_SEED, samples = TEST_SAMPLES }: PairedTestOptions = {},
): PairedTest {
  const queries = a.length;
  if (b.length !== queries || queries === 0)
    throw new Error(`paired test of ${queries} and ${b.length} scores`);
  const differences = Float64Array.from(
    Array.from({ length: queries }, (_, i) => b[i]! - a[i]!).filter((each) => each !== 0),
  );
  const sum = differences.reduce((total, each) => total + each, 0);
  const size = differences.reduce((total, each) => total + Math.abs(each), 0);
  // Sums of the same numbers in another order differ by rounding, which must not make a tie a loss.
  const least = Math.abs(sum) - 1e-9 * size;
  const exact = differences.length <= EXACT_UP_TO;
  const p = exact ? exactShare(differences, least) : sampledShare(differences, least, seed, samples);
  return { queries, differing: differences.length, difference: sum / queries, p, exact };
}

function exactShare(differences: Float64Array, least: number): number {
  const patterns = 2 ** differences.length;
  let extreme = 0;
  for (let pattern = 0; pattern < patterns; pattern++)
    if (Math.abs(signedSum(differences, pattern)) >= least) extreme += 1;
  return extreme / patterns;
}

/**
 * The observed pattern counts as one of the samples (Phipson and Smyth 2010), so that p is never zero. One random
 * byte gives the signs of eight queries, whose 256 sums are made beforehand.
 */
function sampledShare(differences: Float64Array, least: number, seed: number, samples: number): number {
  const source = random(seed, 'paired randomisation test');
  const sums = sumsByByte(differences);
  const groups = sums.length / 256;
  let extreme = 1;
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    for (let group = 0; group < groups; group += 4) {
      const bits = source.uint32();
      const end = Math.min(4, groups - group);
      for (let byte = 0; byte < end; byte++)
        sum += sums[(group + byte) * 256 + ((bits >>> (8 * byte)) & 255)]!;
    }
    if (Math.abs(sum) >= least) extreme += 1;
  }
  return extreme / (samples + 1);
}

/** [groups of eight differences, 256 sign patterns] */
function sumsByByte(differences: Float64Array): Float64Array {
  const groups = Math.ceil(differences.length / 8);
  return Float64Array.from({ length: groups * 256 }, (_, at) => {
    const first = 8 * Math.floor(at / 256);
    return signedSum(differences.subarray(first, first + 8), at % 256);
  });
}

/** A set bit of the pattern changes the sign of its difference. */
function signedSum(differences: Float64Array, pattern: number): number {
  let sum = 0;
  for (let i = 0; i < differences.length; i++)
    sum += (pattern >>> i) & 1 ? -differences[i]! : differences[i]!;
  return sum;
}

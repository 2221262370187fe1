/**
 * The paired randomisation test (Fisher 1935; for retrieval: Smucker, Allan and Carterette, "A comparison of
 * statistical significance tests for information retrieval evaluation", CIKM 2007). Under the null hypothesis the two
 * systems are exchangeable, so the sign of each query's difference is arbitrary. p is the fraction of sign patterns
 * whose mean difference is at least as far from zero as the observed one.
 */
import { random } from '../base/random.ts';

export interface PairedTest {
  readonly queries: number;
  /** Queries on which the two differ; the others carry no information. */
  readonly differing: number;
  /** Mean of b minus mean of a. */
  readonly difference: number;
  /** Two-sided. */
  readonly p: number;
  /** True if all sign patterns were enumerated; otherwise `samples` random ones were drawn. */
  readonly exact: boolean;
}

export interface PairedTestOptions {
  readonly seed?: number;
  /** Random sign patterns; p cannot be below 1 / (samples + 1). */
  readonly samples?: number;
}

/** Up to this many differing queries, all 2^n patterns are enumerated. */
const EXACT_UP_TO = 14;
const SAMPLES = 10_000;

/** Takes scores of the same queries in the same order: two arrays of equal length n ≥ 1. */
export function pairedTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { seed = 0, samples = SAMPLES }: PairedTestOptions = {},
): PairedTest {
  const queries = a.length;
  if (b.length !== queries || queries === 0)
    throw new Error(
      `a paired test needs the same queries on both sides, got ${queries} and ${b.length} scores`,
    );
  const differences = Float64Array.from(
    Array.from({ length: queries }, (_, i) => b[i]! - a[i]!).filter((each) => each !== 0),
  );
  const sum = differences.reduce((total, each) => total + each, 0);
  const size = differences.reduce((total, each) => total + Math.abs(each), 0);
  // Sums of the same numbers in another order differ by rounding, which must not break a tie.
  const least = Math.abs(sum) - 1e-9 * size;
  const exact = differences.length <= EXACT_UP_TO;
  const p = exact ? exactP(differences, least) : sampledP(differences, least, seed, samples);
  return { queries, differing: differences.length, difference: sum / queries, p, exact };
}

function exactP(differences: Float64Array, least: number): number {
  const patterns = 2 ** differences.length;
  let extreme = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    let sum = 0;
    for (let i = 0; i < differences.length; i++)
      sum += (pattern >>> i) & 1 ? -differences[i]! : differences[i]!;
    if (Math.abs(sum) >= least) extreme += 1;
  }
  return extreme / patterns;
}

/** The observed pattern counts as one of the samples (Phipson and Smyth 2010), so that p is never zero. */
function sampledP(differences: Float64Array, least: number, seed: number, samples: number): number {
  const source = random(seed, 'paired randomisation test');
  let extreme = 1;
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    let signs = 0;
    for (let i = 0; i < differences.length; i++) {
      if ((i & 31) === 0) signs = source.uint32();
      sum += signs & 1 ? -differences[i]! : differences[i]!;
      signs >>>= 1;
    }
    if (Math.abs(sum) >= least) extreme += 1;
  }
  return extreme / (samples + 1);
}

/**
 * The first two principal components of a matrix, to full precision and the same on every machine: Lanczos iteration
 * with full reorthogonalisation on the covariance, which is never formed, from a seeded start. Sums are in float64 and
 * in a fixed order.
 */
import { random } from '../../base/random.ts';
import type { Matrix } from '../../formats/npy.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface Projection {
  /** Coordinates of each row along the first and the second component. */
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** Share of the variance that each has. */
  readonly explained: readonly [number, number];
}

const MOST_STEPS = 120;
const CHECK_EVERY = 8;
/** Relative residual of an eigenvector at which it counts as found. */
const PRECISION = 1e-7;

export function projectOnPlane(matrix: Matrix): Projection {
  const { rows, columns, data } = matrix;
  const mean = meanOf(matrix);
  const total = varianceOf(matrix, mean);
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const below: number[] = [];
  let next = startVector(columns);
  let found: Float64Array[] = [];
  let values: number[] = [];
  for (let step = 0; step < Math.min(MOST_STEPS, columns); step++) {
    basis.push(next);
    const image = covarianceTimes(matrix, mean, next);
    diagonal.push(dot(image, next));
    // Twice is enough (Parlett, "The Symmetric Eigenvalue Problem").
    for (let pass = 0; pass < 2; pass++)
      for (const vector of basis) subtract(image, vector, dot(image, vector));
    const length = Math.sqrt(dot(image, image));
    const isLast = step + 1 === Math.min(MOST_STEPS, columns) || length <= 1e-12 * total;
    if (isLast || (step + 1) % CHECK_EVERY === 0) {
      const eigen = symmetricEigen(tridiagonal(diagonal, below));
      values = eigen.values.slice(0, 2);
      const residuals = eigen.vectors.slice(0, 2).map((vector) => Math.abs(length * vector.at(-1)!));
      if (isLast || residuals.every((residual) => residual <= PRECISION * Math.max(values[0]!, 1e-300))) {
        found = eigen.vectors.slice(0, 2).map((weights) => combine(basis, weights, columns));
        break;
      }
    }
    below.push(length);
    next = scaled(image, 1 / length);
  }
  const along = (direction: Float64Array | undefined): Float64Array => {
    const result = new Float64Array(rows);
    if (!direction) return result;
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let column = 0, at = row * columns; column < columns; column++, at++)
        sum += (data[at]! - mean[column]!) * direction[column]!;
      result[row] = sum;
    }
    return result;
  };
  const share = (value: number | undefined): number => (total > 0 ? Math.max(0, (value ?? 0) / total) : 0);
  return {
    first: along(oriented(found[0])),
    second: along(oriented(found[1])),
    explained: [share(values[0]), share(values[1])],
  };
}

function meanOf({ rows, columns, data }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++) mean[column]! += data[at]!;
  for (let column = 0; column < columns; column++) mean[column]! /= Math.max(1, rows);
  return mean;
}

function varianceOf({ rows, columns, data }: Matrix, mean: Float64Array): number {
  let sum = 0;
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++) sum += (data[at]! - mean[column]!) ** 2;
  return sum / Math.max(1, rows);
}

/** C·v with C = Xᵀ X / rows of the centred rows X, without centring them in memory. */
function covarianceTimes(
  { rows, columns, data }: Matrix,
  mean: Float64Array,
  vector: Float64Array,
): Float64Array {
  const result = new Float64Array(columns);
  const shift = dot(mean, vector);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let score = 0;
    for (let column = 0; column < columns; column++) score += data[start + column]! * vector[column]!;
    score -= shift;
    sum += score;
    for (let column = 0; column < columns; column++) result[column]! += score * data[start + column]!;
  }
  for (let column = 0; column < columns; column++)
    result[column] = (result[column]! - sum * mean[column]!) / Math.max(1, rows);
  return result;
}

function startVector(length: number): Float64Array {
  const source = random(0, 'principal components');
  const vector = Float64Array.from({ length }, () => source.normal());
  return scaled(vector, 1 / Math.sqrt(dot(vector, vector)));
}

function tridiagonal(diagonal: readonly number[], below: readonly number[]): number[][] {
  return diagonal.map((value, i) =>
    diagonal.map((_, j) => (i === j ? value : i === j + 1 ? below[j]! : j === i + 1 ? below[i]! : 0)),
  );
}

function combine(basis: readonly Float64Array[], weights: readonly number[], length: number): Float64Array {
  const vector = new Float64Array(length);
  basis.forEach((one, i) => {
    subtract(vector, one, -weights[i]!);
  });
  return vector;
}

/** A component is known but for its sign: the largest entry is positive. */
function oriented(vector: Float64Array | undefined): Float64Array | undefined {
  if (!vector) return undefined;
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? scaled(vector, -1) : vector;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function subtract(target: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! -= factor * vector[i]!;
}

function scaled(vector: Float64Array, factor: number): Float64Array {
  return vector.map((value) => value * factor);
}

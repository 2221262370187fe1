/**
 * Fits a vector v to the words of a document: u·v should be the weight of each word, where u is its code. The plain sum
 * of weighted codes gives each word the others' noise as well. Least squares removes it as far as the dimensions
 * suffice, without knowing other documents: the noise that remains is that of query words the document lacks.
 *
 * With the codes as rows of U and weights w, v = Uᵀc minimises |U v − w|² + λ|v|², times 1 + λ so that a lone word keeps
 * its weight: (U Uᵀ + λ) c = (1 + λ) w, solved by conjugate gradients. Codes are sparse, so that a step takes 32
 * additions a word. On MedQuAD, 512 dimensions reach 95 % of BM25's MRR@10, and 91 % without the fit.
 */
import type { Ragged } from '../../formats/ragged.ts';
import { addCode, productWithCode } from './codes.ts';

/** λ: keeps the vectors of documents with more words than dimensions short. 0.1 to 0.5 are equally good. */
const RIDGE = 0.25;
const MOST_STEPS = 16;
/** Squared residual, relative to the right side, at which to stop: far below the noise. */
const SMALL = 1e-8;

/** The weights c of the codes. `vector` [dimensions] is room to compute in; zeros before and after. */
export function fitWeights(
  codes: Ragged,
  words: ArrayLike<number>,
  weights: Float64Array,
  vector: Float64Array,
): Float64Array {
  const wanted = weights.map((weight) => weight * (1 + RIDGE));
  const solution = Float64Array.from(weights);
  const residual = subtract(wanted, gram(codes, words, solution, vector));
  const direction = Float64Array.from(residual);
  const enough = SMALL * squares(wanted);
  let error = squares(residual);
  for (let step = 0; step < MOST_STEPS && error > enough; step++) {
    const product = gram(codes, words, direction, vector);
    const length = error / dot(direction, product);
    for (let i = 0; i < solution.length; i++) {
      solution[i]! += length * direction[i]!;
      residual[i]! -= length * product[i]!;
    }
    const next = squares(residual);
    for (let i = 0; i < solution.length; i++) direction[i] = residual[i]! + (next / error) * direction[i]!;
    error = next;
  }
  return solution;
}

/** (U Uᵀ + λ) c */
function gram(codes: Ragged, words: ArrayLike<number>, c: Float64Array, vector: Float64Array): Float64Array {
  for (let i = 0; i < c.length; i++) addCode(codes, words[i]!, c[i]!, vector);
  const product = c.map((weight, i) => productWithCode(codes, words[i]!, vector) + RIDGE * weight);
  vector.fill(0);
  return product;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const squares = (a: Float64Array): number => dot(a, a);
const subtract = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i]!);

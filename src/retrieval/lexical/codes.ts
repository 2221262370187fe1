/**
 * The code of a word: the dimensions of a lexical vector that stand for it, with signs. The most frequent words get a
 * dimension each, because they occur in nearly all texts and would disturb all other words. Any other word gets up to
 * 16 of the remaining dimensions, one in each of 16 slices, by the SHA-256 of its text (signed feature hashing,
 * Weinberger et al. 2009). Every code has length 1; two codes are nearly orthogonal.
 */
import { createHash } from 'node:crypto';
import type { WordFrequency } from '../../formats/lexical.ts';
import type { Ragged } from '../../formats/ragged.ts';

/** Positions of a hashed word. A digest has 16 numbers of 16 bits; the root of 16 is exact. */
const SLICES = 16;
/** The fraction of the dimensions that belongs to single words, chosen on MedQuAD from 0, 1/8, 1/4 and more. */
const OWN = 1 / 8;

export interface CodeSettings {
  readonly dimensions: number;
  readonly seed: number;
}

/** How many of the most frequent words get a dimension of their own. */
export const ownDimensions = ({ dimensions }: CodeSettings): number => Math.floor(dimensions * OWN);

/** One number for each position: twice the dimension, plus 1 where the sign is negative. */
type Code = readonly number[];

/** Row = position in `words`: the code of the word. */
export function codesOf(words: readonly WordFrequency[], settings: CodeSettings): Ragged {
  const own = ownDimensions(settings);
  const slices = Math.min(SLICES, settings.dimensions - own);
  const offsets = new Uint32Array(words.length + 1);
  for (const [i, { rank }] of words.entries()) offsets[i + 1] = offsets[i]! + (rank < own ? 1 : slices);
  const values = new Uint32Array(offsets[words.length]!);
  for (const [i, { word, rank }] of words.entries())
    values.set(rank < own ? [2 * rank] : hashed(word, own, slices, settings), offsets[i]);
  return { values, offsets };
}

function hashed(word: string, own: number, slices: number, { dimensions, seed }: CodeSettings): Code {
  const digest = createHash('sha256').update(`${seed}\n${word}`).digest();
  const start = (slice: number): number => own + Math.floor((slice * (dimensions - own)) / slices);
  return Array.from({ length: slices }, (_, slice) => {
    const bits = digest.readUInt16LE(2 * slice);
    const position = start(slice) + ((bits >> 1) % (start(slice + 1) - start(slice)));
    return 2 * position + (bits & 1);
  });
}

/** Adds `weight` times the code of a word to vector[at …]. */
export function addCode(
  codes: Ragged,
  word: number,
  weight: number,
  vector: Float32Array | Float64Array,
  at = 0,
): void {
  const [from, to] = [codes.offsets[word]!, codes.offsets[word + 1]!];
  const value = weight / Math.sqrt(to - from);
  for (let i = from; i < to; i++) {
    const code = codes.values[i]!;
    vector[at + (code >> 1)]! += (code & 1) === 0 ? value : -value;
  }
}

/** The inner product of the code of a word and a vector. */
export function productWithCode(codes: Ragged, word: number, vector: Float64Array): number {
  const [from, to] = [codes.offsets[word]!, codes.offsets[word + 1]!];
  let sum = 0;
  for (let i = from; i < to; i++) {
    const code = codes.values[i]!;
    const value = vector[code >> 1]!;
    sum += (code & 1) === 0 ? value : -value;
  }
  return sum / Math.sqrt(to - from);
}

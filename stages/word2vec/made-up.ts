/**
 * Random vectors: all of them for `source: random`, otherwise those of words without a loaded or trained vector. Also
 * the coverage, the fraction of words that have one.
 */
import { SPECIAL_TOKENS } from '../../src/formats/tokens.ts';
import type { WordVectors } from '../../src/formats/vectors.ts';
import { requireMemory } from '../../src/base/memory.ts';
import { random } from '../../src/base/random.ts';
import type { RandomParams } from './parameters.ts';

/**
 * Fills the rows of words without a vector, including <unk>, uniformly and with the variance of the known rows
 * (Kim 2014, "Convolutional Neural Networks for Sentence Classification", 3.1). Each row has its own random stream,
 * so that it does not depend on which other words are known. Without any known row: ±0.5/D. Rows of `estimated` ids
 * stay as they are.
 */
export function fillUnknown(vectors: WordVectors, seed: number, estimated?: ReadonlySet<number>): void {
  const { data, dimensions, known, rows } = vectors;
  const limit = Math.sqrt(3 * varianceOfKnown(vectors)) || 0.5 / dimensions;
  for (let row = 1; row < rows; row++) {
    if (known[row] || estimated?.has(row)) continue;
    const source = random(seed, `word2vec unknown ${row}`);
    for (let i = row * dimensions; i < (row + 1) * dimensions; i++)
      data[i] = (2 * source.uniform() - 1) * limit;
  }
}

function varianceOfKnown({ data, dimensions, known }: WordVectors): number {
  let [count, sum, squares] = [0, 0, 0];
  for (const [row, isKnown] of known.entries()) {
    if (!isKnown) continue;
    for (let i = row * dimensions; i < (row + 1) * dimensions; i++) {
      sum += data[i]!;
      squares += data[i]! * data[i]!;
    }
    count += dimensions;
  }
  return count === 0 ? 0 : Math.max(0, squares / count - (sum / count) ** 2);
}

/** Random rows for every id except padding; none counts as known. */
export function randomVectors(rows: number, params: RandomParams): WordVectors {
  const { dimensions, distribution, scale } = params;
  requireMemory('the word vectors', { max_vocab: rows, dimensions });
  const source = random(params.seed, `word2vec random ${distribution}`);
  const data = new Float32Array(rows * dimensions);
  for (let i = dimensions; i < data.length; i++)
    data[i] = scale * (distribution === 'normal' ? source.normal() : 2 * source.uniform() - 1);
  return { rows, dimensions, data, known: new Uint8Array(rows) };
}

/** Coverage: the fractions of words (types) and of their occurrences (tokens) that have a vector of their own. */
export function coverage(
  known: Uint8Array,
  counts: readonly number[],
): { readonly types: number; readonly tokens: number } {
  let [types, tokens, knownTypes, knownTokens] = [0, 0, 0, 0];
  for (let id = SPECIAL_TOKENS.length; id < known.length; id++) {
    types++;
    tokens += counts[id]!;
    if (!known[id]) continue;
    knownTypes++;
    knownTokens += counts[id]!;
  }
  return { types: types ? knownTypes / types : 0, tokens: tokens ? knownTokens / tokens : 0 };
}

/**
 * Vectors for words that a finished model has no row for: with n-grams, that of the unknown word plus the mean of theirs,
 * exactly as training gives a word that is too rare for a row of its own. Without n-grams, they are all unknown.
 */
import { EMBEDDINGS, readNgrams, type ModelConfig, type ModelWeights } from '../../formats/model.ts';
import { raggedFrom } from '../../formats/ragged.ts';
import { UNKNOWN } from '../../formats/tokens.ts';
import { summed } from '../backends/plain-table.ts';
import { bucketsOf } from './subwords.ts';

/** [words, dimensions]; undefined for a model without n-grams. */
export type NewWords = (words: readonly string[]) => Float32Array;

export function newWords(folder: string, config: ModelConfig, weights: ModelWeights): NewWords | undefined {
  const { dimensions, ngrams } = config.embeddings;
  if (!ngrams) return undefined;
  const unknown = weights.get(EMBEDDINGS)!.data.slice(UNKNOWN * dimensions, (UNKNOWN + 1) * dimensions);
  let table: Float32Array | undefined;
  return (words) => {
    table ??= readNgrams(folder).data;
    const { values, offsets } = raggedFrom(words.map((word) => bucketsOf(word, ngrams)));
    const vectors = summed(table, { order: values, starts: offsets }, dimensions);
    for (let word = 0; word < words.length; word++) {
      const count = offsets[word + 1]! - offsets[word]!;
      for (let i = 0; i < dimensions; i++) {
        const at = word * dimensions + i;
        vectors[at] = unknown[i]! + (count === 0 ? 0 : vectors[at]! / count);
      }
    }
    return vectors;
  };
}

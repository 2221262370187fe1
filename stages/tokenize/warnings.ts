/** When the vocabulary of models does not fit the texts. */
import type { StageWarning } from '../../src/stage.ts';
import type { TextStatistics, TokenStatistics } from './statistics.ts';

/** Fraction of unknown words from which on a model reads more gaps than words. */
const HIGHEST_UNKNOWN = 0.5;

/** Undefined where models know most words of all texts. */
export function unknownWarning({ documents, queries }: TokenStatistics): StageWarning | undefined {
  const sets: [string, TextStatistics][] = [
    ['the documents', documents],
    ...Object.entries(queries).map(([split, texts]): [string, TextStatistics] => [
      `the ${split} queries`,
      texts,
    ]),
  ];
  const bad = sets.filter(([, texts]) => texts.unknown_share > HIGHEST_UNKNOWN);
  if (bad.length === 0) return undefined;
  const shares = bad.map(([name, texts]) => `${(texts.unknown_share * 100).toFixed(1)} % of ${name}`);
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

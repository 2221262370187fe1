/** How many words of a corpus the model has no row for: with n-grams it knows them by these, otherwise not at all. */
import type { Ragged } from '../../src/formats/ragged.ts';
import { UNKNOWN, type TokenizerConfig, type Tokens } from '../../src/formats/tokens.ts';
import type { Metrics, StageWarning } from '../../src/stage.ts';

export interface UnknownShares {
  /** Fractions of the words, from 0 to 1. */
  readonly documents: number;
  readonly queries: number;
  /** Whether the texts have words that the vocabulary of the model lacks: they are of another corpus. */
  readonly foreign: boolean;
}

/** `vocabulary`: number of words of the model's vocabulary. */
export function unknownShares(
  { documents, queries, vocabulary: { tokens } }: Tokens,
  config: TokenizerConfig,
  vocabulary: number,
): UnknownShares {
  return {
    documents: shareOf(documents, config.model_vocabulary),
    queries: shareOf(queries, config.model_vocabulary),
    foreign: tokens.length > vocabulary,
  };
}

function shareOf({ values }: Ragged, known: number): number {
  let unknown = 0;
  for (const id of values) if (id === UNKNOWN || id >= known) unknown++;
  return values.length === 0 ? 0 : unknown / values.length;
}

export function unknownMetrics({ documents, queries }: UnknownShares): Metrics {
  return { 'documents.oov': documents, 'queries.oov': queries };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** ` · 3.1 % of words unknown, by n-grams`; empty where the corpus is the model's own. */
export function unknownText({ documents, foreign }: UnknownShares, knowsNgrams: boolean): string {
  if (!foreign) return '';
  return ` · ${percent(documents)} of words unknown${knowsNgrams ? ', by n-grams' : ''}`;
}

/** Fraction of unknown words from which on embeddings of another corpus are doubtful. */
const HIGHEST = 0.2;

export function unknownWarning(
  { documents, queries, foreign }: UnknownShares,
  knowsNgrams: boolean,
): StageWarning | undefined {
  if (!foreign || knowsNgrams || Math.max(documents, queries) <= HIGHEST) return undefined;
  return {
    message: `the model knows neither the words nor the n-grams of ${percent(documents)} of the documents' words and ${percent(queries)} of the queries'`,
    cause: 'The model was trained on another corpus, without subwords.',
    hint: 'Train with `embeddings.subwords`, so that new words get a vector from their n-grams, or on texts of this corpus.',
    parameter: 'train.embeddings.subwords',
  };
}

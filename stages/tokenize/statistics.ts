/** statistics.json: text lengths, and the fractions of unknown and truncated text. The headline is in report.ts. */
import { nearestRank } from '../../src/base/statistics.ts';
import { row, rowCount, type Ragged } from '../../src/formats/ragged.ts';
import { UNKNOWN, type TokenizerConfig, type Tokens } from '../../src/formats/tokens.ts';

export interface TextStatistics {
  readonly texts: number;
  readonly empty: number;
  readonly words: number;
  /** Words that are unknown to models: rare, or not in the vocabulary. */
  readonly unknown: number;
  /** Fraction of unknown words; 0 if there are no words. */
  readonly unknown_share: number;
  /** Words per text; percentiles by nearest rank. */
  readonly length: {
    readonly mean: number;
    readonly p50: number;
    readonly p90: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Fraction of texts longer than the truncation length of models. */
  readonly truncated_share: number;
}

export interface TokenStatistics {
  readonly vocabulary: { readonly words: number; readonly model: number };
  readonly documents: TextStatistics;
  /** By split. */
  readonly queries: Readonly<Record<string, TextStatistics>>;
}

export function tokenStatistics(tokens: Tokens): TokenStatistics {
  const { config, documents, queries, querySplit } = tokens;
  const all = Uint32Array.from({ length: rowCount(documents) }, (_, id) => id);
  const bySplit = config.splits.map((split, position) => {
    const ids = Uint32Array.from(querySplit.keys()).filter((query) => querySplit[query] === position);
    return [split, textStatistics(queries, ids, config, config.max_query_length)] as const;
  });
  return {
    vocabulary: { words: tokens.vocabulary.tokens.length, model: config.model_vocabulary },
    documents: textStatistics(documents, all, config, config.max_document_length),
    queries: Object.fromEntries(bySplit),
  };
}

function textStatistics(
  texts: Ragged,
  ids: Uint32Array,
  config: TokenizerConfig,
  maximum: number,
): TextStatistics {
  const lengths = new Uint32Array(ids.length);
  let words = 0;
  let unknown = 0;
  for (const [index, id] of ids.entries()) {
    const text = row(texts, id);
    lengths[index] = text.length;
    words += text.length;
    for (const word of text) if (word === UNKNOWN || word >= config.model_vocabulary) unknown++;
  }
  lengths.sort();
  const percentile = (percent: number): number => nearestRank(lengths, percent) ?? 0;
  return {
    texts: ids.length,
    empty: lengths.findLastIndex((length) => length === 0) + 1,
    words,
    unknown,
    unknown_share: share(unknown, words),
    length: {
      mean: share(words, ids.length),
      p50: percentile(50),
      p90: percentile(90),
      p95: percentile(95),
      p99: percentile(99),
      max: lengths.at(-1) ?? 0,
    },
    truncated_share: share(lengths.filter((length) => length > maximum).length, ids.length),
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

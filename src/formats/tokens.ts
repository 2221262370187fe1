/**
 * The `tokens` artifact: the corpus as numbers, so that no later stage opens the database to compute.
 *
 * - `vocabulary.tsv`: one `token<TAB>count` a line, UTF-8; the line's number, from 0, is the token's id. Counts are of
 *   all documents and the training queries.
 * - `tokenizer.json`: Unicode normalisation, letter case, `model_vocabulary`, the lengths in tokens that models read,
 *   and the names of the splits.
 * - `tokens.safetensors`: row i of documents is `doc_id` i, row i of queries `query_id` i.
 *   - `document_ids` [tokens] U32 and `document_offsets` [documents + 1] U32: the token ids of document i are
 *     `document_ids[document_offsets[i] .. document_offsets[i + 1])`, in the order of the text, at full length.
 *   - `query_ids` and `query_offsets`: the same of queries.
 *   - `query_split` [queries] U8: position of the query's split in `splits` of tokenizer.json.
 *   - `qrels_query` U32, `qrels_document` U32, `qrels_relevance` I32, each [judgements]: the judgements, by query and
 *     then document.
 *   - `candidate_ids` and `candidate_offsets` U32: the candidates of query i, as `doc_id`s in the data's order.
 *   - `query_synthetic` [queries] U8: 1 for a query that a `synthesize` stage made. Absent if there is none.
 *   - `own_documents` [queries] U32: the `doc_id` of the document with the same id as query i, 2³² − 1 if there is none.
 *     Absent if no query has one.
 * - `statistics.json`: lengths in words and shares of unknown words; for people.
 *
 * Ids 0 and 1 are padding and unknown; the others go by falling count, and equal counts by code points. The vocabulary
 * is whole, so that BM25 sees every word; models see the ids below `model_vocabulary` and take the others as unknown.
 * Where the vocabulary of an earlier corpus was given, it comes first, with its ids and counts, and the new words of this
 * corpus, queries included, follow in the same order.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowCount, type Ragged } from './ragged.ts';
import { readSafetensors, requireTensor, writeSafetensors } from './safetensors.ts';

export const UNKNOWN = 1;
export const SPECIAL_TOKENS = ['<pad>', '<unk>'] as const;

export interface TokenizerConfig {
  readonly format: 1;
  /** Unicode normalisation form, then case folding: `NFKC` and true unless the spec says otherwise. */
  readonly normalization: 'NFC' | 'NFKC' | 'none';
  readonly lowercase: boolean;
  /** Size of the models' vocabulary, after `min_count` and `max_vocab` and including the special tokens. */
  readonly model_vocabulary: number;
  /** Models read at most this many tokens of a text; the artifact holds all of them. */
  readonly max_query_length: number;
  readonly max_document_length: number;
  /** Names of the splits; `querySplit` holds indices into this list. */
  readonly splits: readonly string[];
}

export interface Vocabulary {
  readonly tokens: readonly string[];
  readonly counts: readonly number[];
}

/** Relevance judgements, ordered by (query, document). */
export interface Qrels {
  readonly query: Uint32Array;
  readonly document: Uint32Array;
  readonly relevance: Int32Array;
}

export interface Tokens {
  readonly config: TokenizerConfig;
  readonly vocabulary: Vocabulary;
  /** Row = doc_id: all token ids of the document. */
  readonly documents: Ragged;
  /** Row = query_id. */
  readonly queries: Ragged;
  /** [queries]: index into `config.splits`. */
  readonly querySplit: Uint8Array;
  /** [queries]: 1 for synthetic queries; absent if there are none. */
  readonly synthetic?: Uint8Array;
  readonly qrels: Qrels;
  /** Row = query_id: doc_ids of its candidates, in the order of the data. */
  readonly candidates: Ragged;
  /** query_id → doc_id of the document with the same id as the query; absent if no query has one. */
  readonly ownDocuments?: ReadonlyMap<number, number>;
}

/** No document, in `own_documents`. */
const NONE = 0xffffffff;

/** The documents to leave out of the rankings of these queries; none if `ignore` is not set. */
export function ignoredDocuments(tokens: Tokens, ignore: boolean): ReadonlyMap<number, number> {
  return (ignore ? tokens.ownDocuments : undefined) ?? new Map<number, number>();
}

function writeVocabulary(folder: string, vocabulary: Vocabulary): void {
  const lines = vocabulary.tokens.map((token, id) => `${token}\t${vocabulary.counts[id]}\n`);
  writeFileSync(join(folder, 'vocabulary.tsv'), lines.join(''), { flag: 'wx' });
}

export function readVocabulary(folder: string): Vocabulary {
  const lines = readFileSync(join(folder, 'vocabulary.tsv'), 'utf8').split('\n').slice(0, -1);
  const tab = (line: string): number => line.lastIndexOf('\t');
  return {
    tokens: lines.map((line) => line.slice(0, tab(line))),
    counts: lines.map((line) => Number(line.slice(tab(line) + 1))),
  };
}

/** Whether ids mean the same words: the vocabulary in `folder` is that in `base`, to the byte, or begins with it. */
export function extendsVocabulary(folder: string, base: string): boolean {
  const [whole, start] = [folder, base].map((one) => readFileSync(join(one, 'vocabulary.tsv')));
  return whole!.subarray(0, start!.length).equals(start!);
}

export function writeTokenizerConfig(folder: string, config: TokenizerConfig): void {
  writeFileSync(join(folder, 'tokenizer.json'), `${JSON.stringify(config, null, 2)}\n`, { flag: 'wx' });
}

export function readTokenizerConfig(folder: string): TokenizerConfig {
  return JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) as TokenizerConfig;
}

export function writeTokens(folder: string, tokens: Tokens): void {
  writeVocabulary(folder, tokens.vocabulary);
  writeTokenizerConfig(folder, tokens.config);
  const vector = <D extends { length: number }>(data: D): { shape: number[]; data: D } => ({
    shape: [data.length],
    data,
  });
  const own = tokens.ownDocuments;
  writeSafetensors(join(folder, 'tokens.safetensors'), {
    document_ids: vector(tokens.documents.values),
    document_offsets: vector(tokens.documents.offsets),
    query_ids: vector(tokens.queries.values),
    query_offsets: vector(tokens.queries.offsets),
    query_split: vector(tokens.querySplit),
    qrels_query: vector(tokens.qrels.query),
    qrels_document: vector(tokens.qrels.document),
    qrels_relevance: vector(tokens.qrels.relevance),
    candidate_ids: vector(tokens.candidates.values),
    candidate_offsets: vector(tokens.candidates.offsets),
    ...(tokens.synthetic && { query_synthetic: vector(tokens.synthetic) }),
    ...(own && own.size > 0 && { own_documents: vector(ownColumn(own, tokens.querySplit.length)) }),
  });
}

function ownColumn(own: ReadonlyMap<number, number>, queries: number): Uint32Array {
  return Uint32Array.from({ length: queries }, (_, query) => own.get(query) ?? NONE);
}

function ownDocuments(column: Uint32Array): ReadonlyMap<number, number> {
  return new Map([...column.entries()].filter(([, document]) => document !== NONE));
}

export function readTokens(folder: string): Tokens {
  const file = readSafetensors(join(folder, 'tokens.safetensors'));
  const u32 = (name: string): Uint32Array => requireTensor(file, name, Uint32Array).data;
  return {
    config: readTokenizerConfig(folder),
    vocabulary: readVocabulary(folder),
    documents: { values: u32('document_ids'), offsets: u32('document_offsets') },
    queries: { values: u32('query_ids'), offsets: u32('query_offsets') },
    querySplit: requireTensor(file, 'query_split', Uint8Array).data,
    qrels: {
      query: u32('qrels_query'),
      document: u32('qrels_document'),
      relevance: requireTensor(file, 'qrels_relevance', Int32Array).data,
    },
    candidates: { values: u32('candidate_ids'), offsets: u32('candidate_offsets') },
    ...(file.tensors.has('query_synthetic') && {
      synthetic: requireTensor(file, 'query_synthetic', Uint8Array).data,
    }),
    ...(file.tensors.has('own_documents') && { ownDocuments: ownDocuments(u32('own_documents')) }),
  };
}

/** One row as a model sees it: at most `maximum` ids, those outside its vocabulary replaced by unknown. */
export function modelIds(ids: Uint32Array, config: TokenizerConfig, maximum: number): Uint32Array {
  const seen = ids.slice(0, maximum);
  for (let i = 0; i < seen.length; i++) if (seen[i]! >= config.model_vocabulary) seen[i] = UNKNOWN;
  return seen;
}

/** The rows from `start` to before `end` as `modelIds` gives them, in two flat arrays. */
export function modelTexts(
  texts: Ragged,
  config: TokenizerConfig,
  maximum: number,
  start = 0,
  end = rowCount(texts),
): Ragged {
  const offsets = new Uint32Array(end - start + 1);
  for (let i = start; i < end; i++) {
    const length = texts.offsets[i + 1]! - texts.offsets[i]!;
    offsets[i - start + 1] = offsets[i - start]! + Math.min(maximum, length);
  }
  const values = new Uint32Array(offsets[end - start]!);
  for (let i = start; i < end; i++) {
    const from = texts.offsets[i]!;
    const to = offsets[i - start]!;
    const length = offsets[i - start + 1]! - to;
    for (let j = 0; j < length; j++) {
      const id = texts.values[from + j]!;
      values[to + j] = id >= config.model_vocabulary ? UNKNOWN : id;
    }
  }
  return { values, offsets };
}

/** query_ids of one split, ascending. */
export function queriesOfSplit(tokens: Tokens, split: string): Uint32Array {
  const position = tokens.config.splits.indexOf(split);
  const found: number[] = [];
  tokens.querySplit.forEach((value, query) => {
    if (value === position) found.push(query);
  });
  return Uint32Array.from(found);
}

/**
 * query_id → doc_id → relevance, for relevance above 0. Queries without relevant documents are absent. `queries` limits
 * it to some, whose judgements take little memory beside all of a large training set.
 */
export function relevantDocuments(
  tokens: Tokens,
  queries?: Iterable<number>,
): Map<number, Map<number, number>> {
  const byQuery = new Map<number, Map<number, number>>();
  const wanted = queries && new Set(queries);
  const { query, document, relevance } = tokens.qrels;
  for (let i = 0; i < query.length; i++) {
    if (relevance[i]! <= 0 || wanted?.has(query[i]!) === false) continue;
    let documents = byQuery.get(query[i]!);
    if (!documents) byQuery.set(query[i]!, (documents = new Map<number, number>()));
    documents.set(document[i]!, relevance[i]!);
  }
  return byQuery;
}

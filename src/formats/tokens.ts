/**
 * The `tokens` artifact: the corpus as numbers, so that no later stage opens the database to compute.
 *   vocabulary.tsv      one `token<TAB>count` a line; the line's number from 0 is the token's id
 *   tokenizer.json      the settings, the splits' names and the lengths that the model sees
 *   tokens.safetensors  the arrays below
 * Ids 0 and 1 are padding and unknown; the rest go by falling count. The vocabulary is whole, so BM25 sees
 * every word; a model sees the first `model_vocabulary` ids and takes the others as unknown.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ragged } from './ragged.ts';
import { readSafetensors, requireTensor, writeSafetensors } from './safetensors.ts';

export const UNKNOWN = 1;
export const SPECIAL_TOKENS = ['<pad>', '<unk>'] as const;

export interface TokenizerConfig {
  readonly format: 1;
  /** Unicode normalisation form, then case folding: `NFKC` and true unless the spec says otherwise. */
  readonly normalization: 'NFC' | 'NFKC' | 'none';
  readonly lowercase: boolean;
  /** Ids below this are known to models: vocabulary after `min_count` and `max_vocab`, special tokens included. */
  readonly model_vocabulary: number;
  /** Models read at most this many tokens; the artifact holds them all. */
  readonly max_query_length: number;
  readonly max_document_length: number;
  /** Names of the splits; `querySplit` holds positions in this list. */
  readonly splits: readonly string[];
}

export interface Vocabulary {
  readonly tokens: readonly string[];
  readonly counts: readonly number[];
}

/** Judgements in the order (query, document). */
export interface Qrels {
  readonly query: Uint32Array;
  readonly document: Uint32Array;
  readonly relevance: Int32Array;
}

export interface Tokens {
  readonly config: TokenizerConfig;
  readonly vocabulary: Vocabulary;
  /** Row = doc_id: the whole document's token ids. */
  readonly documents: Ragged;
  /** Row = query_id. */
  readonly queries: Ragged;
  /** [queries]: position in `config.splits`. */
  readonly querySplit: Uint8Array;
  readonly qrels: Qrels;
  /** Row = query_id: doc_ids of its candidates in the data's order; empty where there are none. */
  readonly candidates: Ragged;
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
  });
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
  };
}

/** What a model sees of one row: at most `maximum` ids, those outside its vocabulary as unknown. */
export function modelIds(ids: Uint32Array, config: TokenizerConfig, maximum: number): Uint32Array {
  const seen = ids.slice(0, maximum);
  for (let i = 0; i < seen.length; i++) if (seen[i]! >= config.model_vocabulary) seen[i] = UNKNOWN;
  return seen;
}

/** query_ids of one split, rising. */
export function queriesOfSplit(tokens: Tokens, split: string): Uint32Array {
  const position = tokens.config.splits.indexOf(split);
  const found: number[] = [];
  tokens.querySplit.forEach((value, query) => {
    if (value === position) found.push(query);
  });
  return Uint32Array.from(found);
}

/** query_id → doc_id → relevance, for relevance above 0; queries without any are absent. */
export function relevantDocuments(tokens: Tokens): Map<number, Map<number, number>> {
  const byQuery = new Map<number, Map<number, number>>();
  const { query, document, relevance } = tokens.qrels;
  for (let i = 0; i < query.length; i++) {
    if (relevance[i]! <= 0) continue;
    let documents = byQuery.get(query[i]!);
    if (!documents) byQuery.set(query[i]!, (documents = new Map<number, number>()));
    documents.set(document[i]!, relevance[i]!);
  }
  return byQuery;
}

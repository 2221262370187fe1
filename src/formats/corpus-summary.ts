/** `corpus.json` of a corpus: what it holds and how it came to be, readable without opening the database. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CorpusCounts {
  readonly documents: number;
  readonly queries: number;
  readonly qrels: number;
  readonly candidates: number;
}

export interface SplitCounts {
  readonly name: string;
  readonly queries: number;
  /** Queries of the split without any relevant document (relevance above 0). */
  readonly unanswered: number;
  readonly qrels: number;
  readonly candidates: number;
  /** Queries made by a `synthesize` stage; absent if there are none. */
  readonly synthetic?: number;
}

/** A downloaded file. Local files are not listed, because their paths differ between machines. */
export interface CorpusSource {
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface CorpusSummary {
  readonly format: string;
  readonly counts: CorpusCounts;
  /** In the order in which their first queries are numbered. */
  readonly splits: readonly SplitCounts[];
  /** Rows merged into an earlier equal one. */
  readonly duplicates: { readonly documents: number; readonly qrels: number; readonly candidates: number };
  /** Invalid rows that were skipped, by reason; empty unless `on_error: skip`. */
  readonly rejects: Readonly<Record<string, number>>;
  readonly sources: readonly CorpusSource[];
  /** Queries with the id of a document of the corpus; absent if there are none. */
  readonly identical_ids?: number;
  /** By split; absent if there is no `train` or no other split. */
  readonly leakage?: Readonly<Record<string, Leakage>>;
}

/** A question of an evaluation split, and the training question that it is or resembles. */
export interface LeakageExample {
  readonly question: string;
  readonly training_question: string;
}

/** What the queries of an evaluation split share with the training queries. */
export interface Leakage {
  readonly queries: number;
  /** Queries with the same words in the same order. */
  readonly same_questions: number;
  /** Further queries with the same set of words, or nearly so. */
  readonly similar_questions: number;
  readonly relevant_documents: number;
  /** Relevant documents that are relevant to a training query too. */
  readonly shared_documents: number;
  readonly examples: readonly LeakageExample[];
}

const SUMMARY_FILE = 'corpus.json';

export function writeCorpusSummary(folder: string, summary: CorpusSummary): void {
  writeFileSync(join(folder, SUMMARY_FILE), `${JSON.stringify(summary, null, 2)}\n`, { flag: 'wx' });
}

export function readCorpusSummary(folder: string): CorpusSummary {
  return JSON.parse(readFileSync(join(folder, SUMMARY_FILE), 'utf8')) as CorpusSummary;
}

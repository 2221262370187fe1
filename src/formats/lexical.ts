/**
 * The lexical part of an `embeddings` artifact: what the lexical vectors of its documents were made with, and what
 * those of other queries need. The settings are in `embeddings.json`, the words in `lexical.tsv`; see embeddings.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bm25Parameters } from './word-scoring.ts';

/** With how words are scored. */
export interface LexicalSettings extends Bm25Parameters {
  readonly dimensions: number;
  /** Seed of the words' codes. */
  readonly seed: number;
  /** Number of documents, for inverse document frequencies. */
  readonly documents: number;
  /** Mean number of tokens in a document. */
  readonly average_length: number;
}

export interface WordFrequency {
  readonly word: string;
  /** Number of documents with the word. */
  readonly documents: number;
  /** Position among the words of the corpus by falling document frequency, from 0: the line in the file. */
  readonly rank: number;
}

const FILE = 'lexical.tsv';

/** `words`: all of them, by rank. */
export function writeWordFrequencies(folder: string, words: readonly WordFrequency[]): void {
  const lines = words.map(({ word, documents }) => `${word}\t${documents}\n`);
  writeFileSync(join(folder, FILE), lines.join(''), { flag: 'wx' });
}

export function readWordFrequencies(folder: string): WordFrequency[] {
  const lines = readFileSync(join(folder, FILE), 'utf8').split('\n').slice(0, -1);
  return lines.map((line, rank) => {
    const tab = line.lastIndexOf('\t');
    return { word: line.slice(0, tab), documents: Number(line.slice(tab + 1)), rank };
  });
}

/** What the queries of the corpus say about how its users ask, and which ones must not be made again. */
import type { Corpus } from '../../src/formats/corpus.ts';
import { wordSet } from './guards.ts';
import { wordsOf } from './text/words.ts';

export interface RealQueries {
  /** Word sets of all queries of the corpus, whatever their split: a test question must not become a training query. */
  readonly wordSets: ReadonlySet<string>;
  /** Of the real training queries. */
  readonly lengths: readonly number[];
  /** Their words, once for each occurrence. */
  readonly words: readonly string[];
  /** External ids of the split `train` and of held-out queries, which the new ones must not repeat. */
  readonly names: ReadonlySet<string>;
}

export async function readRealQueries(corpus: Corpus): Promise<RealQueries> {
  const wordSets = new Set<string>();
  const names = new Set<string>();
  const lengths: number[] = [];
  const words: string[] = [];
  for (const { name, text, split, synthetic } of await corpus.queryRows()) {
    const keys = wordsOf(text).map(({ key }) => key);
    wordSets.add(wordSet(keys));
    names.add(name);
    if (split !== 'train' || synthetic) continue;
    lengths.push(keys.length);
    words.push(...keys);
  }
  return { wordSets, lengths, words, names };
}

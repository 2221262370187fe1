/** A corpus that a model learns in a second. */
import { random, shuffle } from '../../src/base/random.ts';

const WORDS = Array.from({ length: 40 }, (_, i) => `word${i}`);

/** As files in the format of BEIR. Queries are the first words of their documents. */
export function tinyCorpus(): Record<string, string> {
  const source = random(1, 'a corpus for the sweep');
  const documents = Array.from({ length: 60 }, () => shuffle([...WORDS], source).slice(0, 8));
  const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const qrels = (from: number, to: number): string =>
    `query-id\tcorpus-id\tscore\n${documents
      .map((_, i) => `q${i}\td${i}\t1\n`)
      .slice(from, to)
      .join('')}`;
  return {
    'data/corpus.jsonl': lines(
      documents.map((words, i) => ({ _id: `d${i}`, title: '', text: words.join(' ') })),
    ),
    'data/queries.jsonl': lines(
      documents.map((words, i) => ({ _id: `q${i}`, text: words.slice(0, 3).join(' ') })),
    ),
    'data/qrels/train.tsv': qrels(0, 40),
    'data/qrels/validation.tsv': qrels(40, 50),
    'data/qrels/test.tsv': qrels(50, 60),
  };
}

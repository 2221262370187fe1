/** The terms that a document is about: those with a high tf-idf, with saturation, so that a repeated word does not win alone. */
import type { Statistics } from './statistics.ts';
import type { Word } from './text/words.ts';

/** A quarter of the content words, but at least and at most so many. */
const SHARE = 0.25;
const FEWEST = 3;
const MOST = 10;

/** The keys of the best terms. */
export function salientTerms(words: readonly Word[], statistics: Statistics): ReadonlySet<string> {
  const best = bestTerms(words, statistics);
  const count = Math.min(MOST, Math.max(FEWEST, Math.ceil(SHARE * best.length)));
  return new Set(best.slice(0, count).map(({ key }) => key));
}

/** Weight of a word that occurs once in the corpus, which in a large one is often an error of spelling. */
const ONCE = 0.5;

/** First occurrences, best first; equal ones in the order of the text. */
export function bestTerms(words: readonly Word[], statistics: Statistics): Word[] {
  const found = new Map<string, { word: Word; count: number }>();
  for (const word of words) {
    const known = found.get(word.key);
    if (known) known.count += 1;
    else if (statistics.isContent(word.key)) found.set(word.key, { word, count: 1 });
  }
  return [...found.values()]
    .map(({ word, count }) => {
      const weight = count === 1 && statistics.documentsWith(word.key) <= 1 ? ONCE : 1;
      return { word, score: weight * (count / (count + 1)) * statistics.idf(word.key) };
    })
    .sort((left, right) => right.score - left.score || left.word.start - right.word.start)
    .map(({ word }) => word);
}

/** The terms of a document with a high tf-idf, as people type keywords. A word of no other document is often an error. */
import { shuffle } from '../../../src/base/random.ts';
import type { Word } from '../text/words.ts';
import type { Method, Setting } from './method.ts';

const FEWEST = 2;
/** Terms to draw from, for each one that is drawn. */
const POOL = 2;

export const keyTerms: Method = ({ text, words }, setting, numbers) => {
  const { keyTerms: params, noise } = setting;
  const count = FEWEST + numbers.integer(params.max_terms - FEWEST + 1);
  const pool = bestTerms(words, setting).slice(0, POOL * count);
  const chosen = shuffle(pool, numbers).slice(0, count);
  if (chosen.length < FEWEST) return undefined;
  const terms = chosen
    .sort((left, right) => left.start - right.start)
    .flatMap(({ start, end, key }) => {
      const term = { text: text.slice(start, end), key };
      if (noise.length === 0 || numbers.uniform() >= params.noise) return [term];
      const word = noise[numbers.integer(noise.length)]!;
      return [{ text: word, key: word }, term];
    });
  return { text: terms.map((term) => term.text).join(' '), keys: terms.map(({ key }) => key) };
};

/** First occurrences, best first; equal ones in the order of the text. */
function bestTerms(words: readonly Word[], { statistics }: Setting): Word[] {
  const found = new Map<string, { word: Word; count: number }>();
  for (const word of words) {
    const known = found.get(word.key);
    if (known) known.count += 1;
    else if (statistics.isContent(word.key)) found.set(word.key, { word, count: 1 });
  }
  return [...found.values()]
    .filter(({ word, count }) => count > 1 || statistics.documentsWith(word.key) > 1)
    .map(({ word, count }) => ({ word, score: (count / (count + 1)) * statistics.idf(word.key) }))
    .sort((left, right) => right.score - left.score || left.word.start - right.word.start)
    .map(({ word }) => word);
}

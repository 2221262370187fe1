/** The terms of a document with a high tf-idf, as people type keywords. */
import { shuffle } from '../../../src/base/random.ts';
import { bestTerms } from '../salience.ts';
import type { Method } from './method.ts';

const FEWEST = 2;
/** Terms to draw from, for each one that is drawn. */
const POOL = 1.5;

export const keyTerms: Method = ({ text, words }, setting, numbers) => {
  const { keyTerms: params, noise } = setting;
  const count = FEWEST + numbers.integer(params.max_terms - FEWEST + 1);
  const pool = bestTerms(words, setting.statistics).slice(0, Math.ceil(POOL * count));
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

import { wordsOf } from '../text/words.ts';
import type { Method } from './method.ts';

/** A body shorter than this has nothing to find. */
const SHORTEST_BODY = 5;
/** A title of more documents than this, such as that of an article with many paragraphs, finds none in particular. */
const MOST_WITH_TITLE = 3;
const LONGEST = 24;

export const title: Method = ({ title: written, words, body }, { statistics }) => {
  if (written === null || words.length - body < SHORTEST_BODY) return undefined;
  if (statistics.documentsTitled(written) > MOST_WITH_TITLE) return undefined;
  const keys = wordsOf(written).map(({ key }) => key);
  if (keys.length > LONGEST) return undefined;
  return { text: written.trim().replace(/\s+/g, ' '), keys };
};

import { isQuestion } from '../text/sentences.ts';
import { proposalOf, trimmed, type Method } from './method.ts';

/** A question is kept whole up to this many times the longest query. */
const LONGER = 2;

export const firstSentence: Method = (document, { statistics, lengths }, numbers) => {
  const first = document.sentences[0];
  if (!first) return undefined;
  if (isQuestion(document.text, document.words, first) && first.to - first.from <= LONGER * lengths.longest) {
    const whole = proposalOf(document, first);
    return { ...whole, text: `${whole.text}?` };
  }
  const to = Math.min(first.to, first.from + lengths.draw(numbers));
  const span = trimmed(document, { from: first.from, to }, first, statistics);
  return span && proposalOf(document, span);
};

/**
 * Independent cropping (Izacard et al. 2022, "Unsupervised dense information retrieval with contrastive learning"): two
 * random spans of a text belong together. The document is the one span, since its texts are truncated; of the other, a
 * tenth of the words is deleted, as there.
 */
import { part, proposalOf, trimmed, type Method } from './method.ts';

const DELETED = 0.1;

export const crop: Method = (document, { statistics, lengths }, numbers) => {
  const { text, words, body } = document;
  const all = { from: body, to: words.length };
  const span = trimmed(document, part(all, lengths.draw(numbers), numbers), all, statistics);
  if (!span) return undefined;
  const kept = words.slice(span.from, span.to).filter(() => numbers.uniform() >= DELETED);
  return {
    ...proposalOf(document, span),
    text: kept.map(({ start, end }) => text.slice(start, end)).join(' '),
    keys: kept.map(({ key }) => key),
  };
};

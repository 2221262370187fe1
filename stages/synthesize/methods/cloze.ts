/**
 * The inverse cloze task (Lee et al. 2019, "Latent retrieval for weakly supervised open domain question answering"):
 * a sentence asks for the text that it was taken from. The document keeps the sentence here, so the span must share a
 * content word with the rest of the document: a model that reads only the rest, or the beginning, can still answer it.
 */
import { part, proposalOf, trimmed, type Method } from './method.ts';

export const cloze: Method = (document, { statistics, lengths }, numbers) => {
  const { sentences, words } = document;
  if (sentences.length < 2) return undefined;
  const sentence = sentences[1 + numbers.integer(sentences.length - 1)]!;
  const span = trimmed(document, part(sentence, lengths.draw(numbers), numbers), sentence, statistics);
  if (!span) return undefined;
  const inside = new Set(words.slice(span.from, span.to).map(({ key }) => key));
  const shares = words.some(
    ({ key }, i) => (i < sentence.from || i >= sentence.to) && inside.has(key) && statistics.isContent(key),
  );
  return shares ? proposalOf(document, span) : undefined;
};

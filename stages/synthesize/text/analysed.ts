/** A document as the methods read it: words with their counts, sentences, and the title if it has one. */
import { sentencesOf, type Span } from './sentences.ts';
import { wordsOf, type Word } from './words.ts';

export interface Analysed {
  readonly document: number;
  readonly text: string;
  readonly words: readonly Word[];
  /** Position of the first word after the title. */
  readonly body: number;
  /** Of the body. */
  readonly sentences: readonly Span[];
  readonly title: string | null;
}

export function analyse(document: number, text: string, title: string | null): Analysed {
  const words = wordsOf(text);
  const titled = title !== null && text.startsWith(title);
  const found = titled ? words.findIndex(({ start }) => start >= title.length) : 0;
  const body = found === -1 ? words.length : found;
  const sentences = sentencesOf(text, words.slice(body)).map(({ from, to }) => ({
    from: from + body,
    to: to + body,
  }));
  return { document, text, words, body, sentences, title };
}

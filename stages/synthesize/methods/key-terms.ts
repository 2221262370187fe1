/** The terms of a document with a high tf-idf, as people type keywords. */
import { shuffle } from '../../../src/base/random.ts';
import { bestTerms, salientTerms } from '../salience.ts';
import type { Analysed } from '../text/analysed.ts';
import { textOf, type Span } from '../text/sentences.ts';
import type { Method } from './method.ts';

const FEWEST = 2;
/** Terms to draw from, for each one that is drawn. */
const POOL = 1.5;

/**
 * The first term is always the best one, and all are among the salient ones: the others of a short document are words
 * such as `believed` or `helped`, which nobody would type.
 */
export const keyTerms: Method = (document, setting, numbers) => {
  const { keyTerms: params, noise, statistics } = setting;
  const count = FEWEST + numbers.integer(params.max_terms - FEWEST + 1);
  const salient = salientTerms(document.words, statistics);
  const best = bestTerms(document.words, statistics).filter(({ key }) => salient.has(key));
  const [first, ...others] = best.slice(0, Math.ceil(POOL * count));
  if (first === undefined || others.length < FEWEST - 1) return undefined;
  const chosen = [first, ...shuffle(others, numbers).slice(0, count - 1)];
  const names = distinctNames(
    document,
    chosen.map(({ start }) => start),
  );
  const terms = names.flatMap(({ text, keys }) => {
    if (noise.length === 0 || numbers.uniform() >= params.noise) return [{ text, keys }];
    const word = noise[numbers.integer(noise.length)]!;
    return [
      { text: word, keys: [word] },
      { text, keys },
    ];
  });
  return { text: terms.map(({ text }) => text).join(' '), keys: terms.flatMap(({ keys }) => keys) };
};

interface Name {
  readonly text: string;
  readonly keys: readonly string[];
}

/** The terms that start at these places, in the order of the text, with the words that hyphens join to them. */
function distinctNames({ text, words }: Analysed, starts: readonly number[]): Name[] {
  const spans = new Map<number, Span>();
  const hyphened = (i: number): boolean =>
    i >= 0 && i + 1 < words.length && /^[-‐‑]$/.test(text.slice(words[i]!.end, words[i + 1]!.start));
  for (const start of [...starts].sort((left, right) => left - right)) {
    let from = words.findIndex((word) => word.start === start);
    let to = from + 1;
    while (hyphened(from - 1)) from -= 1;
    while (hyphened(to - 1)) to += 1;
    spans.set(from, { from, to });
  }
  return [...spans.values()].map((span) => ({
    text: textOf(text, words, span),
    keys: words.slice(span.from, span.to).map(({ key }) => key),
  }));
}

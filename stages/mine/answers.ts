/**
 * Answers first: hard negatives are taken from the documents that are a positive of some query before others. The
 * documents of validation and test queries are no positives in training. As hard negatives of queries about the same
 * subject, they would be pushed away from it, and nothing would pull them back.
 */
import { queriesOfSplit, relevantDocuments, type Tokens } from '../../src/formats/tokens.ts';
import type { MinedQuery } from './queries.ts';
import type { Draw, Proposals } from './sources/source.ts';

/** Documents that are relevant to a real query of the split, and the positives of the mined queries, weak ones included. */
export function answersOf(tokens: Tokens, split: string, mined: readonly MinedQuery[]): ReadonlySet<number> {
  const real = Array.from(queriesOfSplit(tokens, split)).filter((query) => tokens.synthetic?.[query] !== 1);
  const judged = relevantDocuments(tokens, real);
  return new Set(
    [...judged.values(), ...mined.map(({ positives }) => positives)].flatMap((of) => [...of.keys()]),
  );
}

/** Random negatives are to show a model all kinds of documents, which a small part of them does not. */
const MOST = 0.5;

/** Whether random negatives are taken from the answers first, too. */
export function areMost(answers: ReadonlySet<number>, documents: number): boolean {
  return answers.size >= MOST * documents;
}

/** Draws from the answers until none is left, and then from the other documents. */
export function answersFirst(
  proposals: Proposals,
  positive: number,
  admits: (document: number) => boolean,
  answers: ReadonlySet<number>,
): Draw {
  const first = proposals.drawsFor(positive, (document) => answers.has(document) && admits(document));
  let others: Draw | undefined;
  return (random, taken) => {
    const answer = first(random, taken);
    if (answer) return answer;
    others ??= proposals.drawsFor(positive, (document) => !answers.has(document) && admits(document));
    return others(random, taken);
  };
}

/** Creates the sources of negatives that the parameters name. Each kind of source is in a file of its own. */
import { rowCount } from '../../../src/formats/ragged.ts';
import type { Tokens } from '../../../src/formats/tokens.ts';
import { areMost } from '../answers.ts';
import type { Rejections } from '../guard.ts';
import type { NegativeParams } from '../parameters.ts';
import type { Retrievers } from '../open-retrievers.ts';
import { candidatesSource } from './candidates.ts';
import { randomSource } from './random.ts';
import { rankedSource } from './ranked.ts';
import type { NegativeSource } from './source.ts';

/** The sources in the given order, then those of `fill`; a kind that occurs again gets a number in its name. */
export function createSources(
  tokens: Tokens,
  {
    negatives,
    fills,
    answers,
  }: {
    readonly negatives: readonly NegativeParams[];
    readonly fills: readonly NegativeParams[];
    /** Documents that random ones are taken from first, if they are most of the corpus. */
    readonly answers: ReadonlySet<number> | undefined;
  },
  retrievers: Retrievers,
  rejections: readonly Rejections[],
): NegativeSource[] {
  const isUsed = answers && areMost(answers, rowCount(tokens.documents));
  const first = isUsed ? [...answers].sort((a, b) => a - b) : undefined;
  const seen = new Map<string, number>();
  return [...negatives, ...fills].map((negative, i) => {
    const made = createSource(tokens, negative, retrievers, rejections[i]!, first);
    const source = i < negatives.length ? made : { ...made, name: `fill ${made.name}` };
    const count = (seen.get(source.name) ?? 0) + 1;
    seen.set(source.name, count);
    return count === 1 ? source : { ...source, name: `${source.name} ${count}` };
  });
}

function createSource(
  tokens: Tokens,
  negative: NegativeParams,
  retrievers: Retrievers,
  rejections: Rejections,
  answers: readonly number[] | undefined,
): NegativeSource {
  switch (negative.from) {
    case 'random':
      return randomSource(rowCount(tokens.documents), negative.weight, answers);
    case 'candidates':
      return candidatesSource(tokens.candidates, negative.weight);
    case 'bm25':
    case 'model':
      return rankedSource(retrievers[negative.from](), negative, rejections);
  }
}

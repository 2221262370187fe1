/** How long the queries are, in words: as the real training queries if there are enough of them. */
import type { Random } from '../../src/base/random.ts';
import { PipelineError } from '../../src/stage.ts';
import type { SynthesizeParams } from './parameters.ts';

export interface Lengths {
  draw(numbers: Random): number;
  readonly longest: number;
  readonly learned: boolean;
}

const FEWEST_TO_LEARN = 20;
const PRESET = { min: 3, max: 10 };
/** Longer questions are stories, and a span of a document as long as that is most of it. */
const LONGEST_LEARNED = 32;

/** `real`: the numbers of words of the real training queries. */
export function queryLengths(given: SynthesizeParams['query_length'], real: readonly number[]): Lengths {
  if (given && given.min > given.max)
    throw new PipelineError('E_PARAMETER', `\`query_length\` has min ${given.min} above max ${given.max}`, {
      hint: 'Write the smaller number as `min`.',
    });
  if (!given && real.length >= FEWEST_TO_LEARN) {
    const lengths = real.map((length) => Math.min(LONGEST_LEARNED, Math.max(2, length)));
    return {
      draw: (numbers) => lengths[numbers.integer(lengths.length)]!,
      longest: lengths.reduce((most, length) => Math.max(most, length), 0),
      learned: true,
    };
  }
  const { min, max } = given ?? PRESET;
  return { draw: (numbers) => min + numbers.integer(max - min + 1), longest: max, learned: false };
}

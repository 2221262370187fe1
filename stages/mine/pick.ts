/** Draws the negatives of one triplet from the sources. What a source proposes is in sources/. */
import type { Random } from '../../src/base/random.ts';
import type { Draw, Negative } from './sources/source.ts';
import type { Tally } from './tally.ts';

export interface Picked extends Negative {
  /** Position of its source. */
  readonly source: number;
}

/**
 * The negatives of one triplet, all different: each from a source chosen by weight or, if that is exhausted, from the
 * first in the list that is not. Sources beyond the weights are those of `fill`, never chosen. Undefined if all are
 * exhausted before the triplet is complete.
 */
export function pickNegatives(
  draws: readonly Draw[],
  weights: readonly number[],
  count: number,
  random: Random,
  tally: Tally,
): readonly Picked[] | undefined {
  const picked: Picked[] = [];
  const taken = new Set<number>();
  while (picked.length < count) {
    const chosen = chooseByWeight(weights, random);
    const next = drawOrFallBack(draws, chosen, random, taken, tally);
    if (!next) return undefined;
    picked.push(next);
    taken.add(next.document);
  }
  return picked;
}

function drawOrFallBack(
  draws: readonly Draw[],
  chosen: number,
  random: Random,
  taken: ReadonlySet<number>,
  tally: Tally,
): Picked | undefined {
  const order = [chosen, ...draws.keys()].filter((source, i) => i === 0 || source !== chosen);
  for (const source of order) {
    const negative = draws[source]!(random, taken);
    if (negative) return { ...negative, source };
    if (source === chosen) tally.exhausted(source);
  }
  return undefined;
}

function chooseByWeight(weights: readonly number[], random: Random): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random.uniform() * total;
  for (const [source, weight] of weights.entries()) {
    if (left < weight) return source;
    left -= weight;
  }
  return weights.length - 1;
}

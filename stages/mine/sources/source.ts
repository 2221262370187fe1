import type { Random } from '../../../src/base/random.ts';
import type { Guard } from '../guard.ts';

export interface Negative {
  readonly document: number;
  /** From 1, where the source ranks its documents. */
  readonly rank?: number;
}

/** Draws one document that is not in `taken`, or undefined where the source has none left. */
export type Draw = (random: Random, taken: ReadonlySet<number>) => Negative | undefined;

/** A strategy that proposes negatives. What the guard admits is for the source to ask. */
export interface NegativeSource {
  readonly name: string;
  readonly weight: number;
  /** Gets ready for one query. */
  prepare(query: number, guard: Guard): Draw;
}

/** Draws evenly from a list. */
export function drawFrom(pool: readonly Negative[]): Draw {
  return (random, taken) => {
    const free = taken.size === 0 ? pool : pool.filter(({ document }) => !taken.has(document));
    return free.length === 0 ? undefined : free[random.integer(free.length)];
  };
}

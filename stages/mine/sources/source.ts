/** The interface of a source of negatives, and the two ways to draw from a list. */
import type { Random } from '../../../src/base/random.ts';
import type { Guard } from '../guard.ts';

export interface Negative {
  readonly document: number;
  /** From 1, if the source ranks its documents. */
  readonly rank?: number | undefined;
  /** The source's own score, if it has one. */
  readonly score?: number | undefined;
}

/** Draws one document that is not in `taken`; undefined if the source has none left. */
export type Draw = (random: Random, taken: ReadonlySet<number>) => Negative | undefined;

/** A source, prepared for one query. */
export interface Proposals {
  /** The source's score of a positive, if it scores. */
  positiveScore?(positive: number): number;
  /** Draws for the pair of the query and this positive; `admits` is the pair's own condition on negatives. */
  drawsFor(positive: number, admits: (document: number) => boolean): Draw;
}

/** A strategy that proposes negatives. The source itself must ask the guard. */
export interface NegativeSource {
  readonly name: string;
  readonly weight: number;
  /** Whether it proposes documents that resemble the positives. */
  readonly isHard: boolean;
  /** Prepares for one query; queries come in the order in which they are mined. */
  prepare(query: number, guard: Guard): Proposals;
}

/** Samples uniformly from a list. */
export function drawEvenly(pool: readonly Negative[]): Draw {
  return (random, taken) => {
    const free = taken.size === 0 ? pool : pool.filter(({ document }) => !taken.has(document));
    return free.length === 0 ? undefined : free[random.integer(free.length)];
  };
}

/** Takes documents from the front of a list, each once. */
export function drawFromTop(pool: readonly Negative[]): Draw {
  const used = new Set<number>();
  return (_random, taken) => {
    const next = pool.find(({ document }) => !taken.has(document) && !used.has(document));
    if (next) used.add(next.document);
    return next;
  };
}

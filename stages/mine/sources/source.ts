/** What a source of negatives is, and the two ways to draw from a list of them. */
import type { Random } from '../../../src/base/random.ts';
import type { Guard } from '../guard.ts';

export interface Negative {
  readonly document: number;
  /** From 1, where the source ranks its documents. */
  readonly rank?: number | undefined;
  /** By the source's own measure, where it has one. */
  readonly score?: number | undefined;
}

/** Draws one document that is not in `taken`, or undefined where the source has none left. */
export type Draw = (random: Random, taken: ReadonlySet<number>) => Negative | undefined;

/** A source that is ready for one query. */
export interface Proposals {
  /** The source's score of a relevant document, where it scores. */
  positiveScore?(positive: number): number;
  /** Draws for a pair of the query and this positive; `admits` is what else the pair asks of a negative. */
  drawsFor(positive: number, admits: (document: number) => boolean): Draw;
}

/** A strategy that proposes negatives. What the guard admits is for the source to ask. */
export interface NegativeSource {
  readonly name: string;
  readonly weight: number;
  /** Gets ready for one query; queries come in the order in which they are mined. */
  prepare(query: number, guard: Guard): Proposals;
}

/** Draws evenly from a list. */
export function drawEvenly(pool: readonly Negative[]): Draw {
  return (random, taken) => {
    const free = taken.size === 0 ? pool : pool.filter(({ document }) => !taken.has(document));
    return free.length === 0 ? undefined : free[random.integer(free.length)];
  };
}

/** Takes a list from its front, each document once. */
export function drawFromTop(pool: readonly Negative[]): Draw {
  const used = new Set<number>();
  return (_random, taken) => {
    const next = pool.find(({ document }) => !taken.has(document) && !used.has(document));
    if (next) used.add(next.document);
    return next;
  };
}

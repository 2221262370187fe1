/** What mining did, counted: report.json. */
import type { NegativeSource } from './sources/source.ts';
import type { Rejections } from './guard.ts';

/** Upper ends of the rank histogram's bins; a last bin takes the rest. */
const RANK_BINS = [5, 10, 20, 50, 100, 200, 500, 1000];

interface SourceTally {
  negatives: number;
  /** Times that the source was chosen and had nothing left, so that another stood in. */
  exhausted: number;
  readonly ranks: number[];
}

export interface Tally {
  readonly rejected: Rejections;
  took(source: number, rank: number | undefined): void;
  exhausted(source: number): void;
  /** A row for which no source had enough negatives: it is left out. */
  incomplete: number;
  perSource(): readonly SourceReport[];
}

export interface SourceReport {
  readonly name: string;
  readonly negatives: number;
  readonly share: number;
  readonly exhausted: number;
  /** Negatives by rank in the source's list, `1-5` and so on; absent where the source ranks nothing. */
  readonly ranks?: Readonly<Record<string, number>>;
}

export function createTally(sources: readonly NegativeSource[]): Tally {
  const tallies: SourceTally[] = sources.map(() => ({ negatives: 0, exhausted: 0, ranks: [] }));
  return {
    rejected: { positive: 0, duplicate_text: 0 },
    incomplete: 0,
    took: (source, rank) => {
      const tally = tallies[source]!;
      tally.negatives += 1;
      if (rank !== undefined) {
        const bin = binOf(rank);
        tally.ranks[bin] = (tally.ranks[bin] ?? 0) + 1;
      }
    },
    exhausted: (source) => {
      tallies[source]!.exhausted += 1;
    },
    perSource: () => {
      const total = tallies.reduce((sum, { negatives }) => sum + negatives, 0);
      return tallies.map(({ negatives, exhausted, ranks }, source) => ({
        name: sources[source]!.name,
        negatives,
        share: total === 0 ? 0 : negatives / total,
        exhausted,
        ...(ranks.length === 0 ? {} : { ranks: histogram(ranks) }),
      }));
    },
  };
}

function binOf(rank: number): number {
  const bin = RANK_BINS.findIndex((end) => rank <= end);
  return bin < 0 ? RANK_BINS.length : bin;
}

function histogram(ranks: readonly (number | undefined)[]): Record<string, number> {
  const labels = [...RANK_BINS, Infinity].map((end, bin) => {
    const start = (RANK_BINS[bin - 1] ?? 0) + 1;
    return end === Infinity ? `${start}-` : `${start}-${end}`;
  });
  return Object.fromEntries(
    labels.map((label, bin) => [label, ranks[bin] ?? 0] as const).slice(0, ranks.length),
  );
}

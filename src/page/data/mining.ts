/** `mining.json` of a set of triplets as a view. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DistributionView, MiningView, SourceView } from '../views/mining-view.ts';
import type { ShownStage } from './shown-run.ts';

/** As `mine` writes it; stages/mine/ has what the members mean. */
interface Mining {
  readonly triplets: number;
  readonly weak_triplets?: number;
  readonly negatives_per_triplet: number;
  readonly scorer?: string | null;
  readonly rejected?: Readonly<Record<string, number>>;
  readonly sources: readonly {
    readonly name: string;
    readonly negatives: number;
    readonly share: number;
    readonly hardness?: {
      readonly ranks?: Readonly<Record<string, number>>;
      readonly median_rank?: number;
      readonly scores?: DistributionView;
      readonly positive_scores?: DistributionView;
      readonly above_positive?: number;
    };
  }[];
}

/** Undefined for triplets of another kind. */
export function miningOf({ name }: ShownStage, folder: string): MiningView | undefined {
  const file = join(folder, 'mining.json');
  if (!existsSync(file)) return undefined;
  const mining = JSON.parse(readFileSync(file, 'utf8')) as Mining;
  return {
    stage: name,
    triplets: mining.triplets,
    weakTriplets: mining.weak_triplets ?? 0,
    negativesPerTriplet: mining.negatives_per_triplet,
    scorer: mining.scorer ?? null,
    rejected: mining.rejected ?? {},
    sources: mining.sources.map((source): SourceView => {
      const {
        ranks,
        median_rank: median,
        scores,
        positive_scores: positives,
        above_positive: above,
      } = source.hardness ?? {};
      return {
        name: source.name,
        negatives: source.negatives,
        share: source.share,
        ranks: ranks ? Object.entries(ranks).map(([range, count]) => ({ range, count })) : null,
        medianRank: median ?? null,
        scores: distribution(scores),
        positiveScores: distribution(positives),
        abovePositive: above ?? null,
      };
    }),
  };
}

function distribution(value: DistributionView | undefined): DistributionView | null {
  if (!value) return null;
  const { minimum, median, maximum, histogram } = value;
  return { minimum, median, maximum, histogram };
}

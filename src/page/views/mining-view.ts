/** How hard the negatives of a `mine` stage are. */
export interface MiningView {
  readonly stage: string;
  readonly triplets: number;
  readonly weakTriplets: number;
  readonly negativesPerTriplet: number;
  readonly scorer: string | null;
  readonly sources: readonly SourceView[];
  /** Rejected by guard. */
  readonly rejected: Readonly<Record<string, number>>;
}

export interface SourceView {
  readonly name: string;
  readonly negatives: number;
  readonly share: number;
  /** Ranks at which the retriever had them: `2-5` → count. Null where the source has none. */
  readonly ranks: readonly { readonly range: string; readonly count: number }[] | null;
  readonly medianRank: number | null;
  readonly scores: DistributionView | null;
  readonly positiveScores: DistributionView | null;
  /** Share of negatives that score above their positive. */
  readonly abovePositive: number | null;
}

export interface DistributionView {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

/** Figures of an `evaluate` stage: systems with intervals, comparisons with tests, and query types. */
export type Interval = readonly [low: number, high: number];

export interface ReportView {
  readonly stage: string;
  readonly split: string;
  readonly queries: number;
  readonly documents: number;
  /** Name of the evaluated system in the figures, such as `model`. */
  readonly label: string;
  /** Of the intervals, such as 0.95; null where there are none. */
  readonly confidence: number | null;
  readonly permutations: number;
  /** The measure that headlines name, such as `mrr@10`. */
  readonly primary: string;
  /** Measures over the whole corpus, in the order of the report. */
  readonly measures: readonly string[];
  /** Measures over the candidates of each query; empty where there are none. */
  readonly candidateMeasures: readonly string[];
  readonly systems: readonly SystemView[];
  readonly comparisons: readonly ComparisonView[];
  readonly types: readonly TypeView[];
  /** How the model and BM25 were fused, in words. */
  readonly fusion: string | null;
  /** Whether the queries can be asked for: `queriesName`. */
  readonly hasQueries: boolean;
}

export interface FigureView {
  readonly mean: number;
  readonly interval: Interval | null;
}

export interface SystemView {
  readonly name: string;
  /** By measure. */
  readonly corpus: Readonly<Record<string, FigureView>>;
  readonly candidates: Readonly<Record<string, FigureView>>;
}

export interface ComparisonView {
  readonly system: string;
  readonly rival: string;
  readonly queries: number;
  readonly won: number;
  readonly lost: number;
  readonly tied: number;
  /** By measure: mean difference, system minus rival. */
  readonly corpus: Readonly<Record<string, DifferenceView>>;
}

export interface DifferenceView {
  readonly difference: number;
  readonly interval: Interval | null;
  readonly p: number | null;
}

/** Queries of one type. */
export interface TypeView {
  readonly type: string;
  readonly queries: number;
  /** System → measure → mean. */
  readonly systems: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Queries of a report: the scores of all, and the ranked lists of those won and lost most against BM25. */
export interface QueriesView {
  readonly stage: string;
  readonly split: string;
  /** The two systems whose lists are shown: the model first. */
  readonly systems: readonly [model: string, rival: string];
  /** Number of evaluated queries, and how many the model won and lost by the rank of the first relevant document. */
  readonly total: number;
  readonly won: number;
  readonly lost: number;
  /** Most won first, then most lost first. */
  readonly shown: readonly ShownQuery[];
  /** At most this many are shown … */
  readonly cap: number;
  /** … with this many documents of each list. */
  readonly depth: number;
  /** Texts are cut off after this many characters. */
  readonly textLimit: number;
  /** Documents of all lists. */
  readonly documents: readonly ShownDocument[];
}

export interface ShownQuery {
  readonly name: string;
  readonly text: string;
  readonly type: string | null;
  /** Reciprocal rank of the model minus that of the rival. */
  readonly gain: number;
  /** Position of the first relevant document in each list; null where there is none. */
  readonly ranks: readonly [number | null, number | null];
  /** Positions in `documents`, best first. */
  readonly lists: readonly [readonly number[], readonly number[]];
  /** Positions in `documents` of the relevant ones. */
  readonly relevant: readonly number[];
}

export interface ShownDocument {
  readonly name: string;
  readonly text: string;
  readonly cut: boolean;
}

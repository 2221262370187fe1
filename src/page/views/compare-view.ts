/** In what runs differ, and whether it matters. */
import type { Cell } from './runs-view.ts';

export interface CompareView {
  /** The first is what the others are compared with. */
  readonly runs: readonly ComparedRun[];
  readonly sections: readonly ComparedSection[];
  /** Number of names that are equal in all runs, over all sections. */
  readonly equal: number;
  readonly tests: readonly TestsView[];
  readonly queries: readonly QueryDifferencesView[];
}

export interface ComparedRun {
  readonly id: string;
  readonly spec: string;
  readonly started: string;
  readonly outcome: 'done' | 'failed' | 'interrupted';
  readonly tags: readonly string[];
}

export interface ComparedSection {
  readonly title:
    'Parameters' | 'Kinds and inputs' | 'Environment' | 'Metrics' | 'Stage digests' | 'Warnings';
  readonly rows: readonly ComparedRow[];
}

export interface ComparedRow {
  readonly name: string;
  /** One a run; null where a run has none. */
  readonly values: readonly Cell[];
  /** Differences from the first run; null where they are no numbers. */
  readonly deltas: readonly (number | null)[];
}

/** Paired tests between the reports of the first and another run. */
export interface TestsView {
  readonly stage: string;
  readonly run: string;
  /** Why there are none. */
  readonly untested: string | null;
  /** Queries that only one of the reports has. */
  readonly unmatched: number;
  readonly tests: readonly TestView[];
}

export interface TestView {
  readonly measure: string;
  readonly before: number;
  readonly after: number;
  readonly difference: number;
  /** Two-sided. */
  readonly p: number;
  readonly queries: number;
  readonly differing: number;
}

/** Queries of a report that one run answers better than another. */
export interface QueryDifferencesView {
  readonly stage: string;
  readonly run: string;
  readonly measure: string;
  readonly total: number;
  readonly won: number;
  readonly lost: number;
  /** The most won and the most lost, at most `cap` of each. */
  readonly rows: readonly QueryDifference[];
  readonly cap: number;
}

export interface QueryDifference {
  readonly name: string;
  /** Null where the corpus is not in the store. */
  readonly text: string | null;
  readonly before: number;
  readonly after: number;
}

/** What `/api/search` and `/api/search/about` answer: docs/openapi.yaml describes it. */
import type { System } from '../../query/systems.ts';

export interface SearchAbout {
  /** Null for the present results of a spec, or an exported run. */
  readonly run: string | null;
  readonly spec: string;
  readonly documents: number;
  readonly systems: readonly System[];
  readonly preferred: System;
  readonly fusion: string | null;
  readonly search: 'exact' | 'index' | null;
  readonly isHybrid: boolean;
  readonly examples: readonly string[];
}

export interface SearchAnswer {
  readonly run: string | null;
  readonly spec: string;
  readonly k: number;
  readonly query: string;
  readonly words: readonly string[];
  readonly unknown_words: readonly string[];
  readonly notes: readonly string[];
  readonly systems: Partial<Record<System, SystemResults>>;
}

export interface SystemResults {
  readonly results: readonly SearchResult[];
  readonly milliseconds: number;
}

export interface SearchResult {
  readonly rank: number;
  readonly doc_id: string;
  readonly score: number;
  readonly text?: string;
  /** Ranges of UTF-16 code units. */
  readonly matches?: readonly (readonly [start: number, end: number])[];
}

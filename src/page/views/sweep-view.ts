/** What a page about a sweep shows: the ranking, and the effects of its parameters. */
import type { Json } from '../../base/json.ts';
import type { Interval } from './report-view.ts';

export interface SweepView {
  readonly id: string;
  readonly spec: { readonly name: string; readonly file: string };
  readonly metric: string | null;
  readonly goal: 'maximize' | 'minimize';
  readonly started: string | null;
  readonly seconds: number;
  /** Number of repeats of each configuration. */
  readonly repeats: number;
  /** What the others are compared with: a configuration that was named, or the best. */
  readonly reference: 'baseline' | 'best';
  /** Best first. */
  readonly configurations: readonly ConfigurationView[];
  /** Parameters in which the configurations differ. */
  readonly parameters: readonly string[];
  /** Largest spread first. */
  readonly effects: readonly EffectView[];
  readonly notes: readonly string[];
  /** The run whose page is there too; in a report that of the best configuration. Null: no run has a page. */
  readonly detailed: string | null;
}

export interface ConfigurationView {
  readonly name: string;
  readonly state: 'done' | 'failed' | 'interrupted';
  readonly values: Readonly<Record<string, Json>>;
  readonly metric: number | null;
  /** Over queries, of the mean over repeats. */
  readonly interval: Interval | null;
  /** Standard deviation over repeats. */
  readonly deviation: number | null;
  readonly repeats: readonly { readonly run: string | null; readonly value: number | null }[];
  readonly seconds: number;
  readonly warnings: number;
  readonly error: string | null;
  /** The others are compared with it. */
  readonly isBaseline: boolean;
  readonly difference: number | null;
  readonly p: number | null;
}

export interface EffectView {
  readonly parameter: string;
  /** Difference between the best and the worst mean. */
  readonly spread: number;
  readonly correlation: number | null;
  /** Best first. */
  readonly values: readonly EffectValue[];
}

export interface EffectValue {
  readonly value: string;
  readonly mean: number;
  readonly count: number;
  /** Bootstrap over the configurations with the value; null for fewer than three. */
  readonly interval: Interval | null;
}

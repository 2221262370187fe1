/** What a page about one run shows, except what is large: queries-view.ts and map-view.ts. */
import type { JsonObject } from '../../base/json.ts';
import type { Engine, Metrics, StageWarning } from '../../stage.ts';
import type { CurveView } from './curve-view.ts';
import type { MiningView } from './mining-view.ts';
import type { ReportView } from './report-view.ts';

export interface RunView {
  /** The run's id; `current` for the present results of a spec. */
  readonly id: string;
  readonly spec: { readonly name: string; readonly file: string };
  /** Null for the present results of a spec, which several runs may have made. */
  readonly started: string | null;
  readonly seconds: number;
  /** `unfinished`: stages of the spec have no result yet. */
  readonly outcome: 'done' | 'failed' | 'interrupted' | 'unfinished';
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly params: JsonObject;
  readonly engine: Engine | null;
  readonly environment: EnvironmentView | null;
  /** The sweep that the run belongs to. */
  readonly sweep: { readonly id: string; readonly configuration: string } | null;
  /** In the order of the spec. */
  readonly stages: readonly StageView[];
  readonly reports: readonly ReportView[];
  readonly curves: readonly CurveView[];
  readonly minings: readonly MiningView[];
  /** Stages whose embeddings can be drawn. */
  readonly maps: readonly string[];
  /** What could not be read, in sentences. */
  readonly notes: readonly string[];
}

export interface EnvironmentView {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly threads: number;
}

export type StageState =
  'cached' | 'executed' | 'failed' | 'skipped' | 'not-selected' | 'missing' | 'running';

export interface StageView {
  readonly name: string;
  readonly kind: string;
  readonly state: StageState;
  /** Slot → names of stages. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  readonly parameters: JsonObject;
  /** What its execution took: in this run, or in the one that made the cached artifact. Null where that is unknown. */
  readonly seconds: number | null;
  readonly key: string | null;
  readonly digest: string | null;
  /** Digest of the kind's code. */
  readonly code: string | null;
  readonly headline: string | null;
  readonly metrics: Metrics;
  readonly warnings: readonly StageWarning[];
  readonly error: string | null;
  /** The last lines that a failed stage printed, oldest first. */
  readonly output: readonly string[];
  /** How the artifact was made; null where the store does not have it. */
  readonly made: MadeView | null;
}

export interface MadeView {
  readonly started: string;
  readonly seconds: number;
  readonly threads: number;
  readonly peakMemoryBytes: number;
  readonly kernels: readonly string[];
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly engine: Engine | null;
  readonly libraries: Readonly<Record<string, string>>;
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
}

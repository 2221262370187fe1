/** An artifact of the store: what it is, why it was made, and what is in its files. */
import type { Json, JsonObject } from '../../base/json.ts';
import type { Engine, Metrics, StageWarning } from '../../stage.ts';
import type { MadeView } from './run-view.ts';

export interface ArtifactView {
  readonly kind: string;
  readonly type: string;
  readonly key: string;
  readonly digest: string;
  readonly headline: string | null;
  readonly metrics: Metrics;
  readonly warnings: readonly StageWarning[];
  readonly files: MadeView['files'];
  readonly made: Omit<MadeView, 'engine' | 'libraries' | 'files'>;
  readonly keyDocument: {
    readonly code: string;
    readonly parameters: JsonObject;
    readonly inputs: Readonly<Record<string, string | readonly string[]>>;
    readonly engine: Engine | null;
    readonly libraries: Readonly<Record<string, string>>;
  };
  /** Where its inputs come from, in the runs that use it. */
  readonly inputs: readonly InputView[];
  /** The latest runs with it, at most `CAP` of `used`. */
  readonly uses: readonly {
    readonly run: string;
    readonly spec: string;
    readonly stage: string;
    readonly executed: boolean;
  }[];
  readonly used: number;
  /** Why it was executed; null where nothing is known to compare with. */
  readonly why: WhyView | null;
}

export interface InputView {
  readonly slot: string;
  readonly stage: string;
  readonly kind: string;
  readonly key: string;
}

export interface WhyView {
  /** In words. */
  readonly reasons: readonly string[];
  /** The artifact that the stage had before; null if it had none. */
  readonly before: { readonly kind: string; readonly key: string; readonly run: string } | null;
  /** What differs in the key documents, member by member. */
  readonly changes: readonly { readonly name: string; readonly before: Json; readonly after: Json }[];
}

/** The beginning of a file. */
export type HeadView = {
  readonly path: string;
  readonly size: number;
  /** What was left out, in a sentence; null where all is shown. */
  readonly left: string | null;
} & HeadContent;

export type HeadContent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'json'; readonly text: string }
  | { readonly type: 'table'; readonly tables: readonly TableHead[] }
  | { readonly type: 'tensors'; readonly tensors: readonly TensorHead[] }
  | { readonly type: 'binary'; readonly hex: string };

export interface TableHead {
  /** Null for a file that is one table. */
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Null where it would take reading the whole file. */
  readonly total: number | null;
}

export interface TensorHead {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** The first values, row by row. */
  readonly rows: readonly (readonly (number | null)[])[];
}

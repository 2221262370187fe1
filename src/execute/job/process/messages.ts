/** The messages between a stage process and the process that started it. They never leave the machine. */
import type {
  EarlierArtifact,
  Engine,
  InputArtifact,
  JsonObject,
  Metrics,
  Progress,
  StageWarning,
} from '../../../stage.ts';
import type { ArtifactFile } from '../../../store/manifest.ts';

/** Everything that a stage process is told, in one message: a job, resolved against this machine. */
export interface StartMessage {
  readonly type: 'start';
  /** Absolute path of the module to import. */
  readonly module: string;
  readonly params: JsonObject;
  readonly inputs: Readonly<Record<string, InputArtifact | readonly InputArtifact[]>>;
  readonly earlier: EarlierArtifact | null;
  readonly output: string;
  readonly scratch: string;
  readonly downloads: string;
  readonly resume: string;
  readonly project: string;
  readonly threads: number;
  readonly strict: boolean;
  readonly engine: Engine;
}

export type ToStage = StartMessage | { readonly type: 'abort' };

export type FromStage =
  | { readonly type: 'ready' }
  | ({ readonly type: 'progress' } & Progress)
  | ({ readonly type: 'log'; readonly level: 'info' | 'warning' } & StageWarning)
  | {
      readonly type: 'done';
      readonly files: readonly ArtifactFile[];
      readonly metrics: Metrics;
      readonly headline: string | null;
      readonly warnings: readonly StageWarning[];
      readonly peakMemoryBytes: number;
      /** What computed the numeric kernels; empty where none were used. */
      readonly kernels: readonly string[];
    }
  | {
      readonly type: 'failed';
      readonly code: string;
      readonly message: string;
      readonly hint: string | null;
      /** Only for unexpected errors. */
      readonly stack: string | null;
    };

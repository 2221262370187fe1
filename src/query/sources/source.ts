/** Where artifacts that answer questions come from: the current results of a spec, a recorded run, or an exported one. */
import type { JsonObject } from '../../base/json.ts';
import type { ArtifactType, Engine } from '../../stage.ts';
import type { Artifact } from '../../store/store.ts';

export interface Source {
  /** The spec's name. */
  readonly name: string;
  /** The engine of numeric stages; null where there are none. */
  readonly engine: Engine | null;
  /** By name, each after those that feed it or in the order of the file. */
  readonly stages: ReadonlyMap<string, SourceStage>;
}

export interface SourceStage {
  readonly kind: string;
  readonly type: ArtifactType;
  /** Slot → names of the stages that feed it. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  readonly parameters: JsonObject;
  /** Its result, with all files on this machine. Rejects where there is none. */
  artifact(): Promise<Artifact>;
  /** Whether it has a result. */
  readonly isThere: boolean;
}

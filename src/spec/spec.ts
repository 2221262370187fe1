/** Types only: a checked spec, and the input and output of reading one. */
import type { Diagnostic, Location } from '../base/diagnostic.ts';
import type { JsonObject } from '../base/json.ts';
import type { Kind, KindCatalogue } from '../kinds/kind.ts';
import type { EngineRequest } from '../stage.ts';

/** A checked experiment: every name resolved, every value interpolated, every default filled in. */
export interface Spec {
  /** Absolute path of the YAML file. */
  readonly file: string;
  /** Its folder, which relative paths in it start from. */
  readonly directory: string;
  readonly name: string;
  readonly description?: string;
  readonly params: JsonObject;
  readonly engine: EngineRequest;
  /** Commands' reads are watched; absent where the spec does not ask for it. A check, and no part of a key. */
  readonly strict?: true;
  /** In the order of the file; acyclic, and every input names a stage of this list. */
  readonly stages: readonly StageSpec[];
}

export interface StageSpec {
  readonly name: string;
  readonly description?: string;
  readonly kind: Kind;
  /** Slot → names of the stages that feed it: a single name unless the slot takes many. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  /** `with` as the kind receives it, `x-path` values absolute (or relative to `rootedIn`). */
  readonly with: JsonObject;
  /** Every `x-path` value in `with`. */
  readonly paths: readonly PathParameter[];
  /** Every split in `with` that the corpus must have; absent in recorded specs. */
  readonly splits?: readonly SplitParameter[];
  /** Place of the stage's name in the file. */
  readonly location: Location;
  /** For an instance of a matrix: the stage's name in the file … */
  readonly group?: string;
  /** … and the values of its matrix variables, as they appear in its name. */
  readonly matrix?: Readonly<Record<string, string>>;
  /** The existing result is used, whatever has changed. */
  readonly frozen?: true;
  /** Seconds after which an attempt is killed. */
  readonly timeout?: number;
  readonly retries?: Retries;
  readonly resources?: Resources;
}

/** How often a failed stage is retried, and after how many seconds. */
export interface Retries {
  readonly count: number;
  readonly delay: number;
  /** Each delay is this many times the previous one … */
  readonly factor: number;
  /** … up to this maximum. */
  readonly longest: number;
}

/** Resources that a stage needs while it executes. Absent ones are not counted. */
export interface Resources {
  readonly threads?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly gpu?: number;
}

export interface PathParameter {
  /** JSON pointer (RFC 6901) into `with`. */
  readonly pointer: string;
  /** An absolute path or glob, or an http(s) URL; relative where `rootedIn` is set. */
  readonly value: string;
  /** The slot whose artifact contains the path; absent for files outside the store. */
  readonly rootedIn?: string;
  /** The npm package that contains the file, if it was named by package. */
  readonly package?: string;
  readonly location?: Location;
}

/** A parameter that names a split of the corpus. */
export interface SplitParameter {
  /** `validation.split` */
  readonly name: string;
  readonly value: string;
  readonly location?: Location;
}

/** The value of `uses`, with an absolute path: enough to find the kind again. */
export type KindReference = { readonly builtIn: string } | { readonly module: string };

export interface LoadOptions {
  readonly kinds: KindCatalogue;
  /** `stage.parameter=value`, `params.name=value`, `engine.backend=wasm`; values are YAML. */
  readonly set?: readonly string[];
  /** Absolute path of a YAML or JSON file with values for `params`, `engine` and `stages`. */
  readonly paramsFile?: string;
  /** Environment variables, used only for `${env.NAME}`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A folder for the cache of valid specs; it may be deleted at any time. */
  readonly cacheDir?: string;
}

export interface LoadedSpec {
  readonly spec: Spec;
  readonly warnings: readonly Diagnostic[];
}

/** A checked spec and everything that it was read from. */
export interface Checked {
  readonly spec: Spec;
  readonly warnings: readonly Diagnostic[];
  /** By the stages' names in the file. */
  readonly kinds: ReadonlyMap<string, KindReference>;
  /** Absolute path → text, for every file that was read. */
  readonly files: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, string | undefined>;
}

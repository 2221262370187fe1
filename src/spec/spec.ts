/** What a spec is once it is checked, and what reading one takes and gives. No code. */
import type { Diagnostic, Location } from '../base/diagnostic.ts';
import type { JsonObject } from '../base/json.ts';
import type { Kind, KindCatalogue } from '../kinds/kind.ts';
import type { EngineRequest } from '../stage.ts';

/** A checked experiment: every name resolved, every value interpolated, every default filled in. */
export interface Spec {
  /** Absolute path of the YAML file. */
  readonly file: string;
  /** Its folder: what relative paths in it start from. */
  readonly directory: string;
  readonly name: string;
  readonly description?: string;
  readonly params: JsonObject;
  readonly engine: EngineRequest;
  /** In the order of the file; acyclic, and every input names a stage of this list. */
  readonly stages: readonly StageSpec[];
}

export interface StageSpec {
  readonly name: string;
  readonly description?: string;
  readonly kind: Kind;
  /** Slot → names of the stages that feed it; one name unless the slot takes many. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
  /** `with` as the kind will see it, `x-path` values absolute (or relative to `rootedIn`). */
  readonly with: JsonObject;
  /** Every `x-path` value in `with`. */
  readonly paths: readonly PathParameter[];
  /** The stage's name in the file. */
  readonly location: Location;
  /** Of an instance of a matrix: the name in the file … */
  readonly group?: string;
  /** … and the values that tell it from its siblings, as they stand in its name. */
  readonly matrix?: Readonly<Record<string, string>>;
  /** What is there is used, whatever has changed. */
  readonly frozen?: true;
  /** Seconds after which an attempt is ended. */
  readonly timeout?: number;
  readonly retries?: Retries;
  readonly resources?: Resources;
}

/** How often a failed stage is tried again, and after how many seconds. */
export interface Retries {
  readonly count: number;
  readonly delay: number;
  /** Each pause is this many times the one before … */
  readonly factor: number;
  /** … and never longer. */
  readonly longest: number;
}

/** What a stage takes while it executes; what is not given is not counted. */
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
  /** The slot in whose artifact the path lies; absent for files outside the store. */
  readonly rootedIn?: string;
  readonly location?: Location;
}

/** How a kind is found again: what `uses` said, its path made absolute. */
export type KindReference = { readonly builtIn: string } | { readonly module: string };

export interface LoadOptions {
  readonly kinds: KindCatalogue;
  /** `stage.parameter=value`, `params.name=value`, `engine.backend=wasm`; values are YAML. */
  readonly set?: readonly string[];
  /** Absolute path of a YAML or JSON file with values for `params`, `engine` and `stages`. */
  readonly paramsFile?: string;
  /** Where `${env.NAME}` is looked up; nothing else of it is used. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A folder that may be deleted at any time: what was found sound is remembered there. */
  readonly cacheDir?: string;
}

export interface LoadedSpec {
  readonly spec: Spec;
  readonly warnings: readonly Diagnostic[];
}

/** A checked spec and all that it was made of. */
export interface Checked {
  readonly spec: Spec;
  readonly warnings: readonly Diagnostic[];
  /** By the stages' names in the file. */
  readonly kinds: ReadonlyMap<string, KindReference>;
  /** Absolute path → text, for every file that was read. */
  readonly files: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, string | undefined>;
}

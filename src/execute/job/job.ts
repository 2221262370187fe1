/**
 * A job: one execution of a stage, as it is handed to an executor. Plain JSON that holds no path of the machine that
 * planned it, except paths that the spec names outside its own folder: a worker resolves the rest against its own
 * store and project. `executor.ts` says who takes jobs, `execute-job.ts` executes one.
 */
import type { Digest, Key } from '../../base/hash.ts';
import type { Resources, Retries } from '../../spec/spec.ts';
import type { Engine, JsonObject } from '../../stage.ts';
import type { KeyDocument } from '../../store/manifest.ts';

export interface Job {
  /** Raised when a field changes its meaning, so that a worker of another version refuses the job. */
  readonly format: 1;
  /** Version of the package that planned the job, for the message of a worker that refuses it. */
  readonly version: string;
  /** The key under which the worker puts the artifact. */
  readonly key: Key;
  /** Everything that determines the artifact; its digest is the key. */
  readonly document: KeyDocument;
  /** The stage's name, for messages and for the kind. */
  readonly stage: string;
  readonly kind: JobKind;
  /** `with`, defaults filled in; the paths that `paths` lists start from the project's folder. */
  readonly params: JsonObject;
  /** JSON pointers (RFC 6901) into `params` to every path outside the store. */
  readonly paths: readonly string[];
  /** JSON pointers into `params` to every path inside an input → the slot of that input. */
  readonly rooted: Readonly<Record<string, string>>;
  /** Slot → the artifacts that feed it; a list where the kind takes many. */
  readonly inputs: Readonly<Record<string, JobInput | readonly JobInput[]>>;
  /** What the kind can take parts over from. Not in the key: the result is the same without it. */
  readonly earlier: JobEarlier | null;
  readonly engine: Engine;
  readonly threads: number;
  /** The spec asks for watched reads. */
  readonly strict: boolean;
  /** What the stage declares; null where it declares nothing. */
  readonly resources: Resources | null;
  /** Seconds after which an attempt is ended; null for no limit. */
  readonly timeout: number | null;
  readonly retries: Retries | null;
  /** Execute although the artifact is there, and replace it where its content differs. */
  readonly forced: boolean;
}

export interface JobKind {
  readonly name: string;
  /** Digest of the kind's bundled code: a worker whose own differs refuses the job. */
  readonly code: Digest;
  /** The user's module, relative to the project where it lies below it; null for a built-in kind. */
  readonly module: string | null;
}

/** An earlier artifact of the same stage. */
export interface JobEarlier {
  readonly artifact: JobInput;
  /** Slot → the input that it was made from. */
  readonly inputs: Readonly<Record<string, JobInput>>;
}

/** An input artifact, by the key under which any store of the run has it. */
export interface JobInput {
  readonly stage: string;
  readonly kind: string;
  readonly key: Key;
  readonly digest: Digest;
}

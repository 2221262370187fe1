import { digestOfJson, type Digest, type Key } from '../base/hash.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { Engine, Metrics, StageWarning } from '../stage.ts';

/**
 * Everything that determines an artifact. Its digest is the artifact's key. The manifest contains it, so that "why does
 * this run?" is answered by comparing two of these. Never in it: the stage's name, absolute paths, thread counts, times,
 * log levels.
 */
export interface KeyDocument {
  /** Raised when the meaning of a field changes, so that old artifacts are never mistaken for new ones. */
  readonly format: 1;
  /** Two kinds may take equal parameters and inputs. */
  readonly kind: string;
  /** The kind's bundled code: a different program may give different bytes. */
  readonly code: Digest;
  /** `with`, defaults filled in; each path replaced by the names and digests of the files that it stands for. */
  readonly parameters: JsonObject;
  /** Digest of each input's content, in order: an input that is made again with equal content changes nothing here. */
  readonly inputs: Readonly<Record<string, Digest | readonly Digest[]>>;
  /** Only for kinds that compute with floats: engines round differently. */
  readonly engine: Engine | null;
  /** Versions of the libraries whose output is stored. */
  readonly libraries: Readonly<Record<string, string>>;
}

export interface ArtifactFile {
  /** Relative to the artifact's folder, with forward slashes. */
  readonly path: string;
  readonly size: number;
  readonly sha256: Digest;
  /** Used instead of `sha256` in the artifact's digest where the file's bytes are not canonical. */
  readonly logical?: string;
}

export interface Manifest {
  readonly format: 1;
  readonly kind: string;
  readonly key: Key;
  readonly digest: Digest;
  readonly type: string;
  readonly keyDocument: KeyDocument;
  readonly files: readonly ArtifactFile[];
  readonly metrics: Metrics;
  readonly headline: string | null;
  /** Doubts about the result; not part of the digest, and absent if there are none. */
  readonly warnings?: readonly StageWarning[];
  /** How it was made; for people, never part of a key or digest. */
  readonly producer: {
    readonly version: string;
    readonly node: string;
    readonly platform: string;
    readonly threads: number;
    /** What computed the numeric kernels: `wasm`, `avx512`, …; absent where none were used. Their bytes are the same. */
    readonly kernels?: readonly string[];
    readonly started: string;
    readonly seconds: number;
    /** 0 where it is not known, as for commands. */
    readonly peakMemoryBytes: number;
  };
}

export function keyOf(document: KeyDocument): Key {
  return digestOfJson(document as unknown as Json) as string as Key;
}

/** Digest over an artifact's content: the names and contents of its files, and nothing about how they were made. */
export function digestOfFiles(files: readonly ArtifactFile[]): Digest {
  const entries = files.map((file) => [file.path, file.logical ?? file.sha256]);
  return digestOfJson(entries.sort(([a], [b]) => (a! < b! ? -1 : 1)));
}

import type { Digest } from '../base/hash.ts';
import { installedVersion } from '../base/installation.ts';
import { replaceAt } from '../base/json-pointer.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import type { StageSpec } from '../spec/spec.ts';
import type { Engine } from '../stage.ts';
import type { ExternalSet } from '../store/external.ts';
import type { KeyDocument } from '../store/manifest.ts';

/** JSON pointer → the files of a path parameter. URLs and paths inside inputs are not in it. */
export type ResolvedPaths = ReadonlyMap<string, ExternalSet>;

const versions = new Map<string, string>();

function libraryVersion(name: string): string {
  let version = versions.get(name);
  if (version === undefined) versions.set(name, (version = installedVersion(name) ?? 'missing'));
  return version;
}

/** The key document of a stage whose inputs are known. */
export function keyDocument(
  stage: StageSpec,
  inputs: Readonly<Record<string, Digest | readonly Digest[]>>,
  paths: ResolvedPaths,
  engine: Engine | null,
): KeyDocument {
  const { declaration, code, name } = stage.kind;
  return {
    format: 1,
    kind: name,
    code,
    parameters: withoutPaths(stage.with, paths),
    inputs,
    engine: declaration.numeric ? engine : null,
    libraries: Object.fromEntries(
      (declaration.libraries ?? []).map((library) => [library, libraryVersion(library)]),
    ),
  };
}

/** A path in a key document: the number of files, and a digest over their names and contents. */
export interface FilesValue {
  readonly $files: number;
  readonly $digest: string;
}

export function isFiles(value: unknown): value is FilesValue {
  return isObject(value) && '$digest' in value;
}

/** Each path replaced by the digest of its files: where a file lies is no part of a key. */
function withoutPaths(parameters: JsonObject, paths: ResolvedPaths): JsonObject {
  return replaceAt(parameters, new Set(paths.keys()), (_, pointer) => {
    const { count, digest } = paths.get(pointer)!;
    return { $files: count, $digest: digest };
  }) as JsonObject;
}

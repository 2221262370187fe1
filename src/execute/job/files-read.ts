/**
 * The files outside the store that a job reads: whether they are those that its key covers as an attempt begins, and
 * whether they still are when it has ended. A result is stored only if both hold.
 */
import { valueAt } from '../../base/json-pointer.ts';
import type { JsonObject } from '../../base/json.ts';
import { isFiles } from '../../plan/key.ts';
import { openExternalFiles, type ExternalSet } from '../../store/external.ts';
import { fileChanges } from '../../store/file-changes.ts';
import type { Job } from './job.ts';

export interface FilesRead {
  /** The paths whose files are not those of the key, such as `deps.0`. */
  readonly unlikeKey: readonly string[];
  /** What has been written since, such as `deps.0: a.txt was written`. */
  readonly changes: () => Promise<readonly string[]>;
}

/** `params` as the stage gets them; `cache` is where digests are remembered. */
export async function filesRead(
  { document, paths }: Job,
  params: JsonObject,
  cache: string,
): Promise<FilesRead> {
  if (paths.length === 0) return { unlikeKey: [], changes: () => Promise.resolve([]) };
  const external = openExternalFiles(cache);
  const resolveAll = async (): Promise<Map<string, ExternalSet>> => {
    const sets = new Map<string, ExternalSet>();
    for (const pointer of paths)
      sets.set(pointer, await external.resolve(valueAt(params, pointer) as string));
    external.save();
    return sets;
  };
  const before = await resolveAll();
  const isAsPlanned = (pointer: string): boolean => {
    const planned = valueAt(document.parameters, pointer);
    return isFiles(planned) && planned.$digest === before.get(pointer)!.digest;
  };
  return {
    unlikeKey: paths
      .filter((pointer) => !isAsPlanned(pointer))
      .map((pointer) => pointer.slice(1).replaceAll('/', '.')),
    changes: async () => {
      const after = await resolveAll();
      return paths.flatMap(
        (pointer) => fileChanges(pointer, before.get(pointer)!, after.get(pointer)!) ?? [],
      );
    },
  };
}

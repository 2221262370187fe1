/** What `pipeline query` searches: a spec, a recorded run, or an exported one; told apart as `pipeline show` does. */
import { existsSync } from 'node:fs';
import { readRun } from '../../history/find.ts';
import { sourceOfArchive, type OpenSource } from '../../query/sources/archive-source.ts';
import { placeInStore, sourceOfRun } from '../../query/sources/run-source.ts';
import { sourceOfSpec } from '../../query/sources/spec-source.ts';
import { currentPlan, type SpecOptions } from '../../session.ts';
import { isExport, refuseChanges } from './exported.ts';
import { openSpec } from './open-spec.ts';
import { meansRun } from './show.ts';
import { commandStores } from './stores.ts';

/** `name`: a spec's file, an id, tag or `latest`, an archive, or the folder of an unpacked one. */
export async function openQuerySource(
  name: string,
  options: SpecOptions,
  stop: AbortSignal,
): Promise<OpenSource> {
  if (isExport(name)) {
    refuseChanges(name, options);
    return sourceOfArchive(name, stop);
  }
  const close = (): void => undefined;
  if (meansRun(name, existsSync(name))) {
    refuseChanges(name, options);
    const { layout, store } = await commandStores(options);
    const source = await sourceOfRun(readRun(layout, name), placeInStore(store));
    return { source, close };
  }
  const session = await openSpec(name, options);
  return { source: sourceOfSpec(await currentPlan(session), session.store, name), close };
}

/** What `pipeline query` searches: a spec, a recorded run, or an exported one; told apart as `pipeline show` does. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { compressionIn, CONTENTS } from '../../history/archive.ts';
import { readRun } from '../../history/find.ts';
import { openArchive, type OpenArchive } from '../../query/sources/archive-source.ts';
import { placeInStore, sourceOfRun } from '../../query/sources/run-source.ts';
import { sourceOfSpec } from '../../query/sources/spec-source.ts';
import { currentPlan, type SpecOptions } from '../../session.ts';
import { openSpec } from './open-spec.ts';
import { meansRun } from './show.ts';
import { commandStores } from './stores.ts';

/** `name`: a spec's file, an id, tag or `latest`, an archive, or the folder of an unpacked one. */
export async function openQuerySource(
  name: string,
  options: SpecOptions,
  stop: AbortSignal,
): Promise<OpenArchive> {
  if (isExport(name)) {
    refuseChanges(name, options);
    return openArchive(name, stop);
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

const ARCHIVE = /\.(tar|tar\.gz|tgz|tar\.zst|tzst)$/i;

function isExport(name: string): boolean {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    if (existsSync(join(name, CONTENTS))) return true;
    throw new PipelineError('E_USAGE', `${name} is a folder and no exported run: it has no ${CONTENTS}`, {
      hint: 'Name a spec, a run, or what `pipeline export` wrote.',
    });
  }
  if (stat === undefined && ARCHIVE.test(name))
    throw new PipelineError('E_USAGE', `there is no file ${name}`, {
      hint: 'Write an archive with `pipeline export`.',
    });
  return stat !== undefined && (ARCHIVE.test(name) || compressionIn(name) !== undefined);
}

function refuseChanges(name: string, { set, params }: SpecOptions): void {
  if (set === undefined && params === undefined) return;
  throw new PipelineError('E_USAGE', `--set and --params change a spec, and ${name} is none`, {
    hint: 'Name the spec, or leave them out.',
  });
}

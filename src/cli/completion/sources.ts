/** Where candidates come from: specs, the store's records, the kinds, and the file system. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findRun } from '../../history/find.ts';
import { allNotes } from '../../history/notes.ts';
import { readRunRecord, runIds } from '../../history/record.ts';
import { openCatalogue } from '../../kinds/catalogue.ts';
import { layoutFor, openStore } from '../../session.ts';
import { namesOfSpec, type SpecNames } from '../../spec/editor/names.ts';

/** More of them help nobody to choose. */
const MOST_RUNS = 50;

export async function specNames(file: string | undefined): Promise<SpecNames> {
  if (file === undefined || !existsSync(file)) return { stages: [], parameters: [] };
  return namesOfSpec(file, openCatalogue(await layoutFor(file, {})));
}

export async function kindNames(): Promise<readonly string[]> {
  return openCatalogue(await layoutFor('spec', {})).names;
}

export interface Runs {
  /** Latest first. */
  readonly ids: readonly string[];
  readonly tags: readonly string[];
  stagesOf(run: string): readonly string[];
}

export async function runsIn(store: string | undefined): Promise<Runs> {
  const layout = await openStore(store === undefined ? {} : { store });
  return {
    ids: runIds(layout).slice(0, MOST_RUNS),
    tags: [...new Set([...allNotes(layout).values()].flatMap(({ tags }) => tags))].sort(),
    stagesOf: (run) => Object.keys(readRunRecord(layout, findRun(layout, run))?.stages ?? {}),
  };
}

/** Folders end with a slash. */
export function filesLike(
  current: string,
  isWanted: (name: string) => boolean = () => true,
): readonly string[] {
  const before = current.slice(0, current.lastIndexOf('/') + 1);
  const hidden = current.slice(before.length).startsWith('.');
  return readdirSync(before === '' ? '.' : before)
    .filter((name) => hidden || !name.startsWith('.'))
    .sort()
    .flatMap((name) => {
      const isFolder = statSync(join(before, name), { throwIfNoEntry: false })?.isDirectory() === true;
      if (isFolder) return name === 'node_modules' ? [] : [`${before}${name}/`];
      return isWanted(name) ? [`${before}${name}`] : [];
    });
}

export function specFilesLike(current: string): readonly string[] {
  return filesLike(current, (name) => /\.ya?ml$/.test(name) && !name.endsWith('.lock.yaml'));
}

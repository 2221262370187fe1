/** Which artifacts answer when a run is named, or none. */
import { findRun, readRun } from '../../history/find.ts';
import { readRunRecord, runIds, type RunRecord } from '../../history/record.ts';
import { findParts, type PartsOptions } from '../../query/parts.ts';
import { placeInStore, sourceOfRun } from '../../query/sources/run-source.ts';
import type { Source } from '../../query/sources/source.ts';
import type { StoreLayout } from '../../store/layout.ts';
import type { Store } from '../../store/store.ts';
import { nothingToSearch, type SearchTarget, type ServiceOptions } from './search/service.ts';

/** Runs that are looked at for one that can be searched, latest first. */
const MOST_TRIED = 50;
const MOST_REMEMBERED = 50;

/** `standard`: what the command named, if that is no store. */
export function targetsOf(
  layout: StoreLayout,
  store: Store,
  standard: (() => Promise<SearchTarget>) | undefined,
  options: PartsOptions,
): ServiceOptions['find'] {
  const remembered = new Map<string, SearchTarget>();
  const ofRecord = async (record: RunRecord): Promise<SearchTarget> => {
    const known = remembered.get(record.id);
    if (known) return known;
    const source = await sourceOfRun(record, placeInStore(store));
    const target = await targetOf(source, record.id, options);
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(record.id, target);
    return target;
  };
  const latest = async (): Promise<SearchTarget> => {
    for (const id of runIds(layout).slice(0, MOST_TRIED)) {
      const record = readRunRecord(layout, id);
      const target = record && (await ofRecord(record).catch(() => undefined));
      if (target) return target;
    }
    throw nothingToSearch();
  };
  return async (run) => {
    if (run === undefined) return standard ? standard() : latest();
    const id = findRun(layout, run);
    return remembered.get(id) ?? ofRecord(readRun(layout, id));
  };
}

/** `run`: its id; null for the present results of a spec, or an archive. */
export async function targetOf(
  source: Source,
  run: string | null,
  options: PartsOptions,
): Promise<SearchTarget> {
  const parts = await findParts(source, options).catch((error: unknown) => {
    // A run that failed before its embeddings can still be searched by words.
    if (options.from !== undefined) throw error;
    return findParts(source, { ...options, lexicalOnly: true });
  });
  return { run, spec: source.name, parts, engine: source.engine };
}

import type { StoreLayout } from '../store/layout.ts';
import { readRunRecord, runIds, type RunRecord } from './record.ts';

/** Number of latest records that are searched. */
const LOOK_BACK = 200;

/** The latest run of a spec, by the spec's name. Undefined if none of the latest runs was of it. */
export function latestRecord(layout: StoreLayout, specName: string): RunRecord | undefined {
  for (const id of runIds(layout).slice(0, LOOK_BACK)) {
    const record = readRunRecord(layout, id);
    if (record?.spec.name === specName) return record;
  }
  return undefined;
}

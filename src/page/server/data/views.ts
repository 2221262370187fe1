/**
 * Views by name, `/api/view/NAME`: what the page shows of the store, but for the table of runs and running runs. Each is
 * JSON; undefined where there is none.
 */
import type { Key } from '../../../base/hash.ts';
import { findRun, readRun } from '../../../history/find.ts';
import { readRunRecord } from '../../../history/record.ts';
import type { StoreLayout } from '../../../store/layout.ts';
import type { Store } from '../../../store/store.ts';
import { RequestError } from '../reply.ts';
import { artifactView } from './artifact.ts';
import { compareView } from './compare.ts';
import { fileHead } from './heads/head.ts';
import type { KeptViews } from './kept-views.ts';
import { recordedSweepView, runViews } from './report-views.ts';

export interface ViewContext {
  readonly layout: StoreLayout;
  readonly store: Store;
  readonly kept: KeptViews;
}

const MOST_COMPARED = 10;
const KIND = /^[A-Za-z0-9][\w.-]*$/;
const KEY = /^[0-9a-f]{64}$/;
/** Ids are names of files. */
export const RUN = /^[A-Za-z0-9][\w.-]*$/;

export async function viewJson(
  { layout, store, kept }: ViewContext,
  parts: readonly string[],
): Promise<string | undefined> {
  const [kind, ...rest] = parts;
  const json = (view: unknown): string | undefined => (view === undefined ? undefined : JSON.stringify(view));
  switch (kind) {
    case 'compare':
      return json(await compareView(layout, store, comparedRuns(layout, rest)));
    case 'artifact': {
      const [name = '', key = '', what, path] = rest;
      if (!KIND.test(name) || !KEY.test(key)) return undefined;
      if (what === undefined) return json(await artifactView(layout, store, name, key as Key));
      if (what !== 'file' || path === undefined) return undefined;
      const artifact = await store.fetch(name, key as Key);
      return artifact && json(await fileHead(artifact, path));
    }
    case 'run': {
      const make = async (): Promise<string | undefined> => json(await runViews(layout, store, rest));
      // The run itself has notes, which change, and `latest` may be another run next time.
      return rest.length > 1 && RUN.test(rest[0]!) && readRunRecord(layout, rest[0]!)
        ? kept.get(parts.join('/'), make)
        : make();
    }
    case 'sweep':
      return rest.length === 1 ? json(await recordedSweepView(layout, store, rest[0]!)) : undefined;
    case undefined:
    default:
      return undefined;
  }
}

function comparedRuns(layout: StoreLayout, names: readonly string[]): ReturnType<typeof readRun>[] {
  const ids = [...new Set(names.map((name) => findRun(layout, name)))];
  if (ids.length < 2)
    throw new RequestError(400, 'E_REQUEST', 'Choose at least two different runs to compare.');
  if (ids.length > MOST_COMPARED)
    throw new RequestError(400, 'E_REQUEST', `At most ${MOST_COMPARED} runs can be compared.`);
  return ids.map((id) => readRun(layout, id));
}

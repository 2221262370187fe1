/** Which artifacts the recorded runs refer to, for garbage collection. */
import { PipelineError } from '../base/diagnostic.ts';
import type { StoreLayout } from '../store/layout.ts';
import { latestStages } from './latest-keys.ts';
import { allNotes } from './notes.ts';
import { readRunRecord, runIds, type RunRecord } from './record.ts';

export interface Reference {
  /** Start of the latest run that refers to it, in milliseconds since the epoch. */
  readonly lastUsed: number;
  /** Whether one of the last runs of its spec refers to it, or it is a stage's current result. */
  readonly kept: boolean;
  readonly tagged: boolean;
}

export interface References {
  /** By `kind/key`. */
  readonly artifacts: ReadonlyMap<string, Reference>;
  /** Ids of the runs that are neither among the last of their spec nor tagged. */
  readonly others: readonly string[];
}

/**
 * `keepRuns` is the number of last runs per spec. Throws `E_RECORD` if a record cannot be read, because its references
 * are then unknown.
 */
export function referencesOf(layout: StoreLayout, keepRuns: number): References {
  const notes = allNotes(layout);
  const artifacts = new Map<string, Reference>();
  const seen = new Map<string, number>();
  const others: string[] = [];
  const refer = (name: string, lastUsed: number, kept: boolean, tagged: boolean): void => {
    const before = artifacts.get(name) ?? { lastUsed: 0, kept: false, tagged: false };
    artifacts.set(name, {
      lastUsed: Math.max(before.lastUsed, lastUsed),
      kept: before.kept || kept,
      tagged: before.tagged || tagged,
    });
  };
  for (const id of runIds(layout)) {
    const record = readRunRecord(layout, id);
    if (!record) throw unreadable(id);
    const { name } = record.spec;
    const rank = seen.get(name) ?? 0;
    seen.set(name, rank + 1);
    const tagged = (notes.get(id)?.tags.length ?? 0) > 0;
    if (rank >= keepRuns && !tagged) others.push(id);
    for (const artifact of artifactsOf(record))
      refer(artifact, Date.parse(record.started), rank < keepRuns, tagged);
  }
  for (const name of seen.keys())
    for (const { kind, key } of latestStages(layout, name)) refer(`${kind}/${key}`, 0, true, false);
  return { artifacts, others };
}

/** `kind/key` of every artifact of the run. */
export function artifactsOf({ stages }: RunRecord): string[] {
  return Object.values(stages).flatMap(({ kind, key }) => (key ? [`${kind}/${key}`] : []));
}

function unreadable(id: string): PipelineError {
  return new PipelineError(
    'E_RECORD',
    `the record of run ${id} cannot be read, so its artifacts are unknown`,
    {
      hint: `Restore runs/${id}.json in the store, or delete it if its artifacts may be removed.`,
    },
  );
}

import { PipelineError } from '../../base/diagnostic.ts';
import type { Key } from '../../base/hash.ts';
import type { RunRecord } from '../../history/record.ts';
import { findWhole, type Artifact, type FoundArtifact, type Store } from '../../store/store.ts';
import type { Source, SourceStage } from './source.ts';

/** Where the artifacts of a run are: a store, or an unpacked archive. */
export interface ArtifactPlace {
  find(kind: string, key: Key): Promise<FoundArtifact | undefined>;
  fetch(kind: string, key: Key): Promise<Artifact | undefined>;
  /** What to do about a missing one. */
  readonly hint: string;
}

/** The place of the runs that this machine has recorded. */
export const placeInStore = (store: Pick<Store, 'find' | 'fetch'>): ArtifactPlace => ({
  find: (kind, key) => findWhole(store, kind, key),
  fetch: (kind, key) => store.fetch(kind, key),
  hint: 'Run its spec again, or `pipeline reproduce` it.',
});

/** The results of a recorded run, whatever has changed in its spec since. */
export async function sourceOfRun(record: RunRecord, place: ArtifactPlace): Promise<Source> {
  const { resolved } = record;
  if (!resolved)
    throw new PipelineError('E_USAGE', `the record of run ${record.id} is of an earlier version`, {
      hint: 'Query the spec itself, or run it again.',
    });
  const stages = new Map<string, SourceStage>();
  for (const { name, inputs } of resolved.stages) {
    const { kind, key } = record.stages[name] ?? {};
    if (kind === undefined || !key) continue;
    const found = await place.find(kind, key);
    const gone = (): PipelineError =>
      new PipelineError('E_NOT_READY', `the result of '${name}' in run ${record.id} is not there`, {
        hint: place.hint,
      });
    stages.set(name, {
      kind,
      type: found?.manifest.type ?? TYPES[kind] ?? kind,
      inputs,
      parameters: record.parameters[name] ?? {},
      isThere: found !== undefined,
      artifact: async () => {
        const fetched = found && (await place.fetch(kind, key));
        if (!fetched) throw gone();
        return fetched;
      },
    });
  }
  return { name: record.spec.name, engine: record.engine, stages };
}

/** What a missing result was, so that the message names it. */
const TYPES: Readonly<Record<string, string>> = {
  ingest: 'corpus',
  tokenize: 'tokens',
  train: 'model',
  ensemble: 'model',
  'import-model': 'model',
  embed: 'embeddings',
  evaluate: 'report',
};

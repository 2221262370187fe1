import { openArchive } from '../../history/open-archive.ts';
import { placeInStore, sourceOfRun } from './run-source.ts';
import type { Source } from './source.ts';

export interface OpenSource {
  readonly source: Source;
  /** Removes what was unpacked. */
  readonly close: () => void;
}

/** An exported run as a source of answers. */
export async function sourceOfArchive(path: string, signal: AbortSignal): Promise<OpenSource> {
  const { record, artifacts, close } = await openArchive(path, signal);
  const hint =
    'Export the run with all stages: the archive has to hold corpus, tokens, model and embeddings.';
  return { source: await sourceOfRun(record, { ...placeInStore(artifacts), hint }), close };
}

/** An exported run as a source of answers: its archive, unpacked into a temporary folder, or the folder that has it. */
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArchive, type Received } from '../../history/import.ts';
import { readUnpacked } from '../../history/unpacked.ts';
import { removeFolder } from '../../store/local/folders.ts';
import type { Artifact } from '../../store/store.ts';
import { sourceOfRun, type ArtifactPlace } from './run-source.ts';
import type { Source } from './source.ts';

export interface OpenArchive {
  readonly source: Source;
  /** Removes what was unpacked. */
  readonly close: () => void;
}

/** Checks every byte, as an import does, and leaves the store alone. */
export async function openArchive(path: string, signal: AbortSignal): Promise<OpenArchive> {
  if (statSync(path).isDirectory())
    return { source: await sourceOf(readUnpacked(path)), close: () => undefined };
  const work = mkdtempSync(join(tmpdir(), 'pipeline-query-'));
  const close = (): void => {
    removeFolder(work);
  };
  try {
    return { source: await sourceOf(await readArchive(path, work, signal)), close };
  } catch (error) {
    close();
    throw error;
  }
}

function sourceOf({ record, artifacts }: Received): Promise<Source> {
  const byKey = new Map(
    artifacts.map(({ folder, manifest }): [string, Artifact] => [
      `${manifest.kind}/${manifest.key}`,
      { manifest, path: folder },
    ]),
  );
  const find: ArtifactPlace['fetch'] = (kind, key) => Promise.resolve(byKey.get(`${kind}/${key}`));
  const hint =
    'Export the run with all stages: the archive has to hold corpus, tokens, model and embeddings.';
  return sourceOfRun(record, { find, fetch: find, hint });
}

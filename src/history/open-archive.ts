/** An exported run, to be read where it is: its archive, unpacked into a temporary folder, or the folder that has it. */
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../store/local/folders.ts';
import type { Artifact, Store } from '../store/store.ts';
import { readArchive, type Received } from './import.ts';
import { NO_NOTES, type Notes } from './notes.ts';
import type { RunRecord } from './record.ts';
import { readUnpacked } from './unpacked.ts';

export interface OpenArchive {
  readonly record: RunRecord;
  readonly notes: Notes;
  /** The artifacts that it has. */
  readonly artifacts: Pick<Store, 'find' | 'fetch'>;
  /** Removes what was unpacked. */
  readonly close: () => void;
}

/** Checks every byte, as an import does, and leaves the store alone. */
export async function openArchive(path: string, signal: AbortSignal): Promise<OpenArchive> {
  if (statSync(path).isDirectory()) return opened(readUnpacked(path), () => undefined);
  const work = mkdtempSync(join(tmpdir(), 'pipeline-archive-'));
  const close = (): void => {
    process.off('exit', close);
    removeFolder(work);
  };
  // A signal may end the process at once.
  process.once('exit', close);
  try {
    return opened(await readArchive(path, work, signal), close);
  } catch (error) {
    close();
    throw error;
  }
}

function opened({ record, notes, artifacts }: Received, close: () => void): OpenArchive {
  const byKey = new Map(
    artifacts.map(({ folder, manifest }): [string, Artifact] => [
      `${manifest.kind}/${manifest.key}`,
      { manifest, path: folder },
    ]),
  );
  return {
    record,
    notes: notes ?? NO_NOTES,
    artifacts: {
      find(kind, key) {
        const artifact = byKey.get(`${kind}/${key}`);
        return Promise.resolve(artifact ? { state: 'found', artifact } : { state: 'absent' });
      },
      fetch: (kind, key) => Promise.resolve(byKey.get(`${kind}/${key}`)),
    },
    close,
  };
}

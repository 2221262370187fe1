/**
 * The earlier artifact that a job can take parts over from, with the inputs that it was made from. All their bytes are
 * checked first, so that damage does not get into a new artifact. If anything is missing or damaged, there is none.
 */
import type { InputArtifact } from '../../stage.ts';
import { faultsOf } from '../../store/local/verify.ts';
import type { Store } from '../../store/store.ts';
import type { Job, JobInput } from './job.ts';
import type { StartMessage } from './process/messages.ts';

export async function fetchEarlier({ earlier, forced }: Job, store: Store): Promise<StartMessage['earlier']> {
  if (!earlier || forced) return null;
  const artifact = await fetchChecked(earlier.artifact, store);
  if (!artifact) return null;
  const inputs: Record<string, InputArtifact> = {};
  for (const [slot, wanted] of Object.entries(earlier.inputs)) {
    const input = await fetchChecked(wanted, store);
    if (!input) return null;
    inputs[slot] = input;
  }
  return { path: artifact.path, inputs };
}

async function fetchChecked(
  { stage, kind, key, digest }: JobInput,
  store: Store,
): Promise<InputArtifact | undefined> {
  const artifact = await store.fetch(kind, key);
  if (artifact?.manifest.digest !== digest) return undefined;
  const { path, manifest } = artifact;
  if (faultsOf({ kind, key, path, manifest }).length > 0) return undefined;
  return { type: manifest.type, stage, path, digest, metrics: manifest.metrics };
}

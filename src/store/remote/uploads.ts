/** Uploads in the background of a run: a few at a time, in the order in which they were made. */
import type { Artifact } from '../store.ts';
import { aborted } from '../../base/aborted.ts';
import { atMost } from '../../base/at-most.ts';

export interface Pending {
  readonly artifacts: number;
  readonly bytes: number;
}

export interface Uploads {
  add(artifact: Artifact): void;
  /** What is still to go. */
  pending(): Pending;
  /** Resolves when everything was tried, or when `stop` is aborted. */
  settle(stop: AbortSignal): Promise<void>;
}

const AT_ONCE = 4;

/** `send` rejects where the artifact is not uploaded; it says why itself. */
export function uploads(send: (artifact: Artifact) => Promise<void>): Uploads {
  const left = new Set<Artifact>();
  const running = new Set<Promise<void>>();
  const limit = atMost(AT_ONCE);
  return {
    add(artifact) {
      left.add(artifact);
      const work = limit(() => send(artifact)).then(
        () => void left.delete(artifact),
        () => undefined,
      );
      running.add(work);
      void work.then(() => running.delete(work));
    },
    pending: () => ({ artifacts: left.size, bytes: [...left].reduce((sum, one) => sum + bytesOf(one), 0) }),
    async settle(stop) {
      await Promise.race([aborted(stop), Promise.all(running)]);
    },
  };
}

export function bytesOf({ manifest }: Artifact): number {
  return manifest.files.reduce((sum, { size }) => sum + size, 0);
}

/** Repeats what failed for a reason that may pass, with growing pauses. */
import { sleep } from '../../base/clock.ts';
import { RemoteFault } from './objects/remote-fault.ts';

const PAUSES_MS = [200, 800, 3_000] as const;

export async function retried<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  pauses: readonly number[] = PAUSES_MS,
): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      return await work();
    } catch (error) {
      const pause = pauses[tried];
      if (signal.aborted || pause === undefined || !(error instanceof RemoteFault) || !error.temporary)
        throw error;
      await sleep(pause, signal);
    }
  }
}

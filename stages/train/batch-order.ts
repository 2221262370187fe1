/** Which triplets each step of a phase trains on: a function of the phase and the seed alone, so that a training resumes. */
import { random, shuffle } from '../../src/base/random.ts';
import { drawnBatches, nextSet, type Phase, type PhaseSet } from './phases.ts';

export interface Draw {
  /** Position of the set under `triplets`. */
  readonly set: number;
  /** Rows of the set. */
  readonly rows: Uint32Array;
}

/** The batches of the steps after `done`, in order. A set that is used up is shuffled again. */
export function* batchOrder(phase: Phase, seed: number, done: number): Generator<Draw, never> {
  const drawn = drawnBatches(phase.sets, done);
  const epochs = phase.sets.map(() => ({ epoch: 0, batches: [] as Uint32Array[] }));
  for (let step = done + 1; ; step++) {
    const next = nextSet(phase.sets, drawn, step);
    const set = phase.sets[next]!;
    const epoch = Math.floor(drawn[next]! / set.batches) + 1;
    if (epochs[next]!.epoch !== epoch) epochs[next] = { epoch, batches: epochBatches(set, seed, epoch) };
    yield { set: set.set, rows: epochs[next]!.batches[drawn[next]! % set.batches]! };
    drawn[next]! += 1;
  }
}

/**
 * The shuffled triplets of an epoch, split into batches of nearly equal size. Batches mix lengths: the work of the
 * kernels depends on the number of tokens, not on the longest text, so sorting by length would only bias the sampling.
 */
function epochBatches({ set, triplets, batches }: PhaseSet, seed: number, epoch: number): Uint32Array[] {
  const order = shuffle(
    Uint32Array.from({ length: triplets }, (_, i) => i),
    random(seed, `train order ${epoch}${set === 0 ? '' : ` of set ${set}`}`),
  );
  const bound = (i: number): number => Math.floor((i * triplets) / batches);
  return Array.from({ length: batches }, (_, i) => order.subarray(bound(i), bound(i + 1)));
}

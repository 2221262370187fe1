/** What every pass of a recurrent encoder works with, forward and backward. */
import type { Heap } from '../threads/heap.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import type { Chunk } from './batch-layout.ts';
import type { LoadedWeights } from './packed-weights.ts';
import type { RecurrentShape } from './shape.ts';
import type { Sizes } from './sizes.ts';

export interface Context {
  readonly heap: Heap;
  readonly pool: ThreadPool;
  readonly shape: RecurrentShape;
  readonly sizes: Sizes;
  readonly weights: LoadedWeights;
}

export interface ForwardOptions {
  /** Without it nothing is kept for a backward pass, and dropout is off. */
  readonly training: boolean;
  /**
   * Rates of inverted dropout: `input` on the embeddings, `output` on every layer's outputs (between layers, and what
   * is pooled; the recurrence itself sees the undropped state). A unit's fate depends on the seed, the row's place in
   * the batch, the token's place in the row and the unit (counted with each
   * direction padded to a multiple of 8), on nothing else.
   */
  readonly dropout: { readonly input: number; readonly output: number };
  /** 32 bits. */
  readonly seed: number;
  readonly tableTrainable: boolean;
}

export const INFERENCE: ForwardOptions = {
  training: false,
  dropout: { input: 0, output: 0 },
  seed: 0,
  tableTrainable: false,
};

/** The steps of a chunk, as the kernels take them. `tape.starts`: the address of the batch's step starts. */
export const stepsOf = (
  tape: { readonly starts: number },
  chunk: Chunk,
): { readonly starts: number; readonly steps: number } => ({
  starts: tape.starts + chunk.startsAt * 4,
  steps: chunk.steps,
});

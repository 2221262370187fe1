/** What a forward pass leaves in the shared memory for its backward pass. */
import type { Batch } from './batch.ts';
import type { TableMemory } from './embedding-table.ts';
import type { Heap } from './heap.ts';
import type { DropoutMask } from './operations.ts';

/** Addresses of one layer's values; [tokens] first everywhere. */
export interface LayerTape {
  /** f32 [tokens, directions · H]: the states. */
  readonly y: number;
  /** The same after dropout; `y` itself without. */
  readonly dropped: number;
  /** For each direction f32 [tokens, 4·H]: the records of the cell. */
  readonly records: readonly number[];
  /** For each direction of an LSTM f32 [tokens, H]. */
  readonly cells: readonly number[];
}

export interface TapeMemory {
  readonly batch: Batch;
  readonly table: TableMemory;
  readonly tableTrainable: boolean;
  /** The weights' version that it was made with. */
  readonly version: number;
  /** Addresses of the batch's arrays. */
  readonly ids: number;
  readonly starts: number;
  readonly rows: number;
  /** f32 [tokens, input width]: the embeddings, after dropout. */
  readonly x: number;
  readonly layers: readonly LayerTape[];
  /** f32 [rows, output width]: the pooled output. */
  readonly out: number;
  /** f32 [tokens]: attention's shares. */
  readonly shares: number;
  readonly inputMask: DropoutMask | undefined;
  readonly outputMasks: readonly (DropoutMask | undefined)[];
  release(): void;
  released(): boolean;
}

/** Gives out memory that is taken back in one go. */
export function createScope(heap: Heap): { allocate(floats: number): number; release(): void } {
  let addresses: number[] = [];
  return {
    allocate(floats) {
      const at = heap.allocate(floats * 4);
      addresses.push(at);
      return at;
    },
    release() {
      for (const at of addresses) heap.free(at);
      addresses = [];
    },
  };
}

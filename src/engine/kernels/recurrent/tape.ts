/** What a forward pass leaves in the shared memory for its backward pass. */
import type { Batch } from './batch-layout.ts';
import type { TableMemory } from '../embedding/embedding-table.ts';
import type { Grouping } from '../embedding/grouping.ts';
import type { Heap } from '../threads/heap.ts';
import type { DropoutMask } from '../threads/instructions.ts';

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

/**
 * The embeddings that the first layer saw. A word's input product is the same wherever it stands, and so texts, which
 * repeat their words, are cheaper by word; dropout makes every token another vector.
 */
export type InputTape =
  /** f32 [tokens, input width], after dropout. */
  | { readonly by: 'token'; readonly x: number }
  /** f32 [words, input width]; addresses of the grouping's arrays. */
  | {
      readonly by: 'word';
      readonly x: number;
      readonly grouping: Grouping;
      readonly wordOf: number;
      readonly order: number;
    }
  /** At inference: for each direction the products of words seen before, and where each token's lies. */
  | { readonly by: 'cache'; readonly x: 0; readonly products: readonly number[]; readonly wordOf: number };

export interface TapeMemory {
  readonly batch: Batch;
  readonly table: TableMemory;
  readonly tableTrainable: boolean;
  /** The weights' version that it was made with. */
  readonly version: number;
  /** Addresses of the batch's arrays. */
  readonly starts: number;
  readonly rows: number;
  readonly input: InputTape;
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
export interface Scope {
  allocate(floats: number): number;
  put(values: Uint32Array): number;
  release(): void;
}

export function createScope(heap: Heap): Scope {
  let addresses: number[] = [];
  const allocate = (floats: number): number => {
    const at = heap.allocate(floats * 4);
    addresses.push(at);
    return at;
  };
  return {
    allocate,
    put(values) {
      const at = allocate(values.length);
      heap.words(at, values.length).set(values);
      return at;
    },
    release() {
      for (const at of addresses) heap.free(at);
      addresses = [];
    },
  };
}

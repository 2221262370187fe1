/**
 * What a forward pass leaves in the shared memory for its backward pass, and how that memory is laid out. Everything is
 * by token, in the order of the batch's chunks (batch-layout.ts); H is padded, D is paddedOutput.
 *
 *     input.x    [tokens or words, input width]
 *     layer l    y [tokens, D] | dropped [tokens, D]          both directions, one after the other in a row
 *                records [tokens, recordWidth]                 for each direction
 *                memories [tokens, H]                          for each direction, if the cell has a memory
 *                or both by row, where they need not be kept
 *     out        [rows, D]
 */
import type { TableMemory } from '../embedding/embedding-table.ts';
import type { TokensByWord } from '../embedding/grouping.ts';
import { createScope, type Scope } from '../threads/scope.ts';
import type { Batch } from './batch-layout.ts';
import { kernelsOf } from './cells/registry.ts';
import type { Context, ForwardOptions } from './context.ts';
import { dropoutMask, type DropoutMask } from './dropout.ts';
import type { CachedProducts } from './input-products.ts';

/** Addresses of one layer's values; [tokens] first everywhere. */
export interface LayerTape {
  /** f32 [tokens, directions · H]: the states. */
  readonly y: number;
  /** The same after dropout; `y` itself without. */
  readonly dropped: number;
  /** Whether records and memories are by token; else there is one for each row, which every step overwrites. */
  readonly keep: boolean;
  /** For each direction f32 [tokens or rows, recordWidth]: the records of the cell. */
  readonly records: readonly number[];
  /** For each direction f32 [tokens or rows, H]: the second states of a cell that has a memory. */
  readonly memories: readonly number[];
}

/**
 * The embeddings that the first layer saw. A word's input product is the same wherever it stands, and so texts, which
 * repeat their words, are cheaper by word; dropout makes every token another vector.
 */
export type InputTape =
  /** f32 [tokens, input width], after dropout. */
  | { readonly by: 'token'; readonly x: number }
  /** f32 [words, input width]; and the addresses of tokensByWord's arrays. */
  | {
      readonly by: 'word';
      readonly x: number;
      readonly tokensByWord: TokensByWord;
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
  /** f32 [tokens]: the softmax of attention pooling. */
  readonly attentionWeights: number;
  readonly inputMask: DropoutMask | undefined;
  readonly outputMasks: readonly (DropoutMask | undefined)[];
  release(): void;
  released(): boolean;
}

/** Copying a word's product costs less than computing it, but not nothing: words have to be this much fewer. */
const WORTH_GROUPING = 0.8;

export function createTape(
  { heap, sizes, shape }: Context,
  batch: Batch,
  table: TableMemory,
  version: number,
  { training, dropout, seed, tableTrainable }: ForwardOptions,
  cached: CachedProducts | undefined,
): TapeMemory {
  const scope = createScope(heap);
  const { tokens, rowCount } = batch;
  const { paddedHidden, directions, layers: count } = sizes;
  const rate = training ? dropout : { input: 0, output: 0 };
  const outputMasks = Array.from({ length: count }, (_, l) => dropoutMask(rate.output, seed, 1 + l));
  const inputMask = dropoutMask(rate.input, seed, 0);
  const block = (width: number, count = tokens): number => scope.allocate(Math.max(1, count * width));
  const layers = outputMasks.map((mask, l): LayerTape => {
    const y = block(directions * paddedHidden);
    // The cached products are fetched step by step, so that the records of a step stay in the nearer caches.
    const keep = l > 0 || !cached;
    const count = keep ? tokens : batch.rows.length;
    const each = <T>(make: () => T): T[] => Array.from({ length: directions }, make);
    return {
      y,
      dropped: mask ? block(directions * paddedHidden) : y,
      keep,
      records: each(() => block(sizes.recordWidth, count)),
      memories: kernelsOf(shape.cell).hasMemory ? each(() => block(paddedHidden, count)) : [],
    };
  });
  let released = false;
  return {
    batch,
    table,
    tableTrainable,
    version,
    starts: scope.put(batch.starts),
    rows: scope.put(batch.rows),
    input: cached
      ? { by: 'cache', x: 0, products: cached.products, wordOf: scope.put(cached.places) }
      : createInput(scope, batch, table, count > 0 && !inputMask),
    layers,
    out: scope.allocate(Math.max(1, rowCount * sizes.paddedOutput)),
    attentionWeights: shape.pooling === 'attention' ? block(1) : 0,
    inputMask,
    outputMasks,
    release: () => {
      released = true;
      scope.release();
    },
    released: () => released,
  };
}

function createInput(scope: Scope, { ids }: Batch, table: TableMemory, mayGroup: boolean): InputTape {
  if (mayGroup) {
    const tokensByWord = table.group(ids);
    if (tokensByWord.ids.length <= WORTH_GROUPING * ids.length)
      return {
        by: 'word',
        x: scope.allocate(Math.max(1, tokensByWord.ids.length * table.width)),
        tokensByWord,
        wordOf: scope.put(tokensByWord.wordOf),
        order: scope.put(tokensByWord.order),
      };
  }
  return { by: 'token', x: scope.allocate(Math.max(1, ids.length * table.width)) };
}

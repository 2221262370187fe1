import type { Batch } from './batch-layout.ts';
import type { TableMemory } from '../embedding/embedding-table.ts';
import type { Context } from './forward.ts';
import { dropoutMask } from '../threads/instructions.ts';
import type { CachedProducts } from './input-products.ts';
import type { ForwardOptions } from './recurrent.ts';
import { createScope, type InputTape, type LayerTape, type Scope, type TapeMemory } from './tape.ts';

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
  const { hidden, directions, layers: count } = sizes;
  const rate = training ? dropout : { input: 0, output: 0 };
  const outputMasks = Array.from({ length: count }, (_, l) => dropoutMask(rate.output, seed, 1 + l));
  const inputMask = dropoutMask(rate.input, seed, 0);
  const block = (width: number): number => scope.allocate(Math.max(1, tokens * width));
  const layers = outputMasks.map((mask): LayerTape => {
    const y = block(directions * hidden);
    const each = <T>(make: () => T): T[] => Array.from({ length: directions }, make);
    return {
      y,
      dropped: mask ? block(directions * hidden) : y,
      records: each(() => block(4 * hidden)),
      cells: shape.cell === 'lstm' ? each(() => block(hidden)) : [],
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
    out: scope.allocate(Math.max(1, rowCount * sizes.outputWidth)),
    shares: shape.pooling === 'attention' ? block(1) : 0,
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
    const grouping = table.group(ids);
    if (grouping.ids.length <= WORTH_GROUPING * ids.length)
      return {
        by: 'word',
        x: scope.allocate(Math.max(1, grouping.ids.length * table.width)),
        grouping,
        wordOf: scope.put(grouping.wordOf),
        order: scope.put(grouping.order),
      };
  }
  return { by: 'token', x: scope.allocate(Math.max(1, ids.length * table.width)) };
}

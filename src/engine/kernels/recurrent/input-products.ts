/**
 * Input products of words, kept from one inference pass to the next while weights and table stay: a corpus repeats its
 * words, so that most tokens cost the recurrence alone.
 */
import type { TableMemory } from '../embedding/embedding-table.ts';
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Instruction } from '../threads/instructions.ts';
import { ranges, type Range } from '../threads/ranges.ts';
import { createScope } from '../threads/scope.ts';
import type { Context } from './context.ts';

/** Words or tokens whose input product a job takes: a multiple of the rows that the product takes at once. */
export const PRODUCT_ROWS = 60;

export interface CachedProducts {
  /** For each direction f32 [·, G·H]. */
  readonly products: readonly number[];
  /** [tokens] the row of each token's product. */
  readonly places: Uint32Array;
}

export interface ProductCache {
  /** Nothing where the vocabulary is too large to be kept. `version`: of the weights. */
  lookUp(ids: Uint32Array, table: TableMemory, version: number): CachedProducts | undefined;
  dispose(): void;
}

const MOST_BYTES = 2 ** 28;

export function createProductCache(context: Context): ProductCache {
  const { heap, sizes } = context;
  const width = sizes.gatesWidth;
  const scope = createScope(heap);
  let products: number[] = [];
  let table: TableMemory | undefined;
  let current = '';
  let placeOf = new Int32Array(0);
  let count = 0;

  const prepare = (next: TableMemory, version: number): void => {
    if (table?.rows !== next.rows) {
      scope.release();
      products = Array.from({ length: sizes.directions }, () => scope.allocate(next.rows * width));
      placeOf = new Int32Array(next.rows);
    }
    const state = `${version} ${next.version()}`;
    if (table === next && state === current) return;
    table = next;
    current = state;
    placeOf.fill(-1);
    count = 0;
  };

  return {
    lookUp: (ids, next, version) => {
      if (sizes.layers === 0 || next.rows * width * sizes.directions * 4 > MOST_BYTES) return undefined;
      prepare(next, version);
      const from = count;
      const missing: number[] = [];
      const places = new Uint32Array(ids.length);
      for (let token = 0; token < ids.length; token++) {
        const id = ids[token]!;
        if (placeOf[id]! < 0) {
          placeOf[id] = count++;
          missing.push(id);
        }
        places[token] = placeOf[id]!;
      }
      compute(
        context,
        next,
        missing,
        products.map((product) => product + from * width * 4),
      );
      return { products, places };
    },
    dispose: () => {
      scope.release();
    },
  };
}

/** The products of these words, one after the other from the addresses on. */
function compute(
  context: Context,
  table: TableMemory,
  ids: readonly number[],
  products: readonly number[],
): void {
  const { heap, pool } = context;
  const scope = createScope(heap);
  const at = scope.put(Uint32Array.from(ids));
  const { data, width } = table;
  const ldx = width * 4;
  const x = scope.allocate(Math.max(1, ids.length * width));
  pool.run(
    ranges(ids.length, PRODUCT_ROWS).map((some) => [
      op.gather({
        x: x + some.from * ldx,
        ldx,
        table: data,
        ldt: ldx,
        ids: at + some.from * 4,
        count: some.count,
        width: ldx,
      }),
      ...wordProducts(context, { x, width }, products, some),
    ]),
  );
  scope.release();
}

/** Input products of some rows of x [·, width], a word each, for every direction: products f32 [·, G·H]. */
export function wordProducts(
  { sizes, weights }: Pick<Context, 'sizes' | 'weights'>,
  { x, width }: { readonly x: number; readonly width: number },
  products: readonly number[],
  { from, count }: Range,
): Instruction[] {
  const ldc = sizes.gatesWidth * 4;
  return products.map((product, d) =>
    op.gemm({
      a: x + from * width * 4,
      lda: width * 4,
      b: weights.cell(0, d).w,
      c: product + from * ldc,
      ldc,
      init: weights.cell(0, d).bias,
      ldi: 0,
      M: count,
      K: width,
      N: ldc / 4,
    }),
  );
}

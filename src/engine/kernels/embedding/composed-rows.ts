/**
 * Rows of a table that are made of rows of another, in the shared memory: words of their n-grams. A row is composed when
 * a text first asks for it after its parts have changed.
 */
import type { Ragged } from '../../../formats/ragged.ts';
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Heap } from '../threads/heap.ts';
import { ranges } from '../threads/ranges.ts';
import { createScope } from '../threads/scope.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import type { GradientRows, TableMemory } from './embedding-table.ts';
import { createGrouper } from './grouping.ts';

/** How each row is made: its own row of the other table, plus the mean of its parts, if it has any. */
export interface Composition {
  readonly own: Uint32Array;
  readonly parts: Ragged;
}

export interface ComposedRows {
  /** Brings these rows up to date; ids may come several times. */
  update(ids: Uint32Array): void;
  /** Moves the gradients gathered at composed rows on to the rows that they are made of. */
  passOn(): void;
  dispose(): void;
}

/** Rows that a job takes. */
const ROWS_A_JOB = 64;

export function createComposedRows(
  heap: Heap,
  pool: ThreadPool,
  { table, parameters }: { readonly table: TableMemory; readonly parameters: TableMemory },
  { own, parts }: Composition,
): ComposedRows {
  const fixed = createScope(heap);
  const ownAt = fixed.put(own);
  const startsAt = fixed.put(parts.offsets);
  const partsAt = fixed.put(parts.values);
  const width = table.width * 4;
  const current = new Uint8Array(table.rows);
  const group = createGrouper(parameters.rows);
  let version: number | undefined;

  /** The ids that are out of date, each once. */
  const outdated = (ids: Uint32Array): Uint32Array => {
    if (parameters.version() !== version) {
      version = parameters.version();
      current.fill(0);
      table.changed();
    }
    const found = new Uint32Array(ids.length);
    let count = 0;
    for (const id of ids) {
      if (current[id] === 1) continue;
      current[id] = 1;
      found[count++] = id;
    }
    return found.subarray(0, count);
  };

  /** What the gradients of these rows are gradients of: the first `ids.length` are of own rows, the others of parts. */
  const partsOf = (ids: Uint32Array): GradientRows => {
    const { offsets, values } = parts;
    let total = ids.length;
    for (const id of ids) total += offsets[id + 1]! - offsets[id]!;
    const rows = new Uint32Array(total);
    const gradients = new Uint32Array(total);
    let next = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      gradients[next] = i;
      rows[next++] = own[id]!;
      for (let part = offsets[id]!; part < offsets[id + 1]!; part++) {
        gradients[next] = ids.length + i;
        rows[next++] = values[part]!;
      }
    }
    const grouped = group(rows);
    return { ids: grouped.ids, starts: grouped.starts, order: grouped.order.map((at) => gradients[at]!) };
  };

  return {
    update: (ids) => {
      checkIds(ids, table.rows);
      const missing = outdated(ids);
      const scope = createScope(heap);
      const idsAt = scope.put(missing);
      pool.run(
        ranges(missing.length, ROWS_A_JOB).map(({ from, count }) => [
          op.compose({
            table: table.data,
            from: parameters.data,
            width,
            ids: idsAt + from * 4,
            count,
            own: ownAt,
            starts: startsAt,
            parts: partsAt,
          }),
        ]),
      );
      scope.release();
    },
    passOn: () => {
      const { ids, at } = table.gathered();
      if (ids.length > 0) {
        const scope = createScope(heap);
        const shares = scope.allocate(2 * ids.length * table.width);
        const idsAt = scope.put(ids);
        pool.run(
          ranges(ids.length, ROWS_A_JOB).map(({ from, count }) => [
            op.share({
              gradients: at + from * width,
              width,
              ids: idsAt + from * 4,
              count,
              starts: startsAt,
              out: shares + from * width,
              half: ids.length,
            }),
          ]),
        );
        parameters.addGradients(shares, partsOf(ids), { last: true });
        scope.release();
      }
      table.clearGradient();
    },
    dispose: () => {
      fixed.release();
    },
  };
}

/** A row beyond the table would be composed of foreign memory, and written there. */
function checkIds(ids: Uint32Array, rows: number): void {
  for (const id of ids) if (id >= rows) throw new Error(`token ${id} is beyond the table's ${rows} rows`);
}

/** Sums of rows of a matrix in the shared memory, in parallel; each sum adds its rows in the order given. */
import type { Heap } from '../threads/heap.ts';
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Job } from '../threads/instructions.ts';
import { ranges, type Range } from '../threads/ranges.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';

/** Which rows each sum is of: those at order[i], starts[g] ≤ i < starts[g + 1]. */
export interface RowSums {
  readonly order: Uint32Array;
  readonly starts: Uint32Array;
}

export interface GatheredRows extends RowSums {
  /** f32 [·, width] */
  readonly from: number;
  readonly width: number;
  /** [groups] rows of `to`, all different. */
  readonly targets: Uint32Array;
  /** A sum is added to what is there in rows of `to` below this one. */
  readonly held: number;
  /** f32 [·, width] */
  readonly to: number;
  readonly sumsAJob: number;
}

/** `afterwards`: what a job does when it has made these sums. */
export function gatherRows(
  heap: Heap,
  pool: ThreadPool,
  { from, width, order, starts, targets, held, to, sumsAJob }: GatheredRows,
  afterwards: (sums: Range) => Job = () => [],
): void {
  if (targets.length === 0) return;
  // One group more, whose first place ends the last: see gatherGradients in assembly/lib/tokens.ts.
  const groups = new Uint32Array((targets.length + 1) * 3);
  for (let g = 0; g < targets.length; g++) {
    groups[3 * g] = targets[g]!;
    groups[3 * g + 1] = starts[g]!;
    groups[3 * g + 2] = targets[g]! < held ? 1 : 0;
  }
  groups[3 * targets.length + 1] = starts[targets.length]!;
  const orderAt = heap.allocate(Math.max(4, order.byteLength));
  const groupsAt = heap.allocate(groups.byteLength);
  heap.u32(orderAt, order.length).set(order);
  heap.u32(groupsAt, groups.length).set(groups);
  pool.run(
    ranges(targets.length, sumsAJob).map((sums) => [
      op.gatherGradients({
        dx: from,
        ldx: width * 4,
        order: orderAt,
        groups: groupsAt + sums.from * 12,
        count: sums.count,
        gradients: to,
        width: width * 4,
      }),
      ...afterwards(sums),
    ]),
  );
  heap.free(orderAt);
  heap.free(groupsAt);
}

/**
 * AdamW over dense weights on the threads. Weights, gradients and moments lie one after the other in the shared memory;
 * the values are those of src/engine/optimizer/adamw.ts to the bit. Which weights decay is decided by the caller.
 */
import { adamNumbers, type AdamStep } from './adam-step.ts';
import { recurrentOperations as op } from './abi.generated.ts';
import type { Heap } from './threads/heap.ts';
import type { Job } from './threads/instructions.ts';
import { ranges } from './threads/ranges.ts';
import { createScope } from './threads/scope.ts';
import type { ThreadPool } from './threads/thread-pool.ts';

export interface DenseAdam {
  /** Takes the gradients of a step; undefined for a weight that has none. Gives the sum of squares of each. */
  take(gradients: readonly (Float32Array | undefined)[]): number[];
  /** Updates the weights in place with the gradients taken last; those without one keep their values and moments. */
  step(weights: readonly DenseWeight[], options: AdamStep): void;
  readMoments(): { readonly m: Float32Array[]; readonly v: Float32Array[] };
  writeMoments(m: readonly Float32Array[], v: readonly Float32Array[]): void;
  dispose(): void;
}

export interface DenseWeight {
  readonly values: Float32Array;
  readonly decays: boolean;
}

/** Floats that a job updates. */
const FLOATS_A_JOB = 16_384;
/** Every weight begins at a multiple of this many floats. */
const ALIGNMENT = 16;

export function createDenseAdam(heap: Heap, pool: ThreadPool, sizes: readonly number[]): DenseAdam {
  const scope = createScope(heap);
  const starts: number[] = [];
  let total = 0;
  for (const size of sizes) {
    starts.push(total);
    total += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
  }
  const zeros = (floats: number): number => {
    const at = scope.allocate(Math.max(1, floats));
    heap.f32(at, floats).fill(0);
    return at;
  };
  const [w, g, m, v] = [zeros(total), zeros(total), zeros(total), zeros(total)];
  const sums = scope.allocate(2 * Math.max(1, sizes.length));
  // The update is that of a table's touched rows: here row 0 of a table of one row.
  const firstRow = scope.put(Uint32Array.of(0));
  const place = (base: number, weight: number): number => base + starts[weight]! * 4;
  const view = (base: number, weight: number): Float32Array => heap.f32(place(base, weight), sizes[weight]!);
  let taken: number[] = [];

  return {
    take: (gradients) => {
      taken = [...gradients.keys()].filter((weight) => gradients[weight] !== undefined);
      for (const weight of taken) view(g, weight).set(gradients[weight]!);
      pool.run(
        taken.map((weight) => [
          op.squaresInOrder({ g: place(g, weight), count: sizes[weight]!, out: sums + weight * 8 }),
        ]),
      );
      const all = new Float64Array(heap.memory.buffer, sums, sizes.length);
      return gradients.map((gradient, weight) => (gradient ? Math.fround(all[weight]!) : 0));
    },
    step: (weights, options) => {
      const numbers = {
        decaying: adamNumbers(options),
        other: adamNumbers({ ...options, weightDecay: 0 }),
      };
      const jobs: Job[] = [];
      for (const weight of taken) {
        const { values, decays } = weights[weight]!;
        view(w, weight).set(values);
        for (const { from, count } of ranges(
          Math.ceil(values.length / ALIGNMENT) * ALIGNMENT,
          FLOATS_A_JOB,
        )) {
          const at = (base: number): number => place(base, weight) + from * 4;
          const addresses = { table: at(w), m: at(m), v: at(v), g: at(g), rows: firstRow };
          const adam = decays ? numbers.decaying : numbers.other;
          jobs.push([op.adam({ ...addresses, count: 1, width: count * 4, ...adam })]);
        }
      }
      pool.run(jobs);
      for (const weight of taken) weights[weight]!.values.set(view(w, weight));
    },
    readMoments: () => ({
      m: sizes.map((_, weight) => view(m, weight).slice()),
      v: sizes.map((_, weight) => view(v, weight).slice()),
    }),
    writeMoments: (first, second) => {
      for (const weight of sizes.keys()) {
        view(m, weight).set(first[weight]!);
        view(v, weight).set(second[weight]!);
      }
    },
    dispose: () => {
      scope.release();
    },
  };
}

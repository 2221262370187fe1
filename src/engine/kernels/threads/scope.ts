import type { Heap } from './heap.ts';

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
      heap.u32(at, values.length).set(values);
      return at;
    },
    release() {
      for (const at of addresses) heap.free(at);
      addresses = [];
    },
  };
}

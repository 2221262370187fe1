/** Memory shared by the compute threads, given out in blocks and taken back. */
import { PipelineError } from '../../../base/diagnostic.ts';
import { PAGE_BYTES } from '../abi.generated.ts';
import { MOST_PAGES, sharedWasmMemory, type SharedWasmMemory } from './webassembly.ts';

export interface Heap {
  readonly memory: SharedWasmMemory;
  /** Address of a block, a multiple of 64; what it holds is left over from its last use. Throws `E_LIMIT`. */
  allocate(bytes: number): number;
  free(address: number): void;
  /** Bytes given out now. */
  used(): number;
  /** Views hold until the next allocation, which may move the end of the memory. */
  f32(address: number, length: number): Float32Array;
  u32(address: number, length: number): Uint32Array;
  f64(address: number, length: number): Float64Array;
}

interface Hole {
  at: number;
  bytes: number;
}

const ALIGNMENT = 64;
/** The first page holds the control block and the kernels' constants (../abi.mjs). */
const FIRST = PAGE_BYTES;

export function createHeap(): Heap {
  const memory = sharedWasmMemory();
  const blocks = new Map<number, number>();
  const holes: Hole[] = [];
  let end = FIRST;
  let used = 0;

  /** At least the bytes asked for, at the end of the memory. */
  const grow = (bytes: number): number => {
    const last = holes.at(-1);
    const at = last && last.at + last.bytes === end ? last.at : end;
    const missing = Math.ceil((at + bytes - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) growMemory(memory, missing, bytes);
    if (at !== end) holes.pop();
    end = at + bytes;
    return at;
  };

  const allocate = (wanted: number): number => {
    const bytes = Math.max(ALIGNMENT, Math.ceil(wanted / ALIGNMENT) * ALIGNMENT);
    const index = holes.findIndex((hole) => hole.bytes >= bytes);
    const hole = holes[index];
    const at = hole ? hole.at : grow(bytes);
    if (hole) {
      hole.at += bytes;
      hole.bytes -= bytes;
      if (hole.bytes === 0) holes.splice(index, 1);
    }
    blocks.set(at, bytes);
    used += bytes;
    return at;
  };

  const free = (at: number): void => {
    const bytes = blocks.get(at);
    if (bytes === undefined) throw new Error(`no block at ${at}`);
    blocks.delete(at);
    used -= bytes;
    insertHole(holes, { at, bytes });
  };

  return {
    memory,
    allocate,
    free,
    used: () => used,
    f32: (address, length) => new Float32Array(memory.buffer, address, length),
    u32: (address, length) => new Uint32Array(memory.buffer, address, length),
    f64: (address, length) => new Float64Array(memory.buffer, address, length),
  };
}

function growMemory(memory: SharedWasmMemory, pages: number, bytes: number): void {
  const held = memory.buffer.byteLength / PAGE_BYTES;
  try {
    // A sixteenth more than needed, so that batches of slowly growing size do not grow it each time.
    memory.grow(Math.max(pages, Math.min(MOST_PAGES - held, pages + (held >> 4))));
  } catch (cause) {
    throw new PipelineError(
      'E_LIMIT',
      `the embedded engine needs ${Math.ceil(bytes / 2 ** 20)} MiB more, beyond the 4 GiB that it can address or what the machine has`,
      {
        hint: 'Lower batch_size, max_document_length, the hidden size or the vocabulary; docs/benchmarks/train.md has the formula.',
        cause,
      },
    );
  }
}

/** Keeps the holes sorted and joins neighbours. */
function insertHole(holes: Hole[], hole: Hole): void {
  let index = holes.findIndex(({ at }) => at > hole.at);
  if (index < 0) index = holes.length;
  holes.splice(index, 0, hole);
  for (const left of [index, index - 1]) {
    const a = holes[left];
    const b = holes[left + 1];
    if (!a || !b || a.at + a.bytes !== b.at) continue;
    a.bytes += b.bytes;
    holes.splice(left + 1, 1);
  }
}

// asc: --enable simd --enable threads --enable bulk-memory --runtime stub --noExportMemory --importMemory --sharedMemory --maximumMemory 65536
// fast: --enable relaxed-simd
// The numeric kernels of the embedded engine, and the loop by which threads share them out. Plain SIMD-128 (in the
// fast build a relaxed multiply-add), no fused operation that the specification leaves open otherwise.
// An operation is 32 words in memory, its number first (see ../operations.ts); a job is a list of operations that
// one thread runs in order; jobs are taken from an atomic counter.
import { map } from './lib/functions';
import { gemm, gemmTransposed, pack, packTransposed } from './lib/gemm';
import * as gru from './lib/gru';
import * as lstm from './lib/lstm';
import * as pooling from './lib/pool';
import { adam, dropout, gather, gatherGradients, squares, sumRows } from './lib/tokens';
import { MADD } from './lib/multiply-add';

// Exported only so that the compiler does not inline them: alone, their sums stay in registers.
export { gatherColumns, sumColumns } from './lib/tokens';
export { writeConstants } from './lib/functions';
export { tile1, tile2, tile3, tile4, tile5 } from './lib/gemm';

@inline function word(p: usize, i: i32): u32 { return load<u32>(p + (<usize>i << 2)); }
@inline function float(p: usize, i: i32): f32 { return load<f32>(p + (<usize>i << 2)); }

// Control words; see ../pool.ts.
const STATE: usize = 8, PENDING: usize = 16, BEAT: usize = 24, JOBS: usize = 28, SCRATCH: usize = 32, STRIDE: usize = 36;

/** The next job's number, or −1. The state holds a dispatch's number (24 bits), its jobs and the next (20 each). */
function claim(control: usize): i32 {
  let state = atomic.load<u64>(control + STATE);
  while ((<u32>state & 0xfffff) < ((<u32>(state >> 20)) & 0xfffff)) {
    const seen = atomic.cmpxchg<u64>(control + STATE, state, state + 1);
    if (seen == state) return <i32>(<u32>state & 0xfffff);
    state = seen;
  }
  return -1;
}

/** Takes jobs until none is left. */
export function work(control: usize, thread: u32): void {
  for (let job = claim(control); job >= 0; job = claim(control)) {
    const entry = <usize>load<u32>(control + JOBS) + (<usize>job << 3);
    let op = <usize>load<u32>(entry);
    const scratch = <usize>load<u32>(control + SCRATCH) + <usize>thread * <usize>load<u32>(control + STRIDE);
    for (let left = load<u32>(entry, 4); left > 0; left--) {
      run(op, scratch, control + BEAT);
      op += 128;
    }
    if (atomic.sub<u32>(control + PENDING, 1) == 1) atomic.notify(control + PENDING, -1);
  }
}

/** Whether multiply-add rounds once: (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ then, and 0 if it rounds twice. */
export function fused(x: f32): f32 {
  return f32x4.extract_lane(MADD(f32x4.splat(x), f32x4.splat(x), f32x4.splat(-1.00048828125)), 0);
}

function run(p: usize, scratch: usize, beat: usize): void {
  switch (word(p, 0)) {
    case 1: gather(word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7)); break;
    case 2:
      dropout(
        word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8), word(p, 9),
        float(p, 10), word(p, 11),
      );
      break;
    case 3:
      gemm(
        word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8), word(p, 9),
        word(p, 10),
      );
      break;
    case 4:
      gru.forward(
        word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8),
        word(p, 9) != 0, word(p, 10), beat,
      );
      break;
    case 5:
      lstm.forward(
        word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8),
        word(p, 9) != 0, word(p, 10), beat,
      );
      break;
    case 6:
      gru.backward(
        word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8), word(p, 9),
        word(p, 10) != 0, word(p, 11), scratch, beat,
      );
      break;
    case 7:
      lstm.backward(
        word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8),
        word(p, 9) != 0, word(p, 10), scratch, scratch + <usize>word(p, 11), beat,
      );
      break;
    case 8:
      gemmTransposed(
        word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8), word(p, 9),
        word(p, 10), word(p, 11), scratch,
      );
      break;
    case 9: sumRows(word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5)); break;
    case 10: pack(word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5)); break;
    case 11: packTransposed(word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5)); break;
    case 12:
      pooling.forward(
        word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8), word(p, 9),
        word(p, 10), word(p, 11), word(p, 12),
      );
      break;
    case 13:
      pooling.backward(
        word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), word(p, 8), word(p, 9),
        word(p, 10), word(p, 11), word(p, 12), word(p, 13), word(p, 14), word(p, 15), word(p, 16),
      );
      break;
    case 14:
      gatherGradients(word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7));
      break;
    case 15: squares(word(p, 1), word(p, 2), word(p, 3)); break;
    case 16:
      adam(
        word(p, 1), word(p, 2), word(p, 3), word(p, 4), word(p, 5), word(p, 6), word(p, 7), float(p, 8), float(p, 9),
        float(p, 10), float(p, 11), float(p, 12), float(p, 13), float(p, 14), float(p, 15), float(p, 16),
      );
      break;
    case 17: map(word(p, 1), word(p, 2), word(p, 3), word(p, 4)); break;
    default: unreachable();
  }
  atomic.add<u32>(beat, 1);
}

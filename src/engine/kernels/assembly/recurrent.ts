// asc: --enable simd --enable threads --enable bulk-memory --runtime stub --noExportMemory --importMemory --sharedMemory --maximumMemory 65536
// fast: --enable relaxed-simd
// The numeric kernels of the embedded engine, by their numbers in ../operations.ts. Plain SIMD-128 (in the fast
// build a relaxed multiply-add), no fused operation that the specification leaves open otherwise.
import { map } from './lib/functions';
import { gemm, gemmTransposed, pack, packTransposed } from './lib/gemm';
import * as gru from './lib/gru';
import { BEAT, claim, describedAt, finish, float, OPERATION, scratchOf, word } from './lib/dispatch';
import * as lstm from './lib/lstm';
import * as pooling from './lib/pooling';
import { adam, dropout, gather, gatherGradients, squares, sumRows } from './lib/tokens';
import { MADD } from './lib/multiply-add';

// Exported only so that the compiler does not inline them: alone, their sums stay in registers.
export { gatherColumns, sumColumns } from './lib/tokens';
export { writeConstants } from './lib/functions';
export { tile1, tile2, tile3, tile4, tile5 } from './lib/gemm';

/** Takes jobs until none is left. */
export function work(control: usize, thread: u32): void {
  for (let job = claim(control); job >= 0; job = claim(control)) {
    const entry = describedAt(control, job);
    const scratch = scratchOf(control, thread);
    let op = <usize>load<u32>(entry);
    for (let left = load<u32>(entry, 4); left > 0; left--) {
      run(op, scratch, control + BEAT);
      op += OPERATION;
    }
    finish(control);
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

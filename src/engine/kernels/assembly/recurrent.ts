// asc: --enable simd --enable threads --enable bulk-memory --runtime stub --noExportMemory --importMemory --sharedMemory --maximumMemory 65536
// fast: --enable relaxed-simd
// The numeric kernels of the embedded engine: the operations of ../abi.mjs. Plain SIMD-128 (in the fast build a relaxed
// multiply-add), no fused operation that the specification leaves open otherwise.
import { MADD } from './lib/multiply-add';

export { work } from './lib/dispatch';
// Exported only so that the compiler does not inline them: alone, their sums stay in registers.
export { gatherColumns, sumColumns } from './lib/tokens';
export { writeConstants } from './lib/functions';
export { tile1, tile2, tile3, tile4, tile5 } from './lib/gemm';

/** Whether multiply-add rounds once: (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ then, and 0 if it rounds twice. */
export function fused(x: f32): f32 {
  return f32x4.extract_lane(MADD(f32x4.splat(x), f32x4.splat(x), f32x4.splat(-1.00048828125)), 0);
}

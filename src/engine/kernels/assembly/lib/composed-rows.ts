// Rows of a table that are made of rows of another: an own row plus the mean of some parts, and the way back.
import { gatherColumns } from './tokens';

/**
 * table[ids] = from[own] + Σ from[parts] / their number, the sum in float32, the rest in double and rounded once.
 *   own     u32 [table's rows]
 *   starts  u32 [table's rows + 1]: where each row's parts begin in `parts` (u32)
 * width in bytes, a multiple of 16.
 */
export function compose(
  table: usize, from: usize, width: usize, ids: usize, count: u32, own: usize, starts: usize, parts: usize,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const id = <usize>load<u32>(ids + (<usize>i << 2));
    const begin = load<u32>(starts + (id << 2)), end = load<u32>(starts + (id << 2), 4);
    const out = table + id * width, base = from + <usize>load<u32>(own + (id << 2)) * width;
    sumParts(from, width, parts + (<usize>begin << 2), parts + (<usize>end << 2), out);
    addMean(base, out, width, end - begin);
  }
}

/** out[width] = Σ from[order] */
function sumParts(from: usize, width: usize, order: usize, end: usize, out: usize): void {
  let k: usize = 0;
  for (; k + 128 <= width; k += 128) gatherColumns(from + k, width, order, end, out + k, false);
  for (; k < width; k += 16) {
    let sum = f32x4.splat(0);
    for (let at = order; at < end; at += 4) sum = f32x4.add(sum, v128.load(from + <usize>load<u32>(at) * width + k));
    v128.store(out + k, sum);
  }
}

/** out = base + out / count; without parts, base alone, −0 becoming 0 as in any sum here. */
function addMean(base: usize, out: usize, width: usize, count: u32): void {
  const by = f64x2.splat(<f64>count);
  for (let k: usize = 0; k < width; k += 16) {
    const own = f32x4.add(f32x4.splat(0), v128.load(base + k));
    if (!count) { v128.store(out + k, own); continue; }
    const sum = v128.load(out + k);
    const low = f64x2.div(f64x2.promote_low_f32x4(sum), by);
    const high = f64x2.div(f64x2.promote_low_f32x4(i64x2.shuffle(sum, sum, 1, 0)), by);
    const a = f32x4.demote_f64x2_zero(f64x2.add(f64x2.promote_low_f32x4(own), low));
    const b = f32x4.demote_f64x2_zero(f64x2.add(f64x2.promote_low_f32x4(i64x2.shuffle(own, own, 1, 0)), high));
    v128.store(out + k, i64x2.shuffle(a, b, 0, 2));
  }
}

/**
 * The gradients of composed rows, [count, width], as those of their own rows, out[i], and of each of their parts,
 * out[half + i]: divided by how many there are, zeros where there is none.
 */
export function share(
  gradients: usize, width: usize, ids: usize, count: u32, starts: usize, out: usize, half: u32,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const id = <usize>load<u32>(ids + (<usize>i << 2));
    const parts = load<u32>(starts + (id << 2), 4) - load<u32>(starts + (id << 2));
    const own = out + <usize>i * width, each = own + <usize>half * width;
    memory.copy(own, gradients, width);
    const by = f32x4.splat(<f32>parts);
    for (let k: usize = 0; k < width; k += 16)
      v128.store(each + k, parts ? f32x4.div(v128.load(gradients + k), by) : f32x4.splat(0));
    gradients += width;
  }
}

// Work on tokens outside the recurrence: gather, dropout, sums over tokens, the embedding table's gradients.
import { MADD } from './multiply-add';

/** x[count, width] = table[ids]; strides and width in bytes. */
export function gather(x: usize, ldx: usize, table: usize, ldt: usize, ids: usize, count: u32, width: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    memory.copy(x, table + <usize>load<u32>(ids) * ldt, width);
    x += ldx; ids += 4;
  }
}

/** A bijection of 32 bits that scatters well ("lowbias32", Chris Wellons 2018). */
@inline function scatter4(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x7feb352d));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

@inline function scatter(x: u32): u32 {
  x = (x ^ (x >> 16)) * 0x7feb352d;
  x = (x ^ (x >> 15)) * 0x846ca68b;
  return x ^ (x >> 16);
}

/**
 * Inverted dropout, dst = src ∘ mask · scale; a unit is dropped where its 24-bit number is below `threshold`.
 * The number depends on the seed, the row's place in the batch, the token's place in the row and the unit.
 *   rows  u32: the place in the batch of each row of the chunk
 */
export function dropout(
  src: usize, lds: usize, dst: usize, ldd: usize, starts: usize, steps: u32, rows: usize, seed: u32,
  threshold: u32, scale: f32, width: usize,
): void {
  const factor = f32x4.splat(scale), limit = i32x4.splat(threshold), lanes = i32x4(0, 1, 2, 3);
  for (let t: u32 = 0; t < steps; t++) {
    const count = load<u32>(starts + (<usize>t << 2), 4) - load<u32>(starts + (<usize>t << 2));
    for (let i: u32 = 0; i < count; i++) {
      const key = scatter(scatter(scatter(seed) + load<u32>(rows + (<usize>i << 2))) + t);
      const keys = i32x4.splat(key);
      for (let k: usize = 0; k < width; k += 16) {
        const unit = i32x4.add(lanes, i32x4.splat(<u32>k >> 2));
        const number = i32x4.shr_u(scatter4(i32x4.add(scatter4(unit), keys)), 8);
        const keep = i32x4.ge_s(number, limit);
        v128.store(dst + k, v128.and(keep, f32x4.mul(v128.load(src + k), factor)));
      }
      src += lds; dst += ldd;
    }
  }
}

/** dst[width] = Σ over rows of src; width in bytes. */
export function sumRows(src: usize, lds: usize, dst: usize, count: u32, width: usize): void {
  let k: usize = 0;
  for (; k + 128 <= width; k += 128) sumColumns(src + k, lds, dst + k, count);
  for (; k < width; k += 16) {
    let sum = f32x4.splat(0), from = src + k;
    for (let i: u32 = 0; i < count; i++) { sum = f32x4.add(sum, v128.load(from)); from += lds; }
    v128.store(dst + k, sum);
  }
}

/** Two cache lines of columns at once. */
export function sumColumns(from: usize, lds: usize, dst: usize, count: u32): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (let i: u32 = 0; i < count; i++) {
    s0 = f32x4.add(s0, v128.load(from)); s1 = f32x4.add(s1, v128.load(from, 16));
    s2 = f32x4.add(s2, v128.load(from, 32)); s3 = f32x4.add(s3, v128.load(from, 48));
    s4 = f32x4.add(s4, v128.load(from, 64)); s5 = f32x4.add(s5, v128.load(from, 80));
    s6 = f32x4.add(s6, v128.load(from, 96)); s7 = f32x4.add(s7, v128.load(from, 112));
    from += lds;
  }
  v128.store(dst, s0); v128.store(dst, s1, 16); v128.store(dst, s2, 32); v128.store(dst, s3, 48);
  v128.store(dst, s4, 64); v128.store(dst, s5, 80); v128.store(dst, s6, 96); v128.store(dst, s7, 112);
}

/**
 * Adds up gradients of embedding rows.
 *   groups  u32 [count, 3]: slot of the row, first place in `order`, whether the slot holds a gradient already
 *           (a fourth group's first place ends the last)
 *   order   u32: tokens, those of one row together and in the batch's order
 */
export function gatherGradients(
  dx: usize, ldx: usize, order: usize, groups: usize, count: u32, gradients: usize, width: usize,
): void {
  for (let g: u32 = 0; g < count; g++) {
    const out = gradients + <usize>load<u32>(groups) * width;
    const begin = load<u32>(groups, 4), end = load<u32>(groups, 16), add = load<u32>(groups, 8);
    let k: usize = 0;
    for (; k + 128 <= width; k += 128)
      gatherColumns(dx + k, ldx, order + (<usize>begin << 2), order + (<usize>end << 2), out + k, add != 0);
    for (; k < width; k += 16) {
      let sum = add ? v128.load(out + k) : f32x4.splat(0);
      for (let i = begin; i < end; i++)
        sum = f32x4.add(sum, v128.load(dx + <usize>load<u32>(order + (<usize>i << 2)) * ldx + k));
      v128.store(out + k, sum);
    }
    groups += 12;
  }
}

/** Two cache lines of columns at once. */
export function gatherColumns(
  dx: usize, ldx: usize, order: usize, end: usize, out: usize, add: bool,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  if (add) {
    s0 = v128.load(out); s1 = v128.load(out, 16); s2 = v128.load(out, 32); s3 = v128.load(out, 48);
    s4 = v128.load(out, 64); s5 = v128.load(out, 80); s6 = v128.load(out, 96); s7 = v128.load(out, 112);
  }
  for (; order < end; order += 4) {
    const from = dx + <usize>load<u32>(order) * ldx;
    s0 = f32x4.add(s0, v128.load(from)); s1 = f32x4.add(s1, v128.load(from, 16));
    s2 = f32x4.add(s2, v128.load(from, 32)); s3 = f32x4.add(s3, v128.load(from, 48));
    s4 = f32x4.add(s4, v128.load(from, 64)); s5 = f32x4.add(s5, v128.load(from, 80));
    s6 = f32x4.add(s6, v128.load(from, 96)); s7 = f32x4.add(s7, v128.load(from, 112));
  }
  v128.store(out, s0); v128.store(out, s1, 16); v128.store(out, s2, 32); v128.store(out, s3, 48);
  v128.store(out, s4, 64); v128.store(out, s5, 80); v128.store(out, s6, 96); v128.store(out, s7, 112);
}

/** Σ g² over count floats (a multiple of 4), in double. */
export function squares(g: usize, count: u32, out: usize): void {
  let low = f64x2.splat(0), high = low;
  for (let i: u32 = 0; i < count; i += 4) {
    const x = v128.load(g);
    const a = f64x2.promote_low_f32x4(x), b = f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
    g += 16;
  }
  low = f64x2.add(low, high);
  store<f64>(out, f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1));
}

/** The sum in double of squares that are rounded to float32, one after the other: the gradient of a dense weight. */
export function squaresInOrder(g: usize, count: u32, out: usize): void {
  let sum: f64 = 0;
  for (let end = g + (<usize>count << 2); g < end; g += 4) {
    const x = load<f32>(g);
    sum += <f64>(x * x);
  }
  store<f64>(out, sum);
}

/**
 * Adam with decoupled weight decay (Kingma and Ba 2015; Loshchilov and Hutter 2019) on the rows touched.
 *   rows   u32 [count]: the table row of each gradient slot
 *   rest1, rest2  1 − β1, 1 − β2
 *   decay  1 − rate · weight decay;  rate: of this step over 1 − β1ᵗ;  root: 1 / (1 − β2ᵗ)
 */
export function adam(
  table: usize, m: usize, v: usize, g: usize, rows: usize, count: u32, width: usize, rate: f32, beta1: f32,
  beta2: f32, rest1: f32, rest2: f32, epsilon: f32, decay: f32, scale: f32, root: f32,
): void {
  const b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2);
  const c1 = f32x4.splat(rest1), c2 = f32x4.splat(rest2);
  const eps = f32x4.splat(epsilon), keep = f32x4.splat(decay), factor = f32x4.splat(scale);
  const step = f32x4.splat(rate), correct = f32x4.splat(root);
  for (let i: u32 = 0; i < count; i++) {
    const at = <usize>load<u32>(rows + (<usize>i << 2)) * width;
    for (let k: usize = 0; k < width; k += 16) {
      const w = table + at + k, mp = m + at + k, vp = v + at + k;
      const gk = f32x4.mul(v128.load(g + k), factor);
      const mk = f32x4.add(f32x4.mul(b1, v128.load(mp)), f32x4.mul(c1, gk));
      const vk = f32x4.add(f32x4.mul(b2, v128.load(vp)), f32x4.mul(c2, f32x4.mul(gk, gk)));
      v128.store(mp, mk); v128.store(vp, vk);
      const size = f32x4.add(f32x4.sqrt(f32x4.mul(vk, correct)), eps);
      v128.store(w, f32x4.sub(f32x4.mul(v128.load(w), keep), f32x4.div(f32x4.mul(step, mk), size)));
    }
    g += width;
  }
}

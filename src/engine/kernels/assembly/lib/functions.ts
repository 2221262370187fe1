import { MADD } from './multiply-add';

/** eˣ, error below 2 ulp, also where it is subnormal. Polynomial of Cephes' expf (Moshier). */
@inline export function exp4(x: v128): v128 {
  x = f32x4.min(f32x4.max(x, f32x4.splat(-105)), f32x4.splat(89));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  let r = MADD(n, f32x4.splat(-0.693359375), x);
  r = MADD(n, f32x4.splat(2.12194440e-4), r);
  let p = MADD(f32x4.splat(1.9875691500E-4), r, f32x4.splat(1.3981999507E-3));
  p = MADD(p, r, f32x4.splat(8.3334519073E-3));
  p = MADD(p, r, f32x4.splat(4.1665795894E-2));
  p = MADD(p, r, f32x4.splat(1.6666665459E-1));
  p = MADD(p, r, f32x4.splat(5.0000001201E-1));
  p = f32x4.add(MADD(p, f32x4.mul(r, r), r), f32x4.splat(1));
  // 2ⁿ in two factors, so that the ends of the range neither wrap nor flush.
  const e = i32x4.trunc_sat_f32x4_s(n), half = i32x4.shr_s(e, 1), bias = i32x4.splat(127);
  p = f32x4.mul(p, i32x4.shl(i32x4.add(half, bias), 23));
  return f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.sub(e, half), bias), 23));
}

@inline export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/** Cephes' tanhf: an odd polynomial near 0, else 1 − 2 / (e²ˣ + 1). */
@inline export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1), size = f32x4.abs(x), s = f32x4.mul(x, x);
  let p = MADD(f32x4.splat(-5.70498872745E-3), s, f32x4.splat(2.06390887954E-2));
  p = MADD(p, s, f32x4.splat(-5.37397155531E-2));
  p = MADD(p, s, f32x4.splat(1.33314422036E-1));
  p = MADD(p, s, f32x4.splat(-3.33332819422E-1));
  const near = MADD(f32x4.mul(p, s), x, x);
  const e = exp4(f32x4.add(size, size));
  const far = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)));
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(near, signed, f32x4.lt(size, f32x4.splat(0.625)));
}

/** ln x, Cephes' logf; −∞ at 0, NaN below. */
@inline export function log4(x: v128): v128 {
  const one = f32x4.splat(1);
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  let y = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(y, 23), i32x4.splat(126)));
  e = f32x4.sub(e, v128.and(tiny, f32x4.splat(23)));
  // m in [½, 1), then x = m·2ᵉ with m below √½ doubled.
  let m = v128.or(v128.and(y, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const low = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  e = f32x4.sub(e, v128.and(low, one));
  m = f32x4.sub(f32x4.add(m, v128.and(low, m)), one);
  const z = f32x4.mul(m, m);
  let p = MADD(f32x4.splat(7.0376836292E-2), m, f32x4.splat(-1.1514610310E-1));
  p = MADD(p, m, f32x4.splat(1.1676998740E-1));
  p = MADD(p, m, f32x4.splat(-1.2420140846E-1));
  p = MADD(p, m, f32x4.splat(1.4249322787E-1));
  p = MADD(p, m, f32x4.splat(-1.6668057665E-1));
  p = MADD(p, m, f32x4.splat(2.0000714765E-1));
  p = MADD(p, m, f32x4.splat(-2.4999993993E-1));
  p = MADD(p, m, f32x4.splat(3.3333331174E-1));
  let r = f32x4.mul(f32x4.mul(p, m), z);
  r = MADD(e, f32x4.splat(-2.12194440e-4), r);
  r = MADD(z, f32x4.splat(-0.5), r);
  r = MADD(e, f32x4.splat(0.693359375), f32x4.add(m, r));
  const infinity = f32x4.splat(Infinity);
  r = v128.bitselect(x, r, v128.or(f32x4.eq(x, infinity), f32x4.ne(x, x)));
  r = v128.bitselect(f32x4.splat(-Infinity), r, f32x4.eq(x, f32x4.splat(0)));
  return v128.bitselect(f32x4.splat(NaN), r, f32x4.lt(x, f32x4.splat(0)));
}

/** kind: 0 exp, 1 log, 2 tanh, 3 sigmoid; count floats rounded up to 4. */
export function map(kind: u32, src: usize, dst: usize, count: u32): void {
  const end = src + (<usize>((count + 3) & ~3) << 2);
  for (; src < end; src += 16) {
    const x = v128.load(src);
    v128.store(dst, kind == 0 ? exp4(x) : kind == 1 ? log4(x) : kind == 2 ? tanh4(x) : sigmoid4(x));
    dst += 16;
  }
}

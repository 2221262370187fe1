// Elementwise functions of four floats at a time, from additions, multiplications and divisions alone: no function
// here leaves its last bits to the machine.
import { CONSTANTS, FUNCTION_EXP, FUNCTION_LOG, FUNCTION_TANH } from './abi.generated';
import { MADD } from './multiply-add';

// Constants are loaded from memory: as literals, V8 puts them together from integer registers at every use.
const LOG2E: usize = 0;
const MAGIC: usize = 16;
const LN2_HIGH: usize = 32;
const LN2_LOW: usize = 48;
const E5: usize = 64;
const E4: usize = 80;
const E3: usize = 96;
const E2: usize = 112;
const E1: usize = 128;
const E0: usize = 144;
const ONE: usize = 160;
const BIAS: usize = 176;
const T13: usize = 192;
const T11: usize = 208;
const T9: usize = 224;
const T7: usize = 240;
const T5: usize = 256;
const T3: usize = 272;
const T1: usize = 288;
const U6: usize = 304;
const U4: usize = 320;
const U2: usize = 336;
const U0: usize = 352;
const TANH_END: usize = 368;
const TANH_START: usize = 384;
const GATE_LOW: usize = 400;
const GATE_HIGH: usize = 416;
const EXP_LOW: usize = 432;
const EXP_HIGH: usize = 448;

/** Writes the constants; once a memory, before anything else. */
export function writeConstants(): void {
  v128.store(CONSTANTS + LOG2E, f32x4.splat(1.44269504));
  v128.store(CONSTANTS + MAGIC, f32x4.splat(12582912));
  v128.store(CONSTANTS + LN2_HIGH, f32x4.splat(-0.693359375));
  v128.store(CONSTANTS + LN2_LOW, f32x4.splat(0.00021219444));
  v128.store(CONSTANTS + E5, f32x4.splat(1.9875691500E-4));
  v128.store(CONSTANTS + E4, f32x4.splat(1.3981999507E-3));
  v128.store(CONSTANTS + E3, f32x4.splat(8.3334519073E-3));
  v128.store(CONSTANTS + E2, f32x4.splat(4.1665795894E-2));
  v128.store(CONSTANTS + E1, f32x4.splat(1.6666665459E-1));
  v128.store(CONSTANTS + E0, f32x4.splat(5.0000001201E-1));
  v128.store(CONSTANTS + ONE, f32x4.splat(1));
  v128.store(CONSTANTS + BIAS, i32x4.splat(127));
  v128.store(CONSTANTS + T13, f32x4.splat(-2.76076847742355e-16));
  v128.store(CONSTANTS + T11, f32x4.splat(2.00018790482477e-13));
  v128.store(CONSTANTS + T9, f32x4.splat(-8.60467152213735e-11));
  v128.store(CONSTANTS + T7, f32x4.splat(5.12229709037114e-08));
  v128.store(CONSTANTS + T5, f32x4.splat(1.48572235717979e-05));
  v128.store(CONSTANTS + T3, f32x4.splat(6.37261928875436e-04));
  v128.store(CONSTANTS + T1, f32x4.splat(4.89352455891786e-03));
  v128.store(CONSTANTS + U6, f32x4.splat(1.19825839466702e-06));
  v128.store(CONSTANTS + U4, f32x4.splat(1.18534705686654e-04));
  v128.store(CONSTANTS + U2, f32x4.splat(2.26843463243900e-03));
  v128.store(CONSTANTS + U0, f32x4.splat(4.89352518554385e-03));
  v128.store(CONSTANTS + TANH_END, f32x4.splat(7.90531110763549805));
  v128.store(CONSTANTS + TANH_START, f32x4.splat(-7.90531110763549805));
  v128.store(CONSTANTS + GATE_LOW, f32x4.splat(-87));
  v128.store(CONSTANTS + GATE_HIGH, f32x4.splat(87));
  v128.store(CONSTANTS + EXP_LOW, f32x4.splat(-105));
  v128.store(CONSTANTS + EXP_HIGH, f32x4.splat(89));
}

/** As a splat, which V8 knows how to widen where it revectorises. */
@inline function constant(offset: usize): v128 { return v128.load32_splat(CONSTANTS + offset); }

/** eʳ for the rest of x beyond n·ln 2, n being returned in the low bits of `shifted`. Cephes' expf (Moshier). */
@inline function expOfRest(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, constant(MAGIC));
  const r = MADD(n, constant(LN2_LOW), MADD(n, constant(LN2_HIGH), x));
  let p = MADD(constant(E5), r, constant(E4));
  p = MADD(p, r, constant(E3));
  p = MADD(p, r, constant(E2));
  p = MADD(p, r, constant(E1));
  p = MADD(p, r, constant(E0));
  return f32x4.add(MADD(p, f32x4.mul(r, r), r), constant(ONE));
}

/** x / ln 2 rounded to a whole number, as the low bits of 1.5·2²³ + n. */
@inline function wholePowers(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, constant(LOG2E)), constant(MAGIC));
}

/** eˣ; 0 and ∞ beyond the range, subnormal numbers too. */
@inline export function exp4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, constant(EXP_LOW)), constant(EXP_HIGH));
  const shifted = wholePowers(x), p = expOfRest(x, shifted);
  // 2ⁿ in two factors, so that the ends of the range neither wrap nor flush.
  const e = i32x4.sub(shifted, constant(MAGIC)), half = i32x4.shr_s(e, 1);
  const q = f32x4.mul(p, i32x4.shl(i32x4.add(half, constant(BIAS)), 23));
  return f32x4.mul(q, i32x4.shl(i32x4.add(i32x4.sub(e, half), constant(BIAS)), 23));
}

/** 1 / (1 + e⁻ˣ), with x kept within ±87: beyond it stays at 1.6e-38 and 1. */
@inline export function sigmoid4(x: v128): v128 {
  const y = f32x4.pmin(f32x4.pmax(f32x4.neg(x), constant(GATE_LOW)), constant(GATE_HIGH));
  const shifted = wholePowers(y), p = expOfRest(y, shifted);
  const power = i32x4.shl(i32x4.add(i32x4.sub(shifted, constant(MAGIC)), constant(BIAS)), 23);
  return f32x4.div(constant(ONE), f32x4.add(constant(ONE), f32x4.mul(p, power)));
}

/** An odd rational function of degree 13 over 6 (the coefficients of Eigen's ptanh), x kept within ±7.9. */
@inline export function tanh4(x: v128): v128 {
  const y = f32x4.pmin(f32x4.pmax(x, constant(TANH_START)), constant(TANH_END)), s = f32x4.mul(y, y);
  let p = MADD(constant(T13), s, constant(T11));
  p = MADD(p, s, constant(T9));
  p = MADD(p, s, constant(T7));
  p = MADD(p, s, constant(T5));
  p = MADD(p, s, constant(T3));
  p = MADD(p, s, constant(T1));
  let q = MADD(constant(U6), s, constant(U4));
  q = MADD(q, s, constant(U2));
  q = MADD(q, s, constant(U0));
  return f32x4.div(f32x4.mul(y, p), q);
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

/** kind: one of FUNCTION_…; count floats rounded up to 4. */
export function map(kind: u32, src: usize, dst: usize, count: u32): void {
  const end = src + (<usize>((count + 3) & ~3) << 2);
  for (; src < end; src += 16) {
    const x = v128.load(src);
    v128.store(dst, kind == FUNCTION_EXP ? exp4(x) : kind == FUNCTION_LOG ? log4(x) : kind == FUNCTION_TANH ? tanh4(x) : sigmoid4(x));
    dst += 16;
  }
}

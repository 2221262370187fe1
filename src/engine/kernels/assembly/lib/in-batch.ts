// What losses are made of, on the scores of a batch's queries with all its documents: Euclidean distances, and the softmax
// of every query over the documents. A sum is made in double from the first column to the last and rounded then.
import { exp4, log4 } from './functions';
import { LEAST } from './normalise';

/**
 * scores = −√(|q|² + |d|² − 2 q·d).
 *   products         f32 [count, width]; strides in bytes, width in floats
 *   querySquares     f32 [count]; documentSquares: f32 [width]
 */
export function euclideanForward(
  products: usize, ldp: usize, querySquares: usize, documentSquares: usize, scores: usize, lds: usize, count: u32,
  width: u32,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const square = load<f32>(querySquares + (<usize>i << 2));
    for (let k: usize = 0; k < <usize>width << 2; k += 4)
      store<f32>(scores + k, -sqrt<f32>(max<f32>(distance(square, documentSquares, products, k), LEAST)));
    products += ldp; scores += lds;
  }
}

@inline function distance(square: f32, documentSquares: usize, products: usize, k: usize): f32 {
  return square + load<f32>(documentSquares + k) - load<f32>(products + k) * 2;
}

/**
 * g, the gradient of the scores, becomes that of |q|² + |d|²; dp is that of the products. Both have stride ldg.
 *   rowSums  f32 [count]: the sum of each row of g then
 */
export function euclideanBackward(
  products: usize, ldp: usize, querySquares: usize, documentSquares: usize, g: usize, ldg: usize, dp: usize,
  rowSums: usize, count: u32, width: u32,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const square = load<f32>(querySquares + (<usize>i << 2));
    let sum: f64 = 0;
    for (let k: usize = 0; k < <usize>width << 2; k += 4) {
      const apart = distance(square, documentSquares, products, k);
      const root = sqrt<f32>(max<f32>(apart, LEAST));
      const slope = (-load<f32>(g + k) / (root * 2)) * <f32>(apart >= LEAST);
      store<f32>(g + k, slope);
      store<f32>(dp + k, -slope * 2);
      sum += <f64>slope;
    }
    store<f32>(rowSums + (<usize>i << 2), <f32>sum);
    products += ldp; g += ldg; dp += ldg;
  }
}

/** Further than any score, near enough for float32 to keep a score added to it finite. */
const FAR: f32 = 1e9;

/**
 * Cross entropy of the softmax of scores / temperature with each row's target, and its gradient. Strides of whole vectors.
 *   allowed   f32 [count, width]: 1 for the documents that the target is told apart from, else 0
 *   targets   u32 [count]: columns
 *   size      what the losses are divided by; slope: the gradient of a row's loss
 *   losses    f32 [count]
 *   gradient  f32 [count, ldg] of the scores, zeros beyond the width
 *   work      scratch of a row
 */
export function softmax(
  scores: usize, lds: usize, allowed: usize, lda: usize, targets: usize, count: u32, width: u32, temperature: f32,
  size: f32, slope: f32, losses: usize, gradient: usize, ldg: usize, work: usize,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const target = <usize>load<u32>(targets) << 2;
    logits(scores, allowed, gradient, width, temperature);
    const own = load<f32>(scores + target) / temperature;
    store<f32>(gradient + target, own + (max<f32>(load<f32>(allowed + target), 1) - 1) * FAR);
    const top = largest(gradient, width);
    raise(gradient, top, work, width);
    const total = sumOf(work, width), share = slope / total;
    store<f32>(losses, (top + f32x4.extract_lane(log4(f32x4.splat(total)), 0) - own) / size);
    multiply(work, share, width);
    const rest = slope + -sumOf(work, width);
    const atTarget = load<f32>(work + target) + rest * <f32>(load<f32>(gradient + target) == top) + -slope;
    slopesOf(gradient, work, top, rest, temperature, width);
    store<f32>(gradient + target, atTarget / temperature);
    memory.fill(gradient + (<usize>width << 2), 0, ldg - (<usize>width << 2));
    scores += lds; allowed += lda; gradient += ldg; targets += 4; losses += 4;
  }
}

function logits(scores: usize, allowed: usize, out: usize, width: u32, temperature: f32): void {
  const by = f32x4.splat(temperature), one = f32x4.splat(1), far = f32x4.splat(FAR);
  for (const end = out + (<usize>width << 2); out < end; out += 16, scores += 16, allowed += 16) {
    const away = f32x4.mul(f32x4.sub(v128.load(allowed), one), far);
    v128.store(out, f32x4.add(f32x4.div(v128.load(scores), by), away));
  }
}

function largest(x: usize, width: u32): f32 {
  let top: f32 = -Infinity;
  for (const end = x + (<usize>width << 2); x < end; x += 4) top = max<f32>(top, load<f32>(x));
  return top;
}

/** out = e^(x − top) */
function raise(x: usize, top: f32, out: usize, width: u32): void {
  const most = f32x4.splat(top);
  for (const end = x + (<usize>width << 2); x < end; x += 16, out += 16)
    v128.store(out, exp4(f32x4.sub(v128.load(x), most)));
}

function sumOf(x: usize, width: u32): f32 {
  let sum: f64 = 0;
  for (const end = x + (<usize>width << 2); x < end; x += 4) sum += <f64>load<f32>(x);
  return <f32>sum;
}

function multiply(x: usize, by: f32, width: u32): void {
  const factor = f32x4.splat(by);
  for (const end = x + (<usize>width << 2); x < end; x += 16) v128.store(x, f32x4.mul(factor, v128.load(x)));
}

/** x, the logits, become their slopes: those through the exponentials, and through the largest logit the rest. */
function slopesOf(x: usize, shares: usize, top: f32, rest: f32, temperature: f32, width: u32): void {
  const most = f32x4.splat(top), through = f32x4.splat(rest), by = f32x4.splat(temperature);
  for (const end = x + (<usize>width << 2); x < end; x += 16, shares += 16) {
    const isTop = v128.and(f32x4.eq(v128.load(x), most), f32x4.splat(1));
    const slope = f32x4.add(v128.load(shares), f32x4.mul(through, isTop));
    v128.store(x, f32x4.div(f32x4.add(slope, f32x4.splat(0)), by));
  }
}

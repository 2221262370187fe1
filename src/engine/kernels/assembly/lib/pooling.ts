// Pooling over a text's tokens, forward and backward.
import { MADD } from './multiply-add';
import { POOLING_ATTENTION, POOLING_LAST, POOLING_MAX, POOLING_MEAN } from './abi.generated';
import { exp4 } from './functions';

// `kind` is one of POOLING_….
// Tokens lie as in gru.ts: token t of row i of a chunk is starts[t] + i.

@inline function token(starts: usize, t: u32, i: u32): usize {
  return <usize>(load<u32>(starts + (<usize>t << 2)) + i);
}

/** How many steps row i takes part in. Rows are sorted by length, so counting goes down from the row before. */
@inline function lengthOf(starts: usize, i: u32, steps: u32): u32 {
  while (steps > 0 && load<u32>(starts + (<usize>(steps - 1) << 2), 4) - load<u32>(starts + (<usize>(steps - 1) << 2)) <= i)
    steps--;
  return steps;
}

@inline function dot(a: usize, b: usize, width: usize): f32 {
  let s = f32x4.splat(0);
  for (let k: usize = 0; k < width; k += 16) s = MADD(v128.load(a + k), v128.load(b + k), s);
  return (f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1)) + (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3));
}

/**
 *   y        states [tokens, width / 4]; out [rows of the batch, width / 4], row i of the chunk at rows[i]
 *   half     bytes of the forward half of a state (all of it in one direction)
 *   v        attention's vector;  weights: f32 [tokens], attention's softmax, kept for the backward pass
 */
export function forward(
  kind: u32, y: usize, ldy: usize, starts: usize, steps: u32, count: u32, out: usize, rows: usize, half: usize,
  width: usize, v: usize, weights: usize,
): void {
  let length = steps;
  for (let i: u32 = 0; i < count; i++) {
    length = lengthOf(starts, i, length);
    const to = out + <usize>load<u32>(rows + (<usize>i << 2)) * width;
    if (kind == POOLING_LAST) {
      memory.copy(to, y + token(starts, length - 1, i) * ldy, half);
      if (half < width) memory.copy(to + half, y + token(starts, 0, i) * ldy + half, width - half);
    } else if (kind == POOLING_ATTENTION) {
      softmax(y, ldy, starts, length, i, width, v, weights);
      for (let k: usize = 0; k < width; k += 16) {
        let sum = f32x4.splat(0);
        for (let t: u32 = 0; t < length; t++) {
          const at = token(starts, t, i);
          sum = MADD(v128.load32_splat(weights + (at << 2)), v128.load(y + at * ldy + k), sum);
        }
        v128.store(to + k, sum);
      }
    } else {
      const mean = f32x4.splat(<f32>1 / <f32>length);
      for (let k: usize = 0; k < width; k += 16) {
        let value = v128.load(y + token(starts, 0, i) * ldy + k);
        for (let t: u32 = 1; t < length; t++) {
          const x = v128.load(y + token(starts, t, i) * ldy + k);
          value = kind == POOLING_MEAN ? f32x4.add(value, x) : f32x4.max(value, x);
        }
        v128.store(to + k, kind == POOLING_MEAN ? f32x4.mul(value, mean) : value);
      }
    }
  }
}

/** weights = softmax over the row's tokens of y·v, the largest score taken off first. */
function softmax(
  y: usize, ldy: usize, starts: usize, length: u32, i: u32, width: usize, v: usize, weights: usize,
): void {
  let most: f32 = -Infinity;
  for (let t: u32 = 0; t < length; t++) {
    const at = token(starts, t, i), score = dot(y + at * ldy, v, width);
    store<f32>(weights + (at << 2), score);
    most = max(most, score);
  }
  let sum: f32 = 0;
  for (let t: u32 = 0; t < length; t++) {
    const place = weights + (token(starts, t, i) << 2);
    const e = f32x4.extract_lane(exp4(f32x4.splat(load<f32>(place) - most)), 0);
    store<f32>(place, e);
    sum += e;
  }
  for (let t: u32 = 0; t < length; t++) {
    const place = weights + (token(starts, t, i) << 2);
    store<f32>(place, load<f32>(place) / sum);
  }
}

/**
 *   g    gradient of `out`, as it lies
 *   dy   [tokens, width / 4], written whole
 *   dv   f32 [width / 4], this chunk's gradient of v
 */
export function backward(
  kind: u32, y: usize, ldy: usize, starts: usize, steps: u32, count: u32, out: usize, rows: usize, half: usize,
  width: usize, v: usize, weights: usize, g: usize, dy: usize, ldd: usize, dv: usize,
): void {
  let length = steps;
  if (kind == POOLING_ATTENTION) memory.fill(dv, 0, width);
  for (let i: u32 = 0; i < count; i++) {
    length = lengthOf(starts, i, length);
    const row = <usize>load<u32>(rows + (<usize>i << 2)) * width, from = g + row;
    if (kind == POOLING_LAST) {
      for (let t: u32 = 0; t < length; t++) {
        const to = dy + token(starts, t, i) * ldd;
        if (t == length - 1) memory.copy(to, from, half); else memory.fill(to, 0, half);
        if (half < width) {
          if (t == 0) memory.copy(to + half, from + half, width - half);
          else memory.fill(to + half, 0, width - half);
        }
      }
    } else if (kind == POOLING_MEAN) {
      const mean = f32x4.splat(<f32>1 / <f32>length);
      for (let t: u32 = 0; t < length; t++) {
        const to = dy + token(starts, t, i) * ldd;
        for (let k: usize = 0; k < width; k += 16) v128.store(to + k, f32x4.mul(v128.load(from + k), mean));
      }
    } else if (kind == POOLING_MAX) {
      // The first token that reaches the largest value takes the gradient.
      for (let k: usize = 0; k < width; k += 16) {
        const best = v128.load(out + row + k);
        let left = v128.load(from + k);
        for (let t: u32 = 0; t < length; t++) {
          const at = token(starts, t, i);
          const hit = f32x4.eq(v128.load(y + at * ldy + k), best);
          v128.store(dy + at * ldd + k, v128.and(left, hit));
          left = v128.andnot(left, hit);
        }
      }
    } else attentionBackward(y, ldy, starts, length, i, width, v, weights, from, dy, ldd, dv);
  }
}

/** da = g·y, ds = a (da − Σ a da), dy = a g + ds v, dv += ds y. */
function attentionBackward(
  y: usize, ldy: usize, starts: usize, length: u32, i: u32, width: usize, v: usize, weights: usize, g: usize,
  dy: usize, ldd: usize, dv: usize,
): void {
  let mean: f32 = 0;
  for (let t: u32 = 0; t < length; t++) {
    const at = token(starts, t, i), da = dot(g, y + at * ldy, width);
    store<f32>(dy + at * ldd, da);
    mean += load<f32>(weights + (at << 2)) * da;
  }
  for (let t: u32 = 0; t < length; t++) {
    const at = token(starts, t, i), a = load<f32>(weights + (at << 2));
    const ds = f32x4.splat(a * (load<f32>(dy + at * ldd) - mean)), weight = f32x4.splat(a);
    for (let k: usize = 0; k < width; k += 16) {
      v128.store(dv + k, MADD(ds, v128.load(y + at * ldy + k), v128.load(dv + k)));
      v128.store(dy + at * ldd + k, MADD(weight, v128.load(g + k), f32x4.mul(ds, v128.load(v + k))));
    }
  }
}

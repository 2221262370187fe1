// asc: --enable simd --runtime stub --noExportMemory --importMemory
// Skip-gram with negative sampling (Mikolov et al. 2013, "Distributed Representations of Words and Phrases and
// their Compositionality", formula 4), one stochastic gradient step a pair. Plain SIMD-128, no fused
// multiply-add: the same bits on every machine. The sums run in 16 lanes, added in a fixed order at the end.

/** Tables of σ(x) and −log σ(x) over −8 ≤ x < 8, at the middle of 4,096 equal steps. */
const TABLE_LENGTH: i32 = 4096;
const TABLE_LIMIT: f32 = 8;

@inline function row(base: usize, index: u32, stride: usize): usize {
  return base + <usize>index * stride;
}

@inline function lanes(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** a·b; both f32 [stride / 4], stride in bytes and a multiple of 64. */
@inline function dot(a: usize, b: usize, stride: usize): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let k: usize = 0; k < stride; k += 64) {
    s0 = f32x4.add(s0, f32x4.mul(v128.load(a + k), v128.load(b + k)));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(a + k, 16), v128.load(b + k, 16)));
    s2 = f32x4.add(s2, f32x4.mul(v128.load(a + k, 32), v128.load(b + k, 32)));
    s3 = f32x4.add(s3, f32x4.mul(v128.load(a + k, 48), v128.load(b + k, 48)));
  }
  return lanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

/** gradient += g·target, then target += g·word; f32 [stride / 4] each. */
@inline function step(gradient: usize, target: usize, word: usize, g: f32, stride: usize): void {
  const s = f32x4.splat(g);
  for (let k: usize = 0; k < stride; k += 32) {
    const t0 = v128.load(target + k), t1 = v128.load(target + k, 16);
    v128.store(gradient + k, f32x4.add(v128.load(gradient + k), f32x4.mul(s, t0)));
    v128.store(gradient + k, f32x4.add(v128.load(gradient + k, 16), f32x4.mul(s, t1)), 16);
    v128.store(target + k, f32x4.add(t0, f32x4.mul(s, v128.load(word + k))));
    v128.store(target + k, f32x4.add(t1, f32x4.mul(s, v128.load(word + k, 16))), 16);
  }
}

@inline function tablePlace(x: f32): usize {
  const place = <i32>((x + TABLE_LIMIT) * (<f32>TABLE_LENGTH / (2 * TABLE_LIMIT)));
  return <usize>min(max(place, 0), TABLE_LENGTH - 1) << 2;
}

/**
 * One step for each pair, in order; gives the summed loss −log σ(c·w) − Σ log σ(−n·w) before the steps.
 *   words, contexts  f32 [V, stride / 4]: the two vectors of each word
 *   pairs            u32 [count, 2 + negatives]: word, its context, the negative samples
 *   sigmoid, logs    f32 [4096]: the tables above
 *   gradient         f32 [stride / 4]: scratch
 * A negative sample that is the context itself is passed over, as word2vec.c does.
 */
export function train(
  words: usize, contexts: usize, stride: usize, pairs: usize, count: i32, negatives: i32, rate: f32,
  sigmoid: usize, logs: usize, gradient: usize,
): f64 {
  let loss: f64 = 0;
  const width = <usize>(2 + negatives) << 2;
  for (let pair = pairs, end = pairs + <usize>count * width; pair < end; pair += width) {
    const word = row(words, load<u32>(pair), stride);
    const positive = load<u32>(pair, 4);
    memory.fill(gradient, 0, stride);
    for (let k: usize = 4; k < width; k += 4) {
      const index = load<u32>(pair + k);
      if (k > 4 && index == positive) continue;
      const target = row(contexts, index, stride);
      const score = dot(word, target, stride);
      const label: f32 = k == 4 ? 1 : 0;
      const g = (label - load<f32>(sigmoid + tablePlace(score))) * rate;
      loss += <f64>load<f32>(logs + tablePlace(k == 4 ? score : -score));
      step(gradient, target, word, g, stride);
    }
    for (let k: usize = 0; k < stride; k += 16)
      v128.store(word + k, f32x4.add(v128.load(word + k), v128.load(gradient + k)));
  }
  return loss;
}

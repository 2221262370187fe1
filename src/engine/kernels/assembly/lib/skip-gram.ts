// Skip-gram with negative sampling (Mikolov et al. 2013, "Distributed Representations of Words and Phrases and
// their Compositionality", formula 4), a word's whole window against one set of negative samples (Ji et al. 2016,
// "Parallelizing Word2Vec in Shared and Distributed Memory"). Plain SIMD-128, no fused multiply-add: the same bits
// on every machine. A batch is two dispatches: all gradients from the vectors as they are, then every row adds the
// gradients that are its own in the order of the batch. So neither result depends on the number of threads.
import { SIGMOID_LENGTH, SIGMOID_LIMIT } from './abi.generated';

@inline function row(base: usize, index: u32, stride: usize): usize {
  return base + <usize>index * stride;
}

@inline function lanes(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** a·b; both f32 [stride / 4], stride in bytes and a multiple of 64. 16 lanes, added in a fixed order. */
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

/**
 * out = Σ g[i · step]·rows[ids[i]], i < count; f32 [stride / 4]
 *   g     f32, `step` bytes apart
 *   ids   u32 [count]
 */
@inline function combine(
  out: usize, g: usize, step: usize, rows: usize, ids: usize, count: u32, stride: usize,
): void {
  for (let k: usize = 0; k < stride; k += 64) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    for (let i: u32 = 0; i < count; i++) {
      const from = row(rows, load<u32>(ids + (<usize>i << 2)), stride) + k;
      const weight = v128.load32_splat(g + <usize>i * step);
      s0 = f32x4.add(s0, f32x4.mul(weight, v128.load(from)));
      s1 = f32x4.add(s1, f32x4.mul(weight, v128.load(from, 16)));
      s2 = f32x4.add(s2, f32x4.mul(weight, v128.load(from, 32)));
      s3 = f32x4.add(s3, f32x4.mul(weight, v128.load(from, 48)));
    }
    v128.store(out + k, s0);
    v128.store(out + k, s1, 16);
    v128.store(out + k, s2, 32);
    v128.store(out + k, s3, 48);
  }
}

@inline function tablePlace(x: f32): usize {
  const place = <i32>((x + SIGMOID_LIMIT) * (<f32>SIGMOID_LENGTH / (2 * SIGMOID_LIMIT)));
  return <usize>min(max(place, 0), SIGMOID_LENGTH - 1) << 2;
}

/**
 * The steps of some words against their windows, times the rate; and their loss −log σ(c·w) − Σ log σ(−n·w).
 *   words, contexts   f32 [V, stride / 4]: the two vectors of each word; read only
 *   groups            u32 [count, 3 + negatives]: size of the window, its first place in `inputs`, the word, its
 *                     negative samples. A negative sample that is the word itself is passed over
 *   inputs            u32: the windows' words, whose first vectors learn to tell the word from its samples
 *   firstTarget       place in `targetSteps` of the first group's word; each group has 1 + negatives places
 *   wordSteps         f32 [inputs, stride / 4], out
 *   targetSteps       f32 [groups · (1 + negatives), stride / 4], out
 *   loss              f64, out
 *   g                 f32 [largest window, 1 + negatives], scratch
 */
export function gradients(
  words: usize, contexts: usize, stride: usize, groups: usize, count: u32, negatives: u32, inputs: usize,
  firstTarget: u32, wordSteps: usize, targetSteps: usize, rate: f32, sigmoid: usize, logs: usize, loss: usize,
  g: usize,
): void {
  let sum: f64 = 0;
  const targets: u32 = 1 + negatives, line = <usize>targets << 2;
  for (let group: u32 = 0; group < count; group++) {
    const at = groups + <usize>group * (8 + line), ids = at + 8;
    const size = load<u32>(at), first = load<u32>(at, 4), positive = load<u32>(ids);
    const window = inputs + (<usize>first << 2);
    for (let i: u32 = 0; i < size; i++) {
      const input = row(words, load<u32>(window + (<usize>i << 2)), stride);
      for (let j: u32 = 0; j < targets; j++) {
        const id = load<u32>(ids + (<usize>j << 2));
        let step: f32 = 0;
        if (j == 0 || id != positive) {
          const score = dot(input, row(contexts, id, stride), stride);
          step = ((j == 0 ? <f32>1 : <f32>0) - load<f32>(sigmoid + tablePlace(score))) * rate;
          sum += <f64>load<f32>(logs + tablePlace(j == 0 ? score : -score));
        }
        store<f32>(g + <usize>i * line + (<usize>j << 2), step);
      }
    }
    for (let i: u32 = 0; i < size; i++)
      combine(row(wordSteps, first + i, stride), g + <usize>i * line, 4, contexts, ids, targets, stride);
    for (let j: u32 = 0; j < targets; j++)
      combine(
        row(targetSteps, firstTarget + group * targets + j, stride), g + (<usize>j << 2), line, words, window, size,
        stride,
      );
  }
  store<f64>(loss, sum);
}

/** table[id] += steps[place], for each of the pairs (id, place) in `list`, in its order. */
export function apply(table: usize, stride: usize, list: usize, count: u32, steps: usize): void {
  for (let entry = list, end = list + (<usize>count << 3); entry < end; entry += 8) {
    const to = row(table, load<u32>(entry), stride), from = row(steps, load<u32>(entry, 4), stride);
    for (let k: usize = 0; k < stride; k += 16)
      v128.store(to + k, f32x4.add(v128.load(to + k), v128.load(from + k)));
  }
}

// Exact search: the k documents of the highest score for many queries. The corpus comes in slabs, each of which is scanned
// and settled; then the results are exact up to there, and sorted.
//
// Scores are those of src/retrieval/exact.ts to the bit: sums of doubles from the first dimension to the last. Most of the
// work is done in floats, which may round in any way, as they only leave out what cannot be among the k best:
//
//   key    what documents of a query are ordered by, but for rounding: q·d (dot), q·d / |d| (cosine), q·d − |d|² / 2
//          (euclidean, as −|q − d|² = 2 key − |q|²)
//   error  |float dot product − q·d| ≤ γ Σ |qᵢ dᵢ| ≤ γ |q| |d|, where γ = n u / (1 − n u), u = 2⁻²⁴ and n dimensions (Higham,
//          Accuracy and Stability of Numerical Algorithms, 3.1), in any order, fused or not. The host gives
//          1.01 (n + 16) u |q| for it: 16 u are for rounding in the filter below. `slack` and 2⁻⁴⁰ |d|² are far above the
//          rounding of the scores themselves.
//   least  the k-th largest of the lower bounds key − error found so far, or the k-th exact key: a document with
//          key + error < least is not among the k best.
//
// Vectors that are so long or short that floats overflow or lose bits have an infinite error: they are always kept, as
// every comparison here keeps a NaN. What is kept and not dropped later is scored exactly: little more than k documents.
//
// Shapes, all of a job:
//   documents  f32 [slab, dimensions], the first of which is document `first`; squares: f64 [slab], |d|²
//   filters    f32 [slab, 4]: scale, radius and offset, so that key ± error = dot · scale − offset ± error of q · radius
//   columns    f32 [blocks, dimensions, QUERY_BLOCK]: the queries side by side; rows: f32 [asked, dimensions]
//   states     40 + 8 bytes each: f64 least, |q|², |q|, error, slack; u32 count, settled
//   scores     f64 [asked, capacity], found: u32 [asked, capacity]: the first `settled` are exact and sorted, the rest up to
//              `count` lower bounds
import { QUERY_BLOCK, SIMILARITY_COSINE, SIMILARITY_DOT, SIMILARITY_EUCLIDEAN } from './abi.generated';
import { select, sort } from './top-k';

const TILE: u32 = 64;
const MOST_BLOCKS: u32 = 8;
const STATE: usize = 48;
/** 2⁻⁴⁰ and 2⁻²²: far above the rounding of doubles, and of floats where a bound becomes one. */
const ROUNDING: f64 = 9.094947017729282e-13;
const CUT_ROUNDING: f64 = 2.384185791015625e-7;
const LINE: usize = <usize>QUERY_BLOCK << 2;

@inline function least(state: usize): f64 { return load<f64>(state); }
@inline function setLeast(state: usize, value: f64): void { if (value > load<f64>(state)) store<f64>(state, value); }
@inline function countOf(state: usize): u32 { return load<u32>(state, 40); }
@inline function setCount(state: usize, value: u32): void { store<u32>(state, value, 40); }
@inline function settledOf(state: usize): u32 { return load<u32>(state, 44); }

/** Adds a document's four floats at x to the sums of eight queries, eight at q. */
@inline function madd(sum: v128, q: v128, x: v128): v128 { return f32x4.add(sum, f32x4.mul(q, x)); }

/** Dot products of four documents with eight queries. columns: of these queries, `LINE` bytes from one to the next. */
function dotFour(columns: usize, x: usize, row: usize, dimensions: u32, out: usize): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  const y = x + row, z = y + row, w = z + row;
  const bytes = <usize>dimensions << 2;
  for (let i: usize = 0; i < bytes; i += 4) {
    const q0 = v128.load(columns), q1 = v128.load(columns, 16);
    let value = v128.load32_splat(x + i); a0 = madd(a0, q0, value); a1 = madd(a1, q1, value);
    value = v128.load32_splat(y + i); b0 = madd(b0, q0, value); b1 = madd(b1, q1, value);
    value = v128.load32_splat(z + i); c0 = madd(c0, q0, value); c1 = madd(c1, q1, value);
    value = v128.load32_splat(w + i); d0 = madd(d0, q0, value); d1 = madd(d1, q1, value);
    columns += LINE;
  }
  v128.store(out, a0); v128.store(out, a1, 16);
  v128.store(out + LINE, b0); v128.store(out + LINE, b1, 16);
  v128.store(out + 2 * LINE, c0); v128.store(out + 2 * LINE, c1, 16);
  v128.store(out + 3 * LINE, d0); v128.store(out + 3 * LINE, d1, 16);
}

/** Dot products of `count` documents with the queries of a block: f32 [count, QUERY_BLOCK]. */
function dotTile(columns: usize, documents: usize, dimensions: u32, count: u32, lanes: u32, out: usize): void {
  const row = <usize>dimensions << 2;
  for (let lane: u32 = 0; lane < lanes; lane += 8) {
    const from = columns + (<usize>lane << 2);
    for (let d: u32 = 0; d < count; d += 4) {
      const to = out + <usize>d * LINE + (<usize>lane << 2);
      // Each of the last three is taken four times; what is behind it in `out` is written over or not read.
      if (d + 4 <= count) dotFour(from, documents + <usize>d * row, row, dimensions, to);
      else
        for (let last = d; last < count; last++)
          dotFour(from, documents + <usize>last * row, 0, dimensions, out + <usize>last * LINE + (<usize>lane << 2));
    }
  }
}

@inline function scoreOf(dot: f64, state: usize, square: f64, similarity: u32): f64 {
  if (similarity == SIMILARITY_DOT) return dot;
  if (similarity == SIMILARITY_COSINE) {
    const own = load<f64>(state, 16), norm = Math.sqrt(square);
    return own == 0 || norm == 0 ? 0 : dot / (own * norm);
  }
  const distance = load<f64>(state, 8) + square - 2 * dot;
  return -Math.sqrt(distance > 0 ? distance : 0);
}

@inline function keyOf(score: f64, state: usize, similarity: u32): f64 {
  if (similarity == SIMILARITY_DOT) return score;
  if (similarity == SIMILARITY_COSINE) return score * load<f64>(state, 16);
  return (load<f64>(state, 8) - score * score) / 2;
}

/** How far the key of a float dot product may be from the true one. */
function keyError(state: usize, square: f64, filter: usize, similarity: u32): f64 {
  const error = load<f64>(state, 24) * <f64>load<f32>(filter, 4) + load<f64>(state, 32);
  return similarity == SIMILARITY_EUCLIDEAN ? error + square * ROUNDING : error;
}

/** Exact scores of what is found but not settled; the k best of all, sorted. */
function settleOne(
  documents: usize, squares: usize, first: u32, dimensions: u32, similarity: u32, row: usize, state: usize,
  scores: usize, found: usize, k: u32,
): void {
  const bytes = <usize>dimensions << 2;
  let count = countOf(state);
  for (let place = settledOf(state); place < count; place += 4) {
    const last = count - 1;
    const d0 = load<u32>(found + (<usize>place << 2)) - first;
    const d1 = load<u32>(found + (<usize>min(place + 1, last) << 2)) - first;
    const d2 = load<u32>(found + (<usize>min(place + 2, last) << 2)) - first;
    const d3 = load<u32>(found + (<usize>min(place + 3, last) << 2)) - first;
    const x0 = documents + <usize>d0 * bytes, x1 = documents + <usize>d1 * bytes;
    const x2 = documents + <usize>d2 * bytes, x3 = documents + <usize>d3 * bytes;
    let s0: f64 = 0, s1: f64 = 0, s2: f64 = 0, s3: f64 = 0;
    for (let i: usize = 0; i < bytes; i += 4) {
      const q = <f64>load<f32>(row + i);
      s0 += q * <f64>load<f32>(x0 + i);
      s1 += q * <f64>load<f32>(x1 + i);
      s2 += q * <f64>load<f32>(x2 + i);
      s3 += q * <f64>load<f32>(x3 + i);
    }
    const to = scores + (<usize>place << 3);
    store<f64>(to, scoreOf(s0, state, load<f64>(squares + (<usize>d0 << 3)), similarity));
    if (place < last) store<f64>(to, scoreOf(s1, state, load<f64>(squares + (<usize>d1 << 3)), similarity), 8);
    if (place + 1 < last) store<f64>(to, scoreOf(s2, state, load<f64>(squares + (<usize>d2 << 3)), similarity), 16);
    if (place + 2 < last) store<f64>(to, scoreOf(s3, state, load<f64>(squares + (<usize>d3 << 3)), similarity), 24);
  }
  if (count > k) {
    select(scores, found, count, k);
    count = k;
    setCount(state, count);
  }
  sort(scores, found, count);
  store<u32>(state, count, 44);
  if (count == k) setLeast(state, keyOf(load<f64>(scores + (<usize>(k - 1) << 3)), state, similarity));
}

/** Raises the bound by what is found, and drops what is below it. */
function prune(
  squares: usize, filters: usize, first: u32, similarity: u32, state: usize, scores: usize, found: usize, k: u32,
): void {
  const from = settledOf(state), end = countOf(state);
  if (end - from < k) return;
  const lowers = scores + (<usize>from << 3);
  select(lowers, found + (<usize>from << 2), end - from, k);
  setLeast(state, load<f64>(lowers + (<usize>(k - 1) << 3)));
  let kept = from;
  for (let i = from; i < end; i++) {
    const document = load<u32>(found + (<usize>i << 2));
    const d = document - first;
    const lower = load<f64>(scores + (<usize>i << 3));
    const error = keyError(state, load<f64>(squares + (<usize>d << 3)), filters + (<usize>d << 4), similarity);
    if (lower + 2 * error < least(state)) continue;
    store<f64>(scores + (<usize>kept << 3), lower);
    store<u32>(found + (<usize>kept << 2), document);
    kept++;
  }
  setCount(state, kept);
}

@inline function cutOf(state: usize): f32 {
  return <f32>(least(state) - Math.abs(least(state)) * CUT_ROUNDING - load<f64>(state, 32));
}

/** Finds documents of a slab of `count` for `asked` queries. dots: scratch, SCAN_SCRATCH bytes */
export function scan(
  documents: usize, squares: usize, first: u32, dimensions: u32, similarity: u32, filters: usize, count: u32,
  columns: usize, rows: usize, states: usize, asked: u32, scores: usize, found: usize, capacity: u32, k: u32, dots: usize,
): void {
  const cuts = dots + <usize>(TILE + 4) * LINE, errors = cuts + <usize>MOST_BLOCKS * LINE;
  const bytes = <usize>dimensions << 2;
  for (let q: u32 = 0; q < asked; q++) {
    const state = states + <usize>q * STATE;
    store<f32>(cuts + (<usize>q << 2), cutOf(state));
    store<f32>(errors + (<usize>q << 2), <f32>load<f64>(state, 24));
  }
  for (let tile: u32 = 0; tile < count; tile += TILE) {
    const wide = min(TILE, count - tile);
    for (let block: u32 = 0; block < asked; block += QUERY_BLOCK) {
      const lanes = min(QUERY_BLOCK, asked - block);
      dotTile(columns + <usize>block * bytes, documents + <usize>tile * bytes, dimensions, wide, lanes, dots);
      for (let d = tile; d < tile + wide; d++) {
        const filter = filters + (<usize>d << 4);
        const scale = v128.load32_splat(filter), radius = v128.load32_splat(filter, 4);
        const offset = v128.load32_splat(filter, 8);
        const products = dots + <usize>(d - tile) * LINE;
        for (let four: u32 = 0; four < lanes; four += 4) {
          const q = <usize>(block + four) << 2;
          const error = f32x4.sub(f32x4.mul(v128.load(errors + q), radius), offset);
          const key = f32x4.add(f32x4.mul(v128.load(products + (<usize>four << 2)), scale), error);
          const below = i32x4.bitmask(f32x4.lt(key, v128.load(cuts + q)));
          if (below == 15) continue;
          for (let lane = four; lane < min(four + 4, lanes); lane++) {
            if (below & (1 << (lane & 3))) continue;
            offer(
              documents, squares, first, dimensions, similarity, filters, d, load<f32>(products + (<usize>lane << 2)), rows,
              states, block + lane, scores, found, capacity, k, cuts,
            );
          }
        }
      }
    }
  }
}

/** Keeps document d of the slab for query q, if its bound allows. */
function offer(
  documents: usize, squares: usize, first: u32, dimensions: u32, similarity: u32, filters: usize, d: u32, dot: f32,
  rows: usize, states: usize, q: u32, scores: usize, found: usize, capacity: u32, k: u32, cuts: usize,
): void {
  const state = states + <usize>q * STATE;
  const square = load<f64>(squares + (<usize>d << 3));
  const filter = filters + (<usize>d << 4);
  const error = keyError(state, square, filter, similarity);
  let key = <f64>dot * <f64>load<f32>(filter);
  if (similarity == SIMILARITY_EUCLIDEAN) key -= square / 2;
  if (key + error < least(state)) return;
  const own = scores + ((<usize>q * capacity) << 3), places = found + ((<usize>q * capacity) << 2);
  const count = countOf(state);
  store<f64>(own + (<usize>count << 3), error < Infinity ? key - error : -Infinity);
  store<u32>(places + (<usize>count << 2), first + d);
  setCount(state, count + 1);
  if (count + 1 < capacity) return;
  prune(squares, filters, first, similarity, state, own, places, k);
  if (countOf(state) > capacity - (capacity >> 2))
    settleOne(
      documents, squares, first, dimensions, similarity, rows + <usize>q * (<usize>dimensions << 2), state, own, places, k,
    );
  store<f32>(cuts + (<usize>q << 2), cutOf(state));
}

/** Makes the results of `asked` queries exact, after a slab. */
export function settle(
  documents: usize, squares: usize, first: u32, dimensions: u32, similarity: u32, rows: usize, states: usize, asked: u32,
  scores: usize, found: usize, capacity: u32, k: u32,
): void {
  for (let q: u32 = 0; q < asked; q++)
    settleOne(
      documents, squares, first, dimensions, similarity, rows + <usize>q * (<usize>dimensions << 2),
      states + <usize>q * STATE, scores + ((<usize>q * capacity) << 3), found + ((<usize>q * capacity) << 2), k,
    );
}

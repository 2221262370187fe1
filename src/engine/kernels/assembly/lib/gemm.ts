// Matrix products, and the packing that they need. Letters: M rows and N columns of the result, K summed over.
import { MADD } from './multiply-add';

/** Rows of a block of k: a panel of b and the rows of a that meet it stay in the nearest cache. */
const BLOCK: u32 = 512;

/**
 * c[M, N] = init + a[M, K] · b[K, N]. All f32; strides in bytes; N a multiple of 8.
 *   a     row-major
 *   b     in panels of 8 columns, [N / 8][K][8] (see pack)
 *   init  what the sums start from: c itself, or one row for all of them (ldi 0), a bias or zeros
 * Each element is summed over k in order, however rows and k are cut: the bits depend on no blocking. Five rows by
 * eight columns are ten sums in registers, the fastest of the shapes tried that is good both with and without fused
 * multiply-add (docs/benchmarks/train.md).
 */
export function gemm(
  a: usize, lda: usize, b: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: u32, K: u32, N: u32,
): void {
  const panel = <usize>K << 5;
  for (let j: u32 = 0; j < N; j += 8) {
    const cj = c + (<usize>j << 2), ij = init + (<usize>j << 2);
    if (K <= BLOCK) rows(a, lda, b, cj, ldc, ij, ldi, M, K);
    else {
      rows(a, lda, b, cj, ldc, ij, ldi, M, BLOCK);
      for (let k = BLOCK; k < K; k += BLOCK)
        rows(a + (<usize>k << 2), lda, b + (<usize>k << 5), cj, ldc, cj, ldc, M, min(BLOCK, K - k));
    }
    b += panel;
  }
}

/** All rows of one panel of columns. */
function rows(
  a: usize, lda: usize, b: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: u32, K: u32,
): void {
  for (; M >= 5; M -= 5) {
    tile5(a, lda, b, c, ldc, init, ldi, K);
    a += 5 * lda; c += 5 * ldc; init += 5 * ldi;
  }
  if (M == 4) tile4(a, lda, b, c, ldc, init, ldi, K);
  else if (M == 3) tile3(a, lda, b, c, ldc, init, ldi, K);
  else if (M == 2) tile2(a, lda, b, c, ldc, init, ldi, K);
  else if (M == 1) tile1(a, lda, b, c, ldc, init, ldi, K);
}

export function tile5(
  a0: usize, lda: usize, b: usize, c: usize, ldc: usize, init: usize, ldi: usize, K: u32,
): void {
  const i1 = init + ldi, i2 = i1 + ldi, i3 = i2 + ldi, i4 = i3 + ldi;
  let c00 = v128.load(init), c01 = v128.load(init, 16);
  let c10 = v128.load(i1), c11 = v128.load(i1, 16);
  let c20 = v128.load(i2), c21 = v128.load(i2, 16);
  let c30 = v128.load(i3), c31 = v128.load(i3, 16);
  let c40 = v128.load(i4), c41 = v128.load(i4, 16);
  let a1 = a0 + lda, a2 = a1 + lda, a3 = a2 + lda, a4 = a3 + lda;
  for (const end = b + (<usize>K << 5); b < end; b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a0); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a1); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    s = v128.load32_splat(a2); c20 = MADD(s, b0, c20); c21 = MADD(s, b1, c21);
    s = v128.load32_splat(a3); c30 = MADD(s, b0, c30); c31 = MADD(s, b1, c31);
    s = v128.load32_splat(a4); c40 = MADD(s, b0, c40); c41 = MADD(s, b1, c41);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += ldc;
  v128.store(c, c10); v128.store(c, c11, 16); c += ldc;
  v128.store(c, c20); v128.store(c, c21, 16); c += ldc;
  v128.store(c, c30); v128.store(c, c31, 16); c += ldc;
  v128.store(c, c40); v128.store(c, c41, 16);
}

export function tile4(
  a0: usize, lda: usize, b: usize, c: usize, ldc: usize, init: usize, ldi: usize, K: u32,
): void {
  const i1 = init + ldi, i2 = i1 + ldi, i3 = i2 + ldi;
  let c00 = v128.load(init), c01 = v128.load(init, 16);
  let c10 = v128.load(i1), c11 = v128.load(i1, 16);
  let c20 = v128.load(i2), c21 = v128.load(i2, 16);
  let c30 = v128.load(i3), c31 = v128.load(i3, 16);
  let a1 = a0 + lda, a2 = a1 + lda, a3 = a2 + lda;
  for (const end = b + (<usize>K << 5); b < end; b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a0); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a1); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    s = v128.load32_splat(a2); c20 = MADD(s, b0, c20); c21 = MADD(s, b1, c21);
    s = v128.load32_splat(a3); c30 = MADD(s, b0, c30); c31 = MADD(s, b1, c31);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += ldc;
  v128.store(c, c10); v128.store(c, c11, 16); c += ldc;
  v128.store(c, c20); v128.store(c, c21, 16); c += ldc;
  v128.store(c, c30); v128.store(c, c31, 16);
}

export function tile3(
  a0: usize, lda: usize, b: usize, c: usize, ldc: usize, init: usize, ldi: usize, K: u32,
): void {
  const i1 = init + ldi, i2 = i1 + ldi;
  let c00 = v128.load(init), c01 = v128.load(init, 16);
  let c10 = v128.load(i1), c11 = v128.load(i1, 16);
  let c20 = v128.load(i2), c21 = v128.load(i2, 16);
  let a1 = a0 + lda, a2 = a1 + lda;
  for (const end = b + (<usize>K << 5); b < end; b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a0); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a1); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    s = v128.load32_splat(a2); c20 = MADD(s, b0, c20); c21 = MADD(s, b1, c21);
    a0 += 4; a1 += 4; a2 += 4;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += ldc;
  v128.store(c, c10); v128.store(c, c11, 16); c += ldc;
  v128.store(c, c20); v128.store(c, c21, 16);
}

export function tile2(
  a0: usize, lda: usize, b: usize, c: usize, ldc: usize, init: usize, ldi: usize, K: u32,
): void {
  const i1 = init + ldi;
  let c00 = v128.load(init), c01 = v128.load(init, 16);
  let c10 = v128.load(i1), c11 = v128.load(i1, 16);
  let a1 = a0 + lda;
  for (const end = b + (<usize>K << 5); b < end; b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a0); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a1); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    a0 += 4; a1 += 4;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += ldc;
  v128.store(c, c10); v128.store(c, c11, 16);
}

export function tile1(
  a0: usize, lda: usize, b: usize, c: usize, ldc: usize, init: usize, ldi: usize, K: u32,
): void {
  let c00 = v128.load(init), c01 = v128.load(init, 16);
  for (const end = b + (<usize>K << 5); b < end; b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const s = v128.load32_splat(a0); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    a0 += 4;
  }
  v128.store(c, c00); v128.store(c, c01, 16);
}

/** Panels of 8 columns: out[N / 8][K][8] from src[K, N]. */
export function pack(src: usize, lds: usize, out: usize, K: u32, N: u32): void {
  for (let j: u32 = 0; j < N; j += 8) {
    let from = src + (<usize>j << 2);
    for (let k: u32 = 0; k < K; k++) {
      v128.store(out, v128.load(from)); v128.store(out, v128.load(from, 16), 16);
      from += lds; out += 32;
    }
  }
}

/** The panels of the transposed matrix: out[N / 8][K][8] from src[N, K]. */
export function packTransposed(src: usize, lds: usize, out: usize, K: u32, N: u32): void {
  for (let j: u32 = 0; j < N; j += 8) {
    for (let k: u32 = 0; k < K; k++) {
      let from = src + (<usize>k << 2);
      for (let i: usize = 0; i < 32; i += 4) { store<f32>(out + i, load<f32>(from)); from += lds; }
      out += 32;
    }
    src += lds << 3;
  }
}

/** Tokens taken at once: both operands' blocks stay in the nearer caches. */
const TOKENS: u32 = 128;

/**
 * c[M, N] = aᵀ[M, tokens] · b[tokens, N] (the gradient of a weight). M a multiple of 4, N of 8.
 *   a      rows of M floats; with `index` (u32 [tokens]) token k takes row index[k], or zeros for 2³² − 1
 *   work   scratch of (M + N) · 512 bytes
 *   zeros  f32 [N]
 */
export function gemmTransposed(
  a: usize, lda: usize, index: usize, b: usize, ldb: usize, c: usize, ldc: usize, tokens: u32, M: u32, N: u32,
  zeros: usize, work: usize,
): void {
  const panels = work + <usize>M * (TOKENS << 2);
  for (let k: u32 = 0; k < tokens; k += TOKENS) {
    const count = min(TOKENS, tokens - k);
    transpose(a, lda, index, work, k, count, M, zeros);
    pack(b + <usize>k * ldb, ldb, panels, count, N);
    gemm(work, TOKENS << 2, panels, c, ldc, k ? c : zeros, k ? ldc : 0, M, count, N);
  }
  if (tokens == 0) for (let i: u32 = 0; i < M; i++) memory.fill(c + <usize>i * ldc, 0, <usize>N << 2);
}

@inline function rowOf(a: usize, lda: usize, index: usize, token: u32, end: u32, zeros: usize): usize {
  if (token >= end) return zeros;
  if (!index) return a + <usize>token * lda;
  const row = load<u32>(index + (<usize>token << 2));
  return row == u32.MAX_VALUE ? zeros : a + <usize>row * lda;
}

/** out[M, TOKENS] from the tokens' rows, four by four; up to three columns of zeros beyond the last token. */
function transpose(
  a: usize, lda: usize, index: usize, out: usize, first: u32, count: u32, M: u32, zeros: usize,
): void {
  const end = first + count;
  for (let k: u32 = 0; k < count; k += 4) {
    const p0 = rowOf(a, lda, index, first + k, end, zeros), p1 = rowOf(a, lda, index, first + k + 1, end, zeros);
    const p2 = rowOf(a, lda, index, first + k + 2, end, zeros), p3 = rowOf(a, lda, index, first + k + 3, end, zeros);
    let to = out + (<usize>k << 2);
    for (let i: usize = 0, bytes = <usize>M << 2; i < bytes; i += 16) {
      const x0 = v128.load(p0 + i), x1 = v128.load(p1 + i), x2 = v128.load(p2 + i), x3 = v128.load(p3 + i);
      const a0 = i32x4.shuffle(x0, x1, 0, 4, 1, 5), a1 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
      const b0 = i32x4.shuffle(x2, x3, 0, 4, 1, 5), b1 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
      v128.store(to, i64x2.shuffle(a0, b0, 0, 2));
      v128.store(to + (TOKENS << 2), i64x2.shuffle(a0, b0, 1, 3));
      v128.store(to + (TOKENS << 3), i64x2.shuffle(a1, b1, 0, 2));
      v128.store(to + 3 * (TOKENS << 2), i64x2.shuffle(a1, b1, 1, 3));
      to += TOKENS << 4;
    }
  }
}

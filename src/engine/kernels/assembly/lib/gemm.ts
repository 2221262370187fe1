import { MADD } from './multiply-add';

/**
 * c[M, N] = init + a[M, K] · b[K, N]. All f32; strides in bytes; K a multiple of 4, N of 8.
 *   a     row-major
 *   b     in panels of 8 columns, [N / 8][K][8] (see pack)
 *   init  what the sums start from: c itself, or one row for all of them (ldi 0), a bias or zeros
 * Each element is summed over k in order, however the rows are cut: the bits depend on no blocking.
 */
export function gemm(
  a: usize, lda: usize, b: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: u32, K: u32, N: u32,
): void {
  const M4 = M & ~3, panel = <usize>K << 5;
  for (let j: u32 = 0; j < N; j += 8) {
    const cj = c + (<usize>j << 2), ij = init + (<usize>j << 2);
    let row = a, out = cj, from = ij;
    for (let i: u32 = 0; i < M4; i += 4) {
      tile4(row, lda, b, out, ldc, from, ldi, K);
      row += lda << 2; out += ldc << 2; from += ldi << 2;
    }
    for (let i = M4; i < M; i++) {
      tile1(row, b, out, from, K);
      row += lda; out += ldc; from += ldi;
    }
    b += panel;
  }
}

@inline function tile4(
  a0: usize, lda: usize, b: usize, c: usize, ldc: usize, init: usize, ldi: usize, K: u32,
): void {
  let i1 = init + ldi, i2 = i1 + ldi, i3 = i2 + ldi;
  let c00 = v128.load(init), c01 = v128.load(init, 16), c10 = v128.load(i1), c11 = v128.load(i1, 16);
  let c20 = v128.load(i2), c21 = v128.load(i2, 16), c30 = v128.load(i3), c31 = v128.load(i3, 16);
  let a1 = a0 + lda, a2 = a1 + lda, a3 = a2 + lda;
  const end = b + (<usize>K << 5);
  while (b < end) {
    let b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a0); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a1); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    s = v128.load32_splat(a2); c20 = MADD(s, b0, c20); c21 = MADD(s, b1, c21);
    s = v128.load32_splat(a3); c30 = MADD(s, b0, c30); c31 = MADD(s, b1, c31);
    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    s = v128.load32_splat(a0, 4); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a1, 4); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    s = v128.load32_splat(a2, 4); c20 = MADD(s, b0, c20); c21 = MADD(s, b1, c21);
    s = v128.load32_splat(a3, 4); c30 = MADD(s, b0, c30); c31 = MADD(s, b1, c31);
    b0 = v128.load(b, 64); b1 = v128.load(b, 80);
    s = v128.load32_splat(a0, 8); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a1, 8); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    s = v128.load32_splat(a2, 8); c20 = MADD(s, b0, c20); c21 = MADD(s, b1, c21);
    s = v128.load32_splat(a3, 8); c30 = MADD(s, b0, c30); c31 = MADD(s, b1, c31);
    b0 = v128.load(b, 96); b1 = v128.load(b, 112);
    s = v128.load32_splat(a0, 12); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a1, 12); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    s = v128.load32_splat(a2, 12); c20 = MADD(s, b0, c20); c21 = MADD(s, b1, c21);
    s = v128.load32_splat(a3, 12); c30 = MADD(s, b0, c30); c31 = MADD(s, b1, c31);
    a0 += 16; a1 += 16; a2 += 16; a3 += 16; b += 128;
  }
  v128.store(c, c00); v128.store(c, c01, 16); c += ldc;
  v128.store(c, c10); v128.store(c, c11, 16); c += ldc;
  v128.store(c, c20); v128.store(c, c21, 16); c += ldc;
  v128.store(c, c30); v128.store(c, c31, 16);
}

@inline function tile1(a: usize, b: usize, c: usize, init: usize, K: u32): void {
  let c0 = v128.load(init), c1 = v128.load(init, 16);
  const end = b + (<usize>K << 5);
  while (b < end) {
    const s = v128.load32_splat(a);
    c0 = MADD(s, v128.load(b), c0); c1 = MADD(s, v128.load(b, 16), c1);
    a += 4; b += 32;
  }
  v128.store(c, c0); v128.store(c, c1, 16);
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

/** Tokens taken at once: both operands' blocks stay in the nearest caches. */
const BLOCK: u32 = 128;

/**
 * c[M, N] = aᵀ[M, tokens] · b[tokens, N] (the gradient of a weight). M a multiple of 4, N of 8.
 *   a      rows of M floats; with `rows` (u32 [tokens]) token k takes row rows[k], or zeros for 2³² − 1
 *   work   scratch of (M + N) · 512 bytes
 */
export function gemmTransposed(
  a: usize, lda: usize, rows: usize, b: usize, ldb: usize, c: usize, ldc: usize, tokens: u32, M: u32, N: u32,
  work: usize,
): void {
  for (let i: u32 = 0; i < M; i++) memory.fill(c + <usize>i * ldc, 0, <usize>N << 2);
  const packedB = work + <usize>M * (BLOCK << 2);
  for (let k: u32 = 0; k < tokens; k += BLOCK) {
    const count = min(BLOCK, tokens - k), padded = (count + 3) & ~3;
    packColumns(a, lda, rows, work, k, count, padded, M);
    packRows(b + <usize>k * ldb, ldb, packedB, count, padded, N);
    multiplyBlocks(work, packedB, c, ldc, padded, M, N);
  }
}

/** out[M / 4][padded][4] */
function packColumns(
  a: usize, lda: usize, rows: usize, out: usize, first: u32, count: u32, padded: u32, M: u32,
): void {
  const panel = <usize>padded << 4, zero = f32x4.splat(0);
  for (let k: u32 = 0; k < padded; k++) {
    let to = out + (<usize>k << 4);
    const row = k >= count ? u32.MAX_VALUE : rows ? load<u32>(rows + (<usize>(first + k) << 2)) : first + k;
    if (row == u32.MAX_VALUE) {
      for (let i: u32 = 0; i < M; i += 4) { v128.store(to, zero); to += panel; }
    } else {
      let from = a + <usize>row * lda;
      for (let i: u32 = 0; i < M; i += 4) { v128.store(to, v128.load(from)); from += 16; to += panel; }
    }
  }
}

/** out[N / 8][padded][8] */
function packRows(b: usize, ldb: usize, out: usize, count: u32, padded: u32, N: u32): void {
  const panel = <usize>padded << 5, zero = f32x4.splat(0);
  for (let k: u32 = 0; k < padded; k++) {
    let to = out + (<usize>k << 5), from = b + <usize>k * ldb;
    if (k >= count) {
      for (let j: u32 = 0; j < N; j += 8) { v128.store(to, zero); v128.store(to, zero, 16); to += panel; }
    } else {
      for (let j: u32 = 0; j < N; j += 8) {
        v128.store(to, v128.load(from)); v128.store(to, v128.load(from, 16), 16);
        from += 32; to += panel;
      }
    }
  }
}

function multiplyBlocks(a: usize, b: usize, c: usize, ldc: usize, K: u32, M: u32, N: u32): void {
  for (let j: u32 = 0; j < N; j += 8) {
    let ap = a, cp = c + (<usize>j << 2);
    for (let i: u32 = 0; i < M; i += 4) {
      packedTile(ap, b, cp, ldc, K);
      ap += <usize>K << 4; cp += ldc << 2;
    }
    b += <usize>K << 5;
  }
}

@inline function packedTile(a: usize, b: usize, c: usize, ldc: usize, K: u32): void {
  const p1 = c + ldc, p2 = p1 + ldc, p3 = p2 + ldc;
  let c00 = v128.load(c), c01 = v128.load(c, 16), c10 = v128.load(p1), c11 = v128.load(p1, 16);
  let c20 = v128.load(p2), c21 = v128.load(p2, 16), c30 = v128.load(p3), c31 = v128.load(p3, 16);
  const end = b + (<usize>K << 5);
  while (b < end) {
    let b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a, 4); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    s = v128.load32_splat(a, 8); c20 = MADD(s, b0, c20); c21 = MADD(s, b1, c21);
    s = v128.load32_splat(a, 12); c30 = MADD(s, b0, c30); c31 = MADD(s, b1, c31);
    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    s = v128.load32_splat(a, 16); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a, 20); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    s = v128.load32_splat(a, 24); c20 = MADD(s, b0, c20); c21 = MADD(s, b1, c21);
    s = v128.load32_splat(a, 28); c30 = MADD(s, b0, c30); c31 = MADD(s, b1, c31);
    b0 = v128.load(b, 64); b1 = v128.load(b, 80);
    s = v128.load32_splat(a, 32); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a, 36); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    s = v128.load32_splat(a, 40); c20 = MADD(s, b0, c20); c21 = MADD(s, b1, c21);
    s = v128.load32_splat(a, 44); c30 = MADD(s, b0, c30); c31 = MADD(s, b1, c31);
    b0 = v128.load(b, 96); b1 = v128.load(b, 112);
    s = v128.load32_splat(a, 48); c00 = MADD(s, b0, c00); c01 = MADD(s, b1, c01);
    s = v128.load32_splat(a, 52); c10 = MADD(s, b0, c10); c11 = MADD(s, b1, c11);
    s = v128.load32_splat(a, 56); c20 = MADD(s, b0, c20); c21 = MADD(s, b1, c21);
    s = v128.load32_splat(a, 60); c30 = MADD(s, b0, c30); c31 = MADD(s, b1, c31);
    a += 64; b += 128;
  }
  v128.store(c, c00); v128.store(c, c01, 16);
  v128.store(p1, c10); v128.store(p1, c11, 16);
  v128.store(p2, c20); v128.store(p2, c21, 16);
  v128.store(p3, c30); v128.store(p3, c31, 16);
}

// asc: --enable simd --runtime stub --noExportMemory --importMemory
// Dot products of blocks of 8 queries with documents, in double precision: every product by one accumulator from the
// first dimension to the last, multiplied and added apart, so that the bits are those of a plain loop.

@inline function store2(out: usize, stride: usize, x: v128, y: v128): void {
  f64.store(out, f64x2.extract_lane(x, 0));
  f64.store(out, f64x2.extract_lane(y, 0), 8);
  f64.store(out + stride, f64x2.extract_lane(x, 1));
  f64.store(out + stride, f64x2.extract_lane(y, 1), 8);
}

/**
 * queries: f64 [blocks, dimensions, 8]; documents: f64 [count, dimensions], count even; out: f64 [blocks · 8, stride]:
 * out[q, d] = query q · document d. Two documents and eight queries at a time: 8 sums of two lanes.
 */
export function dotProducts(
  queries: usize, blocks: i32, documents: usize, count: i32, dimensions: i32, out: usize, stride: i32,
): void {
  const row = <usize>dimensions << 3;
  const line = <usize>stride << 3;
  for (let block = 0; block < blocks; block++) {
    for (let d = 0; d < count; d += 2) {
      let q = queries;
      let x = documents + <usize>d * row;
      const end = x + row;
      let a0 = f64x2.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
      for (; x < end; x += 8) {
        const dx = v128.load64_splat(x), dy = v128.load64_splat(x + row);
        const q0 = v128.load(q), q1 = v128.load(q, 16), q2 = v128.load(q, 32), q3 = v128.load(q, 48);
        a0 = f64x2.add(a0, f64x2.mul(q0, dx));
        b0 = f64x2.add(b0, f64x2.mul(q0, dy));
        a1 = f64x2.add(a1, f64x2.mul(q1, dx));
        b1 = f64x2.add(b1, f64x2.mul(q1, dy));
        a2 = f64x2.add(a2, f64x2.mul(q2, dx));
        b2 = f64x2.add(b2, f64x2.mul(q2, dy));
        a3 = f64x2.add(a3, f64x2.mul(q3, dx));
        b3 = f64x2.add(b3, f64x2.mul(q3, dy));
        q += 64;
      }
      const to = out + (<usize>d << 3);
      store2(to, line, a0, b0);
      store2(to + 2 * line, line, a1, b1);
      store2(to + 4 * line, line, a2, b2);
      store2(to + 6 * line, line, a3, b3);
    }
    queries += row * 8;
    out += 8 * line;
  }
}

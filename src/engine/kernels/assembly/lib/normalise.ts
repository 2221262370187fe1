// Rows scaled to length 1, and the way back. A row's columns come in blocks, as the directions of a recurrent layer lie.
// Every operation rounds to float32, a sum of squares or products is made in double from the first column to the last.

/** What a sum of squares counts as at least, which keeps lengths, and the slope of the root, finite. */
export const LEAST: f32 = 1e-12;

/**
 * dst[count, blocks · block] = the rows of src, divided by their lengths where `scaled` is set.
 *   block    floats of a block; stride: bytes from one to the next
 *   squares  f32 [count]: the sum of squares of each row
 */
export function forward(
  src: usize, lds: usize, blocks: u32, block: u32, stride: usize, scaled: bool, dst: usize, ldd: usize, count: u32,
  squares: usize,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const square = squareOf(src, blocks, block, stride), length = scaled ? lengthOf(square) : 1;
    store<f32>(squares, square);
    for (let b: u32 = 0; b < blocks; b++)
      divide(src + <usize>b * stride, dst + ((<usize>b * block) << 2), block, length);
    src += lds; dst += ldd; squares += 4;
  }
}

@inline function lengthOf(square: f32): f32 { return sqrt<f32>(max<f32>(square, LEAST)); }

function squareOf(src: usize, blocks: u32, block: u32, stride: usize): f32 {
  let sum: f64 = 0;
  for (let b: u32 = 0; b < blocks; b++, src += stride)
    for (let at = src, end = src + (<usize>block << 2); at < end; at += 4) {
      const x = load<f32>(at);
      sum += <f64>(x * x);
    }
  return <f32>sum;
}

function divide(src: usize, dst: usize, floats: u32, by: f32): void {
  const divisor = f32x4.splat(by), end = src + (<usize>floats << 2);
  for (; src + 16 <= end; src += 16, dst += 16) v128.store(dst, f32x4.div(v128.load(src), divisor));
  for (; src < end; src += 4, dst += 4) store<f32>(dst, load<f32>(src) / by);
}

/** dst: the gradient of src, which lies as src does. g [count, blocks · block]: that of what forward has made. */
export function backward(
  src: usize, lds: usize, blocks: u32, block: u32, stride: usize, scaled: bool, g: usize, ldg: usize, squares: usize,
  dst: usize, ldd: usize, count: u32,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const square = load<f32>(squares), length = scaled ? lengthOf(square) : 1;
    let slope: f32 = 0;
    if (scaled) {
      let sum: f64 = 0;
      for (let b: u32 = 0; b < blocks; b++) sum = dot(sum, src + <usize>b * stride, g + ((<usize>b * block) << 2), block);
      slope = (-(<f32>sum / (length * length)) / (length * 2)) * <f32>(square >= LEAST);
    }
    for (let b: u32 = 0; b < blocks; b++) {
      const offset = <usize>b * stride, own = g + ((<usize>b * block) << 2);
      if (scaled) slopes(src + offset, own, dst + offset, block, length, slope);
      else memory.copy(dst + offset, own, <usize>block << 2);
    }
    src += lds; g += ldg; dst += ldd; squares += 4;
  }
}

/** sum + Σ x · g, each product rounded to float32. */
function dot(sum: f64, x: usize, g: usize, floats: u32): f64 {
  for (const end = x + (<usize>floats << 2); x < end; x += 4, g += 4) sum += <f64>(load<f32>(x) * load<f32>(g));
  return sum;
}

/** dst = g / length + slope · 2x */
function slopes(x: usize, g: usize, dst: usize, floats: u32, length: f32, slope: f32): void {
  const divisor = f32x4.splat(length), factor = f32x4.splat(slope), two = f32x4.splat(2);
  const end = x + (<usize>floats << 2);
  for (; x + 16 <= end; x += 16, g += 16, dst += 16)
    v128.store(dst, f32x4.add(f32x4.div(v128.load(g), divisor), f32x4.mul(factor, f32x4.mul(v128.load(x), two))));
  for (; x < end; x += 4, g += 4, dst += 4) store<f32>(dst, load<f32>(g) / length + slope * (load<f32>(x) * 2));
}

/** dst[i] += slopes[i] · 2 · src[i]: the gradient of a sum of squares. width in bytes, a multiple of 16. */
export function addSquareSlopes(
  src: usize, lds: usize, slopes: usize, dst: usize, ldd: usize, count: u32, width: usize,
): void {
  const two = f32x4.splat(2);
  for (let i: u32 = 0; i < count; i++) {
    const factor = v128.load32_splat(slopes);
    for (let k: usize = 0; k < width; k += 16)
      v128.store(dst + k, f32x4.add(v128.load(dst + k), f32x4.mul(factor, f32x4.mul(v128.load(src + k), two))));
    src += lds; dst += ldd; slopes += 4;
  }
}

/** Adds a row to all rows. width in bytes, a multiple of 16. */
export function addRow(c: usize, ldc: usize, added: usize, count: u32, width: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    for (let k: usize = 0; k < width; k += 16) v128.store(c + k, f32x4.add(v128.load(c + k), v128.load(added + k)));
    c += ldc;
  }
}

/** dst[width] = Σ over rows of src, in double from the first row to the last. width in bytes, a multiple of 16. */
export function sumColumnsInOrder(src: usize, lds: usize, dst: usize, count: u32, width: usize): void {
  for (let k: usize = 0; k < width; k += 16) {
    let low = f64x2.splat(0), high = low, from = src + k;
    for (let i: u32 = 0; i < count; i++) {
      const x = v128.load(from);
      low = f64x2.add(low, f64x2.promote_low_f32x4(x));
      high = f64x2.add(high, f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0)));
      from += lds;
    }
    v128.store(dst + k, i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2));
  }
}

/** dst[width, count] = srcᵀ; count and width in floats. */
export function transpose(src: usize, lds: usize, dst: usize, ldd: usize, count: u32, width: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    let to = dst + (<usize>i << 2);
    for (let at = src, end = src + (<usize>width << 2); at < end; at += 4) { store<f32>(to, load<f32>(at)); to += ldd; }
    src += lds;
  }
}

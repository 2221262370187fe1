/** Encoding many texts: in batches of about equal length, so that memory is bounded and padding, where it is, small. */
import { raggedFrom, row, rowCount, type Ragged } from '../../formats/ragged.ts';

/** Tokens in a batch, the padding of a composed encoder included; and the most texts. */
const BATCH_TOKENS = 1 << 15;
const BATCH_TEXTS = 2048;

/**
 * Yields how many texts are done. `infer` gives [texts, width] for a batch; `into` is [texts, width]. A vector does not
 * depend on what else is in its batch.
 */
export function* encodeAll(
  infer: (texts: Ragged) => Float32Array,
  width: number,
  texts: Ragged,
  into: Float32Array,
): Generator<number, void> {
  let done = 0;
  for (const batch of batchesByLength(texts)) {
    const vectors = infer(raggedFrom(Array.from(batch, (i) => row(texts, i))));
    batch.forEach((i, position) => {
      into.set(vectors.subarray(position * width, (position + 1) * width), i * width);
    });
    yield (done += batch.length);
  }
}

/** Rows by length, longest first: what does not fit into memory fails at once. */
function* batchesByLength(texts: Ragged): Generator<Uint32Array, void> {
  const length = (i: number): number => texts.offsets[i + 1]! - texts.offsets[i]!;
  const order = Uint32Array.from({ length: rowCount(texts) }, (_, i) => i);
  order.sort((a, b) => length(b) - length(a) || a - b);
  for (let start = 0; start < order.length;) {
    const fitting = Math.floor(BATCH_TOKENS / Math.max(1, length(order[start]!)));
    const end = Math.min(order.length, start + Math.max(1, Math.min(BATCH_TEXTS, fitting)));
    yield order.subarray(start, end);
    start = end;
  }
}

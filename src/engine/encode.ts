/** Encoding many texts: in batches of about equal length, so that little of the work is padding. */
import * as tf from '@tensorflow/tfjs-core';
import { raggedFrom, row, rowCount, type Ragged } from '../formats/ragged.ts';
import { INFERENCE, type Model } from './model.ts';
import type { Side } from './tower.ts';

/** Tokens in a batch, padding included; and the most texts. */
const BATCH_TOKENS = 1 << 15;
const BATCH_TEXTS = 1024;

/** Yields how many texts are done; `into` is [texts, dimensions]. The vectors do not depend on how texts are batched. */
export function* encodeAll(
  model: Model,
  side: Side,
  texts: Ragged,
  into: Float32Array,
): Generator<number, void> {
  let done = 0;
  for (const batch of batchesByLength(texts)) {
    const vectors = tf.tidy(() =>
      model.encode(side, raggedFrom(Array.from(batch, (i) => row(texts, i))), INFERENCE).dataSync(),
    );
    const width = model.config.dimensions;
    batch.forEach((i, position) => {
      into.set(vectors.subarray(position * width, (position + 1) * width), i * width);
    });
    yield (done += batch.length);
  }
}

/** Rows by length, longest first: what does not fit into memory fails at once. */
export function* batchesByLength(texts: Ragged): Generator<Uint32Array, void> {
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

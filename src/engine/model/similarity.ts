/** How alike queries and documents are, as TensorFlow.js ops: what losses are made of. */
import * as tf from '@tensorflow/tfjs-core';
import type { Similarity } from '../../formats/embeddings.ts';

/** Keeps lengths of zero vectors, and the slope of the square root, finite. */
export const SMALLEST_SQUARE = 1e-12;

/** Rows scaled to length 1; a row of zeros stays. values: [n, D] */
export function normalise(values: tf.Tensor2D): tf.Tensor2D {
  return tf.div(values, tf.sqrt(tf.maximum(squares(values), SMALLEST_SQUARE)));
}

/** [n, D] → [n, 1] */
function squares(values: tf.Tensor2D): tf.Tensor2D {
  return tf.sum<tf.Tensor2D>(tf.square(values), 1, true);
}

/**
 * [n, m]: every query against every document, higher is more alike. Embeddings compared by cosine come normalised,
 * so that cosine and dot are one product; euclidean is −√(|q|² + |d|² − 2 q·d).
 */
export function similarities(
  queries: tf.Tensor2D,
  documents: tf.Tensor2D,
  similarity: Similarity,
): tf.Tensor2D {
  const products = tf.matMul<tf.Tensor2D>(queries, documents, false, true);
  if (similarity !== 'euclidean') return products;
  const lengths = tf.add(squares(queries), tf.transpose(squares(documents)));
  const square = tf.sub<tf.Tensor2D>(lengths, tf.mul(products, 2));
  return tf.neg(tf.sqrt(tf.maximum(square, SMALLEST_SQUARE)));
}

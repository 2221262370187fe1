import * as tf from '@tensorflow/tfjs-core';
import type { Ragged } from '../../formats/ragged.ts';
import type { EmbeddingTable } from '../kernels/embedding/embedding-table.ts';

export interface Pass {
  readonly training: boolean;
  /** Dropout rates while training; the values that are kept grow by 1 / (1 − rate). */
  readonly dropout: { readonly input: number; readonly output: number };
  /** What the dropped values depend on. */
  readonly seed: number;
  /** Whether gradients of the embeddings are gathered in the table. */
  readonly tableTrainable: boolean;
}

/** A differentiable op: texts as token ids → pooled states [texts, outputWidth]. */
export type RecurrentOp = (
  texts: Ragged,
  table: EmbeddingTable,
  weights: readonly tf.Tensor[],
  pass: Pass,
) => tf.Tensor2D;

let anchor: tf.Variable | undefined;

/** Autograd goes where a variable leads: this one stands for the embedding tables, whose gradients lie elsewhere. */
export function tableAnchor(): tf.Variable {
  if (!anchor || anchor.isDisposed) anchor = tf.variable(tf.scalar(0), true);
  return anchor;
}

/** Triplet loss against one document of the batch for each query, which the caller chooses by the scores. */
import { pick, type Loss } from './loss.ts';

/** Which of a query's scores is the negative's: a column, or undefined where none may be. */
export type Choice = (scores: Float32Array, allowed: Float32Array, positive: number) => number | undefined;

/** Mean over the queries of max(0, m + d(q, p) − d(q, n)); a query without a negative counts as 0. */
export function inBatchTripletLoss(margin: number, choose: Choice): Loss {
  return ({ scores, positive, allowed }, tf) => {
    const [rows, width] = scores.shape;
    const [values, permitted] = [scores.dataSync() as Float32Array, allowed.dataSync() as Float32Array];
    const chosen = Array.from({ length: rows }, (_, i) =>
      choose(
        values.subarray(i * width, (i + 1) * width),
        permitted.subarray(i * width, (i + 1) * width),
        positive[i]!,
      ),
    );
    const negative = pick(
      tf,
      scores,
      Int32Array.from(chosen, (column) => column ?? 0),
    );
    const some = tf.tensor2d(
      chosen.map((column) => (column === undefined ? 0 : 1)),
      [rows, 1],
    );
    const losses = tf.relu(tf.add(tf.sub(negative, pick(tf, scores, positive)), margin));
    return tf.mean(tf.mul(losses, some));
  };
}

/** The column of the highest score among those that pass; of equal ones the first. */
export function highest(scores: Float32Array, passes: (column: number) => boolean): number | undefined {
  let best: number | undefined;
  for (let column = 0; column < scores.length; column++)
    if (passes(column) && (best === undefined || scores[column]! > scores[best]!)) best = column;
  return best;
}

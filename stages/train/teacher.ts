/** What training needs of the teacher scores that triplets carry: whether they are there, and the scale of their margins. */
import type { Triplets } from '../../src/formats/triplets.ts';
import { PipelineError } from '../../src/stage.ts';
import type { TrainParams } from './parameters.ts';

type Loss = TrainParams['loss'];

/** Root mean square of the scaled margins: cosines differ by at most 2, and by much less for related texts. */
const COSINE_MARGIN = 0.3;

/** margin_mse needs the scores of every set; with a softmax loss, the sets that have none go without distillation. */
export function requireScores(loss: Loss, sets: readonly Triplets[]): void {
  const distils = loss.name === 'multiple_negatives_ranking' && loss.distillation_weight > 0;
  const enough =
    loss.name === 'margin_mse'
      ? sets.every(({ scores }) => scores)
      : !distils || sets.some(({ scores }) => scores);
  if (enough) return;
  const what = loss.name === 'margin_mse' ? 'the loss margin_mse' : '`distillation_weight`';
  throw new PipelineError('E_INPUT', `${what} needs teacher scores, but the triplets have none`, {
    hint: 'Set `scorer` in the mine stage, or choose another loss.',
  });
}

/** What the teacher's margins of a set are multiplied by. */
export function teacherScaleOf({ scores, negativesPerTriplet: k }: Triplets, loss: Loss): number {
  const wanted = 'teacher_scale' in loss ? loss.teacher_scale : 1;
  if (wanted !== 'auto') return wanted;
  if (!scores || scores.scorer === 'model' || loss.distance !== 'cosine') return 1;
  let squares = 0;
  for (const [i, negative] of scores.negatives.entries())
    squares += (scores.positive[Math.floor(i / k)]! - negative) ** 2;
  return squares === 0 ? 1 : COSINE_MARGIN / Math.sqrt(squares / scores.negatives.length);
}

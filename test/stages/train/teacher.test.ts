import { describe, expect, it } from 'vitest';
import type { Triplets } from '../../../src/formats/triplets.ts';
import type { TrainParams } from '../../../stages/train/parameters.ts';
import { requireScores, teacherScaleOf } from '../../../stages/train/teacher.ts';

type Loss = TrainParams['loss'];

/** Two triplets with two negatives each; the margins are 3, 5, 4 and 2. */
function set(scorer?: string): Triplets {
  return {
    query: Uint32Array.of(0, 1),
    positive: Uint32Array.of(0, 1),
    negatives: Uint32Array.of(2, 3, 2, 3),
    negativesPerTriplet: 2,
    source: new Uint8Array(4),
    sources: ['random'],
    ...(scorer !== undefined && {
      scores: { scorer, positive: Float32Array.of(10, 5), negatives: Float32Array.of(7, 5, 1, 3) },
    }),
  };
}

const marginMse = (rest: object = {}): Loss => ({
  ...{ name: 'margin_mse', distance: 'cosine', teacher_scale: 'auto' },
  ...rest,
});
const softmax = (distillation_weight: number): Loss => ({
  ...{ name: 'multiple_negatives_ranking', distance: 'cosine', temperature: 0.05, symmetric: false },
  ...{ distillation_weight, teacher_scale: 'auto' },
});

describe('the scale of the margins of a teacher', () => {
  it('brings those of BM25 and of a fusion to a root mean square of 0.3 for cosines', () => {
    const scale = 0.3 / Math.sqrt((9 + 25 + 16 + 4) / 4);
    expect(teacherScaleOf(set('bm25'), marginMse())).toBeCloseTo(scale, 12);
    expect(teacherScaleOf(set('fusion'), softmax(1))).toBeCloseTo(scale, 12);
  });

  it('is 1 for the scores of a model, for products, and without scores', () => {
    expect(teacherScaleOf(set('model'), marginMse())).toBe(1);
    expect(teacherScaleOf(set('bm25'), marginMse({ distance: 'dot' }))).toBe(1);
    expect(teacherScaleOf(set(), marginMse())).toBe(1);
  });

  it('is what the spec says if it is a number', () => {
    expect(teacherScaleOf(set('bm25'), marginMse({ teacher_scale: 0.1 }))).toBe(0.1);
  });
});

describe('teacher scores', () => {
  it('are needed in every set by margin-MSE, in one by distillation, and else in none', () => {
    const mixed = [set('bm25'), set()];
    expect(() => {
      requireScores(marginMse(), mixed);
    }).toThrow('the loss margin_mse needs teacher scores');
    requireScores(softmax(1), mixed);
    expect(() => {
      requireScores(softmax(1), [set()]);
    }).toThrow('`distillation_weight` needs teacher scores');
    requireScores(softmax(0), [set()]);
  });
});

/** Limits on a negative's score, beside the positive's: options of sentence-transformers' mine_hard_negatives. */
import type { Rejections } from './guard.ts';
import type { Limits } from './parameters.ts';

export function hasLimits({ max_score, absolute_margin, relative_margin }: Limits): boolean {
  return max_score !== undefined || hasMargin({ absolute_margin, relative_margin });
}

export function hasMargin(limits: Partial<Record<'absolute_margin' | 'relative_margin', unknown>>): boolean {
  return limits.absolute_margin !== undefined || limits.relative_margin !== undefined;
}

/**
 * The highest score that a negative may have beside this positive: positive − absolute_margin, and
 * positive − relative_margin · |positive| (the same as positive · (1 − relative_margin) for scores above 0, and
 * still a margin for those below, as Euclidean scores are).
 */
export function ceiling(positive: number, { absolute_margin, relative_margin }: Limits): number {
  return Math.min(
    absolute_margin === undefined ? Infinity : positive - absolute_margin,
    relative_margin === undefined ? Infinity : positive - relative_margin * Math.abs(positive),
  );
}

/** Whether a score keeps within the limits; counts why not. */
export function withinLimits(
  score: number,
  limits: Limits,
  positiveCeiling: number,
  rejections: Rejections,
): boolean {
  if (score > (limits.max_score ?? Infinity)) rejections.max_score += 1;
  else if (score > positiveCeiling) rejections.margin += 1;
  else return true;
  return false;
}
